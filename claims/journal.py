"""Writing the history of a claim: one row for each version."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog

from accounts.scopes import Across, across
from claims.access import Actor
from claims.machine import NOTHING, Given, GivenReason
from claims.models import Claim, Event
from claims.models.event import STRUCK_OUT

type Effect = Callable[[Event, Given], None]

# What else happens when something is written into the history, by its step's name.
# Filled in once, from cpor/effects.py.
effects: Mapping[str, Sequence[Effect]] = {}


def append(
    *,
    claim: Claim,
    step: str,
    actor: Actor,
    from_state: str,
    at: datetime,
    applied_at: datetime,
    comment: str = "",
    reasons: Sequence[GivenReason] = (),
    changes: dict[str, Any] | None = None,
) -> Event:
    """Append one row for the version the claim has now. The claim must be locked."""
    return Event.objects.create(
        claim=claim,
        partner_id=claim.partner_id,
        version=claim.version,
        step=step,
        from_state=from_state,
        to_state=claim.state,
        actor=actor.user,
        actor_role=actor.role,
        reasons=[_as_row(claim, reason) for reason in reasons],
        comment=comment,
        changes=changes or {},
        round=claim.round,
        at=at,
        applied_at=applied_at,
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
    )


def note_change(
    *, claim: Claim, step: str, actor: Actor, now: datetime, changes: dict[str, Any]
) -> Event:
    """Record a change that is no step: raise the version and append the row."""
    claim.version += 1
    claim.updated_at = now
    claim.save(update_fields=["version", "updated_at"])
    event = append(
        claim=claim,
        step=step,
        actor=actor,
        from_state=claim.state,
        at=now,
        applied_at=now,
        changes=changes,
    )
    run_effects(event, NOTHING)
    return event


def run_effects(event: Event, given: Given) -> None:
    """Do what else belongs to the event, in its transaction: rivals are told, too."""
    with across(Across.EFFECTS):
        for effect in effects.get(event.step, ()):
            effect(event, given)


def _as_row(claim: Claim, reason: GivenReason) -> dict[str, Any]:
    """Return a reason with its line's name: the line itself may be gone one day."""
    row: dict[str, Any] = {"code": str(reason.code), "line": reason.line}
    if reason.line is not None:
        names = {line.pk: str(line) for line in claim.lines_all}
        row["about"] = names.get(reason.line, "")
    return row


def strike_out(
    *, claim: Claim, fields: Collection[str], only: Collection[str] = ()
) -> int:
    """Erase what the history tells of these personal fields; return in how many rows.

    That something was changed, when and by whom stays.

    :param only: with it, rows that name none of these values stay as they are
    """
    struck = 0
    for event in claim.events.all():
        changes = {
            name: _struck(values) if _concerns(name, values, fields, only) else values
            for name, values in event.changes.items()
        }
        if changes != event.changes:
            Event.objects.filter(pk=event.pk).update(changes=changes)
            struck += 1
    return struck


def _concerns(
    name: str, values: Sequence[Any], fields: Collection[str], only: Collection[str]
) -> bool:
    return name in fields and (not only or any(value in only for value in values))


def _struck(values: Sequence[Any]) -> list[Any]:
    return [STRUCK_OUT if value else value for value in values]
