"""The one door through which a claim changes state, for people and the clock."""

from dataclasses import replace
from datetime import datetime

import structlog
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.scopes import Across, across
from claims import brakes, deadlines, evidence, journal
from claims.access import SYSTEM, Actor, offers_for
from claims.calendar import CalendarError
from claims.explanation import in_words
from claims.machine import (
    GONE,
    NOTHING,
    Action,
    Given,
    GivenReason,
    Need,
    Refused,
    Step,
)
from claims.models import Claim, Event
from claims.reasons import STEP_REASONS
from claims.workflow import State

log = structlog.get_logger(__name__)


def take(
    *, claim: Claim, step: str, actor: Actor, given: Given = NOTHING, now: datetime
) -> Event | None:
    """Take one step on behalf of somebody; None when the claim is gone with it.

    Time that has run out is applied first, so whoever comes a second late finds the
    claim where the clock has put it, however late the sweep runs.

    :param now: the moment of the request, timezone-aware
    :raises Refused: if the step is not declared, not theirs or not possible now, or
        the calendar does not reach as far as the deadline that it would start
    """
    lapsed = catch_up(claim=claim, now=now)
    try:
        with transaction.atomic():
            return _take(claim.pk, step, actor, given, now)
    except CalendarError as error:
        raise Refused(_without_date(error)) from error
    except Refused as refused:
        if lapsed is None:
            raise
        raise Refused(_too_late(lapsed, refused)) from None
    except IntegrityError as clash:
        raise Refused(_taken_meanwhile(clash)) from clash


def catch_up(*, claim: Claim, now: datetime) -> Event | None:
    """Take every step that time has taken by now; return the last of them.

    One may start a clock that has run out as well: a claim lapses, then expires. A
    step whose next date cannot be told is left to the sweep, which reports it.
    """
    last = None
    try:
        # A step without a date is undone by itself; the request around goes on.
        with transaction.atomic():
            while event := expire(claim=claim, now=now):
                last = event
    except CalendarError:
        log.warning("clock_without_calendar", claim=claim.number, exc_info=True)
        return None
    return last


@across(Across.CLOCK)
def expire(*, claim: Claim, now: datetime) -> Event | None:
    """Take the one step that time takes, if it is due and nothing holds it.

    It takes effect at the due time, whenever this is called. A clock that is switched
    off or has reached its daily limit takes nothing.
    """
    try:
        with transaction.atomic():
            return _expire(claim.pk, now)
    except brakes.Full as full:
        brakes.trip(clock=str(full), now=now)
        return None


def _expire(pk: int, now: datetime) -> Event | None:
    claim = _lock(pk)
    timeout = claim.stage.timeout if claim else None
    if claim is None or timeout is None:
        return None
    deadline = deadlines.running(claim)
    if deadline is None or deadline.due_at >= now or deadline.is_held:
        return None
    if brakes.is_stopped(deadline.clock):
        return None
    if not deadlines.may_act(deadline, now) or timeout.refusal(claim, SYSTEM):
        return None
    event = _enter(claim, timeout, SYSTEM, NOTHING, at=deadline.due_at, now=now)
    brakes.count_step(clock=deadline.clock, now=now)
    return event


def _lock(pk: int) -> Claim | None:
    claims = Claim.objects.select_related("partner").select_for_update(of=("self",))
    return claims.filter(pk=pk).first()


def _take(
    pk: int, step: str, actor: Actor, given: Given, now: datetime
) -> Event | None:
    claim = _lock(pk)
    if claim is None:
        raise Refused(_("This claim was deleted."))
    action = _judge(claim, step, actor, given)
    if action.to == GONE:
        with across(Across.DRAFTS):
            evidence.discard(claim=claim)
            claim.delete()
        return None
    if action.is_submission:
        given = _with_covering_note(claim, given)
    return _enter(claim, action, actor, given, at=now, now=now)


def _judge(claim: Claim, step: str, actor: Actor, given: Given) -> Action:
    """Return the action if it is open to this person with what they gave."""
    if given.version is not None and given.version != claim.version:
        raise Refused(
            _(
                "The claim has changed since you opened the page: it is now "
                "%(status)s. Read what is new, then decide again."
            )
            % {"status": claim.stage.label}
        )
    offer = next((o for o in offers_for(actor, claim) if o.action.name == step), None)
    if offer is None:
        raise Refused(
            _("This cannot be done while the claim is %(status)s.")
            % {"status": claim.stage.label}
        )
    if offer.refusal:
        raise Refused(offer.refusal)
    if no := _incomplete(offer.action, given):
        raise Refused(no)
    if no := offer.action.objection(claim, actor, given):
        raise Refused(no)
    return offer.action


def _incomplete(action: Action, given: Given) -> str | None:
    if action.comment is Need.MUST and not given.comment.strip():
        return _("Write a comment that says why.")
    if action.reasons and not given.reasons:
        return _("Choose at least one reason.")
    if {reason.code for reason in given.reasons} - set(action.reasons):
        return _("Choose from the reasons listed for this step.")
    return None


def _with_covering_note(claim: Claim, given: Given) -> Given:
    """A submission takes along the comment that was written for it, once."""
    words = filter(None, (claim.covering_note, given.comment))
    claim.covering_note = ""
    return replace(given, comment="\n\n".join(words))


def _enter(
    claim: Claim, step: Step, actor: Actor, given: Given, *, at: datetime, now: datetime
) -> Event:
    """Move the locked claim on and write all that belongs to the step."""
    came_from = claim.state
    deadlines.close(claim, now=now)
    claim.state = State(step.to)
    claim.version += 1
    claim.round += int(step.adds_round)
    claim.state_since, claim.updated_at = at, now
    reasons = _reasons(step, given)
    if reasons or "decided_at" in step.stamps:
        claim.reason_codes = [str(reason.code) for reason in reasons]
    for field in step.stamps:
        setattr(claim, field, at)
    deadline = deadlines.open_for(claim, at=at, now=now)
    claim.due_at = deadline.due_at if deadline else None
    claim.save()
    event = journal.append(
        claim=claim,
        step=step.name,
        actor=actor,
        from_state=came_from,
        at=at,
        applied_at=now,
        comment=given.comment.strip(),
        reasons=reasons,
    )
    journal.run_effects(event, given)
    return event


def _reasons(step: Step, given: Given) -> list[GivenReason]:
    own = [GivenReason(code) for code in STEP_REASONS.get(step.name, ())]
    return [*own, *given.reasons]


def _without_date(error: CalendarError) -> str:
    return _(
        "The next deadline cannot be computed, so nothing was changed. %(why)s"
    ) % {"why": in_words(error)}


def _too_late(lapsed: Event, refused: Refused) -> str:
    return _("The deadline has passed: the claim is now %(status)s. %(why)s") % {
        "status": State(lapsed.to_state).label,
        "why": refused,
    }


def _taken_meanwhile(clash: DatabaseError) -> str:
    """Say which promise of the database was touched; others are bugs and rise."""
    if "one_open_line_per_partner_and_key" in str(clash):
        return _("Your company already has an open claim on this customer and product.")
    if "one_approved_line_per_key" in str(clash):
        return _(
            "Another partner is associated with this customer and product. "
            "A lead reviewer has to arbitrate first."
        )
    raise clash
