"""Claims that lapsed warned, as it seemed, and whose warning came back afterwards.

What the clock has ended stays ended: the specification knows no step back from there.
What is left to the partner is the dispute, and what is left to a lead is to give more
time for it and to reach the partner in another way.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import User
from accounts.scopes import Across, across
from claims.access import visible_to
from claims.models import Claim, Deadline
from claims.warnings import WARNINGS, unwarned
from claims.workflow import DISPUTE_WINDOW, PARTNER_RESPONSE
from notifications import queries as messages

LATELY = timedelta(days=400)  # no time to dispute is longer
MOST = 200  # on a page; each is judged by itself


def waiting(user: User, now: datetime) -> Sequence[Deadline]:
    """Return the deadlines that ended so and wait for a lead, the oldest first."""
    came_back = messages.groups_that_came_back(topics=WARNINGS, since=now - LATELY)
    ended = _ended().filter(claim__number__in=came_back, claim__in=visible_to(user))
    found = ended.select_related("claim__partner").order_by("closed_at", "pk")
    return unwarned(found[:MOST])


def lapsed_unwarned(claim: Claim) -> bool:
    """Return whether the claim waits for a lead on that account.

    Its company may be told so, but reads no deliveries itself.
    """
    with across(Across.CLOCK):
        return bool(unwarned(_ended().filter(claim=claim).select_related("claim")))


def _ended() -> QuerySet[Deadline]:
    """Return the partners' deadlines that ran out and led to a time to dispute.

    It is still the first one: where it was extended, a lead has seen to it.
    """
    window = Deadline.objects.filter(
        claim=OuterRef("claim"),
        clock=DISPUTE_WINDOW.name,
        closed_at=None,
        extends=None,
        started_at__gte=OuterRef("due_at"),
        started_at__lte=OuterRef("closed_at"),
    )
    ended = Deadline.objects.filter(
        Exists(window), clock=PARTNER_RESPONSE.name, held_at=None
    )
    return ended.filter(closed_at__gt=F("due_at"), warned_otherwise=False)
