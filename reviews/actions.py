"""What the programme's people write about a claim, and what steps leave behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from claims import evidence, journal
from claims.access import actor_for, may_edit, may_write_notes
from claims.machine import Given, Refused
from claims.models import Claim, Event, Evidence, Line, Purpose
from claims.parts import Part, Standing
from reviews.models import Comment, Note


def tell_nobody(**words: object) -> None:
    """Stand in until cpor has said who hears of a comment."""


# Tells the other side of a comment. Filled in once, by cpor.
tell: Callable[..., None] = tell_nobody

# --- Effects of steps --------------------------------------------------------


def keep_evidence(event: Event, given: Given) -> None:
    """The files that went with a submission stay for ever."""
    evidence.keep(claim=event.claim, now=event.at)


def assign_to_actor(event: Event, given: Given) -> None:
    """Whoever starts a review is its reviewer."""
    if event.actor_id:
        _assign(event.claim, event.actor)


def assign_by_load(event: Event, given: Given) -> None:
    """A review that the clock started goes to whoever has the fewest open claims."""
    if event.actor_id is None and event.claim.assignee_id is None:
        _assign(event.claim, event.claim.next_reviewer())


def remember_rejecter(event: Event, given: Given) -> None:
    """The dispute is decided by somebody else than the one who rejected."""
    event.claim.rejected_by = event.actor
    event.claim.save(update_fields=["rejected_by"])


def accept_lines(event: Event, given: Given) -> None:
    """An approved claim's remaining lines are accepted."""
    Line.objects.filter(claim=event.claim_id, standing=Standing.HELD).update(
        accepted_at=event.at
    )


def _assign(claim: Claim, reviewer: User | None) -> None:
    claim.assignee = reviewer
    claim.save(update_fields=["assignee"])


# --- Assignment --------------------------------------------------------------


@transaction.atomic
def assign(*, claim: Claim, reviewer: User | None, by: User, now: datetime) -> Claim:
    """Give a claim to a reviewer; None puts it back into the queue.

    Reviewers take free claims themselves, leads assign to anybody.

    :raises Refused: if that is not theirs to do
    """
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    if not by.is_reviewer or not claim.was_submitted:
        raise Refused(_("Only reviewers take claims."))
    taking = reviewer == by and claim.assignee_id in {None, by.pk}
    returning = reviewer is None and claim.assignee_id == by.pk
    if not (by.is_lead or taking or returning):
        raise Refused(
            _("%(reviewer)s has taken this claim.") % {"reviewer": claim.assignee}
        )
    if reviewer is not None and not (reviewer.is_reviewer and reviewer.is_active):
        raise Refused(_("Choose a reviewer."))
    if claim.assignee == reviewer:
        return claim
    changes = {"reviewer": [str(claim.assignee or ""), str(reviewer or "")]}
    _assign(claim, reviewer)
    journal.note_change(
        claim=claim, step="assign", actor=actor_for(by), now=now, changes=changes
    )
    return claim


# --- Words -------------------------------------------------------------------


@transaction.atomic
def add_comment(*, claim: Claim, by: User, text: str, now: datetime) -> Comment:
    """Say something that both sides read.

    :raises Refused: if the person cannot comment on this claim now
    """
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    _refuse_words(claim, by)
    comment = Comment.objects.create(
        claim=claim, partner_id=claim.partner_id, author=by, text=text.strip(), at=now
    )
    Claim.objects.filter(pk=claim.pk).update(updated_at=now)
    return comment


@transaction.atomic
def comment_with_files(
    *, claim: Claim, by: User, text: str, uploads: Sequence[File[bytes]], now: datetime
) -> Comment:
    """Say something with files attached, and tell the other side; all or nothing.

    What waits for a comment of this person goes with it.

    :raises Refused: if the person cannot comment now, or a file is not taken
    """
    said = add_comment(claim=claim, by=by, text=text, now=now)
    for upload in uploads:
        attach(claim=claim, by=by, upload=upload, now=now)
    said.attachments.set(evidence.hand_over(claim=claim, by=by, now=now))
    tell(claim=claim, author=by, text=said.text, key=f"comment:{said.pk}", now=now)
    return said


def attach(*, claim: Claim, by: User, upload: File[bytes], now: datetime) -> Evidence:
    """Take in a file that waits for a comment: only its writer sees it until then.

    :raises Refused: if the person cannot comment now, or the file is not taken
    :raises claims.vault.Unavailable: if the storage does not take it
    """
    _refuse_words(claim, by)
    evidence.refuse_twin(upload, evidence.waiting(claim=claim, by=by))
    return evidence.attach(
        claim=claim, by=by, upload=upload, purpose=Purpose.COMMENT, now=now
    )


def _refuse_words(claim: Claim, by: User) -> None:
    if not may_edit(by, claim, Part.COMMENTS):
        raise Refused(
            _("No comments can be added while the claim is %(status)s.")
            % {"status": claim.stage.label}
        )


def add_note(*, claim: Claim, by: User, text: str, now: datetime) -> Note:
    """Write an internal note, which no partner ever sees.

    :raises Refused: if the person is no reviewer
    """
    if not may_write_notes(by):
        raise Refused(_("Only reviewers write internal notes."))
    return Note.objects.create(claim=claim, author=by, text=text.strip(), at=now)


# --- Arbitration -------------------------------------------------------------


@transaction.atomic
def arbitrate(*, line: Line, by: User, reason: str, now: datetime) -> Claim:
    """Let one product line lose against a rival's; its claim keeps the others.

    :param line: the line that loses
    :raises Refused: if the person is no lead, or nobody contests the line
    """
    if not by.is_lead:
        raise Refused(_("Only a lead reviewer arbitrates."))
    if not reason.strip():
        raise Refused(_("Write a comment that says why."))
    claim = Claim.objects.select_for_update().get(pk=line.claim_id)
    counting = {each.pk for each in claim.lines_now if each.counts}
    rivals = [*claim.held_by_rivals(), *claim.challenged_by_rivals()]
    if line.pk not in counting or line.key not in {rival.key for rival in rivals}:
        raise Refused(_("No other partner contests this product line."))
    Line.objects.filter(pk=line.pk).update(standing=Standing.SUPERSEDED)
    del claim.lines_all  # read above, before the line was lost
    journal.note_change(
        claim=claim,
        step="arbitrate",
        actor=actor_for(by),
        now=now,
        changes={"superseded": ["", str(line)], "reason": ["", reason.strip()]},
    )
    return claim
