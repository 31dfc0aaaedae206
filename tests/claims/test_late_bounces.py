"""A warning that comes back after the claim has lapsed: who sees it, what is left."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import StaffRole
from claims import late_bounces
from claims.models import Claim
from claims.sweep import Swept, act, remind
from notifications.models import Delivery, DeliveryState, Message
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
LATER = datetime(2026, 12, 15, 9, 0, tzinfo=UTC)  # it was due on Friday, the 11th
HEADLINE = "The warning came back after the claim had lapsed"
ON_THE_LIST = "Lapsed, and the warning came back afterwards"


@pytest.fixture(autouse=True)
def _on_the_tuesday_after():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def lead():
    return factories.staff(StaffRole.LEAD)


@pytest.fixture
def claim(lead):
    """Return a claim that lapsed after its warnings had been accepted."""
    claim = factories.claim("action_required")
    remind(now=claim.due_at - timedelta(hours=12), swept=Swept())
    Delivery.objects.update(state=DeliveryState.ACCEPTED)
    act(now=claim.due_at + SECOND, swept=Swept())
    lapsed = Claim.objects.get(pk=claim.pk)
    assert lapsed.events.last().step == "lapse"
    return lapsed


def comes_back(topic):
    of = Delivery.objects.filter(message__topic=topic)
    assert of.update(state=DeliveryState.BOUNCED, bounced_at=LATER)


def listed(reader):
    return words(browser(reader).get(reverse("stopped-clocks")))


def test_a_claim_whose_warnings_stayed_away_is_on_no_list(claim, lead):
    assert ON_THE_LIST not in listed(lead)
    assert HEADLINE not in words(browser(lead).get(claim.get_absolute_url()))


@pytest.mark.parametrize("topic", ["action_required", "reminder"])
def test_what_came_back_is_listed_and_said_on_both_sides(claim, lead, topic):
    comes_back(topic)
    page = listed(lead)
    assert ON_THE_LIST in page
    assert f"{claim.number} · {claim.customer_name}" in page
    for reader in (claim.created_by, claim.assignee, lead):
        assert HEADLINE in words(browser(reader).get(claim.get_absolute_url()))


def test_a_warning_that_reached_a_colleague_is_a_warning(claim, lead):
    comes_back("reminder")
    other = factories.person(claim.partner)
    first = Message.objects.filter(topic="reminder").first()
    told = Message.objects.create(
        key="other",
        topic="reminder",
        recipient=other,
        group=claim.number,
        context=first.context,
        message_id="<other@test>",
        created_at=first.created_at,
    )
    Delivery.objects.create(message=told, state=DeliveryState.ACCEPTED)
    assert ON_THE_LIST not in listed(lead)


def test_more_time_to_dispute_takes_the_claim_off_the_list(claim, lead):
    comes_back("reminder")
    page = reverse("claim-extend", args=[claim.number])
    assert page in browser(lead).get(reverse("stopped-clocks")).content.decode()
    typed = {"until": "2027-01-29", "reason": "The company's mail was down."}
    assert browser(lead).post(page, typed).status_code == 302
    assert Claim.objects.get(pk=claim.pk).due_at > claim.due_at
    assert ON_THE_LIST not in listed(lead)
    assert HEADLINE not in words(browser(lead).get(claim.get_absolute_url()))


def test_a_dispute_takes_the_claim_off_the_list(claim, lead):
    comes_back("reminder")
    factories.take(claim, "dispute", now=LATER)
    assert ON_THE_LIST not in listed(lead)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_three_claims_as_for_one(
    lead, count, django_assert_num_queries
):
    claims = [factories.claim("action_required") for _each in range(count)]
    remind(now=claims[0].due_at - timedelta(hours=12), swept=Swept())
    Delivery.objects.update(state=DeliveryState.ACCEPTED)
    act(now=claims[0].due_at + SECOND, swept=Swept())
    comes_back("reminder")
    with django_assert_num_queries(4):
        found = late_bounces.waiting(lead, LATER)
    assert {each.claim.number for each in found} == {each.number for each in claims}
