"""What a partner can prove to have handed in: when, which files, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from claims.models import Claim, Deadline, Evidence
from claims.presenters import why_due
from claims.workflow import REVIEW_START


@dataclass(frozen=True, slots=True)
class Receipt:
    """The last submission of a claim."""

    submitted_at: datetime | None
    is_first: bool
    files: Sequence[Evidence]
    # When the review starts at the latest, and how that was counted.
    due: Deadline | None
    why: Sequence[str]


def receipt_of(claim: Claim) -> Receipt:
    """Return the receipt of the claim's last submission."""
    started = claim.deadlines.filter(clock=REVIEW_START.name, extends=None)
    due = started.order_by("-started_at", "-pk").first()
    return Receipt(
        submitted_at=claim.last_submitted_at,
        is_first=claim.first_submitted_at == claim.last_submitted_at,
        files=[file for file in claim.evidence_all if file.is_kept],
        due=due,
        why=why_due(due) if due else [],
    )
