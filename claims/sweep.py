"""What the clock does: remind, warn, and take the steps whose time has come."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import sleep
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet

from claims import deadlines, engine
from claims.models import Deadline
from notifications import queries as messages
from notifications.tasks import deliver_due

log = structlog.get_logger(__name__)

BATCH = 500
PATIENCE = 50  # fifths of a second

type Say = Callable[[Deadline, dict[str, Any], datetime], None]


def say_nothing(deadline: Deadline, rung: dict[str, Any], now: datetime) -> None:
    """Stand in until cpor has said who is told what."""


# Who is told what on a rung of a deadline's ladder. Filled in once, by cpor.
say: Say = say_nothing


@dataclass
class Swept:
    """What one sweep did."""

    reminded: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    held: int = 0
    waiting: int = 0
    failed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        steps = ", ".join(f"{name}: {n}" for name, n in sorted(self.steps.items()))
        return (
            f"{self.reminded} reminders, "
            f"{self.steps.total()} steps ({steps or 'none'}), "
            f"{self.held} held, {self.waiting} waiting, {len(self.failed)} failed"
        )


def sweep(*, now: datetime, rehearse: bool = False) -> Swept:
    """Do everything that is due by now, each claim in a transaction of its own.

    :param rehearse: the time is pretended, so reminders leapt over are sent late
    """
    swept = Swept()
    remind(now=now, swept=swept, rehearse=rehearse)
    deliver_due()
    if rehearse:
        let_mails_arrive()
    act(now=now, swept=swept)
    return swept


def let_mails_arrive() -> None:
    """Wait until no worker has a mail in its hands; for some seconds at most.

    In a rehearsal the reminder and the end that needs it fall together. In life they
    lie a day apart.
    """
    for _ in range(PATIENCE):
        if not messages.some_are_being_sent():
            return
        sleep(0.2)


def remind(*, now: datetime, swept: Swept, rehearse: bool = False) -> None:
    """Say what each running deadline has to say by now, once."""
    due = Deadline.objects.filter(closed_at__isnull=True, next_reminder_at__lte=now)
    for pk in _ids(due.order_by("next_reminder_at", "pk")):
        try:
            swept.reminded += _remind(pk, now, rehearse)
        except Exception:  # noqa: BLE001 -- one broken claim never stops the others
            _set_aside(pk, swept, next_reminder_at=now + deadlines.TRY_AGAIN)


def act(*, now: datetime, swept: Swept) -> None:
    """Take the steps that are due, in due order, until nothing is left that can be."""
    due = Deadline.objects.filter(
        closed_at__isnull=True, held_at__isnull=True, act_at__lt=now
    ).order_by("act_at", "pk")
    while batch := _ids(due):
        if not sum([_act(pk, now, swept) for pk in batch]):
            return


def _ids(deadlines_due: QuerySet[Deadline]) -> list[int]:
    return list(deadlines_due.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def _remind(pk: int, now: datetime, rehearse: bool) -> int:  # noqa: FBT001
    deadline = _locked(pk)
    if deadline is None:
        return 0
    rung = deadlines.next_rung(deadline, now, rehearse=rehearse)
    if rung is None:
        return 0
    say(deadline, rung, now)
    return 1


def _act(pk: int, now: datetime, swept: Swept) -> bool:
    """Let one deadline act; return whether anything about it was settled."""
    try:
        with transaction.atomic():
            deadline = _locked(pk)
            if deadline is None:
                return False
            event = engine.expire(claim=deadline.claim, now=now)
            if event is not None:
                swept.steps[event.step] += 1
            else:
                _count_inaction(pk, now, swept)
    except Exception:  # noqa: BLE001 -- one broken claim never stops the others
        _set_aside(pk, swept, act_at=now + deadlines.TRY_AGAIN)
    return True


def _locked(pk: int) -> Deadline | None:
    """Lock a running deadline and its claim; None if it is over or somebody has it.

    Only what is locked is read anew where another sweep has just let go of it.
    """
    return (
        Deadline.objects.select_related("claim__partner")
        .select_for_update(skip_locked=True, of=("self", "claim"))
        .filter(pk=pk, closed_at__isnull=True)
        .first()
    )


def _count_inaction(pk: int, now: datetime, swept: Swept) -> None:
    """A clock that decides nothing, or cannot yet, is looked at again later."""
    deadline = Deadline.objects.get(pk=pk)
    if deadline.is_held:
        swept.held += 1
    else:
        swept.waiting += 1
        deadlines.try_again_later(deadline, now)


def _set_aside(pk: int, swept: Swept, **again: datetime) -> None:
    log.error("deadline_set_aside", deadline=pk, exc_info=True)  # noqa: LOG014
    swept.failed.append(str(pk))
    Deadline.objects.filter(pk=pk).update(**again)
