"""Due dates computed another way, to compare the calendar with.

Nothing of `claims` is used here. Working days are listed once per place and looked up
by position instead of being walked; the end of a day is sought among instants, from
UTC to local time only, instead of being converted from local time; a date is lived if
some instant has it.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import holidays

FIRST, LAST = date(2024, 12, 1), date(2029, 12, 31)
QUARTER, HALF_A_DAY = timedelta(minutes=15), timedelta(hours=12)


@cache
def zone(name: str) -> ZoneInfo:
    with files("tzdata").joinpath(f"zoneinfo/{name}").open("rb") as rules:
        return ZoneInfo.from_file(rules)


@cache
def all_dates(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


@cache
def unlived_dates(time_zone: str, first: date, last: date) -> set[date]:
    """Return the dates, from one day to another, that the zone's clocks never show."""
    there, shown = zone(time_zone), set[date]()
    at = datetime(first.year, first.month, first.day, tzinfo=UTC) - HALF_A_DAY
    while at.date() <= last + timedelta(days=1):
        shown.add(at.astimezone(there).date())
        at += HALF_A_DAY
    return set(all_dates(first, last)) - shown


@cache
def working_dates(
    country: str, subdivision: str, first: date = FIRST, last: date = LAST
) -> list[date]:
    """Return the working days of a place that are certain, in order."""
    years = range(first.year, last.year + 2)
    table = holidays.country_holidays(
        country, subdiv=subdivision or None, years=years, language="en_US"
    )
    certain = min(last, date(table.end_year, 12, 31))
    days = all_dates(first, certain)
    weekdays = {on for on in days if not table.is_weekend(on)}
    return sorted(weekdays - set(table) | table.weekend_workdays.intersection(days))


def last_date(
    place: tuple[str, str],
    time_zone: str,
    start_on: date,
    kind: str,
    n: int,
    *,
    span: tuple[date, date] = (FIRST, LAST),
) -> date | None:
    """Return the last day of the count, or None where the tables end before it."""
    dates = working_dates(*place, *span) if kind == "business" else all_dates(*span)
    if unlived := unlived_dates(time_zone, *span):
        dates = [on for on in dates if on not in unlived]
    position = bisect_right(dates, start_on) + n - 1
    return dates[position] if position < len(dates) else None


def last_second(on: date, time_zone: str) -> datetime:
    """Return the last second on which the local clock shows this date or an earlier."""
    there = zone(time_zone)
    at = datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(hours=42)
    while at.astimezone(there).date() > on:
        at -= QUARTER
    for seconds in (512, 256, 128, 64, 32, 16, 8, 4, 2, 1):
        later = at + timedelta(seconds=seconds)
        if later.astimezone(there).date() <= on:
            at = later
    return at


def expected_due(
    place: tuple[str, str],
    time_zone: str,
    start: datetime,
    kind: str,
    n: int,
    *,
    span: tuple[date, date] = (FIRST, LAST),
) -> datetime | None:
    """Return the due time (UTC), or None where the tables end before it."""
    start_on = start.astimezone(zone(time_zone)).date()
    on = last_date(place, time_zone, start_on, kind, n, span=span)
    return None if on is None else last_second(on, time_zone)
