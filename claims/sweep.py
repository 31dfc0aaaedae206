"""What the clock does: remind, warn, and take the steps whose time has come."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import sleep

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet

from accounts.rulebook import asked_once
from claims import brakes, deadlines, engine, failures, reminders, usual_steps
from claims.calendars import kept
from claims.models import Deadline, SetAside
from notifications import bell
from notifications import queries as messages
from notifications.tasks import deliver_due

BATCH = 500
PATIENCE = 50  # fifths of a second
# What ails the database and no claim.
OUTAGES = (OperationalError, InterfaceError)

type GoingOn = Callable[[], bool]
type Report = Callable[[Sequence[SetAside], datetime], None]


def always() -> bool:
    return True


def _report_nothing(rows: Sequence[SetAside], now: datetime) -> None:
    """Stand in until cpor has said who hears of what was set aside."""


# Who hears of claims that were set aside. Filled in once, by cpor.
report: Report = _report_nothing


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


def sweep(
    *, now: datetime, rehearse: bool = False, going_on: GoingOn = always
) -> Swept:
    """Do everything that is due by now, each claim in a transaction of its own.

    :param rehearse: the time is pretended, so reminders leapt over are sent late
    :param going_on: asked before each claim; whoever is to stop says no
    """
    swept = Swept()
    with bell.silent(), asked_once(), kept(), usual_steps.kept():
        remind(now=now, swept=swept, rehearse=rehearse, going_on=going_on)
        if rehearse:
            deliver_due()
            let_mails_arrive()
        act(now=now, swept=swept, going_on=going_on)
        failures.mend_the_ended(now=now)
        tell_of_failures(now)
    return swept


@transaction.atomic
def tell_of_failures(now: datetime) -> None:
    """Report what was set aside since the last report, all of it at once."""
    rows = failures.take_unreported(now=now)
    if rows:
        report(rows, now)


def let_mails_arrive() -> None:
    """Wait until no worker has a mail in its hands; for some seconds at most.

    In a rehearsal the reminder and the end that needs it fall together. In life they
    lie a day apart.
    """
    for _ in range(PATIENCE):
        if not messages.some_are_being_sent():
            return
        sleep(0.2)


def remind(
    *,
    now: datetime,
    swept: Swept,
    rehearse: bool = False,
    going_on: GoingOn = always,
) -> None:
    """Plan what each running deadline has to say by now, and say what is due."""
    due = Deadline.objects.filter(closed_at__isnull=True, next_reminder_at__lte=now)
    due = due.exclude(clock__in=brakes.silent()).order_by("next_reminder_at", "pk")
    while batch := _ids(due):
        planned = [_plan(pk, now, swept, rehearse) for pk in batch if going_on()]
        if not any(planned):
            break
    for reader in reminders.readers_waiting(now, rehearse=rehearse):
        if going_on():
            swept.reminded += reminders.tell(reader=reader, now=now, rehearse=rehearse)


def act(*, now: datetime, swept: Swept, going_on: GoingOn = always) -> None:
    """Take the steps that are due, in due order, until nothing is left that can be."""
    due = Deadline.objects.filter(
        closed_at__isnull=True, held_at__isnull=True, act_at__lt=now
    ).order_by("act_at", "pk")
    broken = failures.troubled()
    while batch := _ids(due.exclude(clock__in=brakes.stopped())):
        settled = [_act(pk, now, swept, broken) for pk in batch if going_on()]
        if not any(settled):
            return


def _ids(deadlines_due: QuerySet[Deadline]) -> list[int]:
    return list(deadlines_due.values_list("pk", flat=True)[:BATCH])


def _plan(pk: int, now: datetime, swept: Swept, rehearse: bool) -> bool:  # noqa: FBT001
    """Plan one deadline's next rung; return whether anything about it was settled."""
    try:
        with transaction.atomic():
            deadline = _locked(pk)
            if deadline is None:
                return False
            reminders.plan(deadline=deadline, now=now, rehearse=rehearse)
    except OUTAGES:
        return _goes_on()
    except Exception as error:  # noqa: BLE001 -- one broken claim never stops the others
        again = now + deadlines.TRY_AGAIN
        _set_aside(pk, swept, error, now, next_reminder_at=again)
    return True


def _act(pk: int, now: datetime, swept: Swept, broken: Collection[int]) -> bool:
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
    except OUTAGES:
        return _goes_on()
    except Exception as error:  # noqa: BLE001 -- one broken claim never stops the others
        _set_aside(pk, swept, error, now, act_at=now + deadlines.TRY_AGAIN)
    else:
        if pk in broken:
            failures.mend(deadlines=[pk], now=now)
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


def _goes_on() -> bool:
    """A deadlock concerns one claim, which the next sweep finds; a lost database all.

    Called while the error is handled, which is raised anew where nothing can go on.
    """
    if not connection.is_usable():
        raise  # noqa: PLE0704 -- the error that is being handled
    return False


def _set_aside(
    pk: int, swept: Swept, error: Exception, now: datetime, **again: datetime
) -> None:
    swept.failed.append(str(pk))
    failures.set_aside(deadline=pk, error=error, now=now, **again)
