"""Everything that is written about a dispute, as effects of the claim's steps."""

from typing import cast

from accounts.models import User
from claims.machine import Given
from claims.models import Event
from disputes.models import Dispute, Result


def open_dispute(event: Event, given: Given) -> None:
    """Open the dispute that this step raises."""
    Dispute.objects.create(
        claim=event.claim,
        partner_id=event.partner_id,
        justification=event.comment,
        opened_by=cast("User", event.actor),  # a person of the partner
        opened_at=event.at,
    )


def overturn_dispute(event: Event, given: Given) -> None:
    _close(event, Result.OVERTURNED)


def uphold_dispute(event: Event, given: Given) -> None:
    _close(event, Result.UPHELD)


def _close(event: Event, result: Result) -> None:
    Dispute.objects.filter(claim=event.claim_id).update(
        result=result,
        statement=event.comment,
        decided_by=event.actor,
        decided_at=event.at,
    )
