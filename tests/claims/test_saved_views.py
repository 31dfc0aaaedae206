"""Saved views: a state of the list, kept under a name, as a tab with a count."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Title
from accounts.opaque import opaque
from claims.models import SavedView
from claims.saved_views import MOST_VIEWS
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return factories.person(factories.partner("Nordwind"))


def save(client, query, name):
    return client.post(f"/claims/views/?{query}", {"name": name})


def tabs(page):
    """Return what each tab says, and the one that is open."""
    nav = page.text.partition('<nav class="tabs"')[2].partition("</nav>")[0]
    found = re.findall(r"<a class=\"tab\" href=\"[^\"]*\"( aria-current)?.*?</a>", nav)
    said = re.findall(r">([^<>]*)</span>", nav)
    return said, len([on for on in found if on])


def test_a_view_becomes_a_tab_with_its_count(admin):
    factories.claim("in_review", by=admin)
    factories.claim("approved", by=admin, products=("SPO",))
    client = browser(admin)
    saved = save(client, "status=in_review&sort=customer&page=x", "With reviewers")
    assert saved.status_code == 302
    assert saved["Location"] == "/claims/?status=in_review&sort=customer"
    assert tabs(client.get(saved["Location"])) == (
        ["All claims", "With reviewers", "1"],
        1,
    )
    assert tabs(client.get("/claims/")) == (["All claims", "With reviewers", "1"], 1)
    assert tabs(client.get("/claims/?status=approved"))[1] == 0


def test_the_count_follows_the_claims_and_counts_the_company_s_own(admin):
    client = browser(admin)
    save(client, "status=in_review", "Mine")
    factories.claim("in_review")
    assert tabs(client.get("/claims/"))[0] == ["All claims", "Mine", "0"]
    factories.claim("in_review", by=admin)
    assert tabs(client.get("/claims/"))[0] == ["All claims", "Mine", "1"]


def test_what_the_address_says_and_nobody_understands_is_not_saved(admin):
    save(browser(admin), "status=in_review&reviewer=1&evil=%3Cscript%3E", "Odd")
    assert SavedView.objects.get().query == "status=in_review"


def test_an_open_view_can_be_deleted_and_the_list_stays(admin):
    client = browser(admin)
    save(client, "status=approved", "Won")
    assert "Save this view" not in words(client.get("/claims/?status=approved"))
    view = SavedView.objects.get()
    assert (
        f"/claims/views/{opaque('view', view.pk)}/delete/"
        in client.get("/claims/?status=approved").text
    )
    gone = client.post(f"/claims/views/{opaque('view', view.pk)}/delete/", follow=True)
    assert gone.redirect_chain == [("/claims/?status=approved", 302)]
    assert not SavedView.objects.exists()
    assert "Save this view" in words(gone)


@pytest.mark.parametrize("stranger", ["colleague", "rival"])
def test_a_view_is_its_owner_s_alone(admin, stranger):
    save(browser(admin), "status=approved", "Secret plan")
    view = SavedView.objects.get()
    company = admin.partner if stranger == "colleague" else factories.partner()
    client = browser(factories.person(company, Title.PARTNER_USER))
    assert "Secret plan" not in client.get("/claims/").text
    foreign = client.post(f"/claims/views/{opaque('view', view.pk)}/delete/")
    missing = client.post("/claims/views/987654/delete/")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert SavedView.objects.filter(pk=view.pk).exists()
    # The name is no secret's oracle: others may use the same.
    assert save(client, "status=approved", "Secret plan").status_code == 302


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Give the view a name."),
        ("x" * 61, "at most 60 characters"),
        ("WON", "You have a view of this name already. Choose another name."),
    ],
)
def test_a_name_that_does_not_do_is_kept_with_a_sentence(admin, name, sentence):
    client = browser(admin)
    save(client, "status=approved", "Won")
    refused = save(client, "status=in_review", name)
    assert refused.status_code == 422
    assert sentence in words(refused)
    assert f'value="{name}"' in refused.text or not name
    assert SavedView.objects.count() == 1


def test_there_is_a_most_and_a_sentence_says_so(admin):
    client = browser(admin)
    for number in range(MOST_VIEWS):
        save(client, "status=approved", f"View {number}")
    refused = save(client, "status=in_review", "One more")
    assert refused.status_code == 422
    assert f"You have {MOST_VIEWS} saved views." in words(refused)


def test_a_look_at_the_address_saves_nothing(admin):
    assert browser(admin).get("/claims/views/?status=approved").status_code == 405
    assert browser(None).post("/claims/views/", {"name": "x"}).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_tabs_cost_the_same_queries_however_many_there_are(admin, count):
    client = browser(admin)
    factories.claim("in_review", by=admin)
    for number in range(count):
        save(client, f"status=in_review&sort=customer&due_within={number}", f"{number}")
    client.get("/claims/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/claims/")
    counted = [
        q["sql"] for q in queries if "UNION" in q["sql"] or "__count" in q["sql"]
    ]
    about = [q["sql"] for q in queries if "claims_savedview" in q["sql"]]
    assert len(about) == 1
    assert len(counted) == 2  # the tabs together, and the list by state
