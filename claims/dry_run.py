"""What a sweep would do, told without doing it: Postgres refuses every write."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched, chain

from django.db import connection, transaction
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.rulebook import asked_once
from claims import brakes, foresight, warnings
from claims.access import SYSTEM
from claims.models import Brake, Deadline, Evidence, Purpose
from claims.models.claim import reviewers_kept
from claims.usual_steps import kept
from claims.workflow import CLAIM

CHUNK = 500  # read and prepared together
# The files that a step asks for.
PROOF = Prefetch(
    "evidence",
    Evidence.objects.exclude(purpose=Purpose.COMMENT),
    to_attr="evidence_all",
)


@dataclass(frozen=True, slots=True)
class Would:
    """What the sweep would do about one deadline."""

    deadline: Deadline
    what: str
    is_step: bool = False


@contextmanager
def dry_run(*, now: datetime, today: datetime) -> Iterator[Iterator[Would]]:
    """Tell what a sweep at some moment would do, one by one; nothing is changed.

    It lasts to the end of the block, and so does the ban on writes. No claim takes two
    steps in one sweep, so none is followed further.

    :param now: the moment of the sweep
    :param today: the moment it really is. Where the sweep lies ahead, the mails until
        then are taken as sent and arrived, as in a rehearsal.
    """
    with read_only(), asked_once(), kept(), reviewers_kept():
        yield chain(_reminders(today, now), _ends(now, lies_ahead=now > today))


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


def _reminders(today: datetime, now: datetime) -> Iterator[Would]:
    silent = brakes.silent()
    for each in _coming(min(today, now), now + timedelta(microseconds=1)):
        if each.kind != foresight.END and each.deadline.clock not in silent:
            words = {"what": each.what, "whom": each.whom}
            yield Would(each.deadline, _("%(what)s, to %(whom)s") % words)


def _coming(begin: datetime, until: datetime) -> Iterator[foresight.Coming]:
    after, is_first = "", True
    while after or is_first:
        page = foresight.coming(now=begin, until=until, after=after, size=CHUNK)
        yield from page.rows
        after, is_first = page.next, False


def _ends(now: datetime, *, lies_ahead: bool) -> Iterator[Would]:
    due = _running().filter(held_at__isnull=True, act_at__lt=now)
    taken = _Taken(now)
    rows = due.order_by("act_at", "pk").iterator(chunk_size=CHUNK)
    for some in batched(rows, CHUNK, strict=False):
        unwarned = set() if lies_ahead else _unwarned(some)
        prefetch_related_objects([each.claim for each in some], PROOF)
        for deadline in some:
            no = _obstacle(deadline, taken, unwarned)
            if no is None:
                taken.count(deadline.clock)
            what = foresight.end_told(deadline) if no is None else no
            yield Would(deadline, what, is_step=no is None)


def _unwarned(some: Iterable[Deadline]) -> set[int]:
    asked = [each for each in some if each.declared.needs_warning]
    return {each.pk for each in warnings.unwarned(asked)}


def _obstacle(
    deadline: Deadline, taken: "_Taken", unwarned: Container[int]
) -> str | None:
    """Return why the clock would not take its step, or None."""
    timeout = CLAIM[deadline.claim.state].timeout
    if timeout is None:
        return foresight.end_told(deadline)
    if stopped := taken.why_stopped(deadline.clock):
        return stopped
    if deadline.pk in unwarned:
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
    rows = rows.select_related("claim__partner", "claim__assignee")
    return rows.defer("claim__search", "claim__search_words")
