"""Moving running deadlines later: an outage, a clock's time off, a changed calendar.

Recorded first, then carried out claim by claim, each in its own transaction, so that a
run that dies is taken up where it stopped. A date only ever moves later, and no day is
given back twice (docs/deadlines.md).
"""

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts import trail
from accounts.models import User
from claims import brakes, calendar, deadlines, journal, lost_time
from claims.access import SYSTEM, actor_for
from claims.calendar import Calendar, CalendarError, parse_rule
from claims.explanation import in_words
from claims.machine import Refused
from claims.models import Claim, Deadline, Postponement, WorkCalendar
from claims.recalculation import Moved, recounted, running_on
from claims.workflow import CLAIM

log = structlog.get_logger(__name__)

Cause = Postponement.Cause
BATCH = 200
LONGEST_OUTAGE = timedelta(days=366)

type Tell = Callable[[Postponement, datetime], None]


def tell_nobody(postponement: Postponement, now: datetime) -> None:
    """Stand in until cpor has said who is told that dates have moved."""


# Who hears that dates have moved, once it is done. Filled in once, by cpor.
tell: Tell = tell_nobody


# --- Recording ----------------------------------------------------------------


def record_outage(
    *,
    began_at: datetime,
    ended_at: datetime,
    clocks: Collection[str] = (),
    reason: str,
    by: User | None,
    now: datetime,
) -> Postponement:
    """Record that the system was down; the same outage twice is the same record.

    :param clocks: those that are meant; none means all
    :param by: nobody for an operator at the command line
    :raises Refused: if the person may not, or the times are no outage
    """
    _require_admin(by)
    _require_outage(began_at, ended_at, now)
    if unknown := set(clocks) - CLAIM.clocks.keys():
        raise Refused(
            _("There is no clock “%(name)s”. There are these: %(names)s.")
            % {"name": ", ".join(sorted(unknown)), "names": ", ".join(CLAIM.clocks)}
        )
    facts = {
        "cause": Cause.OUTAGE,
        "began_at": began_at,
        "ended_at": ended_at,
        "clocks": sorted(clocks),
    }
    try:
        with transaction.atomic():
            return Postponement.objects.create(
                **facts, reason=_reason(reason), by=by, recorded_at=now
            )
    except IntegrityError:
        return Postponement.objects.get(**facts)


@transaction.atomic
def switch_on(
    *, clock: str, by: User | None, reason: str, now: datetime
) -> Postponement:
    """Give back the time for which a clock was off; it runs again when that is done.

    :raises Refused: if the person may not, gives no reason, or the clock is not off
    """
    if by is not None and not brakes.may_brake(by):
        raise Refused(_("Only lead reviewers and programme admins stop clocks."))
    brake = brakes.brake_of(clock)
    if brake.off_at is None:
        raise Refused(_("This clock is not switched off."))
    reason = _reason(reason)
    waiting = unfinished().filter(cause=Cause.SWITCH, clocks=[clock]).first()
    return waiting or Postponement.objects.create(
        cause=Cause.SWITCH,
        began_at=brake.off_at,
        ended_at=max(now, brake.off_at),
        clocks=[clock],
        reason=reason,
        by=by,
        recorded_at=now,
    )


def record_recalculation(
    *, place: WorkCalendar, reason: str, by: User | None, now: datetime
) -> Postponement:
    """Record that the running deadlines of a calendar are counted anew.

    :raises Refused: if the person may not, or gives no reason
    """
    _require_admin(by)
    return Postponement.objects.create(
        cause=Cause.CALENDAR,
        began_at=now,
        ended_at=now,
        calendar=place,
        reason=_reason(reason),
        by=by,
        recorded_at=now,
    )


def unfinished() -> QuerySet[Postponement]:
    return Postponement.objects.filter(finished_at__isnull=True).order_by("pk")


def being_switched_on(clock: str) -> bool:
    """Return whether a clock's lost days are being given back."""
    return unfinished().filter(cause=Cause.SWITCH, clocks=[clock]).exists()


def all_of_them() -> QuerySet[Postponement]:
    """Return what moved many dates, the latest first."""
    return Postponement.objects.select_related("by", "calendar__partner")


# --- Carrying out -------------------------------------------------------------


def carry_out(
    *, postponement: Postponement, now: datetime, at_most: int | None = None
) -> Postponement:
    """Move the deadlines that it is about; finished ones are left alone.

    :param at_most: stop after so many deadlines; another call goes on from there
    """
    left = at_most
    while postponement.finished_at is None and (left is None or left > 0):
        size = BATCH if left is None else min(BATCH, left)
        batch = list(_behind(postponement)[:size])
        for pk in batch:
            _postpone_one(postponement, pk, now)
        if batch:
            postponement.reached = batch[-1]
            postponement.save(update_fields=["reached", "failed"])
        if len(batch) < size:
            _finish(postponement, now)
        left = None if left is None else left - len(batch)
    return postponement


def scope(postponement: Postponement) -> QuerySet[Deadline]:
    """Return the running deadlines that it is about, whether or not they move."""
    running = Deadline.objects.filter(closed_at__isnull=True)
    if postponement.calendar is not None:
        return running_on(postponement.calendar)
    if postponement.clocks:
        running = running.filter(clock__in=postponement.clocks)
    lost = Q(due_at__gt=postponement.began_at)
    if postponement.cause == Cause.SWITCH:
        # A clock that runs again does nothing for the past.
        lost |= Q(clock__in=deadlines.acting_clocks())
    return running.filter(lost, started_at__lt=postponement.ended_at)


def made_up(
    deadline: Deadline, postponement: Postponement, days: Calendar
) -> Moved | None:
    """Return the deadline with the lost days added, unless they were given before.

    :raises CalendarError: if the calendar does not reach that far
    """
    rule, zone = parse_rule(deadline.rule), deadline.time_zone
    start_on = date.fromisoformat(deadline.arithmetic["start_on"])
    due_on = date.fromisoformat(deadline.arithmetic["due_on"])
    ended_on = calendar.local_date(postponement.ended_at, zone)
    touched = lost_time.days_touched(
        began_at=postponement.began_at,
        ended_at=postponement.ended_at,
        start_on=start_on,
        due_on=due_on,
        zone=zone,
    )
    before = deadline.arithmetic.get("lost", [])
    lost = [on for on in touched if on.isoformat() not in before]
    is_past = postponement.cause == Cause.SWITCH and (
        deadline.due_at <= postponement.ended_at
    )
    if not lost and not is_past:
        return None
    owed = lost_time.days_owed(lost, start_on, rule, days)
    last = lost_time.day_after(max(due_on, ended_on), owed, rule, days)
    arithmetic = {
        **deadline.arithmetic,
        "due_on": last.isoformat(),
        "lost": before + [on.isoformat() for on in lost],
        "given": deadline.arithmetic.get("given", 0) + owed,
    }
    due_at = calendar.end_of_day(last, zone)
    return Moved(due_at, arithmetic, zone, deadline.place)


def ended_during(postponement: Postponement) -> QuerySet[Deadline]:
    """Return the deadlines that acted for an end in that time: nothing undoes them."""
    ended = Deadline.objects.filter(
        clock__in=postponement.clocks or deadlines.acting_clocks(),
        due_at__gt=postponement.began_at,
        due_at__lte=postponement.ended_at,
        closed_at__gt=F("due_at"),
    )
    replaced = Deadline.objects.filter(extends=OuterRef("pk"))
    return ended.exclude(Exists(replaced))


def chain(deadline: Deadline) -> Iterator[Deadline]:
    """Yield a deadline, and those whose place it took."""
    yield deadline
    while deadline.extends is not None:
        deadline = deadline.extends
        yield deadline


def _behind(postponement: Postponement) -> QuerySet[Deadline, int]:
    rows = scope(postponement).filter(pk__gt=postponement.reached)
    return rows.order_by("pk").values_list("pk", flat=True)


def _postpone_one(postponement: Postponement, pk: int, now: datetime) -> None:
    """Move one deadline; a claim for which no date can be told stays, and is named."""
    claim = Claim.objects.get(deadlines=pk)
    try:
        _move(postponement, pk, claim, now)
    except CalendarError as error:
        log.warning("deadline_not_postponed", deadline=pk, why=str(error))
        why = in_words(error)
    except Exception:
        log.exception("deadline_not_postponed", deadline=pk)
        why = _("Something about this claim is broken; the log says what.")
    else:
        return
    postponement.failed = [*postponement.failed, [claim.number, why]]


@transaction.atomic
def _move(postponement: Postponement, pk: int, claim: Claim, now: datetime) -> None:
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    old = scope(postponement).filter(pk=pk).first()
    if old is None or any(
        each.postponement_id == postponement.pk for each in chain(old)
    ):
        return
    place = postponement.calendar or deadlines.calendar_for(old.declared, claim, now)
    days = place.as_days()
    moved = (
        recounted(old, place, days)
        if postponement.calendar
        else made_up(old, postponement, days)
    )
    if moved is not None:
        _write(postponement, old=old, moved=moved, days=days, now=now)


def _write(
    postponement: Postponement,
    *,
    old: Deadline,
    moved: Moved,
    days: Calendar,
    now: datetime,
) -> None:
    claim = old.claim
    deadlines.succeed(
        claim=claim,
        old=old,
        due_at=moved.due_at,
        arithmetic=moved.arithmetic,
        days=days,
        now=now,
        time_zone=moved.time_zone,
        place=moved.place,
        postponement=postponement,
        warned_otherwise=old.warned_otherwise,
        extended_by_id=postponement.by_id,
        extension_reason=postponement.reason,
    )
    claim.save(update_fields=["due_at"])
    journal.note_change(
        claim=claim,
        step="postpone",
        actor=actor_for(postponement.by) if postponement.by else SYSTEM,
        now=now,
        changes={
            "due_at": [old.due_at.isoformat(), moved.due_at.isoformat()],
            "reason": ["", postponement.reason],
        },
    )


@transaction.atomic
def _finish(postponement: Postponement, now: datetime) -> None:
    """Close the record and tell everybody whose dates moved, in one message each."""
    postponement.finished_at = now
    postponement.moved = postponement.deadlines.count()
    row = unfinished().filter(pk=postponement.pk)
    if not row.update(finished_at=now, moved=postponement.moved):
        return
    if postponement.cause == Cause.SWITCH:
        for clock in postponement.clocks:
            brakes.switched_on(
                clock=clock, by=postponement.by, reason=postponement.reason, now=now
            )
    if postponement.moved:
        tell(postponement, now)
    trail.record(
        deed=trail.Deed.DATES_MOVED,
        actor=postponement.by,
        partner_id=None,
        about=f"{postponement.cause} {postponement.pk}",
        details={
            "reason": postponement.reason,
            "began_at": postponement.began_at.isoformat(),
            "ended_at": postponement.ended_at.isoformat(),
            "clocks": postponement.clocks,
            "calendar": postponement.calendar_id,
            "moved": postponement.moved,
            "failed": [number for number, _why in postponement.failed],
        },
        now=now,
    )


def _require_admin(by: User | None) -> None:
    if by is not None and not (by.is_active and by.is_programme_admin):
        raise Refused(_("Only a programme admin moves many deadlines at once."))


def _require_outage(began_at: datetime, ended_at: datetime, now: datetime) -> None:
    if ended_at <= began_at:
        raise Refused(_("An outage ends after it began."))
    if ended_at > now:
        raise Refused(_("Record an outage when it is over: its end lies ahead."))
    if ended_at - began_at > LONGEST_OUTAGE:
        raise Refused(_("An outage of more than a year cannot be recorded."))


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Write a reason."))
    return reason.strip()
