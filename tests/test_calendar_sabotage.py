"""The mistakes that others make, made on purpose: the drawn cases must find each."""

from datetime import UTC, timedelta
from itertools import islice

import pytest

from claims import calendar
from claims.calendar import parse_rule
from claims.places import table_of
from tests import calendar_oracle as oracle
from tests import test_calendar_generated as generated

CASES = 1500


def differing():
    """Return how many of the drawn cases the sabotaged calendar gets wrong."""
    generated.official.cache_clear()
    calendar._official.cache_clear()  # noqa: SLF001 -- it must be made anew
    count = 0
    for place, zone, start, kind, n in islice(generated.drawn(), CASES):
        found = generated.due_or_none(
            place, zone, start, parse_rule(f"{n} {kind} days")
        )
        count += found != oracle.expected_due(place, zone, start, kind, n)
    return count


@pytest.fixture(autouse=True)
def _forgotten():
    """Let no other test meet what was sabotaged here."""
    yield
    generated.official.cache_clear()
    calendar._official.cache_clear()  # noqa: SLF001


def date_in_utc(at, time_zone):
    return at.astimezone(UTC).date()


def as_many_times_24_hours(on, time_zone):
    return calendar.instant_of(
        calendar.datetime.combine(on - timedelta(days=1), calendar.datetime.min.time()),
        "UTC",
    ) + timedelta(hours=47, minutes=59, seconds=59)


def start_day_counted(on):
    on -= timedelta(days=1)
    while True:
        on += timedelta(days=1)
        yield on


def table_of_one_year(place, years, language="en"):
    return table_of(place, range(years[1], years[1] + 1), language)


def test_nothing_differs_while_nothing_is_sabotaged():
    assert differing() == 0


@pytest.mark.parametrize(
    ("name", "sabotage"),
    [
        ("local_date", date_in_utc),
        ("end_of_day", as_many_times_24_hours),
        ("_days_after", start_day_counted),
        ("table_of", table_of_one_year),
    ],
    ids=["UTC date", "n × 24 h", "start day counted", "holidays of one year"],
)
def test_each_usual_mistake_is_found(monkeypatch, name, sabotage):
    monkeypatch.setattr(calendar, name, sabotage)
    assert differing() > CASES // 20
