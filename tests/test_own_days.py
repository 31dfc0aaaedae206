"""Days that an admin enters, other weeks, and days that a zone never had."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from claims.calendar import (
    BusinessDays,
    Calendar,
    OutOfHorizon,
    calendar_of,
    due,
)
from tests.test_calendar import FRIDAY, bavaria, due_from, local


def with_own(*holidays: date, working: tuple[date, ...] = ()) -> Calendar:
    names = dict.fromkeys(holidays, "Company holiday")
    return replace(
        bavaria(),
        holidays={**bavaria().holidays, **names},
        working_days=frozenset(working),
    )


def test_an_own_holiday_moves_the_due_date_and_is_named() -> None:
    found = due(FRIDAY, BusinessDays(5), with_own(date(2026, 12, 24)))
    assert (found.due_on, found.skipped[0].name) == (
        date(2026, 12, 29),
        "Company holiday",
    )


def test_an_own_working_saturday_counts() -> None:
    calendar = with_own(working=(date(2026, 12, 19),))
    assert due(FRIDAY, BusinessDays(1), calendar).due_on == date(2026, 12, 19)


def test_an_own_working_day_beats_a_holiday() -> None:
    calendar = with_own(working=(date(2026, 12, 25),))
    found = due(FRIDAY, BusinessDays(5), calendar)
    assert (found.due_on, found.skipped) == (date(2026, 12, 25), ())


def test_a_calendar_with_another_working_week_counts_by_it() -> None:
    calendar = replace(bavaria(), working_weekdays=frozenset({0, 1, 2, 3, 4, 5}))
    assert due(FRIDAY, BusinessDays(1), calendar).due_on == date(2026, 12, 19)


def test_a_calendar_without_a_working_day_is_refused_at_its_end() -> None:
    calendar = replace(bavaria(), working_weekdays=frozenset())
    with pytest.raises(OutOfHorizon):
        due(FRIDAY, BusinessDays(1), calendar)


@pytest.mark.parametrize(
    ("rule", "due_on"),
    [
        ("1 business day", "2012-01-03"),
        ("1 calendar day", "2011-12-31"),
        ("2 calendar days", "2012-01-01"),
    ],
)
def test_a_day_that_the_zone_skipped_is_no_day(rule: str, due_on: str) -> None:
    """Apia went from Thu 29 to Sat 31 December 2011; 2 January was a holiday."""
    start = "2011-12-29T10:00:00-10:00"
    found = due_from("WS", "", "Pacific/Apia", start, rule)
    assert str(found.due_on) == due_on
    assert local(found.due_at, "Pacific/Apia") == f"{due_on}T23:59:59+14:00"


def test_a_holiday_on_a_day_that_the_zone_skipped_is_not_called_skipped() -> None:
    friday = date(2011, 12, 30)
    apia = calendar_of("WS", "", "Pacific/Apia", (2011, 2012))
    named = replace(apia, holidays={**apia.holidays, friday: "Never"})
    start = datetime.fromisoformat("2011-12-29T10:00:00-10:00")
    found = due(start, BusinessDays(1), named)
    assert [each.on for each in found.skipped] == [date(2012, 1, 2)]


def test_the_official_calendar_cannot_be_changed_by_a_reader() -> None:
    with pytest.raises(TypeError):
        bavaria().holidays[date(2026, 12, 24)] = "Mine"  # type: ignore[index]
