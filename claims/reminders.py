"""Who hears of a deadline, and when: at their own work, once, in one mail a day."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from claims import brakes, calendar, deadlines, failures
from claims.calendar import Calendar, CalendarError, parse_rule
from claims.calendars import programme_calendar, stored_calendar
from claims.models import Claim, Deadline, Reminder
from claims.workflow import PROGRAMME
from claims.working_hours import next_morning, next_working_moment
from notifications.models import Message

Outcome = Reminder.Outcome
OVERDUE = "overdue"
MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Voice:
    """Who is told what; cpor says it, since it knows people and words."""

    readers: Callable[[Deadline], Collection[User]]
    line: Callable[[Deadline, str, int, User, datetime], Message | None]
    post: Callable[[User, Sequence[Message], datetime], None]


def _nobody(deadline: Deadline) -> Collection[User]:
    return ()


def _nothing(*_given: Any) -> None:
    """Stand in until cpor has filled in the voice."""


voice = Voice(_nobody, _nothing, _nothing)


# --- Planning: a rung becomes a row for each reader ----------------------------------


def plan(*, deadline: Deadline, now: datetime, rehearse: bool = False) -> int:
    """Take the rungs that have been reached, and plan each for every reader.

    The claim must be locked.
    """
    planned = 0
    for rung in deadlines.next_rungs(deadline, now, rehearse=rehearse):
        name = f"{rung['kind']}:{rung['on']}"
        planned += _plan(deadline, name, rung["days"], now, rehearse=rehearse)
    return planned


def _plan(
    deadline: Deadline, rung: str, days: int, now: datetime, *, rehearse: bool = False
) -> int:
    readers = voice.readers(deadline)
    rows = [
        Reminder(
            deadline=deadline,
            partner_id=deadline.partner_id,
            reader=reader,
            rung=rung,
            days=days,
            at=now if rehearse else _moment(deadline, rung, reader, now),
        )
        for reader in readers
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _moment(deadline: Deadline, rung: str, reader: User, now: datetime) -> datetime:
    """Return when this reader is told: at work, on the rung's day or soon after it.

    A warning that would come too late is given at once instead.
    """
    days = _days_of(reader, now)
    on = datetime.fromisoformat(rung.partition(":")[2]).date()
    morning = calendar.at_working_hour(on, days.time_zone)
    at = next_working_moment(max(morning, now), days)
    return at if _is_in_time(deadline, at, now) else now


def _is_in_time(deadline: Deadline, at: datetime, now: datetime) -> bool:
    """Return whether that is early enough; what is overdue can wait for a morning."""
    return at < deadline.due_at or deadline.due_at < now


def _days_of(reader: User, now: datetime) -> Calendar:
    """Return the business days of the reader's company, in the reader's own zone."""
    own = stored_calendar(reader.partner_id) if reader.partner_id else None
    place = own or programme_calendar(now)
    return replace(place.as_days(), time_zone=reader.time_zone)


# --- Saying: all of one reader's reminders in one mail -------------------------------


def readers_waiting(now: datetime, *, rehearse: bool = False) -> list[int]:
    """Return the keys of the people to whom something is to be said by now."""
    waiting = _unsaid()
    if not rehearse:
        waiting = waiting.filter(at__lte=now)
    return sorted(set(waiting.values_list("reader", flat=True)))


@transaction.atomic
def tell(*, reader: int, now: datetime, rehearse: bool = False) -> int:
    """Say everything that one reader is to be told by now; return how much it was.

    Each reminder is judged anew while its claim is locked. Whoever was told something
    today already gets the rest tomorrow, and after a standstill nobody is spoken to at
    night; unless that would be too late.
    """
    person = _alone_with(reader)
    if person is None:
        return 0
    waiting = _waiting(person, now, rehearse=rehearse)
    if not rehearse:
        waiting = _put_off(waiting, until=_next_hearing(person, now), now=now)
    lines = [
        line
        for reminder in _only_the_latest(waiting, now)
        if (line := _say(reminder, person, now, rehearse=rehearse))
    ]
    if lines:
        voice.post(person, lines, now)
    return len(lines)


def _alone_with(reader: int) -> User | None:
    """Return the person, unless another sweep is telling them something right now."""
    people = User.objects.select_for_update(skip_locked=True, no_key=True)
    return people.filter(pk=reader).first()


def _waiting(person: User, now: datetime, *, rehearse: bool) -> list[Reminder]:
    """Return what waits to be said, its claims locked in the order of their keys."""
    waiting = _unsaid().filter(reader=person)
    if not rehearse:
        waiting = waiting.filter(at__lte=now)
    waiting = waiting.order_by("at", "pk")
    claims = set(waiting.values_list("deadline__claim", flat=True)[:MOST_AT_ONCE])
    list(Claim.objects.filter(pk__in=claims).order_by("pk").select_for_update())
    # Read only now: what the claims were waited for may have changed it.
    return list(
        waiting.filter(deadline__claim__in=claims).select_related(
            "deadline__claim__partner"
        )
    )


def _unsaid() -> QuerySet[Reminder]:
    """Return what is still to be said; a clock that is switched off says nothing."""
    unsaid = Reminder.objects.filter(settled_at__isnull=True)
    return unsaid.exclude(deadline__clock__in=brakes.silent())


def _was_told_today(person: User, now: datetime) -> bool:
    today = calendar.local_date(now, person.time_zone)
    said = Reminder.objects.filter(reader=person, outcome=Outcome.SAID)
    latest = said.order_by("-settled_at").values_list("settled_at", flat=True).first()
    return latest is not None and (
        calendar.local_date(latest, person.time_zone) == today
    )


def _next_hearing(person: User, now: datetime) -> datetime:
    """Return when the person can be told more: at work, in one mail a day.

    Where their calendar does not reach so far, now is better than never.
    """
    with suppress(CalendarError):
        days = _days_of(person, now)
        told = _was_told_today(person, now)
        return next_morning(now, days) if told else next_working_moment(now, days)
    return now


def _put_off(
    waiting: Iterable[Reminder], *, until: datetime, now: datetime
) -> list[Reminder]:
    """Move to a later moment what can wait; return what can't."""
    urgent = []
    for reminder in waiting:
        if until > now and _is_in_time(reminder.deadline, until, now):
            reminder.at = until
            reminder.save(update_fields=["at"])
        else:
            urgent.append(reminder)
    return urgent


def _only_the_latest(waiting: Iterable[Reminder], now: datetime) -> list[Reminder]:
    """Keep one reminder of each deadline, and settle those that it overtakes."""
    by_deadline = defaultdict[int, list[Reminder]](list)
    for reminder in waiting:
        by_deadline[reminder.deadline_id].append(reminder)
    for *older, _latest in by_deadline.values():
        for reminder in older:
            _settle(reminder, Outcome.STALE, now)
    return [group[-1] for group in by_deadline.values()]


def _say(
    reminder: Reminder, person: User, now: datetime, *, rehearse: bool
) -> Message | None:
    """Say one thing, or drop it; what is broken is set aside and stops nothing else."""
    try:
        with transaction.atomic():
            outcome = _judge(reminder, person, now, rehearse=rehearse)
            _settle(reminder, outcome, now)
            if outcome != Outcome.SAID:
                return None
            days = _days_left(reminder, now)
            return voice.line(reminder.deadline, reminder.rung, days, person, now)
    except Exception as error:  # noqa: BLE001 -- one broken claim never stops the others
        again = now + deadlines.TRY_AGAIN
        Reminder.objects.filter(pk=reminder.pk).update(at=again)
        failures.set_aside(deadline=reminder.deadline_id, error=error, now=now)
        return None


def _judge(
    reminder: Reminder, person: User, now: datetime, *, rehearse: bool
) -> Outcome:
    deadline = reminder.deadline
    if not _is_still_true(reminder, now, rehearse=rehearse):
        return Outcome.OVER
    if person not in voice.readers(deadline):
        # It is somebody else's by now, who may not have been told yet.
        _plan(deadline, reminder.rung, reminder.days, now, rehearse=rehearse)
        return Outcome.NOT_THEIRS
    return Outcome.SAID


def _is_still_true(reminder: Reminder, now: datetime, *, rehearse: bool) -> bool:
    deadline = reminder.deadline
    if deadline.closed_at is not None or deadline.is_held:
        return False
    is_over = deadline.due_at < now
    if reminder.kind == OVERDUE:
        return is_over
    return not is_over or (rehearse and deadline.declared.calendar != PROGRAMME)


def _days_left(reminder: Reminder, now: datetime) -> int:
    """Return the days left today, where it is said later than on its day."""
    deadline = reminder.deadline
    today = calendar.local_date(now, deadline.time_zone)
    if reminder.rung.endswith(today.isoformat()):
        return reminder.days
    place = deadlines.calendar_for(deadline.declared, deadline.claim, now)
    rule = parse_rule(deadline.rule)
    return calendar.days_left(now, deadline.due_at, place.as_days(), rule)


def _settle(reminder: Reminder, outcome: Outcome, now: datetime) -> None:
    Reminder.objects.filter(pk=reminder.pk).update(settled_at=now, outcome=outcome)
