"""Stopping a clock that must not act: its off switch and its daily limit.

A stopped clock takes no step, whoever asks: sweep, page or API. The switch is thrown by
a person and also silences the reminders. The limit trips by itself when a clock has
taken more steps in a day than anybody expects; it stays tripped until a lead looks.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts import trail
from accounts.models import User
from accounts.rulebook import value_of
from claims.calendar import local_date
from claims.machine import Refused
from claims.models import Brake, BrakeEntry
from claims.rulebook import DAILY_LIMIT
from claims.usual_steps import usual_limit
from claims.workflow import CLAIM

type Tell = Callable[[Brake, datetime], None]
Deed = BrakeEntry.Deed
LARGEST_LIMIT = DAILY_LIMIT.most
LOG_SHOWN = 50


def tell_nobody(brake: Brake, now: datetime) -> None:
    """Stand in until cpor has said who is told that a limit was reached."""


# Who hears that a clock has reached its limit. Filled in once, by cpor.
tell: Tell = tell_nobody


class Full(Exception):
    """The clock may take no further step: stopped meanwhile, or at its limit."""


# --- What the clocks ask ------------------------------------------------------


def stopped() -> set[str]:
    """Return the clocks that take no step now."""
    return set(_stopped().values_list("clock", flat=True))


def silent() -> set[str]:
    """Return the clocks that are switched off: they say nothing either."""
    return set(
        Brake.objects.filter(off_at__isnull=False).values_list("clock", flat=True)
    )


def is_stopped(clock: str) -> bool:
    return _stopped().filter(clock=clock).exists()


def count_step(*, clock: str, now: datetime) -> None:
    """Count one step that the clock takes, as the last thing in its transaction.

    All steps of a clock meet at its row, so it is held only until the commit.

    :raises Full: if the step may not be taken; the transaction must be rolled back
    """
    today = today_at(now)
    room = ~Q(counted_on=today) | Q(taken__lt=_limit(clock, now))
    free = Brake.objects.filter(clock=clock, off_at=None, tripped_at=None).filter(
        room | Q(counted_on=None)
    )
    counted = {
        "taken": Case(When(counted_on=today, then=F("taken") + 1), default=1),
        "counted_on": today,
    }
    if free.update(**counted):
        return
    # Another sweep may be taking the clock's first step ever: no row is no full one.
    Brake.objects.bulk_create([Brake(clock=clock)], ignore_conflicts=True)
    if not free.update(**counted):
        raise Full(clock)


@transaction.atomic
def trip(*, clock: str, now: datetime) -> None:
    """Stop the clock that has reached its limit, and tell so, once."""
    full = Brake.objects.filter(
        clock=clock,
        off_at=None,
        tripped_at=None,
        counted_on=today_at(now),
        taken__gte=_limit(clock, now),
    )
    if full.update(tripped_at=now):
        brake = Brake.objects.get(clock=clock)
        tell(brake, now)
        _note(clock, Deed.TRIPPED, None, "", now, taken=brake.taken)


def today_at(now: datetime) -> Any:
    """Return the day for which steps are counted: the programme's own."""
    return local_date(now, settings.PROGRAMME_PLACE[2])


# --- What people do -----------------------------------------------------------


@transaction.atomic
def switch_off(*, clock: str, by: User | None, reason: str, now: datetime) -> Brake:
    """Stop a clock: no steps, no reminders, until somebody switches it on again.

    :param by: nobody for an operator at the command line
    :raises Refused: if the person may not, gives no reason, or it is off already
    """
    reason = _reason(by, reason)
    brake = brake_of(clock)
    if brake.off_at is not None:
        raise Refused(_("This clock is switched off already."))
    brake.off_at, brake.off_because = now, reason
    brake.save()
    _note(clock, Deed.OFF, by, reason, now)
    return brake


@transaction.atomic
def release(*, clock: str, by: User | None, reason: str, now: datetime) -> Brake:
    """Let a clock that reached its limit go on; its day is counted from anew.

    :raises Refused: if the person may not, gives no reason, or nothing is held back
    """
    reason = _reason(by, reason)
    brake = brake_of(clock)
    if brake.tripped_at is None:
        raise Refused(_("This clock has not reached its daily limit."))
    taken, brake.taken, brake.tripped_at = brake.taken, 0, None
    brake.save()
    _note(clock, Deed.RELEASED, by, reason, now, taken=taken)
    return brake


@transaction.atomic
def set_limit(
    *, clock: str, limit: int, by: User | None, reason: str, now: datetime
) -> Brake:
    """Set how many steps the clock may take by itself in a day.

    A clock that has tripped stays so until it is released.

    :raises Refused: if the person may not, gives no reason, or no such limit can be
    """
    reason = _reason(by, reason)
    if not 1 <= limit <= LARGEST_LIMIT:
        raise Refused(
            _("The daily limit lies between 1 and %(largest)s.")
            % {"largest": LARGEST_LIMIT}
        )
    brake = brake_of(clock)
    old, brake.daily_limit = limit_of(brake, now), limit
    brake.save()
    _note(clock, Deed.LIMIT, by, reason, now, limit=[old, limit])
    return brake


def switched_on(*, clock: str, by: User | None, reason: str, now: datetime) -> None:
    """Let a clock run again whose lost time has been given back."""
    on = Brake.objects.filter(clock=clock, off_at__isnull=False)
    if on.update(off_at=None, off_because=""):
        _note(clock, Deed.ON, by, reason, now)


def brake_of(clock: str) -> Brake:
    """Return the brake of a declared clock, locked for a change.

    :raises Refused: if no clock is called so
    """
    if clock not in CLAIM.clocks:
        raise Refused(
            _("There is no clock “%(name)s”. There are these: %(names)s.")
            % {"name": clock, "names": ", ".join(CLAIM.clocks)}
        )
    Brake.objects.bulk_create([Brake(clock=clock)], ignore_conflicts=True)
    return Brake.objects.select_for_update().get(clock=clock)


def limit_of(brake: Brake, now: datetime) -> int:
    """Return how many steps the clock may take by itself today."""
    own = brake.daily_limit
    return _default_limit(brake.clock, now) if own is None else own


def taken_on(brake: Brake, now: datetime) -> int:
    """Return how many steps the clock has taken today since it was last released."""
    return brake.taken if brake.counted_on == today_at(now) else 0


def log_of(clock: str) -> QuerySet[BrakeEntry]:
    """Return how the brake was used lately, the latest first."""
    return BrakeEntry.objects.filter(clock=clock).select_related("by")[:LOG_SHOWN]


def may_brake(user: User) -> bool:
    """Leads and programme admins watch over the clocks."""
    return user.is_active and (user.is_lead or user.is_programme_admin)


def _reason(by: User | None, reason: str) -> str:
    if by is not None and not may_brake(by):
        raise Refused(_("Only lead reviewers and programme admins stop clocks."))
    if not reason.strip():
        raise Refused(_("Write a reason."))
    return reason.strip()


def _note(
    clock: str,
    deed: str,
    by: User | None,
    reason: str,
    now: datetime,
    **details: Any,
) -> None:
    BrakeEntry.objects.create(
        clock=clock, deed=deed, by=by, reason=reason, at=now, details=details
    )
    trail.record(
        deed=trail.Deed.CLOCK_BRAKED,
        actor=by,
        partner_id=None,
        about=clock,
        details={"deed": deed, "reason": reason, **details},
        now=now,
    )


def _stopped() -> QuerySet[Brake]:
    return Brake.objects.filter(Q(off_at__isnull=False) | Q(tripped_at__isnull=False))


def _limit(clock: str, now: datetime) -> Coalesce:
    return Coalesce(F("daily_limit"), _default_limit(clock, now))


def _default_limit(clock: str, now: datetime) -> int:
    """Return several times what is usual, never more than the programme's number."""
    most = value_of(DAILY_LIMIT)
    usual = usual_limit(clock, today_at(now), settings.PROGRAMME_PLACE[2])
    return most if usual is None else min(most, usual)
