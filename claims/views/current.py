"""Finding the claim that a page is about, as it stands at this moment."""

from datetime import datetime

from django.shortcuts import get_object_or_404

from accounts.models import User
from claims import engine
from claims.access import visible_to
from claims.models import Claim


def current_claim(reader: User, number: str, now: datetime) -> Claim:
    """Return the claim after applying time that has run out; 404 if it isn't theirs.

    Somebody who opens an overdue claim sees it where the clock has put it, whether
    the sweep has run or not.
    """
    claim = _claim(reader, number)
    is_over = claim.due_at is not None and claim.due_at < now
    if is_over and claim.stage.timeout and engine.catch_up(claim=claim, now=now):
        return _claim(reader, number)
    return claim


def _claim(reader: User, number: str) -> Claim:
    seen = visible_to(reader).select_related(
        "partner", "location", "assignee", "rejected_by", "created_by", "prefilled_from"
    )
    return get_object_or_404(seen, number=number)
