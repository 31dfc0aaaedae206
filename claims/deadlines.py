"""Starting, ending, holding and extending the deadline of a claim (DOMAIN.md §3)."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.rulebook import value_of
from claims import calendar, journal
from claims.access import SYSTEM
from claims.calendar import BusinessDays, CalendarDays, Due, Rule
from claims.calendars import programme_calendar, stored_calendar
from claims.machine import Clock, Refused
from claims.models import Claim, Deadline, WorkCalendar
from claims.rulebook import CLOCK_DAYS
from claims.warnings import was_warned
from claims.workflow import BUSINESS_DAYS, CLAIM, COMPANY, PROGRAMME

TRY_AGAIN = timedelta(minutes=15)
# A step that the clock takes later than this after its time was not taken in time.
PROMPT = timedelta(hours=1)
# In the first time zone a day begins 14 hours before it does in London.
AHEAD = timedelta(days=1)
SECOND = timedelta(seconds=1)
NO_WARNING = "no_warning"
# What a deadline that takes another's place has in common with it.
KEPT = ("partner_id", "clock", "started_at", "time_zone", "rule", "place")


def calendar_for(clock: Clock, claim: Claim, now: datetime) -> WorkCalendar:
    """Return the company's calendar, or the programme's where it has none."""
    if clock.calendar == COMPANY:
        own = stored_calendar(claim.partner_id)
        if own is not None:
            return own
    return programme_calendar(now)


def rule_of(clock: Clock) -> Rule:
    """Return how long the clock runs, as the installation has set it."""
    days = value_of(CLOCK_DAYS[clock.name])
    return BusinessDays(days) if clock.unit == BUSINESS_DAYS else CalendarDays(days)


def clocks_of(owner: str) -> list[str]:
    """Return the clocks that run on the calendar of one side."""
    return [name for name, clock in CLAIM.clocks.items() if clock.calendar == owner]


def acting_clocks() -> list[str]:
    """Return the clocks at whose end something happens by itself."""
    stages = CLAIM.stages.values()
    return [each.clock.name for each in stages if each.clock and each.timeout]


def running(claim: Claim) -> Deadline | None:
    """Return the claim's open deadline."""
    return claim.deadlines.filter(closed_at__isnull=True).first()


def close(claim: Claim, *, now: datetime) -> None:
    claim.deadlines.filter(closed_at__isnull=True).update(
        closed_at=now, next_reminder_at=None
    )


def open_for(claim: Claim, *, at: datetime, now: datetime) -> Deadline | None:
    """Start the clock of the state that the claim has just entered, if it has one.

    :param at: when the state began; the day of it is day 0
    :param now: reminders that lie before it are not sent
    """
    clock = claim.stage.clock
    if clock is None:
        return None
    place = calendar_for(clock, claim, now)
    days = place.as_days()
    began = start_of(clock, at=at, now=now)
    due = calendar.due(began, rule_of(clock), days)
    deadline = _build(claim, clock, place, due)
    deadline.started_at = began
    rungs = _rungs_before(clock, due.due_at, days) + _rungs_after(clock, due)
    _set_ladder(deadline, rungs, now)
    deadline.save()
    return deadline


def start_of(clock: Clock, *, at: datetime, now: datetime) -> datetime:
    """Return when a clock begins that a step opens which took effect at this time.

    Nobody can use time that was over before he heard of it: where the clock's own step
    is applied late, after a standstill, the partner's next clock begins only then.
    """
    late = now - at > PROMPT and clock.calendar == COMPANY
    return now if late else at


def may_act(deadline: Deadline, now: datetime) -> bool:
    """Return whether the clock may act; hold it where no warning arrived.

    The deadline's claim must be locked: a hold stands in its history.
    """
    if not deadline.declared.needs_warning or was_warned(deadline):
        return True
    deadline.held_at, deadline.held_because = now, NO_WARNING
    deadline.save(update_fields=["held_at", "held_because"])
    journal.note_change(
        claim=deadline.claim, step="hold", actor=SYSTEM, now=now, changes={}
    )
    return False


def try_again_later(deadline: Deadline, now: datetime) -> None:
    """Let the sweep look at other claims before it comes back to this one."""
    deadline.act_at = max(deadline.act_at, now) + TRY_AGAIN
    deadline.save(update_fields=["act_at"])


def extend(
    *, claim: Claim, until: date, by_id: int, reason: str, now: datetime
) -> Deadline:
    """Give a running partner deadline a later end. The claim must be locked.

    :param until: the new last day, in the deadline's own time zone
    :raises Refused: if no partner deadline runs, or the day is over or not later
    """
    old = running(claim)
    if old is None or old.declared.calendar != COMPANY:
        raise Refused(_("No deadline of the partner is running."))
    if old.due_at < now and not old.is_held and may_act(old, now):
        raise Refused(_("The deadline has already passed."))
    if until <= date.fromisoformat(old.arithmetic["due_on"]):
        raise Refused(_("Choose a day after the present deadline."))
    due_at = calendar.end_of_day(until, old.time_zone)
    if due_at <= now:
        raise Refused(_("Choose a day that is not over yet."))
    return succeed(
        claim=claim,
        old=old,
        due_at=due_at,
        arithmetic={**old.arithmetic, "due_on": until.isoformat()},
        days=calendar_for(old.declared, claim, now).as_days(),
        now=now,
        extended_by_id=by_id,
        extension_reason=reason,
    )


def succeed(
    *,
    claim: Claim,
    old: Deadline,
    due_at: datetime,
    arithmetic: dict[str, Any],
    days: calendar.Calendar,
    now: datetime,
    **more: Any,
) -> Deadline:
    """Put a later deadline in the place of a running one, with a ladder of its own.

    The claim must be locked; the caller saves its due date.
    """
    close(claim, now=now)
    kept = {name: getattr(old, name) for name in KEPT}
    new = Deadline(
        claim=claim,
        due_at=due_at,
        act_at=due_at,
        arithmetic=arithmetic,
        extends=old,
        **{**kept, **more},
    )
    _set_ladder(new, _rungs_moved(old, due_at, days), now)
    new.save()
    claim.due_at = due_at
    return new


def next_rungs(
    deadline: Deadline, now: datetime, *, rehearse: bool = False
) -> list[dict[str, Any]]:
    """Take what is to be said next off the ladder; what is no longer true is dropped.

    A rung is taken a day ahead of its hour: somewhere its day has begun by then. Of
    those whose hour is past, only the last still tells the truth.

    :param rehearse: speak to the partner even after the end, where a rehearsal of the
        future has leapt over the day on which it would have been said
    """
    taken = [rung for rung in deadline.ladder if _moment(rung) - AHEAD <= now]
    _set_ladder(deadline, deadline.ladder[len(taken) :], now)
    deadline.save(update_fields=["ladder", "next_reminder_at"])
    if deadline.due_at < now and deadline.declared.calendar == PROGRAMME:
        on = _escalation_day(deadline, now)
        return [{"kind": "overdue", "days": 0, "on": on.isoformat()}]
    if deadline.due_at < now and not rehearse:
        return []
    past = [rung for rung in taken if _moment(rung) <= now]
    return [_with_day(rung, deadline) for rung in [*past[-1:], *taken[len(past) :]]]


def _with_day(rung: dict[str, Any], deadline: Deadline) -> dict[str, Any]:
    on = calendar.local_date(_moment(rung), deadline.time_zone)
    return {**rung, "on": on.isoformat()}


def arithmetic(due: Due, german: dict[date, str]) -> dict[str, Any]:
    """Return how a date came about, as JSON: skipped holidays with both names."""
    return {
        "start_on": due.start_on.isoformat(),
        "due_on": due.due_on.isoformat(),
        "skipped": [
            [s.on.isoformat(), s.name, german.get(s.on, s.name)] for s in due.skipped
        ],
    }


def _build(claim: Claim, clock: Clock, place: WorkCalendar, due: Due) -> Deadline:
    return Deadline(
        claim=claim,
        partner_id=claim.partner_id,
        clock=clock.name,
        due_at=due.due_at,
        act_at=due.due_at,
        time_zone=place.time_zone,
        rule=f"{due.rule.n} {clock.unit}",
        place=place.place,
        arithmetic=arithmetic(due, place.german_names()),
    )


def _rungs_before(
    clock: Clock, due_at: datetime, days: calendar.Calendar
) -> list[dict[str, Any]]:
    rule = rule_of(clock)
    return [
        _rung("left", left, calendar.reminder_on(due_at, left, days, rule), days)
        for left in clock.days_left
    ]


def _rungs_moved(
    old: Deadline, due_at: datetime, days: calendar.Calendar
) -> list[dict[str, Any]]:
    """Return the rungs of a deadline whose end is no longer where its count ended.

    A day's number then stands for as many days left as it had at first.
    """
    clock, rule = old.declared, calendar.parse_rule(old.rule)
    numbered = [rule.n - number for number in clock.day_numbers if number < rule.n]
    return _rungs_before(clock, due_at, days) + [
        _rung("day", left, calendar.reminder_on(due_at, left, days, rule), days)
        for left in numbered
    ]


def _rungs_after(clock: Clock, due: Due) -> list[dict[str, Any]]:
    return [
        {
            "kind": "day",
            "days": due.rule.n - number,
            "at": calendar.at_working_hour(
                calendar.day_number(due, number), due.time_zone
            ).isoformat(),
        }
        for number in clock.day_numbers
        if number < due.rule.n
    ]


def _rung(kind: str, left: int, on: date, days: calendar.Calendar) -> dict[str, Any]:
    at = calendar.at_working_hour(on, days.time_zone)
    return {"kind": kind, "days": left, "at": at.isoformat()}


def _moment(rung: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(rung["at"])


def _set_ladder(deadline: Deadline, rungs: list[dict[str, Any]], now: datetime) -> None:
    """Keep the rungs that lie ahead; after the last, remind daily once overdue."""
    ahead = sorted((r for r in rungs if _moment(r) > now), key=_moment)
    deadline.ladder = ahead
    if ahead:
        deadline.next_reminder_at = _moment(ahead[0]) - AHEAD
    elif deadline.declared.calendar == PROGRAMME:
        deadline.next_reminder_at = _next_escalation(deadline, now)
    else:
        deadline.next_reminder_at = None


def _next_escalation(deadline: Deadline, now: datetime) -> datetime:
    """Return when an overdue clock speaks next: as its next business day begins."""
    if now <= deadline.due_at:
        return deadline.due_at + SECOND
    day_before = _escalation_day(deadline, now)
    return calendar.end_of_day(day_before, deadline.time_zone) + SECOND


def _escalation_day(deadline: Deadline, now: datetime) -> date:
    """Return today, or the business day after it: nobody is told on a day off."""
    days = calendar_for(deadline.declared, deadline.claim, now).as_days()
    on = calendar.local_date(now, deadline.time_zone)
    while not days.is_working(on):
        on += timedelta(days=1)
    return on
