"""A clock that jumps over holidays and changes of the hour, every job run twice."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import StaffRole
from claims import verify
from claims.calendars import load_calendar
from claims.models import Claim, Deadline, Event, SetAside
from claims.sweep import Swept, act, remind
from cpor.reminders import tell_the_queue
from notifications.models import Delivery, DeliveryState, Message
from tests import factories

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 12, 17, 9, 0, tzinfo=UTC)
END = datetime(2027, 4, 15, tzinfo=UTC)  # after March, when the hours change
PLACES = [("DE", "BE", "Europe/Berlin"), ("US", "", "America/New_York")]
TIMED = ("submitted", "action_required", "rejected", "disputed", "in_review")


def jump(dice):
    """Return how far the clock leaps: a second, a night, a week, a standstill."""
    return dice.choice(
        [
            timedelta(seconds=1),
            timedelta(hours=dice.randint(1, 23)),
            timedelta(days=dice.randint(1, 4), hours=dice.randint(0, 23)),
            timedelta(days=dice.randint(5, 25)),
        ]
    )


def do_every_job(now):
    """Run all of them once; return what was done and said."""
    before, swept = Message.objects.count(), Swept()
    remind(now=now, swept=swept)
    act(now=now, swept=swept)
    tell_the_queue(now)
    assert swept.failed == []
    return swept.steps.total(), Message.objects.count() - before


@pytest.fixture
def cast():
    """Return a claim of each timed state for a company here and one overseas."""
    factories.staff()
    factories.staff(StaffRole.LEAD)
    for country, subdivision, zone in PLACES:
        by = factories.person(factories.partner(), time_zone=zone)
        load_calendar(
            partner=by.partner,
            country=country,
            subdivision=subdivision,
            time_zone=zone,
            years=range(2026, 2029),
        )
        for state in TIMED:
            factories.claim(state, by=by, now=BEGIN)


@pytest.mark.parametrize("seed", [1])
@pytest.mark.usefixtures("cast")
def test_whatever_is_done_twice_is_done_once(seed):
    dice, now = random.Random(seed), BEGIN  # noqa: S311 -- no secret
    while now < END:
        do_every_job(now)
        assert do_every_job(now) == (0, 0), now
        Delivery.objects.update(state=DeliveryState.ACCEPTED)
        now += jump(dice)

    by_the_clock = Event.objects.filter(actor=None, step__in=["lapse", "expire"])
    assert by_the_clock.filter(step="expire").count() >= 2
    for event in by_the_clock:
        ended = Deadline.objects.filter(claim=event.claim, closed_at=event.applied_at)
        assert [deadline.due_at for deadline in ended] == [event.at]
        assert event.applied_at > event.at
    assert not SetAside.objects.exists()
    assert list(verify.faults()) == []
    assert not Claim.objects.filter(state="rejected", due_at__lt=now - timedelta(40))
