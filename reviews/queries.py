"""What the programme's people read: queues, conversations, contested lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, QuerySet

from accounts.models import User
from claims.access import visible_to
from claims.models import Claim, Evidence, Line
from claims.workflow import CLAIM, Role
from reviews.models import Comment, Note

PAGE = 100
FIRST_DUE = (F("due_at").asc(nulls_last=True), "pk")


def waiting(reviewer: User) -> QuerySet[Claim]:
    """Return the claims on which the reviewers must act, first due first."""
    states = CLAIM.states(lambda stage: stage.waits_on == Role.REVIEWER)
    return (
        visible_to(reviewer)
        .filter(state__in=states)
        .select_related("partner", "assignee")
        .order_by(*FIRST_DUE)
    )


def mine(reviewer: User) -> QuerySet[Claim]:
    """Return what is this reviewer's to decide: no dispute of their own no."""
    disputed = CLAIM.states(lambda stage: stage.action("overturn"))
    own = waiting(reviewer).filter(assignee=reviewer)
    return own.exclude(state__in=disputed, rejected_by=reviewer)


def free(reviewer: User) -> QuerySet[Claim]:
    return waiting(reviewer).filter(assignee__isnull=True)


QUEUES = {"mine": mine, "free": free, "all": waiting}


def next_free(reviewer: User) -> Claim | None:
    """Return the free claim that is due first, if its files are all checked."""
    return free(reviewer).first()


def conversation(claim: Claim) -> QuerySet[Comment]:
    return claim.comments.select_related("author").prefetch_related(
        Prefetch("attachments", Evidence.objects.select_related("claim"))
    )


def notes(claim: Claim) -> QuerySet[Note]:
    return claim.notes.select_related("author")


@dataclass(frozen=True, slots=True)
class Side:
    """One of two claims that want the same key, with what speaks for it."""

    line: Line
    claim: Claim
    evidence: Sequence[Evidence]

    @property
    def newest(self) -> datetime | None:
        """When the newest signed proof was uploaded."""
        return max((file.uploaded_at for file in self.evidence), default=None)


@dataclass(frozen=True, slots=True)
class Contest:
    """A product line that two or more partners claim."""

    sides: Sequence[Side]

    @property
    def product(self) -> Line:
        return self.sides[0].line

    @property
    def lines(self) -> list[Line]:
        return [side.line for side in self.sides]


def contests(claim: Claim) -> list[Contest]:
    """Return the contested lines of a claim, each with both sides."""
    rivals = [*claim.held_by_rivals(), *claim.challenged_by_rivals()]
    found = []
    for line in claim.lines_now:
        others = [rival for rival in rivals if rival.key == line.key]
        if others:
            found.append(Contest([_side(one) for one in (line, *others)]))
    return found


def _side(line: Line) -> Side:
    return Side(line, line.claim, line.claim.evidence_now)
