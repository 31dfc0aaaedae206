"""The calendar: worked cases, and each trap by name. No database, no clock."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from claims.calendar import (
    BusinessDays,
    Calendar,
    CalendarDays,
    CalendarError,
    Due,
    NoTimeZone,
    OutOfHorizon,
    Skipped,
    SubdivisionMissing,
    UnknownPlace,
    calendar_of,
    due,
    holidays_of,
    parse_rule,
    zone_of,
)

with (Path(__file__).parent / "data" / "deadline_cases.csv").open() as file:
    CASES = list(csv.DictReader(file))

FRIDAY = datetime.fromisoformat("2026-12-18T10:00:00+01:00")
FORTNIGHT = BusinessDays(14)


def bavaria(*years: int) -> Calendar:
    return calendar_of("DE", "BY", "Europe/Berlin", years or (2026, 2027))


def due_from(
    country: str, subdivision: str, time_zone: str, start: str, rule: str
) -> Due:
    start_at = datetime.fromisoformat(start)
    years = (start_at.year - 1, start_at.year + 1)
    calendar = calendar_of(country, subdivision, time_zone, years)
    return due(start_at, parse_rule(rule), calendar)


def local(at: datetime, time_zone: str) -> str:
    return at.astimezone(zone_of(time_zone)).isoformat()


# --- Worked cases ---------------------------------------------------------------------


def test_there_are_thirty_worked_cases() -> None:
    assert len(CASES) == 30


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"][:40])
def test_a_worked_case_is_due_to_the_second(case: dict[str, str]) -> None:
    found = due_from(
        case["country"],
        case["subdivision"],
        case["timezone"],
        case["start_local_iso"],
        case["rule"],
    )
    assert local(found.due_at, case["timezone"]) == case["expected_due_local_iso"]


@pytest.mark.parametrize(
    ("place", "start", "rule", "expected"),
    [
        pytest.param(
            ("US", "", "America/New_York"),
            "2027-12-30T10:00:00-05:00",
            "1 business days",
            "2028-01-03T23:59:59-05:00",
            id="New Year's Day 2028 is observed in 2027",
        ),
        pytest.param(
            ("AU", "NSW", "Australia/Sydney"),
            "2027-12-23T10:00:00+11:00",
            "3 business days",
            "2027-12-30T23:59:59+11:00",
            id="Christmas and Boxing Day on a weekend are both made up for",
        ),
        pytest.param(
            ("HU", "", "Europe/Budapest"),
            "2026-01-01T10:00:00+01:00",
            "10 business days",
            "2026-01-15T23:59:59+01:00",
            id="Saturday 10 January 2026 works for Friday 2 January",
        ),
        pytest.param(
            ("CN", "", "Asia/Shanghai"),
            "2026-02-12T10:00:00+08:00",
            "2 business days",
            "2026-02-14T23:59:59+08:00",
            id="the last day is a working Saturday",
        ),
        pytest.param(
            ("MY", "02", "Asia/Kuala_Lumpur"),
            "2027-03-03T10:00:00+08:00",
            "2 business days",
            "2027-03-07T23:59:59+08:00",
            id="Kedah rests Friday and Saturday",
        ),
        pytest.param(
            ("MY", "10", "Asia/Kuala_Lumpur"),
            "2027-03-03T10:00:00+08:00",
            "2 business days",
            "2027-03-05T23:59:59+08:00",
            id="Selangor rests Saturday and Sunday",
        ),
        pytest.param(
            ("IR", "", "Asia/Tehran"),
            "2026-11-24T10:00:00+03:30",
            "5 business days",
            "2026-11-30T23:59:59+03:30",
            id="Iran rests on Friday only",
        ),
        pytest.param(
            ("BN", "", "Asia/Brunei"),
            "2026-11-24T10:00:00+08:00",
            "5 business days",
            "2026-12-01T23:59:59+08:00",
            id="Brunei rests on Friday and Sunday",
        ),
        pytest.param(
            ("AE", "", "Asia/Dubai"),
            "2021-12-22T10:00:00+04:00",
            "8 business days",
            "2022-01-04T23:59:59+04:00",
            id="the Emirates move their weekend at New Year 2022",
        ),
        pytest.param(
            ("KI", "", "Pacific/Kiritimati"),
            "2026-12-01T23:59:59+14:00",
            "1 calendar days",
            "2026-12-02T23:59:59+14:00",
            id="fourteen hours ahead",
        ),
        pytest.param(
            ("AS", "", "Pacific/Pago_Pago"),
            "2026-12-01T00:00:00-11:00",
            "1 calendar days",
            "2026-12-02T23:59:59-11:00",
            id="eleven hours behind",
        ),
        pytest.param(
            ("CA", "BC", "America/Vancouver"),
            "2026-12-01T10:00:00-07:00",
            "5 business days",
            "2026-12-08T23:59:59-07:00",
            id="Vancouver stays on summer time, whatever the machine believes",
        ),
    ],
)
def test_a_trap_is_due_to_the_second(
    place: tuple[str, str, str], start: str, rule: str, expected: str
) -> None:
    assert local(due_from(*place, start, rule).due_at, place[2]) == expected


# --- How a date came about ------------------------------------------------------------


def test_a_due_date_tells_what_was_counted_and_what_skipped() -> None:
    found = due(FRIDAY, BusinessDays(5), bavaria())
    assert found == Due(
        due_at=datetime(2026, 12, 28, 22, 59, 59, tzinfo=UTC),
        due_on=date(2026, 12, 28),
        start_on=date(2026, 12, 18),
        rule=BusinessDays(5),
        skipped=(Skipped(date(2026, 12, 25), "Christmas Day"),),
        counted=(*(date(2026, 12, day) for day in (21, 22, 23, 24, 28)),),
        time_zone="Europe/Berlin",
    )


def test_the_named_case_skips_three_holidays() -> None:
    found = due(FRIDAY, FORTNIGHT, bavaria())
    assert [holiday.name for holiday in found.skipped] == [
        "Christmas Day",
        "New Year's Day",
        "Epiphany",
    ]


def test_a_holiday_on_a_weekend_is_not_called_skipped() -> None:
    found = due_from(
        "AT", "", "Europe/Vienna", "2026-12-23T10:00:00+01:00", "3 business days"
    )
    assert [holiday.on for holiday in found.skipped] == [date(2026, 12, 25)]


def test_the_weekend_of_former_years_is_no_holiday() -> None:
    start = "2021-12-22T10:00:00+04:00"
    found = due_from("AE", "", "Asia/Dubai", start, "8 business days")
    assert found.skipped == ()


def test_calendar_days_skip_nothing() -> None:
    found = due(FRIDAY, CalendarDays(30), bavaria())
    assert (found.skipped, len(found.counted)) == ((), 30)


def test_a_start_late_on_day_zero_changes_nothing() -> None:
    late = FRIDAY.replace(hour=23, minute=59, second=59, microsecond=999_999)
    assert due(late, FORTNIGHT, bavaria()) == due(FRIDAY, FORTNIGHT, bavaria())


def test_the_offset_a_start_is_written_in_changes_nothing() -> None:
    assert due(FRIDAY.astimezone(UTC), FORTNIGHT, bavaria()) == due(
        FRIDAY, FORTNIGHT, bavaria()
    )


# --- The horizon ----------------------------------------------------------------------


def test_a_count_beyond_the_loaded_years_is_refused() -> None:
    with pytest.raises(OutOfHorizon) as refusal:
        due(FRIDAY, FORTNIGHT, bavaria(2026))
    assert str(refusal.value) == (
        "The holidays around 2027-01-01 are not known here. "
        "Load a calendar that reaches that day."
    )


def test_a_count_that_ends_on_the_last_loaded_day_is_fine() -> None:
    found = due(FRIDAY, BusinessDays(8), bavaria(2026))
    assert found.due_on == date(2026, 12, 31)


def test_a_start_before_the_loaded_years_is_fine_on_the_day_before() -> None:
    start = datetime(2026, 12, 31, 12, tzinfo=UTC)
    assert due(start, BusinessDays(1), bavaria(2027)).due_on == date(2027, 1, 4)


def test_a_count_that_begins_before_the_loaded_years_is_refused() -> None:
    with pytest.raises(OutOfHorizon):
        due(FRIDAY, BusinessDays(1), bavaria(2027))


def test_calendar_days_need_no_holidays() -> None:
    assert due(FRIDAY, CalendarDays(30), bavaria(2020)).due_on == date(2027, 1, 17)


def test_a_calendar_ends_where_the_tables_end() -> None:
    calendar = calendar_of("LK", None, "Asia/Colombo", range(2025, 2030))
    assert (calendar.first, calendar.last) == (date(2025, 1, 1), date(2026, 12, 31))


def test_a_calendar_beyond_the_tables_knows_no_business_day() -> None:
    calendar = calendar_of("LK", None, "Asia/Colombo", [2028])
    with pytest.raises(OutOfHorizon):
        due(datetime(2028, 3, 1, tzinfo=UTC), BusinessDays(1), calendar)


# --- The working week -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "subdivision", "weekend"),
    [
        ("US", "", {5, 6}),
        ("EG", "", {4, 5}),
        ("IL", "", {4, 5}),
        ("MY", "02", {4, 5}),
        ("MY", "10", {5, 6}),
        ("AE", "", {5, 6}),
        ("IR", "", {4}),
        ("HK", "", {6}),
    ],
)
def test_a_calendar_knows_the_weekend_of_its_place(
    country: str, subdivision: str, weekend: set[int]
) -> None:
    calendar = calendar_of(country, subdivision, "UTC", [2027])
    assert set(range(7)) - calendar.working_weekdays == weekend


# --- Holidays of a place --------------------------------------------------------------


def test_holidays_of_a_year_are_its_own_and_in_order() -> None:
    names = holidays_of("US", None, [2027])
    assert list(names) == sorted(names)
    assert {on.year for on in names} == {2027}
    assert names[date(2027, 12, 31)] == "New Year's Day (observed)"


def test_holidays_have_german_names_where_the_tables_do() -> None:
    epiphany = date(2027, 1, 6)
    names = [
        holidays_of("DE", "BY", [2027], language=language)[epiphany]
        for language in ("en", "de")
    ]
    assert names == ["Epiphany", "Heilige Drei Könige"]


def test_holidays_without_german_names_stay_english() -> None:
    names = holidays_of("JP", None, [2027], language="de")
    assert names[date(2027, 1, 1)] == "New Year's Day"


def test_a_calendar_carries_the_names_of_the_language_asked_for() -> None:
    calendar = calendar_of("DE", "BY", "Europe/Berlin", [2027], language="de")
    assert calendar.holidays[date(2027, 1, 6)] == "Heilige Drei Könige"


# --- Refusals -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "subdivision", "time_zone", "kind"),
    [
        ("XX", "", "Europe/Berlin", UnknownPlace),
        ("DE", "", "Europe/Berlin", SubdivisionMissing),
        ("DE", "XX", "Europe/Berlin", UnknownPlace),
        ("DE", "BY", "Europe/Munich", UnknownPlace),
    ],
)
def test_a_place_that_is_not_known_has_no_calendar(
    country: str, subdivision: str, time_zone: str, kind: type[CalendarError]
) -> None:
    with pytest.raises(kind):
        calendar_of(country, subdivision, time_zone, [2026])


def test_a_start_without_a_time_zone_is_refused() -> None:
    with pytest.raises(NoTimeZone):
        due(FRIDAY.replace(tzinfo=None), FORTNIGHT, bavaria())
