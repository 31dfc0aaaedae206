"""Running deadlines counted anew on their changed calendar: which would move, where to.

A changed calendar moves no running deadline (DOMAIN.md §3). An admin may have them
counted anew after seeing which would move; one that would end earlier keeps its date.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects

from claims import calendar, deadlines, lost_time
from claims.calendar import Calendar, CalendarError, parse_rule
from claims.explanation import in_words
from claims.models import Deadline, WorkCalendar
from claims.workflow import COMPANY, PROGRAMME


@dataclass(frozen=True, slots=True)
class Moved:
    """The later end of a deadline, and how it came about."""

    due_at: datetime
    arithmetic: dict[str, Any]
    time_zone: str
    place: str


@dataclass(frozen=True, slots=True)
class Move:
    """One running deadline and the later end it would get."""

    deadline: Deadline
    to: Moved


@dataclass(frozen=True, slots=True)
class Preview:
    """What counting anew would do to the running deadlines of a calendar."""

    moves: Sequence[Move]
    unmoved: int  # they would end at the same time or earlier, so they stay
    failed: Sequence[tuple[Deadline, str]]  # no date can be told, and why

    @property
    def token(self) -> str:
        """What tells this preview from any other: the deadlines and their new ends."""
        lines = "\n".join(
            f"{move.deadline.pk} {move.deadline.due_at} {move.to.due_at}"
            for move in self.moves
        )
        return hashlib.sha256(lines.encode()).hexdigest()


def preview(place: WorkCalendar) -> Preview:
    """Return what a recalculation would do now; nothing is changed."""
    prefetch_related_objects([place], "days")
    days, moves, failed, unmoved = place.as_days(), list[Move](), [], 0
    running = running_on(place).select_related("claim__partner").order_by("pk")
    for deadline in running.defer("claim__search", "claim__search_words"):
        try:
            moved = recounted(deadline, place, days)
        except CalendarError as error:
            failed.append((deadline, in_words(error)))
            continue
        if moved is None:
            unmoved += 1
        else:
            moves.append(Move(deadline, moved))
    return Preview(moves, unmoved, failed)


def running_on(place: WorkCalendar) -> QuerySet[Deadline]:
    """Return the running deadlines that are counted on a calendar."""
    running = Deadline.objects.filter(closed_at__isnull=True)
    companies = deadlines.clocks_of(COMPANY)
    if place.partner_id is not None:
        return running.filter(partner=place.partner_id, clock__in=companies)
    others = Q(clock__in=companies, partner__calendar__isnull=True)
    return running.filter(Q(clock__in=deadlines.clocks_of(PROGRAMME)) | others)


def recounted(deadline: Deadline, place: WorkCalendar, days: Calendar) -> Moved | None:
    """Return the deadline as the calendar counts it now, if that is later.

    Days that were given back stay given.

    :raises CalendarError: if the calendar does not reach that far
    """
    rule = parse_rule(deadline.rule)
    due = calendar.due(deadline.started_at, rule, days)
    given = deadline.arithmetic.get("given", 0)
    due_on = lost_time.day_after(due.due_on, given, rule, days)
    due_at = calendar.end_of_day(due_on, days.time_zone)
    if due_at <= deadline.due_at:
        return None
    counted = deadlines.arithmetic(due, place.german_names())
    arithmetic = {**deadline.arithmetic, **counted, "due_on": due_on.isoformat()}
    return Moved(due_at, arithmetic, days.time_zone, place.place)
