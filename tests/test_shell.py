"""The frame of every page: who is shown which way, and what a page must never hold."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.shortcuts import render
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path
from django.utils import timezone, translation

from accounts.models import StaffRole, Title
from claims.workflow import CLAIM
from cpor import samples, views
from cpor.context import PLACES
from notifications.actions import compose
from tests import factories

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
PARTS = sorted((TEMPLATES / "parts").glob("_*.html"))


def blank(request, **parts):
    return render(request, "base.html")


def forbid(request):
    raise PermissionDenied


def fail(request):
    raise RuntimeError


def conflict(request):
    context = {"sentence": "Anna was quicker.", "url": "/claims/7/"}
    return render(request, "409.html", context, status=409)


urlpatterns = [
    path("", blank, name="start"),
    path("claims/", blank, name="claims"),
    path("claims/new/", blank, name="claim-new"),
    path("queue/", blank, name="queue"),
    path("disputes/", blank, name="disputes"),
    path("inbox/", blank, name="inbox"),
    path("people/", blank, name="people"),
    path("undelivered/", blank, name="undelivered"),
    path("mailbox/", blank, name="mailbox"),
    path("language/", blank, name="set-language"),
    path("administration/", blank, name="administration"),
    path("design/", views.design, name="design"),
    path("healthz", views.healthz, name="healthz"),
    path("forbidden/", forbid),
    path("broken/", fail),
    path("conflict/", conflict),
]
handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler500 = views.server_error

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def english_in_utc():
    """Another test's reader may have left their language and time behind."""
    with translation.override("en"), timezone.override("UTC"):
        yield


@pytest.fixture
def company():
    return factories.partner("Überlandwerke & Söhne")


@pytest.fixture
def admin_of_company(company):
    return factories.person(company, Title.BILLING_ADMIN)


def logged_in(person, **more):
    client = Client(**more)
    client.force_login(person)
    return client


def places(person, url="/"):
    """Return the navigation as somebody reads it, and what is marked as here."""
    page = logged_in(person).get(url).content.decode()
    links = re.findall(r'class="sidebar-link"([^>]*)>(.*?)</a>', page, re.DOTALL)
    label = re.compile(r'class="sidebar-label">([^<]*)<')
    names = [label.search(inside)[1] for _, inside in links]
    here = [
        label.search(inside)[1] for marks, inside in links if "aria-current" in marks
    ]
    return names, here


def test_a_partner_user_is_shown_claims_and_inbox(company):
    names, _ = places(factories.person(company, Title.PARTNER_USER))

    assert names == ["Start", "Customer claims", "Inbox"]


def test_every_admin_title_is_shown_the_people(company):
    for title in (Title.GLOBAL_ADMIN, Title.BILLING_ADMIN, Title.INCENTIVES_ADMIN):
        names, _ = places(factories.person(company, title))
        assert names == ["Start", "Customer claims", "Inbox", "People"]


def test_staff_is_shown_what_their_role_works_on():
    work = ["Start", "Queue", "Customer claims", "Disputes", "Inbox"]

    assert places(factories.staff(StaffRole.REVIEWER))[0] == work
    assert places(factories.staff(StaffRole.LEAD))[0] == [*work, "Undelivered"]
    assert places(factories.staff(StaffRole.AUDITOR))[0] == [
        "Start",
        "Customer claims",
        "Disputes",
        "Inbox",
    ]
    assert places(factories.staff(StaffRole.PROGRAMME_ADMIN))[0] == [
        "Start",
        "Customer claims",
        "Inbox",
        "Administration",
    ]


def test_production_has_its_administration_too(settings):
    settings.PRODUCTION = True

    names, here = places(factories.staff(StaffRole.PROGRAMME_ADMIN), "/administration/")

    assert names == ["Start", "Customer claims", "Inbox", "Administration"]
    assert here == ["Administration"]


def test_the_place_a_page_belongs_to_is_marked(admin_of_company):
    assert places(admin_of_company, "/")[1] == ["Start"]
    assert places(admin_of_company, "/claims/")[1] == ["Customer claims"]
    assert places(admin_of_company, "/claims/new/")[1] == ["Customer claims"]


@pytest.mark.urls("tests.shell_urls")
def test_a_place_without_an_address_is_left_out(admin_of_company):
    names, _ = places(admin_of_company)

    assert names == ["Start"]


def test_a_stranger_is_shown_no_way_at_all(client):
    page = client.get("/").content.decode()

    assert "sidebar-link" not in page
    assert "menu-open" not in page


def test_the_bell_counts_what_this_reader_has_not_opened(company, admin_of_company):
    other = factories.person(company)
    for number, reader in enumerate([admin_of_company, admin_of_company, other]):
        compose(key=f"k{number}", topic="approved", audience=reader, context={})

    page = logged_in(admin_of_company).get("/").content.decode()

    assert "Inbox: 2 unread messages" in " ".join(page.split())


def test_a_name_of_a_company_is_shown_as_text(admin_of_company):
    admin_of_company.name = "<b>Zoë</b>"
    admin_of_company.save()

    page = logged_in(admin_of_company).get("/").content.decode()

    assert "<b>Zoë" not in page
    assert "&lt;b&gt;Zoë&lt;/b&gt;" in page
    assert "Überlandwerke &amp; Söhne" in page


def test_the_demonstration_says_so_on_every_page(client, settings):
    assert b"Demonstration" not in client.get("/").content

    settings.DEMO = True

    assert b"Demonstration" in client.get("/").content
    assert b"/mailbox/" in client.get("/").content


def test_a_fragment_says_on_top_what_it_takes():
    for part in [*PARTS, *sorted((TEMPLATES / "design").glob("_*.html"))]:
        first = part.read_text().split("\n", 1)[0]
        assert re.fullmatch(r"\{# .+ #\}", first), part.name


def test_a_fragment_renders_alone(rf):
    everything = samples.everything(timezone.now())
    context = {
        **everything,
        "stage": everything["stages"][0],
        "deadline": everything["deadlines"][0],
        "turn": everything["turns"]["mine"],
        "file": everything["files"][0],
        "form": everything["forms"]["faulty"],
        "field": everything["forms"]["faulty"]["name"],
        "messages": [Message(constants.ERROR, "No.")],
        **dict.fromkeys(("value", "label", "sentence", "url"), "x"),
    }
    for part in PARTS:
        own = {**context, "field": "number"} if part.name == "_sort.html" else context
        assert render_to_string(f"parts/{part.name}", own, rf.get("/")) is not None


def test_every_icon_is_in_the_list_the_sprite_is_drawn_from():
    known = set((ROOT / "static/icons.txt").read_text().split())
    naming = re.compile(r'(?:\{% icon |symbol=|(?:icon|symbol)\|default:)"([^"]+)"')
    named = {
        name
        for page in TEMPLATES.rglob("*.html")
        for name in naming.findall(page.read_text())
    }
    stages = {stage.icon for stage in CLAIM.stages.values()}
    shell = {place.icon for place in PLACES}

    assert (named | stages | shell) - known == set()


def test_every_tone_of_a_stage_has_its_colours():
    sheet = (ROOT / "static/css/cpor.css").read_text()

    for stage in CLAIM.stages.values():
        assert f".tone-{stage.colour} {{" in sheet


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_style_guide_keeps_to_the_content_policy(admin_of_company, language):
    admin_of_company.language = language
    admin_of_company.save()

    page = logged_in(admin_of_company).get("/design/").content.decode()

    assert "status-badge tone-amber" in page
    assert re.findall(r"\sstyle=|\son[a-z]+=", page) == []
    assert re.findall(r"<script(?![^>]* (?:src|type=\"application/json\"))", page) == []
    assert "<style" not in page


def test_production_has_no_style_guide(admin_of_company, settings):
    settings.PRODUCTION = True

    assert logged_in(admin_of_company).get("/design/").status_code == 404


def test_a_missing_page_keeps_a_person_inside(admin_of_company):
    answer = logged_in(admin_of_company).get("/nowhere/")

    assert answer.status_code == 404
    assert b"There is nothing at this address" in answer.content
    assert b"sidebar-link" in answer.content
    assert b"/nowhere/" not in answer.content.replace(b'value="/nowhere/"', b"")


def test_the_interface_for_programs_answers_with_json(client):
    answer = client.get("/api/v1/nowhere/")

    assert answer.status_code == 404
    assert answer.json() == {"detail": "There is nothing at this address."}


def test_a_page_of_another_role_says_who_can_help(client):
    answer = client.get("/forbidden/")

    assert answer.status_code == 403
    assert b"An admin of your company can change your role." in answer.content


def test_a_broken_page_needs_nothing_to_say_so():
    client = Client(raise_request_exception=False)

    answer = client.get("/broken/")

    assert answer.status_code == 500
    assert b"Something broke on our side" in answer.content


def test_a_conflict_keeps_what_was_typed_and_leads_back(admin_of_company):
    answer = logged_in(admin_of_company).get("/conflict/")

    assert answer.status_code == 409
    assert b"Anna was quicker." in answer.content
    assert b'href="/claims/7/"' in answer.content
    assert b"data-not-saved" in answer.content


def test_a_form_without_its_token_is_told_to_load_again(admin_of_company):
    client = logged_in(admin_of_company, enforce_csrf_checks=True)

    answer = client.post("/")

    assert answer.status_code == 403
    assert b"Go back and load the page again" in answer.content


def test_health_is_the_health_of_the_database(client, monkeypatch):
    assert client.get("/healthz").content == b"ok\n"

    def refuse():
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", refuse)

    assert client.get("/healthz").status_code == 503


def test_the_style_sheets_name_only_files_that_are_there():
    for sheet in (ROOT / "static/css").glob("*.css"):
        for name in re.findall(r'url\("(?!data:)([^"]+)"\)', sheet.read_text()):
            assert (sheet.parent / urlsplit(name).path).resolve().exists(), name


def test_a_page_speaks_the_language_of_its_words(admin_of_company):
    admin_of_company.language = "de"
    admin_of_company.save()

    page = logged_in(admin_of_company).get("/").content.decode()

    assert '<html lang="de">' in page
