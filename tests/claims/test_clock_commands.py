"""The clocks from the command line, as an operator uses them when one went wrong."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from claims import brakes
from claims.calendars import programme_calendar
from claims.models import BrakeEntry, CalendarDay, Claim, Postponement
from tests import factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(NOW, tick=False):
        yield


def said(*command):
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def due_at(claim):
    return Claim.objects.get(pk=claim.pk).due_at


def test_a_clock_is_switched_off_and_on():
    claim = factories.claim("rejected")
    told = said("clock", "dispute_window", "off", "--reason", "Wrong dates.")
    assert told.startswith("dispute_window: OFF since 2026-11-23 09:00Z: Wrong dates.;")
    with time_machine.travel(NOW + 2 * DAY, tick=False):
        said("clock", "dispute_window", "on", "--reason", "Mended.")
    assert brakes.stopped() == set()
    assert due_at(claim) == claim.due_at + 2 * DAY
    assert [entry.by for entry in BrakeEntry.objects.all()] == [None, None]


def test_the_clocks_are_listed_with_their_limits():
    factories.claim("rejected")
    said("clock", "dispute_window", "limit", "7", "--reason", "Few.")
    lines = said("clock").splitlines()
    assert len(lines) == 5
    assert (
        "dispute_window: running; 1 deadlines, 0 held, 0 end within 7 days; "
        "0 of 7 steps today"
    ) in lines


@pytest.mark.parametrize(
    ("words", "no"),
    [
        (["off"], "Write a reason"),
        (["on", "--reason", "x"], "not switched off"),
        (["release", "--reason", "x"], "not reached its daily limit"),
        (["limit", "--reason", "x"], "lies between 1"),
        (["smash"], "invalid choice"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(words, no):
    with pytest.raises(CommandError, match=no):
        said("clock", "review", *words)


def test_a_tripped_clock_is_released():
    claims = [factories.claim("rejected", now=NOW - 40 * DAY) for _each in range(2)]
    said("clock", "dispute_window", "limit", "1", "--reason", "Few.")
    assert "expire: 1" in said("enforce_deadlines")
    assert "STOPPED at its limit" in said("clock", "dispute_window")
    said("clock", "dispute_window", "release", "--reason", "Looked at.")
    assert brakes.stopped() == set()
    assert len(claims) == 2


OUTAGE = [
    "outage",
    *("--from", "2026-11-23T08:00:00Z", "--until", "2026-11-23T08:30:00Z"),
    *("--reason", "Power failure."),
]


def test_an_outage_is_recorded_once_however_often_it_is_told():
    claim = factories.claim("action_required", now=NOW - 3 * DAY)
    assert said(*OUTAGE) == "1 deadlines moved.\n"
    moved = due_at(claim)
    assert moved == claim.due_at + DAY
    assert said(*OUTAGE) == "1 deadlines moved.\n"
    assert (due_at(claim), Postponement.objects.count()) == (moved, 1)


def test_an_outage_tells_what_the_clocks_had_already_ended():
    claim = factories.claim("rejected", now=datetime(2026, 10, 23, 9, tzinfo=UTC))
    assert "expire: 1" in said("enforce_deadlines")
    told = said(
        "outage",
        *("--from", (claim.due_at - DAY).isoformat(), "--until", NOW.isoformat()),
        *("--reason", "Power failure."),
    )
    assert "1 claims were moved on by the clock" in told


@pytest.mark.parametrize(
    ("began", "no"),
    [("yesterday", "is no time"), ("2026-11-23T08:00:00", "Add the offset")],
)
def test_an_outage_needs_two_times(began, no):
    with pytest.raises(CommandError, match=no):
        said(*OUTAGE[:2], began, *OUTAGE[3:])


def test_a_recalculation_is_shown_and_then_made():
    claim = factories.claim("action_required")
    place = programme_calendar(NOW)
    CalendarDay.objects.create(calendar=place, on="2026-12-07", name="New", is_own=True)
    assert said("recalculate") == f"{place.pk}: Programme, DE-BE (Europe/Berlin)\n"
    shown = (
        f"{claim.number} partner_response: 2026-12-11 → 2026-12-14\n"
        "1 would move, 0 stay, 0 cannot be told.\n"
    )
    assert said("recalculate", str(place.pk), "--dry-run") == (
        f"{shown}Nothing was changed.\n"
    )
    with pytest.raises(CommandError, match="Write a reason"):
        said("recalculate", str(place.pk))
    assert due_at(claim) == claim.due_at
    told = said("recalculate", str(place.pk), "--reason", "New holiday.")
    assert told == f"{shown}1 deadlines moved.\n"
    assert due_at(claim) == datetime(2026, 12, 14, 22, 59, 59, tzinfo=UTC)
    with pytest.raises(CommandError, match="There is no calendar 0"):
        said("recalculate", "0")


def test_a_dry_run_of_the_sweep_tells_and_changes_nothing(settings):
    claim = factories.claim("rejected")
    at = (claim.due_at + SECOND).isoformat()
    settings.PRODUCTION = True  # where pretending a time is refused otherwise
    told = said("enforce_deadlines", "--dry-run", "--at", at).splitlines()
    line = (
        f"{claim.number} dispute_window (due 2026-12-23 22:59Z): "
        "Expire undisputed: the claim becomes “Rejected (final)”"
    )
    assert told[-2:] == [line, "1 steps (dispute_window: 1). Nothing was changed."]
    assert Claim.objects.get(pk=claim.pk).state == "rejected"
    with pytest.raises(CommandError, match="refused in production"):
        said("enforce_deadlines", "--at", at)
