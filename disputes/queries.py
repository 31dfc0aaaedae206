"""What is read of disputes."""

from django.db.models import F, QuerySet

from accounts.models import User
from claims.access import visible_to
from claims.models import Claim
from disputes.models import Dispute


def dispute_of(claim: Claim) -> Dispute | None:
    """Return the claim's one dispute, if it ever had one."""
    return (
        Dispute.objects.filter(claim=claim)
        .select_related("opened_by", "decided_by")
        .first()
    )


def disputes_for(reader: User) -> QuerySet[Dispute]:
    """Return the disputes this person may see; open ones by due date come first."""
    return (
        Dispute.objects.filter(claim__in=visible_to(reader))
        .select_related("claim__partner", "claim__rejected_by", "decided_by")
        .order_by(
            F("decided_at").desc(nulls_first=True),
            F("claim__due_at").asc(nulls_last=True),
            "pk",
        )
    )
