"""The queue of disputes."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from claims.access import actor_for, signed_in
from claims.models import Claim
from claims.presenters import ShownDeadline, shown_deadlines
from claims.rules import is_judged_afresh
from disputes import queries
from disputes.models import Dispute

PAGE = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A dispute as the queue lists it; why_not says who else has to decide."""

    dispute: Dispute
    deadline: ShownDeadline | None
    why_not: str | None

    @property
    def claim(self) -> Claim:
        return self.dispute.claim


@login_required
@require_safe
def disputes(request: HttpRequest) -> HttpResponse:
    """List open disputes by due date, then the decided ones, latest first."""
    reader = signed_in(request)
    if not reader.is_staff_member:
        raise PermissionDenied
    found = list(queries.disputes_for(reader)[:PAGE])
    claims = [dispute.claim for dispute in found if not dispute.result]
    deadlines = shown_deadlines(claims, timezone.now())
    actor = actor_for(reader)
    rows = [
        Row(
            dispute,
            deadlines.get(dispute.claim_id),
            is_judged_afresh(dispute.claim, actor),
        )
        for dispute in found
    ]
    context = {
        "open": [row for row in rows if not row.dispute.result],
        "decided": [row for row in rows if row.dispute.result],
    }
    return render(request, "disputes/list.html", context)
