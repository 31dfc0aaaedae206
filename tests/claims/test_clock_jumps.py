"""A clock that jumps over holidays and changes of the hour, every job run twice.

The jumps are drawn, a walk with the same seed is the same. After each, every job of
the clock runs at that time, again at that time, and once more a little earlier, as when
a machine's clock is set right. Whatever was drawn, the promises at the end hold.
"""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import StaffRole
from claims import calendar, verify
from claims.calendars import load_calendar
from claims.models import Claim, Deadline, Event, Reminder, SetAside
from claims.sweep import Swept, act, remind
from claims.warnings import REMINDERS, REQUESTS
from claims.working_hours import next_working_moment
from cpor.reminders import tell_the_queue
from notifications.models import Delivery, DeliveryState, Message
from tests import factories

pytestmark = pytest.mark.django_db

TIMED = ("submitted", "action_required", "rejected", "disputed", "in_review")


@dataclass(frozen=True)
class Walk:
    """From when to when, for companies of which places."""

    seed: int
    begin: datetime
    end: datetime
    places: tuple[tuple[str, str, str], ...]


WALKS = {
    "Christmas, Easter and spring here and overseas": Walk(
        1,
        datetime(2026, 12, 17, 9, tzinfo=UTC),
        datetime(2027, 4, 15, tzinfo=UTC),
        (("DE", "BE", "Europe/Berlin"), ("US", "", "America/New_York")),
    ),
    "autumn: 23:59:59 twice, midnight twice, Friday off": Walk(
        2,
        datetime(2027, 9, 24, 9, tzinfo=UTC),
        datetime(2027, 11, 30, tzinfo=UTC),
        (("EG", "", "Africa/Cairo"), ("PT", "", "Atlantic/Azores")),
    ),
    "the year's first and last zone, a leap day": Walk(
        3,
        datetime(2027, 12, 14, 9, tzinfo=UTC),
        datetime(2028, 3, 10, tzinfo=UTC),
        (("KI", "", "Pacific/Kiritimati"), ("NU", "", "Pacific/Niue")),
    ),
    "southern spring: a midnight that is skipped": Walk(
        4,
        datetime(2026, 8, 14, 9, tzinfo=UTC),
        datetime(2026, 10, 30, tzinfo=UTC),
        (("CL", "", "America/Santiago"), ("AU", "NSW", "Australia/Sydney")),
    ),
    "working Saturdays, and a weekend of one day": Walk(
        5,
        datetime(2026, 9, 8, 9, tzinfo=UTC),
        datetime(2026, 11, 20, tzinfo=UTC),
        (("CN", "", "Asia/Shanghai"), ("IR", "", "Asia/Tehran")),
    ),
}


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


@pytest.fixture(params=list(WALKS.values()), ids=list(WALKS))
def walk(request):
    """Return a walk, with a claim of each timed state for a company of each place."""
    factories.staff()
    factories.staff(StaffRole.LEAD)
    begin = request.param.begin
    for country, subdivision, zone in request.param.places:
        by = factories.person(factories.partner(), time_zone=zone)
        load_calendar(
            partner=by.partner,
            country=country,
            subdivision=subdivision,
            time_zone=zone,
            years=range(begin.year, begin.year + 3),
        )
        for state in TIMED:
            factories.claim(state, by=by, now=begin)
    return request.param


def test_whatever_is_done_twice_is_done_once_and_every_promise_holds(walk):
    dice, now = random.Random(walk.seed), walk.begin  # noqa: S311 -- no secret
    while now < walk.end:
        do_every_job(now)
        assert do_every_job(now) == (0, 0), now
        a_little_earlier = now - timedelta(seconds=dice.randint(1, 90))
        assert do_every_job(a_little_earlier) == (0, 0), now
        Delivery.objects.update(state=DeliveryState.ACCEPTED)
        now += jump(dice)

    assert_each_step_was_taken_for_its_own_deadline(now)
    assert_each_deadline_ends_on_a_day_of_its_calendar()
    assert_each_word_was_said_once_and_in_time()
    assert_nobody_was_rejected_unwarned()
    assert not SetAside.objects.exists()
    assert list(verify.faults()) == []


def assert_each_step_was_taken_for_its_own_deadline(now):
    """It took effect at the due second, once, however late the clock came to it."""
    by_the_clock = Event.objects.filter(actor=None, step__in=["lapse", "expire"])
    assert by_the_clock.filter(step="expire").count() >= 2
    for event in by_the_clock:
        ended = Deadline.objects.filter(claim=event.claim, closed_at=event.applied_at)
        assert [deadline.due_at for deadline in ended] == [event.at]
        assert event.applied_at > event.at
    steps = by_the_clock.values_list("claim", "step", "round")
    assert max(Counter(steps).values()) == 1
    assert not Claim.objects.filter(state="rejected", due_at__lt=now - timedelta(40))


def assert_each_deadline_ends_on_a_day_of_its_calendar():
    """The last second of a local day that is one of those the rule counts."""
    for deadline in Deadline.objects.select_related("claim__partner__calendar"):
        zone = calendar.zone_of(deadline.time_zone)
        due, later = (
            at.astimezone(zone)
            for at in (deadline.due_at, deadline.due_at + timedelta(seconds=1))
        )
        assert str(due.date()) == deadline.arithmetic["due_on"]
        assert later.date() > due.date()
        began = calendar.local_date(deadline.started_at, deadline.time_zone)
        assert str(began) == deadline.arithmetic["start_on"]
        if deadline.clock == "partner_response":
            days = deadline.claim.partner.calendar.as_days()
            assert days.is_working(due.date())


def assert_each_word_was_said_once_and_in_time():
    """At the reader's work, or so late that the next morning would be too late."""
    said = Reminder.objects.filter(outcome="said")
    said = said.select_related("deadline", "reader__partner__calendar")
    keys = Message.objects.values_list("key", flat=True)
    assert max(Counter(keys).values()) == 1
    assert said
    for reminder in said:
        if reminder.reader.partner is None or reminder.kind == "overdue":
            continue
        days = reminder.reader.partner.calendar.as_days()
        work = next_working_moment(reminder.settled_at, days)
        assert work == reminder.settled_at or work >= reminder.deadline.due_at
        assert reminder.settled_at <= reminder.deadline.due_at


def assert_nobody_was_rejected_unwarned():
    for event in Event.objects.filter(step="lapse").select_related("claim"):
        told = Message.objects.filter(
            group=event.claim.number,
            created_at__lt=event.at,
            delivery__isnull=False,
        ) | Message.objects.filter(
            group=event.claim.number, created_at__lt=event.at, told_in__isnull=False
        )
        topics = set(told.values_list("topic", flat=True))
        assert topics & REQUESTS, event
        assert topics & REMINDERS, event
