"""Thousands of drawn cases against the calculation of calendar_oracle.py."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import product

import holidays

from claims.calendar import (
    BusinessDays,
    Calendar,
    OutOfHorizon,
    Rule,
    calendar_of,
    days_left,
    due,
    end_of_day,
    parse_rule,
    reminder_on,
    zone_names,
)
from claims.places import NEEDS_SUBDIVISION
from tests import calendar_oracle as oracle

SEED, CASES = 20261218, 6000
START = datetime(2025, 1, 1, tzinfo=UTC)
FOUR_YEARS = 4 * 365 * 24 * 60 * 60
SUPPORTED = holidays.list_supported_countries(include_aliases=False)
ZONES = sorted(zone_names())

type Place = tuple[str, str]


@cache
def official(place: Place) -> Calendar:
    return calendar_of(*place, "UTC", range(2025, 2030))


def places(draw: random.Random) -> list[Place]:
    """Return every country that stands for itself, and one subdivision of each."""
    chosen = [(country, "") for country in SUPPORTED.keys() - NEEDS_SUBDIVISION.keys()]
    for country, names in SUPPORTED.items():
        some = draw.sample(sorted(names), min(1, len(names)))
        chosen += [(country, name) for name in some]
    return sorted(chosen)


def drawn() -> Iterator[tuple[Place, str, datetime, str, int]]:
    """Yield cases: starts anywhere in four years, every other at a local midnight."""
    draw = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    candidates = places(draw)
    for number in range(CASES):
        zone = draw.choice(ZONES)
        start = START + timedelta(seconds=draw.randrange(FOUR_YEARS))
        if number % 2:
            start = oracle.last_second(start.date(), zone) + timedelta(
                seconds=draw.choice((-1, 0, 1, 2))
            )
        kind = draw.choice(("business", "business", "calendar"))
        n = draw.choice((1, 2, 5, 14, 30, draw.randint(1, 60)))
        yield draw.choice(candidates), zone, start, kind, n


def due_or_none(
    place: Place, zone: str, start: datetime, rule: Rule
) -> datetime | None:
    try:
        return due(start, rule, replace(official(place), time_zone=zone)).due_at
    except OutOfHorizon:
        return None


def test_drawn_cases_agree_with_the_other_calculation() -> None:
    differing = [
        (place, zone, start.isoformat(), kind, n, found, expected)
        for place, zone, start, kind, n in drawn()
        if (found := due_or_none(place, zone, start, parse_rule(f"{n} {kind} days")))
        != (expected := oracle.expected_due(place, zone, start, kind, n))
    ]
    assert differing == []


def test_every_zone_ends_every_day_of_a_clock_change_where_the_other_says() -> None:
    def changes(zone: str) -> Iterator[date]:
        noon = datetime(2025, 1, 1, 12, tzinfo=UTC)
        before = None
        for _day in range(4 * 365 + 1):
            now = noon.astimezone(oracle.zone(zone)).utcoffset()
            if before not in (None, now):
                yield from (noon.date() + timedelta(days) for days in (-2, -1, 0))
            before, noon = now, noon + timedelta(days=1)

    differing = [
        (zone, on)
        for zone in ZONES
        for on in changes(zone)
        if end_of_day(on, zone) != oracle.last_second(on, zone)
    ]
    assert differing == []


SKIPPED = {
    "Pacific/Apia": date(2011, 12, 30),
    "Pacific/Fakaofo": date(2011, 12, 30),
    "Pacific/Kiritimati": date(1994, 12, 31),
    "Pacific/Kanton": date(1994, 12, 31),
    "Pacific/Kwajalein": date(1993, 8, 21),
}


def test_every_count_over_a_day_that_a_zone_skipped_agrees_too() -> None:
    differing = []
    for zone, skipped in SKIPPED.items():
        span = date(skipped.year, 1, 1), date(skipped.year + 1, 12, 31)
        years = range(span[0].year, span[1].year + 1)
        for country, back, kind, n in product(
            ("NZ", "EG"), range(12), ("business", "calendar"), (1, 2, 5, 14)
        ):
            noon = datetime.combine(skipped - timedelta(days=back + 1), time(12))
            start = noon.replace(tzinfo=oracle.zone(zone))
            place, rule = (country, ""), parse_rule(f"{n} {kind} days")
            found = due(start, rule, calendar_of(*place, zone, years)).due_at
            if found != oracle.expected_due(place, zone, start, kind, n, span=span):
                differing.append((zone, country, start, kind, n))
    assert differing == []


def test_drawn_days_left_and_reminders_agree_with_the_listed_days() -> None:
    draw = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    rule = BusinessDays(14)
    for country, subdivision in draw.sample(places(draw), 200):
        calendar = official((country, subdivision))
        listed = oracle.working_dates(country, subdivision)
        first, *_between, last = window = listed[300 : 300 + draw.randint(2, 40)]
        due_at = end_of_day(last, "UTC")
        now = datetime(first.year, first.month, first.day, 12, tzinfo=UTC)
        left = len(window) - 1
        assert days_left(now, due_at, calendar, rule) == left
        assert reminder_on(due_at, left, calendar, rule) == first
