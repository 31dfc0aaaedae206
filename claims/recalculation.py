"""Running deadlines counted anew on their changed calendar: which would move, where to.

A changed calendar moves no running deadline (DOMAIN.md §3). An admin may have them
counted anew after seeing which would move; one that would end earlier keeps its date.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects

from claims import calendar, deadlines, lost_time
from claims.calendar import Calendar, CalendarError, Due, parse_rule
from claims.explanation import in_words
from claims.models import Deadline, WorkCalendar
from claims.workflow import COMPANY, PROGRAMME

CHUNK = 2000
# What a preview reads of a deadline; how many days were given back is in between.
READ = ("pk", "started_at", "rule", "arithmetic__given", "due_at")


@dataclass(frozen=True, slots=True)
class Moved:
    """The later end of a deadline, and how it came about."""

    due_at: datetime
    arithmetic: dict[str, Any]
    time_zone: str
    place: str


@dataclass(frozen=True, slots=True)
class Move:
    """One running deadline, by its key, and the later end it would get."""

    pk: int
    due_at: datetime
    to: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """What counting anew would do to the running deadlines of a calendar."""

    moves: Sequence[Move]
    unmoved: int  # they would end at the same time or earlier, so they stay
    failed: Sequence[tuple[int, str]]  # by key: no date can be told, and why

    @property
    def token(self) -> str:
        """What tells this preview from any other: the deadlines and their new ends."""
        seen = hashlib.sha256()
        for move in self.moves:
            seen.update(f"{move.pk} {move.due_at} {move.to}\n".encode())
        return seen.hexdigest()


@dataclass(frozen=True, slots=True)
class End:
    """Where a count leads, and the last day once the days given back are added."""

    due: Due
    due_on: date
    due_at: datetime


class Counting:
    """Counts anew on one calendar; what begins on one day is counted once."""

    def __init__(self, days: Calendar) -> None:
        self._days = days
        self._known: dict[tuple[date, str, int], End | CalendarError] = {}

    def end(self, started_at: datetime, rule: str, given: int) -> End:
        """Return the end of a deadline, days that were given back included.

        :raises CalendarError: if the calendar does not reach that far
        """
        asked = calendar.local_date(started_at, self._days.time_zone), rule, given
        if asked not in self._known:
            try:
                self._known[asked] = self._count(started_at, rule, given)
            except CalendarError as error:
                self._known[asked] = error
        found = self._known[asked]
        if isinstance(found, CalendarError):
            raise found
        return found

    def _count(self, started_at: datetime, rule: str, given: int) -> End:
        counted, days = parse_rule(rule), self._days
        due = calendar.due(started_at, counted, days)
        due_on = lost_time.day_after(due.due_on, given, counted, days)
        return End(due, due_on, calendar.end_of_day(due_on, days.time_zone))


def preview(place: WorkCalendar) -> Preview:
    """Return what a recalculation would do now; nothing is changed."""
    prefetch_related_objects([place], "days")
    counting, moves, failed, unmoved = Counting(place.as_days()), list[Move](), [], 0
    rows = running_on(place).order_by("pk").values_list(*READ)
    for pk, started_at, rule, given, due_at in rows.iterator(chunk_size=CHUNK):
        try:
            to = counting.end(started_at, rule, given or 0).due_at
        except CalendarError as error:
            failed.append((pk, in_words(error)))
            continue
        if to <= due_at:
            unmoved += 1
        else:
            moves.append(Move(pk, due_at, to))
    return Preview(moves, unmoved, failed)


def deadlines_of(pks: Collection[int]) -> dict[int, Deadline]:
    """Return deadlines by their key, with what a line about each of them names."""
    rows = Deadline.objects.select_related("claim__partner")
    return rows.defer("claim__search", "claim__search_words").in_bulk(list(pks))


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
    given = deadline.arithmetic.get("given", 0)
    end = Counting(days).end(deadline.started_at, deadline.rule, given)
    if end.due_at <= deadline.due_at:
        return None
    counted = deadlines.arithmetic(end.due, place.german_names())
    due_on = end.due_on.isoformat()
    arithmetic = {**deadline.arithmetic, **counted, "due_on": due_on}
    return Moved(end.due_at, arithmetic, days.time_zone, place.place)
