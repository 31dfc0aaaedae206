"""What disputes add to the page of a claim; cpor puts it there."""

from django.http import HttpRequest

from claims.models import Claim
from claims.views.claim import Section
from disputes import queries


def dispute(request: HttpRequest, claim: Claim) -> Section | None:
    """The justification beside what came of it."""
    found = queries.dispute_of(claim)
    if found is None:
        return None
    return Section("disputes/_dispute.html", {"claim": claim, "dispute": found})
