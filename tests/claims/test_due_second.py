"""The last second and the one after it: page, API and sweep draw the same line."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import StaffRole
from claims.calendars import load_calendar
from claims.models import Claim
from claims.sweep import sweep
from notifications.models import Delivery, DeliveryState
from tests import factories
from tests.claims.pages import browser

pytestmark = pytest.mark.django_db

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
# From the first zone of the world to the last; the dates differ by a day.
PLACES = [
    ("KI", "", "Pacific/Kiritimati"),
    ("AS", "", "Pacific/Pago_Pago"),
    ("CA", "NL", "America/St_Johns"),
]


def waiting(place):
    """Return a claim whose warned partner has not answered, on a calendar's clock."""
    by = factories.person(factories.partner())
    country, subdivision, zone = place
    load_calendar(
        partner=by.partner,
        country=country,
        subdivision=subdivision,
        time_zone=zone,
        years=range(2026, 2029),
    )
    claim = factories.claim("action_required", by=by)
    for hours in (0, 8, 16):  # in one of them its reader is at work
        sweep(now=claim.due_at - 3 * DAY + timedelta(hours=hours))
    Delivery.objects.update(state=DeliveryState.ACCEPTED)
    return claim


def through_page(claim, now):
    with time_machine.travel(now, tick=False):
        url = reverse("claim-step", args=[claim.number, "resubmit"])
        browser(claim.created_by).post(url, {"comment": "Here it is."})


def through_api(claim, now):
    with time_machine.travel(now, tick=False):
        client = browser(claim.created_by)
        url = f"/api/v1/claims/{claim.number}/steps/resubmit/"
        client.post(url, {"comment": "Here."}, content_type="application/json")


def through_sweep(claim, now):
    """The sweep has run at that very moment; then the partner comes."""
    sweep(now=now)
    through_page(claim, now)


WAYS = [through_page, through_api, through_sweep]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[2])
@pytest.mark.parametrize("way", WAYS)
def test_the_due_second_is_in_time_and_the_next_is_late(way, place):
    in_time, late = waiting(place), waiting(place)
    assert in_time.due_at == late.due_at

    way(in_time, in_time.due_at)
    way(late, late.due_at + SECOND)

    assert Claim.objects.get(pk=in_time.pk).state == "submitted"
    lapsed = Claim.objects.get(pk=late.pk)
    assert lapsed.state == "rejected"
    event = lapsed.events.order_by("version").last()
    assert (event.step, event.at) == ("lapse", late.due_at)


def test_a_thousandth_of_a_second_after_is_late_too():
    late = waiting(PLACES[0])
    through_page(late, late.due_at + timedelta(milliseconds=1))
    assert Claim.objects.get(pk=late.pk).state == "rejected"


def test_opening_an_overdue_page_takes_the_step_that_nobody_has_taken():
    claim = waiting(PLACES[2])
    lead = factories.staff(StaffRole.LEAD)
    with time_machine.travel(claim.due_at, tick=False):
        browser(lead).get(claim.get_absolute_url())
        assert Claim.objects.get(pk=claim.pk).state == "action_required"
    with time_machine.travel(claim.due_at + SECOND, tick=False):
        browser(lead).get(claim.get_absolute_url())
        assert Claim.objects.get(pk=claim.pk).state == "rejected"
