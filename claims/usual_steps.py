"""How many steps a clock usually takes by itself in a day, from what it took lately.

The daily limit of a clock for which nobody has set one follows from it: several times
as much as usual is a runaway, what a standstill of some days leaves behind is not.
"""

import math
from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Count, F, Min

from accounts.once import Once
from claims.calendar import end_of_day
from claims.models import Deadline

LOOKS_BACK = timedelta(days=90)
# A clock has no usual number before it has run so long and taken so many steps.
KNOWN_AFTER, KNOWN_STEPS = timedelta(days=30), 10
TIMES = 10  # a catch-up after a week still passes
LEAST = 50  # chance alone makes a quiet clock take some at once

_limits = Once[date, Mapping[str, int]]("usual_limits")
# They are reckoned at most once within a sweep, a dry run or a page.
kept = _limits.within


def usual_limit(clock: str, today: date, zone: str) -> int | None:
    """Return what the clock may take today, or None where nothing is usual yet."""
    limits = _limits.answer(today, lambda: _reckoned(today, zone))
    return limits.get(clock)


def _reckoned(today: date, zone: str) -> Mapping[str, int]:
    """Count what ended by itself in the 90 days before today, for each clock."""
    until = end_of_day(today - timedelta(days=1), zone)
    ended = Deadline.objects.filter(
        closed_at__range=(until - LOOKS_BACK, until), held_at=None
    ).filter(closed_at__gt=F("due_at"))
    found = (
        ended.order_by().values_list("clock").annotate(Count("pk"), Min("closed_at"))
    )
    return {
        clock: max(LEAST, math.ceil(TIMES * steps / (until - first).days))
        for clock, steps, first in found
        if steps >= KNOWN_STEPS and until - first >= KNOWN_AFTER
    }
