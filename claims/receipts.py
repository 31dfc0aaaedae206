"""What a partner can prove to have handed in: when, which files, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from claims.machine import Action
from claims.models import Claim, Deadline, Event, Evidence
from claims.presenters import why_due
from claims.workflow import CLAIM, REVIEW_START


@dataclass(frozen=True, slots=True)
class Receipt:
    """The last submission of a claim."""

    submitted_at: datetime | None
    submitted_by: User | None
    round: int
    is_first: bool
    location: str
    products: Sequence[str]
    files: Sequence[Evidence]
    # When the review starts at the latest, and how that was counted.
    due: Deadline | None
    why: Sequence[str]


def receipt_of(claim: Claim) -> Receipt:
    """Return the receipt of the claim's last submission, today as on that day."""
    handed_in = _submission(claim)
    started = claim.deadlines.filter(clock=REVIEW_START.name, extends=None)
    due = started.order_by("-started_at", "-pk").first()
    facts = _facts_then(claim, handed_in)
    return Receipt(
        submitted_at=claim.last_submitted_at,
        submitted_by=handed_in.actor if handed_in else None,
        round=handed_in.round if handed_in else claim.round,
        is_first=claim.first_submitted_at == claim.last_submitted_at,
        location=facts["location"],
        products=facts["products"],
        files=[file for file in claim.evidence_all if _is_on_it(file, claim)],
        due=due,
        why=why_due(due) if due else [],
    )


def _submission(claim: Claim) -> Event | None:
    """Return the step with which the claim was last handed in."""
    steps = {
        step.name
        for _state, step in CLAIM
        if isinstance(step, Action) and step.is_submission
    }
    events = claim.events.filter(step__in=steps).select_related("actor")
    return events.order_by("version").last()


def _facts_then(claim: Claim, handed_in: Event | None) -> dict[str, Any]:
    """Return what may be edited after a submission as it was on that day.

    The history has each edit with what stood there before.
    """
    facts: dict[str, Any] = {
        "location": str(claim.location or ""),
        "products": sorted(str(line) for line in claim.lines_all),
    }
    since = handed_in.version if handed_in else claim.version
    later = claim.events.filter(step="edit", version__gt=since)
    for edit in later.order_by("-version"):
        before = {field: old for field, (old, _new) in edit.changes.items()}
        facts |= {field: before[field] for field in facts if field in before}
    return facts


def _is_on_it(file: Evidence, claim: Claim) -> bool:
    """What was handed in later, with a dispute perhaps, is on no earlier receipt."""
    return (
        file.submitted_at is not None
        and claim.last_submitted_at is not None
        and file.submitted_at <= claim.last_submitted_at
    )
