"""A lead gives the partner more time."""

from datetime import UTC, datetime

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


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def extend(reader, claim, **typed):
    return browser(reader).post(reverse("claim-extend", args=[claim.number]), typed)


def test_a_lead_gives_the_partner_more_time():
    claim = factories.claim("action_required")
    lead = factories.staff(StaffRole.LEAD)
    response = extend(lead, claim, until="2026-12-18", reason="Flu.")
    assert (response.status_code, response.url) == (302, claim.get_absolute_url())
    assert fresh(claim).due_at == datetime(2026, 12, 18, 22, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"until": "2026-12-11", "reason": "x"}, "Choose a day after the present"),
        (
            {"until": "9999-12-31", "reason": "x"},
            "Choose a day within the coming year.",
        ),
        ({"until": "soon", "reason": "x"}, "New last day"),
        ({"until": "2026-12-18", "reason": " "}, "Reason"),
    ],
)
def test_an_extension_needs_a_later_day_and_a_reason(typed, sentence):
    claim = factories.claim("action_required")
    response = extend(factories.staff(StaffRole.LEAD), claim, **typed)
    assert response.status_code == 422
    assert sentence in words(response)
    assert fresh(claim).due_at == claim.due_at


def test_only_leads_extend_and_only_the_partners_clocks():
    claim = factories.claim("action_required")
    typed = {"until": "2026-12-18", "reason": "x"}
    assert extend(factories.staff(), claim, **typed).status_code == 403
    assert extend(claim.created_by, claim, **typed).status_code == 403
    stranger = factories.person(factories.partner())
    assert extend(stranger, claim, **typed).status_code == 404
    review = factories.claim("in_review")
    response = extend(factories.staff(StaffRole.LEAD), review, **typed)
    assert response.status_code == 422
    assert fresh(review).due_at == review.due_at
