"""Taking a step: what it asks for, what follows, and the press of the button."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from accounts.rulebook import value_of
from claims import engine
from claims.access import actor_for, may_attach, offers_to, signed_in
from claims.checklist import Checklist, checklist
from claims.forms.evidence import EvidenceForm
from claims.forms.step import StepForm
from claims.machine import GONE, NOTHING, Action, Given, GivenReason, Refused
from claims.models import Claim, Purpose
from claims.presenters import coming_deadline, shown_deadline
from claims.readings import have_read
from claims.rulebook import EVIDENCE_MAX_BYTES, EVIDENCE_MAX_FILES
from claims.story import last_answer, last_verdict, reasons_chosen
from claims.turns import SYMBOLS, turn_of
from claims.views.current import current_claim
from claims.workflow import CLAIM, Role


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a step: who asks what about which claim, and when."""

    request: HttpRequest
    reader: User
    claim: Claim
    action: Action
    now: datetime

    def refusal(self) -> str | None:
        """Return why the step is closed to this person now."""
        offers = offers_to(self.reader, self.claim)
        offer = next((o for o in offers if o.action is self.action), None)
        if offer is None:
            return _("This cannot be done while the claim is %(status)s.") % {
                "status": self.claim.stage.label
            }
        return offer.refusal

    def form(self, **options: Any) -> StepForm:
        actor = actor_for(self.reader)
        data = self.request.POST if self.request.method == "POST" else None
        return StepForm(
            data, action=self.action, claim=self.claim, actor=actor, **options
        )

    def checklist(self) -> Checklist | None:
        """Return the checklist where PoE is handed in or judged."""
        is_about_proof = self.action.is_submission or self.action.by == Role.REVIEWER
        return checklist(self.claim, self.now) if is_about_proof else None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step_page(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Ask for what the step needs; POST takes it, or only shows what it would say."""
    reader, now = signed_in(request), timezone.now()
    claim = current_claim(reader, number, now)
    asked = Asked(request, reader, claim, _declared(claim, step), now)
    if request.method != "POST":
        return _ask(asked)
    if "preview" in request.POST:
        return _preview(asked)
    return _take(asked)


def _declared(claim: Claim, step: str) -> Action:
    """Return the action of that name, if need be one that left with another status."""
    action = claim.stage.action(step) or next(
        (s for _state, s in CLAIM if isinstance(s, Action) and s.name == step), None
    )
    if action is None:
        raise Http404
    return action


def _ask(asked: Asked) -> HttpResponse:
    begin = _found_by_the_checklist(asked)
    form = asked.form(
        initial={
            "comment": begin.comment,
            "reasons": [reason.code for reason in begin.reasons],
        }
    )
    no = asked.refusal()
    return _page(asked, form, refusal=no, given=begin, status=409 if no else 200)


def _found_by_the_checklist(asked: Asked) -> Given:
    """Return reasons and words to begin with: what can be seen to be wrong."""
    seen = asked.checklist()
    wrong = [
        point
        for point in (seen.points if seen else [])
        if point.problem and point.reason in asked.action.reasons
    ]
    return Given(
        comment="\n".join(point.problem for point in wrong),
        reasons=[GivenReason(point.reason) for point in wrong],
    )


def _take(asked: Asked) -> HttpResponse:
    """Take the step; whatever stops it, the page keeps what was typed."""
    form = asked.form()
    if not form.is_valid():
        no = asked.refusal()
        status = 409 if no else 422
        return _page(asked, form, refusal=no, given=form.given(), status=status)
    try:
        engine.take(
            claim=asked.claim,
            step=asked.action.name,
            actor=form.actor,
            given=form.given(),
            now=asked.now,
        )
    except Refused as refused:
        fresh = current_claim(asked.reader, asked.claim.number, asked.now)
        again = Asked(asked.request, asked.reader, fresh, asked.action, asked.now)
        no, given = str(refused), form.given()
        return _page(again, again.form(), refusal=no, given=given, status=409)
    return _went(asked)


def _went(asked: Asked) -> HttpResponse:
    """Send the person on to where they see what has become of it."""
    if asked.action.to == GONE:
        note = _("The draft %(number)s is deleted.") % {"number": asked.claim.number}
        messages.success(asked.request, note)
        return _go(asked.request, reverse("claims"))
    if asked.action.is_submission:
        return _go(asked.request, reverse("claim-receipt", args=[asked.claim.number]))
    note = _("The claim is now “%(status)s”.") % {
        "status": CLAIM[asked.action.to].label
    }
    messages.success(asked.request, note)
    return _go(asked.request, asked.claim.get_absolute_url())


def _go(request: HttpRequest, url: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(url)
    return redirect(url)


def _preview(asked: Asked) -> HttpResponse:
    """Show what the partner would read, and change nothing."""
    form = asked.form()
    form.is_valid()
    return _page(asked, form, refusal=asked.refusal(), given=form.given())


def _page(
    asked: Asked,
    form: StepForm,
    *,
    refusal: str | None,
    given: Given = NOTHING,
    status: int = 200,
) -> HttpResponse:
    claim, action = asked.claim, asked.action
    events = list(claim.events.select_related("actor"))
    have_read(claim)
    context = {
        "claim": claim,
        "action": action,
        "form": form,
        "symbol": SYMBOLS.get(action.name, "arrow-right"),
        "refusal": refusal,
        "is_open": asked.refusal() is None,
        "turn": turn_of(claim, asked.reader, offers_to(asked.reader, claim)),
        "deadline": shown_deadline(claim, asked.now),
        "coming": coming_deadline(action, claim, asked.now),
        "verdict": last_verdict(claim, events),
        "answer": last_answer(events),
        "checklist": asked.checklist(),
        "files": claim.evidence_now,
        "takes_files": may_attach(asked.reader, claim) == Purpose.DISPUTE,
        "types": EvidenceForm.types,
        "max_bytes": value_of(EVIDENCE_MAX_BYTES),
        "max_files": value_of(EVIDENCE_MAX_FILES),
        "becomes": CLAIM.stages.get(action.to),
        "previews": action.by == Role.REVIEWER and action.needs_form,
        "given": given,
        "given_reasons": reasons_chosen(given.reasons, claim),
    }
    return render(asked.request, "claims/step.html", context, status=status)
