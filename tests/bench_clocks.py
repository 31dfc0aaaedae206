"""What `make bench` measures of the pages about the clocks, with 100,000 of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from time import perf_counter
from typing import Any

import psycopg
from django.utils import timezone

from claims import foresight
from claims.calendars import programme_calendar
from claims.dry_run import dry_run
from claims.recalculation import preview
from tests.bench_catchup import overdue_claims
from tests.doors import owner_address

FEW, MANY = 1_000, 100_000
MONTH = timedelta(days=30)
SHOWN = 200
# Some ended days ago, most end within six weeks, each with something still to be said.
SPREAD = """
UPDATE claims_deadline SET due_at = at, act_at = at,
    next_reminder_at = at - interval '7 days',
    ladder = jsonb_build_array(jsonb_build_object(
        'kind', 'left', 'days', 3, 'at', (at - interval '3 days')::text))
FROM (SELECT id AS this, due_at + (id % 43) * interval '1 day' AS at
      FROM claims_deadline WHERE closed_at IS NULL) AS spread WHERE id = this
"""


def measure(ratio: Callable[[str, float, float], Any]) -> list[Any]:
    """Measure with few clocks, then with many, and compare."""
    few = _times(FEW)
    many = _times(MANY - FEW)
    name = f"{{}}: {MANY:,} clocks / {FEW:,}"
    return [
        ratio(name.format(what), many[what] / few[what], bound)
        for what, bound in BOUNDS.items()
    ]


def _times(more: int) -> dict[str, float]:
    overdue_claims(more)
    with psycopg.connect(owner_address(), autocommit=True) as raw:
        raw.execute("SET session_replication_role = replica")
        raw.execute(SPREAD)
        raw.execute("VACUUM ANALYZE")
    now = timezone.now()
    return {what: _best(partial(work, now)) for what, work in WORKS.items()}


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def _foresee(now: datetime) -> object:
    return foresight.coming(now=now, until=now + MONTH)


def _look(now: datetime) -> object:
    with dry_run(now=now + MONTH, today=now) as found:
        return list(islice(found, SHOWN))


def _count_anew(now: datetime) -> object:
    return preview(programme_calendar(now))


WORKS = {
    "what comes in 30 days, a page": _foresee,
    "how the clocks stand": foresight.clocks,
    "a dry run in 30 days, a page": _look,
    "what a changed calendar would move": _count_anew,
}
# With a hundred times as many, what reads them all may grow as they do; a page less.
BOUNDS = dict(zip(WORKS, (60.0, 20.0, 20.0, 100.0), strict=True))
