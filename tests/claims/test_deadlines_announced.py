"""What the clocks say before they end, and to whom."""

from datetime import UTC

import pytest

from accounts.models import StaffRole
from claims.models import Deadline
from claims.sweep import Swept, remind
from notifications.models import Message
from tests import factories
from tests.claims.test_deadlines import (
    DAY,
    NOW,
    SECOND,
    at,
    days_of_reminders,
    fresh,
    running,
    said,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "topics", "days"),
    [
        ("action_required", ["reminder"], ["12-02", "12-08", "12-10"]),
        ("rejected", ["dispute_window_closing"], ["12-16", "12-22"]),
        ("submitted", ["reminder"], ["11-27"]),
        ("in_review", ["reminder"], ["12-07", "12-10"]),
        ("disputed", ["reminder"], ["11-26"]),
    ],
)
def test_each_reminder_goes_out_exactly_once_on_its_day(state, topics, days):
    lead = factories.staff(StaffRole.LEAD)
    claim = factories.claim(state)
    Message.objects.all().delete()
    ours = state in {"submitted", "in_review", "disputed"}
    readers = len({claim.assignee, lead} - {None}) if ours else 1

    found = days_of_reminders(claim, until=claim.due_at, topics=topics)

    assert found == sorted([f"2026-{day}" for day in days] * readers)


def test_a_sweep_that_slept_says_only_what_is_still_true():
    claim = factories.claim("action_required")
    remind(now=at("2026-12-09T12:00:00"), swept=Swept())

    told = said(claim, "reminder").get()
    assert told.context["days_left"] == 2, "neither seven nor, as yesterday, three"


def test_reminders_of_a_dispute_that_is_not_possible_are_not_sent():
    claim = factories.claim("submitted")
    factories.take(claim, "withdraw")
    remind(now=fresh(claim).due_at - DAY, swept=Swept())
    assert said(claim, "dispute_window_closing").count() == 0


def test_after_its_end_a_clock_of_ours_escalates_every_day():
    lead = factories.staff(StaffRole.LEAD)
    claim = factories.claim("in_review")
    friday_night = claim.due_at + SECOND
    Message.objects.all().delete()

    days = []
    for half_day in range(13):
        now = friday_night + half_day * DAY / 2
        remind(now=now, swept=Swept())
        told = said(claim, "escalation")
        days += [f"{now.astimezone(UTC):%a %d}"] * told.filter(recipient=lead).count()
        assert told.filter(recipient=claim.assignee).count() == told.count() / 2
        told.delete()

    assert days == ["Mon 14", "Tue 15", "Wed 16", "Thu 17"], "and never on a day off"


def test_a_partners_clock_says_nothing_after_its_end():
    claim = factories.claim("action_required")
    remind(now=claim.due_at + SECOND, swept=Swept())
    assert said(claim, "reminder").count() == 0
    assert running(claim).next_reminder_at is None


def test_an_ended_deadline_says_nothing():
    claim = factories.claim("submitted")
    old = running(claim)
    factories.take(claim, "withdraw")
    Message.objects.all().delete()
    Deadline.objects.filter(pk=old.pk).update(next_reminder_at=NOW)

    swept = Swept()
    remind(now=old.due_at, swept=swept)

    assert swept.reminded == 0
