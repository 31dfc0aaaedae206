"""Rules as they are written, and what they count: days left, reminders, day numbers."""

from datetime import UTC, date, datetime, timedelta

import pytest

from claims.calendar import (
    BusinessDays,
    Calendar,
    CalendarDays,
    UnknownRule,
    calendar_of,
    day_number,
    days_left,
    due,
    parse_rule,
    reminder_on,
)

FRIDAY = datetime.fromisoformat("2026-12-18T10:00:00+01:00")
FORTNIGHT = BusinessDays(14)


def bavaria() -> Calendar:
    return calendar_of("DE", "BY", "Europe/Berlin", (2026, 2027))


# --- Days left and reminders ----------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-12-18T10:00:00+01:00", 14),
        ("2026-12-19T10:00:00+01:00", 14),  # Saturday
        ("2026-12-21T00:00:00+01:00", 13),
        ("2027-01-11T23:59:59+01:00", 1),
        ("2027-01-12T00:00:00+01:00", 0),
        ("2027-01-12T23:59:59+01:00", 0),
        ("2027-01-20T10:00:00+01:00", 0),  # overdue
    ],
)
def test_days_left_count_business_days_to_come(now: str, left: int) -> None:
    due_at = due(FRIDAY, FORTNIGHT, bavaria()).due_at
    at = datetime.fromisoformat(now)
    assert days_left(at, due_at, bavaria(), FORTNIGHT) == left


def test_days_left_of_a_calendar_rule_count_every_day() -> None:
    due_at = due(FRIDAY, CalendarDays(30), bavaria()).due_at
    now = FRIDAY + timedelta(days=2)
    assert days_left(now, due_at, bavaria(), CalendarDays(30)) == 28


@pytest.mark.parametrize(
    ("left", "on"),
    [
        (0, date(2027, 1, 12)),
        (1, date(2027, 1, 11)),
        (3, date(2027, 1, 7)),
        (4, date(2027, 1, 5)),  # over Epiphany
        (14, date(2026, 12, 18)),
    ],
)
def test_a_reminder_falls_on_the_working_day_with_so_many_left(
    left: int, on: date
) -> None:
    due_at = due(FRIDAY, FORTNIGHT, bavaria()).due_at
    assert reminder_on(due_at, left, bavaria(), FORTNIGHT) == on


def test_a_reminder_of_a_calendar_rule_counts_every_day() -> None:
    due_at = due(FRIDAY, CalendarDays(30), bavaria()).due_at  # Sunday 17 January
    assert reminder_on(due_at, 7, bavaria(), CalendarDays(30)) == date(2027, 1, 10)


def test_a_deadline_extended_to_a_sunday_reminds_on_the_friday() -> None:
    sunday = datetime(2027, 1, 17, 22, 59, 59, tzinfo=UTC)
    days = [reminder_on(sunday, left, bavaria(), FORTNIGHT) for left in (0, 1)]
    assert days == [date(2027, 1, 15), date(2027, 1, 14)]


def test_day_numbers_run_from_the_start_to_the_due_date() -> None:
    found = due(FRIDAY, BusinessDays(5), bavaria())
    assert [day_number(found, n) for n in (0, 4, 5)] == [
        date(2026, 12, 18),
        date(2026, 12, 24),
        date(2026, 12, 28),
    ]


# --- Rules ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("14 business days", BusinessDays(14)),
        ("1 business day", BusinessDays(1)),
        (" 30  Calendar days ", CalendarDays(30)),
        (str(BusinessDays(5)), BusinessDays(5)),
        (str(CalendarDays(7)), CalendarDays(7)),
    ],
)
def test_a_rule_is_read(text: str, rule: BusinessDays | CalendarDays) -> None:
    assert parse_rule(text) == rule


@pytest.mark.parametrize(
    "text", ["", "14", "14 days", "-1 business days", "١٤ business days", "2 weeks"]
)
def test_what_is_no_rule_says_how_to_write_one(text: str) -> None:
    with pytest.raises(UnknownRule) as refusal:
        parse_rule(text)
    assert str(refusal.value) == (
        f"“{text}” is no rule. Write it like “14 business days” or “30 calendar days”."
    )


@pytest.mark.parametrize("text", ["0 business days", "3661 calendar days"])
def test_a_rule_has_bounds(text: str) -> None:
    with pytest.raises(UnknownRule) as refusal:
        parse_rule(text)
    assert str(refusal.value) == "A rule counts between 1 and 3660 days."
