"""What the clocks will do next: every end and every reminder, in order of time."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from claims import brakes, deadlines, usual_steps
from claims.machine import Clock, Timeout
from claims.models import Brake, Deadline, WorkCalendar
from claims.workflow import CLAIM, COMPANY

PAGE = 50
END, OVERDUE = "end", "overdue"
HELD_SHOWN = 20
WINDOWS = (7, 30)  # days ahead
COUNTS = ("running", "soon", "later", "held")
FAR_ENOUGH = timedelta(days=731)  # 24 months, leap day included

# Everything in one order: ends, reminders planned for a reader, rungs that lie further
# ahead, and the daily reminder that follows the last of them. Each part has its index.
COMING = """
SELECT at, id, kind, reader, days FROM (
    SELECT greatest(act_at, %s) AS at, id, 'end' AS kind, 0::bigint AS reader, 0 AS days
    FROM claims_deadline
    WHERE closed_at IS NULL AND held_at IS NULL AND act_at < %s
      AND (due_at >= %s OR clock = ANY(%s))
  UNION ALL
    SELECT greatest(at, %s), deadline_id, split_part(rung, ':', 1), reader_id, days
    FROM claims_reminder JOIN claims_deadline AS its ON its.id = deadline_id
    WHERE settled_at IS NULL AND at < %s AND closed_at IS NULL AND held_at IS NULL
      AND (due_at < %s) = (rung LIKE 'overdue:%%')
  UNION ALL
    SELECT greatest((rung->>'at')::timestamptz, %s), id, rung->>'kind', 0,
           (rung->>'days')::int
    FROM claims_deadline, jsonb_array_elements(ladder) AS rung
    WHERE closed_at IS NULL AND held_at IS NULL AND next_reminder_at < %s
      AND (rung->>'at')::timestamptz < %s AND due_at >= %s
  UNION ALL
    SELECT greatest(next_reminder_at, %s), id, 'overdue', 0, 0
    FROM claims_deadline
    WHERE closed_at IS NULL AND held_at IS NULL AND next_reminder_at < %s
      AND (jsonb_array_length(ladder) = 0 OR due_at < %s)
) AS coming
WHERE (at, id, kind, reader) > (%s, %s, %s, %s)
ORDER BY at, id, kind, reader
LIMIT %s
"""

type Key = tuple[datetime, int, str, int]


@dataclass(frozen=True, slots=True)
class Coming:
    """One thing that a clock will do."""

    at: datetime
    deadline: Deadline
    kind: str  # "end", or the kind of a rung
    days: int
    reader: User | None  # whom a planned reminder is for
    is_now: bool  # it is due already: the next sweep does it
    is_stopped: bool  # the clock is off, or waits at its limit

    @property
    def local_day(self) -> date:
        """The day by the reader's clock, under which a page shows it."""
        return timezone.localdate(self.at)

    @property
    def has_hour(self) -> bool:
        """Whether the hour is known: a daily reminder finds its reader at work."""
        return self.kind != OVERDUE or self.reader is not None

    @property
    def what(self) -> str:
        if self.kind == END:
            return end_told(self.deadline)
        if self.kind == OVERDUE:
            return _("Daily reminder that it is overdue")
        return ngettext(
            "Reminder: %(days)d day left", "Reminder: %(days)d days left", self.days
        ) % {"days": self.days}

    @property
    def whom(self) -> str:
        return str(self.reader) if self.reader else reader_told(self.deadline)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what is coming, and the cursor of what follows."""

    rows: Sequence[Coming]
    next: str


@dataclass(frozen=True, slots=True)
class ShownClock:
    """One clock: what it has before it, and how its brake stands."""

    name: str
    clock: Clock
    brake: Brake
    running: int
    soon: int
    later: int
    held: int
    limit: int  # steps that it may take by itself today


def coming(
    *, now: datetime, until: datetime, after: str = "", size: int = PAGE
) -> Page:
    """Return one page of what the clocks will do before a time.

    :param after: the cursor of the page before; what cannot be read begins anew
    """
    behind = _read(after) or (now - timedelta(days=1), 0, "", 0)
    facts: list[Any] = [
        *(now, until, now, deadlines.acting_clocks()),  # ends
        *(now, until, now),  # planned reminders
        *(now, until, until, now),  # rungs further ahead
        *(now, until, now),  # daily reminders
        *(*behind, size + 1),
    ]
    with connection.cursor() as cursor:
        cursor.execute(COMING, facts)
        found = cursor.fetchall()
    rows = _shown(found[:size], now)
    return Page(rows, _cursor(found[size - 1]) if len(found) > size else "")


def held() -> QuerySet[Deadline]:
    """Return the deadlines that wait for a lead, the longest held first."""
    rows = _with_claims(Deadline.objects.filter(closed_at__isnull=True))
    return rows.filter(held_at__isnull=False).order_by("held_at", "pk")


def clocks(now: datetime) -> list[ShownClock]:
    """Return every clock with what it has before it in 7 and in 30 days."""
    soon, later = (now + timedelta(days=days) for days in WINDOWS)
    rows = (
        Deadline.objects.filter(closed_at__isnull=True)
        .order_by()
        .values_list("clock")
        .annotate(
            running=Count("pk"),
            soon=Count("pk", filter=Q(due_at__lt=soon, held_at=None)),
            later=Count("pk", filter=Q(due_at__lt=later, held_at=None)),
            held=Count("pk", filter=Q(held_at__isnull=False)),
        )
    )
    counts = {clock: dict(zip(COUNTS, found, strict=True)) for clock, *found in rows}
    known = {brake.clock: brake for brake in Brake.objects.all()}
    with usual_steps.kept():
        return [
            ShownClock(
                name,
                clock,
                brake := known.get(name, Brake(clock=name)),
                **counts.get(name, dict.fromkeys(COUNTS, 0)),
                limit=brakes.limit_of(brake, now),
            )
            for name, clock in CLAIM.clocks.items()
        ]


def calendars_near_their_end(now: datetime) -> QuerySet[WorkCalendar]:
    """Return the calendars whose holidays are known for less than 24 months."""
    near = WorkCalendar.objects.filter(last_on__lt=(now + FAR_ENOUGH).date())
    return near.select_related("partner").order_by("last_on", "pk")


def end_told(deadline: Deadline) -> str:
    """Return what happens by itself when the deadline is over."""
    timeout = timeout_of(deadline)
    if timeout is None:
        return _("Time is over: the lead reviewers are told, nothing else happens")
    return _("%(step)s: the claim becomes “%(status)s”") % {
        "step": timeout.label,
        "status": CLAIM[timeout.to].label,
    }


def reader_told(deadline: Deadline) -> str:
    """Return whom a deadline speaks to."""
    if deadline.declared.calendar == COMPANY:
        return str(deadline.claim.partner)
    if deadline.claim.assignee is None:
        return _("Lead reviewers")
    return _("%(reviewer)s and the lead reviewers") % {
        "reviewer": deadline.claim.assignee
    }


def timeout_of(deadline: Deadline) -> Timeout | None:
    """Return the step that time takes at the end of a deadline."""
    stages = CLAIM.stages.values()
    return next(
        (s.timeout for s in stages if s.clock and s.clock.name == deadline.clock), None
    )


def _shown(found: Sequence[tuple[Any, ...]], now: datetime) -> list[Coming]:
    pks = {pk for _at, pk, *_rest in found}
    rows = _with_claims(Deadline.objects.filter(pk__in=pks)).in_bulk()
    readers = User.objects.in_bulk({reader for *_some, reader, _days in found})
    stopped = brakes.stopped()
    return [
        Coming(
            at,
            rows[pk],
            kind,
            days,
            readers.get(reader),
            is_now=at <= now,
            is_stopped=rows[pk].clock in stopped,
        )
        for at, pk, kind, reader, days in found
        if pk in rows
    ]


def _with_claims(rows: QuerySet[Deadline]) -> QuerySet[Deadline]:
    return rows.select_related("claim__partner", "claim__assignee").defer(
        "claim__search", "claim__search_words"
    )


def _cursor(row: tuple[Any, ...]) -> str:
    at, pk, kind, reader, _days = row
    text = json.dumps([at.isoformat(), pk, kind, reader])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read(cursor: str) -> Key | None:
    try:
        at, pk, kind, reader = json.loads(base64.urlsafe_b64decode(cursor[:300]))
        key = datetime.fromisoformat(at), int(pk), str(kind), int(reader)
    except (ValueError, TypeError, OverflowError, binascii.Error):
        return None
    moment, *_rest = key
    numbers = key[1], key[3]
    is_sound = moment.tzinfo and all(0 <= each < 2**63 for each in numbers)
    return key if is_sound and "\0" not in key[2] else None
