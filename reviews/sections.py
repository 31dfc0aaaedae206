"""What reviews add to the page of a claim; cpor puts them there."""

from django.http import HttpRequest

from accounts.models import User
from claims import evidence
from claims.access import may_edit, may_read_notes, may_write_notes, signed_in
from claims.models import Claim, Evidence
from claims.parts import Part
from claims.views.claim import Section
from claims.workflow import CLAIM
from reviews import queries
from reviews.forms import AssignForm, CommentForm, NoteForm


def conversation(request: HttpRequest, claim: Claim) -> Section | None:
    """What both sides have said, and room to say more."""
    reader = signed_in(request)
    may_write = may_edit(reader, claim, Part.COMMENTS) and claim.was_submitted
    context = {
        "claim": claim,
        "comments": queries.conversation(claim),
        "form": CommentForm(waiting=_waiting(claim, reader)) if may_write else None,
    }
    return Section("reviews/_conversation.html", context)


def _waiting(claim: Claim, reader: User) -> list[Evidence]:
    files = list(evidence.waiting(claim=claim, by=reader))
    for file in files:
        file.claim = claim
    return files


def notes(request: HttpRequest, claim: Claim) -> Section | None:
    """Internal notes: not even the heading reaches a partner."""
    reader = signed_in(request)
    if not may_read_notes(reader):
        return None
    context = {
        "claim": claim,
        "notes": queries.notes(claim),
        "form": NoteForm() if may_write_notes(reader) else None,
    }
    return Section("reviews/_notes.html", context)


def assignment(request: HttpRequest, claim: Claim) -> Section | None:
    """Who reviews the claim, and who could."""
    reader = signed_in(request)
    if not reader.is_reviewer or claim.state in CLAIM.states(lambda s: s.is_final):
        return None
    context = {
        "claim": claim,
        "is_mine": claim.assignee_id == reader.pk,
        "form": AssignForm(initial={"reviewer": claim.assignee_id})
        if reader.is_lead
        else None,
    }
    return Section("reviews/_assignment.html", context, place="side")
