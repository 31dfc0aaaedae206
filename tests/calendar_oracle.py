"""Due dates computed another way, to compare the calendar with.

Nothing of `claims` is used here. Working days are listed once per place and looked up
by position instead of being walked; the end of a day is sought among instants, from
UTC to local time only, instead of being converted from local time.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import holidays

FIRST, LAST = date(2024, 12, 1), date(2029, 12, 31)
QUARTER = timedelta(minutes=15)


@cache
def zone(name: str) -> ZoneInfo:
    with files("tzdata").joinpath(f"zoneinfo/{name}").open("rb") as rules:
        return ZoneInfo.from_file(rules)


@cache
def working_dates(country: str, subdivision: str) -> list[date]:
    """Return the working days of a place that are certain, in order."""
    table = holidays.country_holidays(
        country, subdiv=subdivision or None, years=range(2024, 2031), language="en_US"
    )
    certain = min(LAST, date(table.end_year, 12, 31))
    days = [FIRST + timedelta(n) for n in range((certain - FIRST).days + 1)]
    weekdays = {on for on in days if not table.is_weekend(on)}
    return sorted(weekdays - set(table) | table.weekend_workdays.intersection(days))


def last_date(place: tuple[str, str], start_on: date, kind: str, n: int) -> date | None:
    """Return the last day of the count, or None where the tables end before it."""
    if kind == "calendar":
        return date.fromordinal(start_on.toordinal() + n)
    dates = working_dates(*place)
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
    place: tuple[str, str], time_zone: str, start: datetime, kind: str, n: int
) -> datetime | None:
    """Return the due time (UTC), or None where the tables end before it."""
    start_on = start.astimezone(zone(time_zone)).date()
    on = last_date(place, start_on, kind, n)
    return None if on is None else last_second(on, time_zone)
