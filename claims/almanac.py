"""A calendar's year at a glance: twelve months, each day with what it is."""

import calendar as weeks
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from claims.calendar import Calendar
from claims.models import CalendarDay, WorkCalendar


class Kind(StrEnum):
    """What a day is for the deadlines."""

    WORKING = "working"
    FREE = "free"  # not in the working week
    HOLIDAY = "holiday"
    EXTRA = "extra"  # works although it is no day of the working week, or a holiday
    UNKNOWN = "unknown"  # beyond the loaded horizon


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    kind: Kind
    name: str
    is_own: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month by weeks from Monday to Sunday; days of its neighbours are None."""

    first: date
    weeks: Sequence[Sequence[Day | None]]
    working_count: int


@dataclass(frozen=True, slots=True)
class Year:
    number: int
    months: Sequence[Month]
    # The days that have a name or were entered by hand, as a list says them.
    special: Sequence[CalendarDay]
    working_count: int


def year_of(*, calendar: WorkCalendar, year: int, today: date) -> Year:
    """Return a year of a calendar; all of its days cost one query."""
    days = list(calendar.days.filter(on__year=year).order_by("on"))
    plain = _plain(calendar, days)
    special = {day.on: day for day in days}
    months = [
        _month(date(year, number, 1), plain, special, today) for number in range(1, 13)
    ]
    return Year(
        year,
        months,
        [day for day in days if day.name or day.is_own],
        sum(month.working_count for month in months),
    )


def _plain(calendar: WorkCalendar, days: Sequence[CalendarDay]) -> Calendar:
    return Calendar(
        time_zone=calendar.time_zone,
        working_weekdays=frozenset(calendar.working_weekdays),
        holidays={day.on: day.name for day in days if not day.is_working},
        working_days=frozenset(day.on for day in days if day.is_working),
        first=calendar.first_on,
        last=calendar.last_on,
    )


def _month(
    first: date,
    plain: Calendar,
    special: Mapping[date, CalendarDay],
    today: date,
) -> Month:
    grid = weeks.Calendar().monthdatescalendar(first.year, first.month)
    shown = [
        [
            _day(on, plain, special.get(on), today) if on.month == first.month else None
            for on in week
        ]
        for week in grid
    ]
    works = sum(
        day.kind in {Kind.WORKING, Kind.EXTRA}
        for week in shown
        for day in week
        if day is not None
    )
    return Month(first, shown, works)


def _day(on: date, plain: Calendar, special: CalendarDay | None, today: date) -> Day:
    return Day(
        on,
        _kind(on, plain),
        special.local_name if special else "",
        is_own=special is not None and special.is_own,
        is_today=on == today,
    )


def _kind(on: date, plain: Calendar) -> Kind:
    if not plain.first <= on <= plain.last:
        return Kind.UNKNOWN
    if on in plain.working_days:
        return Kind.EXTRA
    if plain.is_working(on):
        return Kind.WORKING
    if plain.holidays.get(on):
        return Kind.HOLIDAY
    return Kind.FREE
