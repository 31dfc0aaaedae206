"""Deadlines as a page shows them: when, how long still, and how that was counted."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from claims import arithmetic, calendar, deadlines
from claims.calendar import (
    Calendar,
    CalendarDays,
    CalendarError,
    Due,
    Rule,
    parse_rule,
)
from claims.calendars import programme_calendar
from claims.explanation import explain
from claims.machine import Action, Clock
from claims.models import Claim, Deadline, Postponement, WorkCalendar
from claims.warnings import WARNINGS
from claims.workflow import CLAIM, COMPANY
from notifications import queries as messages
from notifications.models import Message


@dataclass(frozen=True, slots=True)
class ShownDeadline:
    """What templates/parts/_deadline.html takes."""

    label: str
    due_at: datetime
    zone: str
    days_left: int | None  # None where the calendar does not reach that far
    unit: str  # "business days" or "calendar days"
    is_overdue: bool
    why: Sequence[str]
    held: str = ""
    used_percent: int | None = None


class Calendars:
    """The calendars that some claims' deadlines run on, all fetched at once."""

    def __init__(self, partners: Collection[int], now: datetime) -> None:
        self._now = now
        found = WorkCalendar.objects.filter(
            Q(partner__in=partners) | Q(partner__isnull=True)
        ).prefetch_related("days")
        self._of = {place.partner_id: place for place in found}
        self._days: dict[int, Calendar] = {}

    @cached_property
    def _programme(self) -> WorkCalendar:
        return self._of.get(None) or programme_calendar(self._now)

    def place(self, clock: Clock, partner: int) -> WorkCalendar:
        own = self._of.get(partner) if clock.calendar == COMPANY else None
        return own or self._programme

    def days(self, clock: Clock, partner: int) -> Calendar:
        place = self.place(clock, partner)
        if place.pk not in self._days:
            self._days[place.pk] = place.as_days()
        return self._days[place.pk]


def shown_deadline(claim: Claim, now: datetime) -> ShownDeadline | None:
    """Return the claim's running deadline as a page shows it."""
    return shown_deadlines([claim], now).get(claim.pk)


def shown_deadlines(
    claims: Collection[Claim], now: datetime
) -> Mapping[int, ShownDeadline]:
    """Return the running deadlines of many claims by the claims' keys.

    The number of queries does not depend on the number of claims.
    """
    timed = {claim.pk: claim for claim in claims if claim.due_at}
    if not timed:
        return {}
    places = Calendars({claim.partner_id for claim in timed.values()}, now)
    return {
        pk: _shown(chain, timed[pk], places, now)
        for pk, chain in _chains(timed).items()
    }


def coming_deadline(
    action: Action, claim: Claim, now: datetime
) -> ShownDeadline | None:
    """Return the deadline that would start if the action were taken now.

    None too where its date cannot be told: the step itself then says why.
    """
    stage = CLAIM.stages.get(action.to)
    if stage is None or stage.clock is None:
        return None
    clock, places = stage.clock, Calendars([claim.partner_id], now)
    rule, days = deadlines.rule_of(clock), places.days(stage.clock, claim.partner_id)
    try:
        due = calendar.due(now, rule, days)
    except CalendarError:
        return None
    place = places.place(clock, claim.partner_id)
    return ShownDeadline(
        label=str(clock.label),
        due_at=due.due_at,
        zone=due.time_zone,
        days_left=rule.n,
        unit=clock.unit,
        is_overdue=False,
        why=[_counted_now(due, place), _calendar(rule, place.place)],
    )


def warnings_of(claim: Claim) -> Sequence[Message]:
    """Return the request and the reminders on a claim's running partner deadline."""
    deadline = deadlines.running(claim)
    if deadline is None:
        return []
    return messages.sent_about(
        group=claim.number,
        partner=claim.partner_id,
        topics=WARNINGS,
        since=deadline.started_at,
    )


def why_due(deadline: Deadline) -> Sequence[str]:
    """Return how the date of one deadline came about, running or over."""
    rule = parse_rule(deadline.rule)
    return [*arithmetic.why_due([deadline]), _calendar(rule, deadline.place)]


def _chains(claims: Mapping[int, Claim]) -> Mapping[int, Sequence[Deadline]]:
    """Return each claim's running deadline, preceded by those it extends."""
    by_claim = defaultdict[int, dict[int, Deadline]](dict)
    rows = arithmetic.with_brakes(
        Deadline.objects.filter(claim__in=claims)
        .select_related("extended_by", "postponement")
        .defer(*(f"postponement__{name}" for name in Postponement.PROGRESS))
    )
    for row in rows:
        by_claim[row.claim_id][row.pk] = row
    return {
        pk: _chain(running, rows)
        for pk, rows in by_claim.items()
        if (running := _running(rows.values()))
    }


def _running(rows: Collection[Deadline]) -> Deadline | None:
    return next((row for row in rows if row.closed_at is None), None)


def _chain(last: Deadline, rows: Mapping[int, Deadline]) -> Sequence[Deadline]:
    chain = [last]
    while chain[0].extends_id is not None:
        chain.insert(0, rows[chain[0].extends_id])
    return chain


def _shown(
    chain: Sequence[Deadline], claim: Claim, places: Calendars, now: datetime
) -> ShownDeadline:
    deadline = chain[-1]
    clock, rule = deadline.declared, parse_rule(deadline.rule)
    days = places.days(clock, claim.partner_id)
    return ShownDeadline(
        label=str(clock.label),
        due_at=deadline.due_at,
        zone=deadline.time_zone,
        days_left=_days_left(now, deadline.due_at, days, rule),
        unit=clock.unit,
        is_overdue=deadline.due_at < now and not deadline.is_held,
        why=[
            *arithmetic.why_due(chain),
            _calendar(rule, deadline.place),
            _at_the_end(claim),
        ],
        held=_held(deadline) or arithmetic.why_stopped(deadline, now),
        used_percent=_used_percent(deadline, now),
    )


def _days_left(
    now: datetime, due_at: datetime, days: Calendar, rule: Rule
) -> int | None:
    """Return the days left; None where the calendar was cut short meanwhile."""
    try:
        return calendar.days_left(now, due_at, days, rule)
    except CalendarError:
        return None


def _counted_now(due: Due, place: WorkCalendar) -> str:
    german = place.german_names() if (get_language() or "").startswith("de") else {}
    return explain(
        due_at=due.due_at,
        time_zone=due.time_zone,
        rule=due.rule,
        start_on=due.start_on,
        skipped=[german.get(each.on, each.name) for each in due.skipped],
    )


def _calendar(rule: Rule, place: str) -> str:
    if isinstance(rule, CalendarDays):
        return _("Every day counts, the last one until midnight.")
    return _(
        "Counted on the calendar of %(place)s: weekends and holidays do not count, "
        "and the last day ends at midnight."
    ) % {"place": place}


def _at_the_end(claim: Claim) -> str:
    timeout = claim.stage.timeout
    if timeout is None:
        return _("Nothing happens by itself then; the lead reviewers are told.")
    return _("After that the claim becomes “%(status)s” by itself.") % {
        "status": CLAIM[timeout.to].label
    }


def _held(deadline: Deadline) -> str:
    if not deadline.is_held:
        return ""
    return _(
        "The clock stands still: the mail with the request and a reminder did not "
        "arrive. A lead reviewer decides how to go on."
    )


def _used_percent(deadline: Deadline, now: datetime) -> int:
    used = (now - deadline.started_at) / (deadline.due_at - deadline.started_at)
    return round(100 * min(max(used, 0), 1))
