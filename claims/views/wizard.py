"""Filing a claim part by part; the same pages serve what may be changed later."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from claims import actions, evidence
from claims.access import offers_to, signed_in, visible_evidence, visible_to
from claims.checklist import checklist
from claims.forms.part import PartForm
from claims.forms.parts import AreaForm
from claims.forms.wizard import (
    BY_SLUG,
    PARTS,
    REVIEW,
    REVIEW_TITLE,
    Wizard,
    first_steps,
)
from claims.machine import Refused
from claims.models import Claim
from claims.notices import notices_about
from claims.presenters import coming_deadline, shown_deadline
from claims.readings import have_read
from claims.receipts import receipt_of
from claims.story import last_verdict
from claims.turns import turn_of
from claims.views.current import current_claim


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_claim(request: HttpRequest) -> HttpResponse:
    """Ask the first question; the answer makes the draft, however often it is sent."""
    reader = signed_in(request)
    if reader.partner is None:
        return render(request, "claims/wizard/partners_only.html", status=403)
    key = _key(request)
    blank = Claim(partner=reader.partner)
    form = AreaForm(request.POST if _is_post(request) else None, claim=blank, by=reader)
    if form.is_bound and form.is_valid():
        now = timezone.now()
        area = form.cleaned_data["area"]
        claim = actions.create_claim_once(key=key, by=reader, now=now, area=area)
        # Sent before with another answer: this one counts.
        actions.edit_claim(claim=claim, by=reader, fields={"area": area}, now=now)
        return redirect(_next_url(request, reader, claim.number, AreaForm.slug))
    context = {
        "form": form,
        "key": key,
        "steps": first_steps(),
        "place": (1, len(PARTS)),
    }
    status = 422 if form.errors else 200
    return render(request, "claims/wizard/part.html", context, status=status)


@login_required
@require_safe
def go_on(request: HttpRequest, number: str) -> HttpResponse:
    """Lead to the part where somebody who comes back goes on."""
    reader = signed_in(request)
    claim = current_claim(reader, number, timezone.now())
    return redirect(Wizard(claim, reader).start_url)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def part_page(request: HttpRequest, number: str, part: str) -> HttpResponse:
    """Show one part of a claim; POST saves it and goes on."""
    reader, now = signed_in(request), timezone.now()
    claim = current_claim(reader, number, now)
    if part == REVIEW:
        return _review(request, Wizard(claim, reader), now)
    if part not in BY_SLUG:
        raise Http404
    if _is_post(request):
        return _save(request, _locked(reader, number), BY_SLUG[part], now)
    wizard = Wizard(claim, reader)
    form = BY_SLUG[part](claim=claim, by=reader)
    return _page(request, wizard, form, refusal=wizard.why_closed(BY_SLUG[part]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def part_notices(request: HttpRequest, number: str, part: str) -> HttpResponse:
    """Tell of duplicates and contradictions in what is being typed; saves nothing."""
    reader = signed_in(request)
    claim = current_claim(reader, number, timezone.now())
    form_class = BY_SLUG.get(part)
    if form_class is None:
        raise Http404
    typed = request.POST if _is_post(request) else None
    form = form_class(typed, claim=claim, by=reader, may_be_empty=True)
    form.is_valid()
    is_open = Wizard(claim, reader).why_closed(form_class) is None
    context = {"notices": form.notices() if is_open else []}
    return render(request, "claims/wizard/_notices.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim_again(request: HttpRequest, number: str) -> HttpResponse:
    """Begin a new claim with the answers of one that has ended."""
    reader, now = signed_in(request), timezone.now()
    ended = current_claim(reader, number, now)
    if not _is_post(request):
        return redirect(ended)
    try:
        claim = actions.create_claim_like(other=ended, by=reader, now=now)
    except Refused as refused:
        context = {"sentence": str(refused), "url": ended.get_absolute_url()}
        return render(request, "409.html", context, status=409)
    note = _(
        "The answers of %(number)s are filled in. Read each part, and attach new PoE."
    )
    messages.info(request, note % {"number": ended.number})
    return redirect(Wizard(claim, reader).start_url)


@login_required
@require_safe
def receipt_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show what was received, with the files' fingerprints, fit to be printed."""
    reader, now = signed_in(request), timezone.now()
    claim = current_claim(reader, number, now)
    if not claim.was_submitted:
        return redirect("claim-continue", claim.number)
    context = {
        "claim": claim,
        "receipt": receipt_of(claim),
        "notices": notices_about(claim, reader),
    }
    return render(request, "claims/receipt.html", context)


def _save(
    request: HttpRequest, claim: Claim, form_class: type[PartForm], now: datetime
) -> HttpResponse:
    """Save a part. Whatever stops it, the page comes back with what was typed."""
    reader = signed_in(request)
    wizard = Wizard(claim, reader)
    is_closing = "close" in request.POST
    form = form_class(
        request.POST,
        claim=claim,
        by=reader,
        may_be_empty=is_closing and not claim.was_submitted,
    )
    if obstacle := _obstacle(request, wizard, form):
        return obstacle
    try:
        form.save(now=now)
        _remove_file(request, reader, claim)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, wizard, form, status=409)
    if "remove" in request.POST:
        return redirect("claim-wizard", claim.number, form.slug)
    if is_closing:
        return redirect(claim)
    return redirect(_next_url(request, reader, claim.number, form.slug))


def _obstacle(
    request: HttpRequest, wizard: Wizard, form: PartForm
) -> HttpResponse | None:
    """Return the page that says why a part cannot be saved, or None."""
    if no := wizard.why_closed(type(form)):
        return _page(request, wizard, form, refusal=no)
    if not form.is_valid():
        return _page(request, wizard, form, status=422)
    if form.was_overtaken(request.POST.get("seen", "")):
        return _page(request, wizard, form, is_overtaken=True)
    return None


def _remove_file(request: HttpRequest, reader: User, claim: Claim) -> None:
    """Take a file off the claim, beside saving what was typed about the others."""
    if wanted := request.POST.get("remove"):
        files = visible_evidence(reader, claim)
        file = get_object_or_404(files, public_id=_uuid(wanted))
        evidence.remove(evidence=file, by=reader, now=timezone.now())


def _page(
    request: HttpRequest,
    wizard: Wizard,
    form: PartForm,
    *,
    refusal: str | None = None,
    is_overtaken: bool = False,
    status: int = 200,
) -> HttpResponse:
    is_open = refusal is None
    context = {
        **_turn(wizard, timezone.now()),
        "claim": wizard.claim,
        "form": form,
        "steps": wizard.steps(form.slug),
        "place": wizard.place(form.slug) if is_open else None,
        "before": wizard.before(form.slug) if is_open else "",
        "is_last": is_open and wizard.is_last(form.slug),
        "notices": form.notices() if is_open else [],
        "refusal": refusal,
        "is_overtaken": is_overtaken,
    }
    template = form.page if is_open else "claims/wizard/closed.html"
    if is_overtaken or (refusal and form.is_bound):
        status = 409
    return render(request, template, context, status=status)


def _review(request: HttpRequest, wizard: Wizard, now: datetime) -> HttpResponse:
    """Show all of it for reading, what is missing, and the button that submits."""
    offer, claim = wizard.submission, wizard.claim
    if _is_post(request):
        return redirect(wizard.url(REVIEW))
    if offer is None:
        return redirect(claim)
    have_read(claim)
    context: dict[str, Any] = {
        "claim": claim,
        "offer": offer,
        "title": REVIEW_TITLE,
        "steps": wizard.steps(REVIEW),
        "place": wizard.place(REVIEW),
        "before": wizard.before(REVIEW),
        "sections": wizard.sections(),
        "missing": wizard.missing(),
        "checklist": checklist(claim, now),
        "pending": sum(file.is_pending for file in claim.evidence_now),
        "coming": coming_deadline(offer.action, claim, now),
        **_turn(wizard, now),
    }
    return render(request, "claims/wizard/review.html", context)


def _turn(wizard: Wizard, now: datetime) -> dict[str, Any]:
    """Return whose move it is, until when and why, once the claim was handed in."""
    claim = wizard.claim
    if not claim.was_submitted:
        return {}
    return {
        "turn": turn_of(claim, wizard.by, offers_to(wizard.by, claim)),
        "deadline": shown_deadline(claim, now),
        "verdict": last_verdict(claim, list(claim.events.select_related("actor"))),
    }


def _next_url(request: HttpRequest, reader: User, number: str, slug: str) -> str:
    """Return where "Next" leads, judged by the claim as it is after saving."""
    saved = get_object_or_404(visible_to(reader), number=number)
    if "close" in request.POST:
        return saved.get_absolute_url()
    return Wizard(saved, reader).after(slug)


def _locked(reader: User, number: str) -> Claim:
    """Return the claim under a row lock, so that two tabs save one after the other."""
    claims = visible_to(reader).select_related("partner", "location")
    return get_object_or_404(claims.select_for_update(of=("self",)), number=number)


def _key(request: HttpRequest) -> UUID:
    """Return what tells this form from another; made when the page is first shown."""
    return _uuid(request.POST.get("key", "")) or uuid4()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _is_post(request: HttpRequest) -> bool:
    return request.method == "POST"
