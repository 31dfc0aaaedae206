"""Which parts of a claim may be changed when, and what the others say."""

import pytest
import time_machine
from django.urls import reverse

from accounts.models import StaffRole
from claims.models import Claim
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(factories.NOW, tick=False):
        yield


def url(claim, part):
    return reverse("claim-wizard", args=[claim.number, part])


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def save(reader, claim, part, **typed):
    return browser(reader).post(url(claim, part), typed)


def open_parts(reader, claim):
    parts = [
        *("area", "role", "partner-id", "customer", "name", "products"),
        *("customer-contact", "own-contact", "evidence", "comment"),
    ]
    tab = browser(reader)
    return [
        part
        for part in parts
        if tab.get(url(claim, part)).context["refusal"] is None
        and tab.post(url(claim, part), {"close": "1"}).status_code != 409
    ]


ANSWERABLE = [
    *("partner-id", "products", "customer-contact", "own-contact"),
    *("evidence", "comment"),
]


@pytest.mark.parametrize(
    ("state", "parts"),
    [
        ("submitted", []),
        ("in_review", []),
        ("action_required", ANSWERABLE),
        ("approved", ["evidence"]),
        ("rejected", []),
        ("rejected_final", []),
    ],
)
def test_each_state_opens_exactly_its_parts(state, parts):
    claim = factories.claim(state)
    assert open_parts(claim.created_by, claim) == parts


def test_a_closed_part_says_why_and_gives_back_what_was_typed():
    claim = factories.claim("submitted")
    page = save(claim.created_by, claim, "name", name="Typed too late")
    assert page.status_code == 409
    text = words(page)
    assert "cannot be changed while the claim is “Submitted”" in text
    assert "What you typed was not saved: Claim name Typed too late" in text
    assert fresh(claim).name == "Exchange for Contoso"


def test_what_the_reviewers_asked_for_stands_beside_every_part():
    claim = factories.claim("action_required")
    for part in (*ANSWERABLE, "review"):
        page = words(browser(claim.created_by).get(url(claim, part)))
        assert "What the reviewers asked for" in page


def test_reviewers_read_the_parts_but_change_none():
    claim = factories.claim("action_required")
    lead = factories.staff(StaffRole.LEAD)
    for part in ANSWERABLE:
        assert browser(lead).get(url(claim, part)).context["refusal"]
        assert save(lead, claim, part, covering_note="Mine").status_code == 409
    assert fresh(claim).covering_note == ""


def test_there_is_nothing_to_review_where_nothing_can_be_submitted():
    claim = factories.claim("approved")
    answer = browser(claim.created_by).get(url(claim, "review"))
    assert answer.headers["Location"] == claim.get_absolute_url()
