"""What a sweep would do, told without doing it: Postgres refuses every write."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from claims import brakes, deadlines, foresight
from claims.access import SYSTEM
from claims.models import Brake, Deadline
from claims.usual_steps import kept
from claims.workflow import CLAIM

MANY = 100_000


@dataclass(frozen=True, slots=True)
class Would:
    """What the sweep would do about one deadline."""

    deadline: Deadline
    what: str
    is_step: bool = False


def dry_run(*, now: datetime, today: datetime, at_most: int) -> list[Would]:
    """Return what a sweep at some moment would do; nothing is changed.

    :param now: the moment of the sweep
    :param today: the moment it really is. Where the sweep lies ahead, the mails until
        then are taken as sent and arrived, as in a rehearsal.
    """
    with read_only(), kept():
        reminders = _reminders(today, now, at_most)
        found = chain(reminders, _ends(now, lies_ahead=now > today))
        return list(islice(found, at_most))


@contextmanager
def read_only() -> Iterator[None]:
    """Let Postgres refuse every write within; what was set ends with it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        try:
            yield
        finally:
            transaction.set_rollback(True)


def _reminders(today: datetime, now: datetime, at_most: int) -> Iterator[Would]:
    silent = brakes.silent()
    begin = min(today, now)
    until = now + timedelta(microseconds=1)
    for each in foresight.coming(now=begin, until=until, size=min(at_most, MANY)).rows:
        if each.kind != foresight.END and each.deadline.clock not in silent:
            words = {"what": each.what, "whom": each.whom}
            yield Would(each.deadline, _("%(what)s, to %(whom)s") % words)


def _ends(now: datetime, *, lies_ahead: bool) -> Iterator[Would]:
    due = _running().filter(held_at__isnull=True, act_at__lt=now)
    taken = _Taken(now)
    for deadline in due.order_by("act_at", "pk"):
        no = _obstacle(deadline, taken, lies_ahead=lies_ahead)
        if no is not None:
            yield Would(deadline, no)
            continue
        taken.count(deadline.clock)
        yield Would(deadline, foresight.end_told(deadline), is_step=True)


def _obstacle(deadline: Deadline, taken: "_Taken", *, lies_ahead: bool) -> str | None:
    """Return why the clock would not take its step, or None."""
    timeout = CLAIM[deadline.claim.state].timeout
    if timeout is None:
        return foresight.end_told(deadline)
    if stopped := taken.why_stopped(deadline.clock):
        return stopped
    if (
        deadline.declared.needs_warning
        and not lies_ahead
        and not deadlines.was_warned(deadline)
    ):
        return _("Held: the request or a reminder has not arrived")
    if no := timeout.refusal(deadline.claim, SYSTEM):
        return _("Waits: %(why)s") % {"why": no}
    return None


class _Taken:
    """How many steps each clock has taken on the day of the sweep."""

    def __init__(self, now: datetime) -> None:
        self._now, today = now, brakes.today_at(now)
        self._brakes = {brake.clock: brake for brake in Brake.objects.all()}
        self._taken = Counter(
            {
                brake.clock: brake.taken
                for brake in self._brakes.values()
                if brake.counted_on == today
            }
        )

    def count(self, clock: str) -> None:
        self._taken[clock] += 1

    def why_stopped(self, clock: str) -> str:
        brake = self._brakes.get(clock) or Brake(clock=clock)
        if brake.off_at is not None:
            return _("Nothing: the clock is switched off")
        if brake.tripped_at or self._taken[clock] >= brakes.limit_of(brake, self._now):
            return _("Nothing: the clock has reached its daily limit")
        return ""


def _running() -> QuerySet[Deadline]:
    rows = Deadline.objects.filter(closed_at__isnull=True)
    return rows.select_related("claim__partner", "claim__assignee")
