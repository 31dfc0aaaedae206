"""Every address of a file, for everybody: foreign, missing and malformed are alike."""

import uuid

import pytest
import time_machine
from django.core.cache import cache
from django.urls import get_resolver
from rest_framework.test import APIClient

from accounts.models import StaffRole, Title
from claims.models import Check, Claim, Evidence
from claims.serving import link_token
from tests import factories
from tests.claims.pages import browser, words
from tests.claims.test_readings import attached
from tests.reading.test_process import blank_pdf

pytestmark = pytest.mark.django_db

# By the name of the route: how it is asked, and its address.
PAGES = {
    "evidence": "/claims/{number}/evidence/{file}/",
    "evidence-state": "/claims/{number}/evidence/{file}/state/",
    "evidence-pages": "/claims/{number}/evidence/{file}/pages/",
    "evidence-page": "/claims/{number}/evidence/{file}/pages/1-s.webp",
}
API = {
    "api-evidence": ("get", "/api/v1/claims/{number}/evidence/{file}/"),
    "api-evidence-link": ("post", "/api/v1/claims/{number}/evidence/{file}/link/"),
}
# They take no file's ID: a link carries a signature (test_file_links), the others a
# claim's number only (test_receipt, test_papers, test_api).
WITHOUT_ID = {"file-link", "evidence-upload", "api-files"}
OUTSIDERS = {
    "rival's admin": lambda: factories.person(factories.partner()),
    "rival's user": lambda: factories.person(factories.partner(), Title.PARTNER_USER),
}
COLLEAGUE = "colleague"
READERS = [COLLEAGUE, *StaffRole.values]


@pytest.fixture(autouse=True)
def _at_one_moment():
    cache.clear()
    with time_machine.travel(factories.NOW, tick=False):
        yield


@pytest.fixture
def file():
    """A file of a submitted claim."""
    claim = factories.draft(files=0)
    made = attached(claim, blank_pdf((30, 40)))
    factories.take(Claim.objects.get(pk=claim.pk), "submit")
    return Evidence.objects.select_related("claim").get(pk=made.pk)


def at(pattern, number, public_id):
    return pattern.format(number=number, file=public_id)


def tries(pattern, file, own):
    """Return addresses that must look alike to whoever may not see the file."""
    missing = uuid.uuid4()
    return [
        at(pattern, file.claim.number, file.public_id),
        at(pattern, file.claim.number, missing),
        at(pattern, "CPOR-2026-999999", file.public_id),
        at(pattern, "CPOR-2026-999999", missing),
        *([at(pattern, own, file.public_id), at(pattern, own, missing)] if own else []),
    ]


def test_every_address_of_a_file_is_tried_here():
    names = {
        str(name) for name in get_resolver().reverse_dict if "evidence" in str(name)
    }
    assert names - WITHOUT_ID == {*PAGES, *API}


@pytest.mark.parametrize("route", PAGES)
@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_a_foreign_file_looks_like_one_that_never_was(file, route, outsider):
    reader = OUTSIDERS[outsider]()
    own = factories.draft(by=reader).number
    answers = [browser(reader).get(each) for each in tries(PAGES[route], file, own)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({words(answer) for answer in answers}) == 1


@pytest.mark.parametrize("route", PAGES)
@pytest.mark.parametrize("malformed", ["x", "..%2f..%2fetc", "1' OR '1'='1", "0" * 36])
def test_a_malformed_address_looks_the_same(file, route, malformed):
    reader = browser(factories.person(factories.partner()))
    odd = reader.get(at(PAGES[route], file.claim.number, malformed))
    foreign = reader.get(at(PAGES[route], file.claim.number, file.public_id))
    assert (odd.status_code, foreign.status_code) == (404, 404)
    assert words(odd) == words(foreign)


@pytest.mark.parametrize("route", API)
@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_the_api_tells_no_more(file, route, outsider):
    method, pattern = API[route]
    client = APIClient()
    reader = OUTSIDERS[outsider]()
    client.force_authenticate(reader)
    own = factories.draft(by=reader).number
    answers = [getattr(client, method)(each) for each in tries(pattern, file, own)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("route", PAGES)
@pytest.mark.parametrize("reader", READERS)
def test_who_may_see_the_claim_may_see_its_file(file, route, reader):
    company = file.claim.partner
    person = (
        factories.person(company, Title.PARTNER_USER)
        if reader == COLLEAGUE
        else factories.staff(reader)
    )
    answer = browser(person).get(at(PAGES[route], file.claim.number, file.public_id))
    if answer.streaming:
        b"".join(answer.streaming_content)
    assert answer.status_code == 200


@pytest.mark.parametrize("route", PAGES)
@pytest.mark.parametrize("role", StaffRole.values)
def test_a_drafts_file_is_missing_to_the_programme(route, role):
    draft = factories.draft()
    file, missing = draft.evidence.get().public_id, uuid.uuid4()
    reader = browser(factories.staff(role))
    hidden = reader.get(at(PAGES[route], draft.number, file))
    absent = reader.get(at(PAGES[route], draft.number, missing))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert words(hidden) == words(absent)


@pytest.mark.parametrize("route", PAGES)
def test_a_person_who_was_shut_out_gets_to_no_file(file, route):
    colleague = factories.person(file.claim.partner)
    tab = browser(colleague)
    colleague.is_active = False
    colleague.save()
    answer = tab.get(at(PAGES[route], file.claim.number, file.public_id))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("route", PAGES)
def test_a_stranger_is_sent_to_the_log_in_whatever_is_there(file, route):
    places = [
        browser(None).get(at(PAGES[route], file.claim.number, each))
        for each in (file.public_id, uuid.uuid4())
    ]
    assert {place.status_code for place in places} == {302}


@pytest.mark.parametrize("check", [each for each in Check if each != Check.CLEAN])
@pytest.mark.parametrize("route", ["evidence", "evidence-pages", "evidence-page"])
def test_no_content_leaves_before_it_is_clean(file, route, check):
    Evidence.objects.update(check_state=check)
    reader = file.claim.created_by
    answer = browser(reader).get(at(PAGES[route], file.claim.number, file.public_id))
    assert answer.status_code in {404, 409}
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_link_to_a_foreign_file_opens_nothing_even_if_it_were_signed(file):
    rival = factories.person(factories.partner())
    token = link_token(file=file, reader=rival)
    assert browser(None).get(f"/files/{token}/").status_code == 404


def test_an_erased_file_leaves_its_record_and_nothing_to_see(file):
    reader = browser(file.claim.created_by)
    Evidence.objects.filter(pk=file.pk).update(
        content="", name="", original_name="", signer="", erased_at=factories.NOW
    )
    answers = {
        route: reader.get(at(pattern, file.claim.number, file.public_id))
        for route, pattern in PAGES.items()
    }
    assert {route: answer.status_code for route, answer in answers.items()} == {
        "evidence": 410,
        "evidence-state": 200,
        "evidence-pages": 410,
        "evidence-page": 404,
    }
    assert "The content was erased." in words(answers["evidence"])
