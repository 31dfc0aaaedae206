"""Files of a claim: taking them in, and telling how far their check is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, Concatenate
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from claims import evidence, refusals, vault
from claims.access import signed_in, visible_to
from claims.forms.evidence import EvidenceForm
from claims.inspection.finding import Code
from claims.inspection.names import laid_open
from claims.machine import Refused
from claims.models import Claim, Evidence
from claims.uploads import sent_name, too_large, too_large_sentence
from claims.views.current import current_claim
from claims.views.files import file_of

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file of a request; a twin of it may be there already."""

    name: str
    size: int
    status: HTTPStatus
    message: str
    file: Evidence | None = None


def for_signed_in[**P](view: View[P]) -> View[P]:
    """Send strangers to the log-in page; a script gets a sentence instead."""
    behind_login = login_required(view)

    @wraps(view)
    def guarded(
        request: HttpRequest, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        is_script = wants_json(request) or "HX-Request" in request.headers
        if is_script and not request.user.is_authenticated:
            said = _(
                "You were logged out. Log in again in another tab, then try again "
                "here: what you chose is kept."
            )
            return JsonResponse({"message": said}, status=401)
        return behind_login(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]  # wraps() hides the parameters


@for_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, number: str) -> HttpResponse:
    """Take in one file or many, each by itself; GET leads to the page for it."""
    reader = signed_in(request)
    claim = current_claim(reader, number, timezone.now())
    if request.method != "POST":
        return redirect("claim-wizard", number, EvidenceForm.slug)
    claim = visible_to(reader).select_for_update(of=("self",)).get(pk=claim.pk)
    replaced = _replaced(request, reader, claim)

    def attach(file: "UploadedFile[bytes]") -> Evidence:
        evidence.refuse_twin(file, claim.evidence_now)
        new = evidence.attach(
            claim=claim,
            by=reader,
            upload=file,
            replaces=replaced,
            now=timezone.now(),
        )
        del claim.evidence_all  # the next file is compared with this one too
        return new

    outcomes = take_in(request, claim, "file", attach)
    if wants_json(request):
        form = EvidenceForm(claim=claim, by=reader)
        return as_json(outcomes, partial(_as_html, request, form))
    _say(request, outcomes)
    return redirect(_way_back(request, number))


@for_signed_in
@require_safe
def state(request: HttpRequest, number: str, public_id: UUID) -> HttpResponse:
    """Show one file as it stands; asked again and again until it is decided."""
    file = file_of(signed_in(request), number, public_id)
    return render(request, "claims/_file.html", {"file": file})


def take_in(
    request: HttpRequest,
    claim: Claim,
    field: str,
    attach: "Callable[[UploadedFile[bytes]], Evidence]",
) -> list[Outcome]:
    """Take in every file of a request, each by itself: a bad one stops no other."""
    taken = [
        _take_one(file, attach)
        for file in request.FILES.getlist(field)
        if isinstance(file, UploadedFile)
    ]
    reader = signed_in(request)
    return taken + [_too_large(name, claim, reader) for name in too_large(request)]


def _take_one(
    upload: "UploadedFile[bytes]",
    attach: "Callable[[UploadedFile[bytes]], Evidence]",
) -> Outcome:
    name, size = laid_open(sent_name(upload)), upload.size or 0
    try:
        file = attach(upload)
    except evidence.AlreadyThere as twin:
        return Outcome(name, size, HTTPStatus.CONFLICT, str(twin), twin.file)
    except Refused as refused:
        return Outcome(name, size, HTTPStatus.UNPROCESSABLE_ENTITY, str(refused))
    except vault.Unavailable:
        return Outcome(name, size, HTTPStatus.SERVICE_UNAVAILABLE, no_storage())
    return Outcome(file.name, size, HTTPStatus.CREATED, file.state_label, file)


def no_storage() -> str:
    return _(
        "The storage for files does not answer. Nothing was stored; "
        "try again in a few minutes."
    )


def _too_large(name: str, claim: Claim, reader: User) -> Outcome:
    refusals.note_on_arrival(
        claim=claim, by=reader, name=name, code=Code.TOO_LARGE, now=timezone.now()
    )
    said = too_large_sentence()
    return Outcome(laid_open(name), 0, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said)


def _replaced(request: HttpRequest, reader: User, claim: Claim) -> Evidence | None:
    """Return the file whose place the new one takes, if it is to take one."""
    wanted = request.POST.get("replaces")
    if not wanted:
        return None
    files = {str(file.public_id): file for file in claim.evidence_now}
    return files.get(wanted)


# --- Answers -------------------------------------------------------------------


def as_json(
    outcomes: Sequence[Outcome], html: Callable[[Evidence], Mapping[str, str]]
) -> JsonResponse:
    """Tell a script what became of its files, with markup for those that are there."""
    if not outcomes:
        return JsonResponse(
            {"message": _("No file arrived. Add it again.")}, status=422
        )
    answers = [_answer(outcome, html) for outcome in outcomes]
    first, status = answers[0], max(outcome.status for outcome in outcomes)
    answer = first if len(answers) == 1 else {**first, "files": answers}
    return JsonResponse(answer, status=status)


def _answer(
    outcome: Outcome, html: Callable[[Evidence], Mapping[str, str]]
) -> dict[str, Any]:
    file = outcome.file
    told = {
        "id": str(file.public_id) if file else "",
        "name": outcome.name,
        "size": outcome.size,
        "state": file.check_state if file else "refused",
        "label": file.state_label if file else outcome.message,
        "message": outcome.message,
    }
    return {**told, **(html(file) if file else {"html": ""})}


def _as_html(
    request: HttpRequest, form: EvidenceForm, file: Evidence
) -> dict[str, str]:
    context = {"row": form.row(file), "claim": form.claim}
    return {
        "html": render_to_string("claims/wizard/_evidence_row.html", context, request)
        if context["row"]
        else "",
        # The same without the questions about it, for pages that don't ask them.
        "file_html": render_to_string("claims/_file.html", {"file": file}, request),
    }


def _say(request: HttpRequest, outcomes: Sequence[Outcome]) -> None:
    if not outcomes:
        messages.error(request, _("Choose a file first."))
    for outcome in outcomes:
        if outcome.status != HTTPStatus.CREATED:
            messages.error(request, f"{outcome.name}: {outcome.message}")
    count = sum(outcome.status == HTTPStatus.CREATED for outcome in outcomes)
    if count:
        said = ngettext(
            "%(count)d file is here and being checked.",
            "%(count)d files are here and being checked.",
            count,
        )
        messages.success(request, said % {"count": count})


def _way_back(request: HttpRequest, number: str) -> str:
    """Return the page of ours that the form stood on."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    if is_ours:
        return wanted
    return resolve_url("claim-wizard", number, EvidenceForm.slug)


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, which shows the answer itself."""
    return request.get_preferred_type(["text/html", "application/json"]) == (
        "application/json"
    )
