"""Due dates: pure functions of a start, a rule and a calendar.

The day of the event is day 0, day 1 is the first business day after it (calendar rules:
the next day), and the last day ends at 23:59:59 local time (DOMAIN.md §3). No clock, no
database, no Django; docs/deadlines.md tells the rules in words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import ClassVar

from claims.calendar_errors import (
    CalendarError,
    NoSuchTime,
    NoTimeZone,
    OutOfHorizon,
    SubdivisionMissing,
    UnknownPlace,
    UnknownRule,
    _,
)
from claims.local_time import (
    at_working_hour,
    end_of_day,
    instant_from,
    instant_of,
    local_date,
    was_lived,
    zone_names,
    zone_of,
)
from claims.places import TABLES, Place, place_of, table_of, years_known

__all__ = [
    "TABLES",
    "BusinessDays",
    "Calendar",
    "CalendarDays",
    "CalendarError",
    "Due",
    "NoSuchTime",
    "NoTimeZone",
    "OutOfHorizon",
    "Rule",
    "Skipped",
    "SubdivisionMissing",
    "UnknownPlace",
    "UnknownRule",
    "at_working_hour",
    "calendar_of",
    "day_number",
    "days_left",
    "due",
    "end_of_day",
    "holidays_of",
    "instant_from",
    "instant_of",
    "local_date",
    "parse_rule",
    "place_of",
    "reminder_on",
    "zone_names",
    "zone_of",
]

DAY = timedelta(days=1)
LONGEST_RULE = 3660  # days, about ten years


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days that one place works, over the horizon for which they are known.

    A holiday with an empty name is a day off that needs no mention, such as the weekend
    of former years. An extra working day beats weekend and holiday. An admin's own days
    stand among the others.
    """

    time_zone: str
    working_weekdays: frozenset[int]  # Monday is 0
    holidays: Mapping[date, str]
    working_days: frozenset[date]
    first: date
    last: date

    def is_working(self, on: date) -> bool:
        """Tell whether this is a business day.

        :raises OutOfHorizon: if the calendar does not reach that day
        """
        if not self.first <= on <= self.last:
            raise OutOfHorizon(
                _(
                    "The holidays around %(on)s are not known here. "
                    "Load a calendar that reaches that day."
                ),
                on=on,
            )
        usual = on.weekday() in self.working_weekdays and on not in self.holidays
        return (usual or on in self.working_days) and was_lived(on, self.time_zone)


@dataclass(frozen=True, slots=True)
class _Days:
    """A number of days of one kind."""

    n: int
    kind: ClassVar[str]

    def __post_init__(self) -> None:
        if not 1 <= self.n <= LONGEST_RULE:
            raise UnknownRule(
                _("A rule counts between 1 and %(longest)s days."), longest=LONGEST_RULE
            )

    def __str__(self) -> str:
        return f"{self.n} {self.kind} days"


@dataclass(frozen=True, slots=True)
class BusinessDays(_Days):
    """So many working days of the calendar."""

    kind: ClassVar[str] = "business"

    def counts(self, on: date, calendar: Calendar) -> bool:
        return calendar.is_working(on)


@dataclass(frozen=True, slots=True)
class CalendarDays(_Days):
    """So many days, whatever is done on them."""

    kind: ClassVar[str] = "calendar"

    def counts(self, on: date, calendar: Calendar) -> bool:
        return was_lived(on, calendar.time_zone)


type Rule = BusinessDays | CalendarDays


def parse_rule(text: str) -> Rule:
    """Read a rule such as "14 business days" or "30 calendar days"."""
    match = re.fullmatch(
        r"([0-9]{1,9})\s+(business|calendar)\s+days?", text.strip().lower()
    )
    if match is None:
        raise UnknownRule(
            _(
                "“%(rule)s” is no rule. Write it like “14 business days” or "
                "“30 calendar days”."
            ),
            rule=text.strip(),
        )
    n = int(match[1])
    return BusinessDays(n) if match[2] == "business" else CalendarDays(n)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A holiday that a count passed over."""

    on: date
    name: str


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due, and how that was counted."""

    due_at: datetime  # UTC: the last second that is still in time
    due_on: date
    start_on: date
    rule: Rule
    skipped: tuple[Skipped, ...]
    counted: tuple[date, ...]
    time_zone: str


def due(start: datetime, rule: Rule, calendar: Calendar) -> Due:
    """Return when something that started at this instant is due.

    :raises OutOfHorizon: if the count needs a day that the calendar does not know
    :raises NoTimeZone: if the start has no time zone
    """
    start_on = local_date(start, calendar.time_zone)
    following = (on for on in _days_after(start_on) if rule.counts(on, calendar))
    counted = tuple(islice(following, rule.n))
    due_on = counted[-1]
    return Due(
        due_at=end_of_day(due_on, calendar.time_zone),
        due_on=due_on,
        start_on=start_on,
        rule=rule,
        skipped=_skipped(start_on, counted, calendar),
        counted=counted,
        time_zone=calendar.time_zone,
    )


def days_left(now: datetime, due_at: datetime, calendar: Calendar, rule: Rule) -> int:
    """Return how many days of the rule's kind follow today; 0 on the last day."""
    today = local_date(now, calendar.time_zone)
    due_on = local_date(due_at, calendar.time_zone)
    return sum(rule.counts(on, calendar) for on in _days_between(today, due_on))


def reminder_on(due_at: datetime, left: int, calendar: Calendar, rule: Rule) -> date:
    """Return the last day of the rule's kind that has so many such days after it.

    It may lie before the start when the rule is shorter than that: the caller drops it.
    """
    on = local_date(due_at, calendar.time_zone)
    while not rule.counts(on, calendar):
        on -= DAY
    for _step in range(left):
        on -= DAY
        while not rule.counts(on, calendar):
            on -= DAY
    return on


def day_number(due: Due, n: int) -> date:
    """Return the date of day n: the start is day 0, the due date the rule's last."""
    return (due.start_on, *due.counted)[n]


def holidays_of(
    country: str,
    subdivision: str | None,
    years: Iterable[int],
    *,
    language: str = "en",
) -> dict[date, str]:
    """Return the public holidays of these years by name, substitute days included.

    Names are English, or German for `language="de"` where the tables have them.

    :raises UnknownPlace: if there is no such country or subdivision
    :raises SubdivisionMissing: if the country alone is no place's calendar
    """
    wanted = set(years)
    span = range(min(wanted) - 1, max(wanted) + 2)
    table = table_of(place_of(country, subdivision), span, language)
    return {on: name for on, name in sorted(table.items()) if on.year in wanted}


def calendar_of(
    country: str,
    subdivision: str | None,
    time_zone: str,
    years: Iterable[int],
    *,
    language: str = "en",
) -> Calendar:
    """Return the official calendar of a place, first to last of these years.

    Its horizon is shorter, or empty, where the tables do not reach as far.

    :raises UnknownPlace: if there is no such country, subdivision or time zone
    :raises SubdivisionMissing: if the country alone is no place's calendar
    """
    place, zone, wanted = place_of(country, subdivision), zone_of(time_zone), set(years)
    official = _official(place, min(wanted), max(wanted), language)
    return replace(official, time_zone=zone.key)


@lru_cache(maxsize=4096)
def _official(place: Place, first_year: int, last_year: int, language: str) -> Calendar:
    """Return the calendar of a place; its zone is to be set."""
    # A holiday of the next year may be observed in this one, and the other way round.
    table = table_of(place, range(first_year - 1, last_year + 2), language)
    known = years_known(place)
    first = date(max(first_year, known[0]), 1, 1)
    last = date(min(last_year, known[-1]), 12, 31)
    week = (last - DAY * back for back in range(7))
    weekdays = frozenset(on.weekday() for on in week if not table.is_weekend(on))
    holidays, working_days = dict[date, str](), set[date]()
    for on in _days_between(first - DAY, last):
        works = table.is_working_day(on)
        if on in table:
            holidays[on] = table[on]
        elif on.weekday() in weekdays and not works:
            holidays[on] = ""  # the weekend of former years
        if works and (on in holidays or on.weekday() not in weekdays):
            working_days.add(on)
    return Calendar(
        time_zone="UTC",
        working_weekdays=weekdays,
        holidays=MappingProxyType(holidays),
        working_days=frozenset(working_days),
        first=first,
        last=last,
    )


def _skipped(
    start_on: date, counted: tuple[date, ...], calendar: Calendar
) -> tuple[Skipped, ...]:
    """Return the named holidays passed over on what are otherwise working weekdays."""
    uncounted = set(_days_between(start_on, counted[-1])).difference(counted)
    return tuple(
        Skipped(on, name)
        for on in sorted(uncounted)
        if on.weekday() in calendar.working_weekdays
        and (name := calendar.holidays.get(on))
        and was_lived(on, calendar.time_zone)
    )


def _days_after(on: date) -> Iterator[date]:
    while True:
        on += DAY
        yield on


def _days_between(after: date, until: date) -> Iterator[date]:
    """Yield the days after the one date up to and including the other."""
    return (after + DAY * step for step in range(1, (until - after).days + 1))
