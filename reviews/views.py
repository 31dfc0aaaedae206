"""The reviewers' desk: queue, assignment, words and arbitration."""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.models import User
from claims import engine, evidence
from claims.access import actor_for, may_read_notes, signed_in
from claims.machine import Refused
from claims.models import Claim, Evidence
from claims.presenters import shown_deadlines
from claims.views.current import current_claim
from claims.views.evidence import (
    Outcome,
    as_json,
    for_signed_in,
    take_in,
    wants_json,
)
from reviews import actions, queries
from reviews.forms import AssignForm, CommentForm, NoteForm, VerdictForm


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """List what the reviewers must act on, first due first."""
    reader = _reviewer(request)
    which = request.GET.get("who", "mine")
    listed = queries.QUEUES.get(which, queries.mine)(reader)
    claims = list(listed[: queries.PAGE])
    now = timezone.now()
    deadlines = shown_deadlines(claims, now)
    context = {
        "which": which if which in queries.QUEUES else "mine",
        "counts": {name: find(reader).count() for name, find in queries.QUEUES.items()},
        "rows": [(claim, deadlines.get(claim.pk)) for claim in claims],
    }
    return render(request, "reviews/queue.html", context)


@login_required
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Give the reviewer the free claim that is due first."""
    reader = _reviewer(request)
    claim = queries.next_free(reader)
    if claim is None:
        messages.info(request, _("Nothing is free: every claim has a reviewer."))
        return redirect("queue")
    try:
        actions.assign(claim=claim, reviewer=reader, by=reader, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("queue")
    return redirect(claim)


@login_required
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Let a reviewer take a free claim."""
    claim, reader = _claim(request, number), _reviewer(request)
    return _assign(request, claim, reader)


@login_required
@require_POST
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """Give a claim to a reviewer, or back to the queue."""
    claim, form = _claim(request, number), AssignForm(request.POST)
    _reviewer(request)
    if form.is_valid():
        return _assign(request, claim, form.cleaned_data["reviewer"])
    messages.error(request, _("Choose a reviewer from the list."))
    return redirect(claim)


@for_signed_in
@require_POST
def comment(request: HttpRequest, number: str) -> HttpResponse:
    """Say something that both sides read, with files that came before or come now.

    Whatever is wrong with the words or with a file, every other file stays attached.
    """
    claim, reader = _claim(request, number), signed_in(request)
    typed = _comment_form(claim, reader, request.POST)
    if typed.unknown():
        typed.full_clean()
        return _again(request, "reviews/comment.html", claim, typed)
    outcomes = take_in(request, claim, "files", partial(_attach, claim, reader))
    if wants_json(request):
        return as_json(outcomes, partial(_waiting_file, request))
    if "attach" in request.POST or "remove" in request.POST:
        return _attached(request, claim, outcomes)
    form = _comment_form(claim, reader, request.POST)
    _say_what_failed(form, outcomes)
    if form.is_valid() and not _failed(outcomes):
        try:
            actions.comment_with_files(
                claim=claim,
                by=reader,
                text=form.cleaned_data["text"],
                uploads=[],
                now=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(f"{claim.get_absolute_url()}#conversation")
    return _again(request, "reviews/comment.html", claim, form)


def _attach(claim: Claim, reader: User, upload: "File[bytes]") -> Evidence:
    return actions.attach(claim=claim, by=reader, upload=upload, now=timezone.now())


def _attached(
    request: HttpRequest, claim: Claim, outcomes: Sequence[Outcome]
) -> HttpResponse:
    """Show the words once more, with the files that wait for them."""
    reader, form = signed_in(request), None
    if gone := request.POST.get("remove"):
        waiting = evidence.waiting(claim=claim, by=reader)
        for file in [one for one in waiting if str(one.public_id) == gone]:
            evidence.remove(evidence=file, by=reader, now=timezone.now())
    if _failed(outcomes):
        form = _comment_form(claim, reader, request.POST)
        _say_what_failed(form, outcomes)
        return _again(request, "reviews/comment.html", claim, form)
    typed = {"text": request.POST.get("text", "")}
    form = _comment_form(claim, reader, initial=typed)
    return render(request, "reviews/comment.html", {"claim": claim, "form": form})


def _comment_form(
    claim: Claim, reader: User, *args: Any, **options: Any
) -> CommentForm:
    waiting = list(evidence.waiting(claim=claim, by=reader).select_related("claim"))
    return CommentForm(*args, waiting=waiting, **options)


def _failed(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [one for one in outcomes if one.status != HTTPStatus.CREATED]


def _say_what_failed(form: CommentForm, outcomes: Sequence[Outcome]) -> None:
    for outcome in _failed(outcomes):
        form.add_error(None, f"{outcome.name}: {outcome.message}")


def _waiting_file(request: HttpRequest, file: Evidence) -> dict[str, str]:
    template = "reviews/_waiting_file.html"
    return {"html": render_to_string(template, {"file": file}, request)}


@login_required
@require_POST
def note(request: HttpRequest, number: str) -> HttpResponse:
    """Write an internal note. For partners this address does not exist."""
    if not may_read_notes(signed_in(request)):
        raise Http404
    claim, form = _claim(request, number), NoteForm(request.POST)
    if form.is_valid():
        try:
            actions.add_note(
                claim=claim,
                by=signed_in(request),
                text=form.cleaned_data["text"],
                now=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(f"{claim.get_absolute_url()}#notes")
    return _again(request, "reviews/note.html", claim, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def arbitration(request: HttpRequest, number: str) -> HttpResponse:
    """Show both PoE sets of each contested line; a lead decides who loses it."""
    reader, claim = signed_in(request), _claim(request, number)
    if not may_read_notes(reader):
        raise Http404
    contests = queries.contests(claim)
    lines = [line for contest in contests for line in contest.lines]
    typed = request.POST if request.method == "POST" else None
    form = VerdictForm(typed, contested=lines)
    if form.is_valid():
        try:
            return _settle(request, claim, form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {"claim": claim, "contests": contests, "form": form}
    status = 422 if form.errors else 200
    return render(request, "reviews/arbitration.html", context, status=status)


def _settle(
    request: HttpRequest, claim: Claim, verdict: dict[str, Any]
) -> HttpResponse:
    """Let a line lose; a claim that was associated and has none left ends with it."""
    reader, now = signed_in(request), timezone.now()
    lost = actions.arbitrate(
        line=verdict["loser"], by=reader, reason=verdict["reason"], now=now
    )
    if lost.stage.action("supersede") and not lost.lines_now:
        # Without the lead's words: they may name the rival, whom nobody may learn of.
        engine.take(claim=lost, step="supersede", actor=actor_for(reader), now=now)
    messages.success(
        request, _("The line of %(number)s is superseded.") % {"number": lost.number}
    )
    return redirect(claim)


def _assign(request: HttpRequest, claim: Claim, reviewer: User | None) -> HttpResponse:
    by = signed_in(request)
    try:
        actions.assign(claim=claim, reviewer=reviewer, by=by, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(claim)


def _again(
    request: HttpRequest, template: str, claim: Claim, form: Any
) -> HttpResponse:
    """Show the form once more with what was typed and what is wrong."""
    status = 409 if form.non_field_errors() else 422
    return render(request, template, {"claim": claim, "form": form}, status=status)


def _claim(request: HttpRequest, number: str) -> Claim:
    return current_claim(signed_in(request), number, timezone.now())


def _reviewer(request: HttpRequest) -> User:
    reader = signed_in(request)
    if not reader.is_reviewer:
        raise PermissionDenied
    return reader
