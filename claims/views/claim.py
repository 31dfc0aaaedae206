"""The page of one claim: how it stands, whose move it is, and what belongs to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from accounts.models import User
from claims.access import (
    may_attach,
    may_edit,
    may_erase,
    may_extend,
    offers_to,
    signed_in,
)
from claims.forms.evidence import EvidenceForm
from claims.models import Claim, Line, Purpose
from claims.notices import notices_about
from claims.parts import Part
from claims.presenters import shown_deadline
from claims.story import Told, Verdict, last_answer, last_verdict, story
from claims.turns import moves_of, turn_of
from claims.views.current import current_claim


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page that another app fills in: its template with its context."""

    template: str
    context: Mapping[str, Any]
    place: str = "main"  # or "side"


type SectionMaker = Callable[[HttpRequest, Claim], Section | None]

# What other apps add to the page. Filled in once, by cpor; None adds nothing.
sections: Sequence[SectionMaker] = ()


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A product line with what was last said about it."""

    line: Line
    reasons: Sequence[Told]


@login_required
@require_safe
def claim_page(request: HttpRequest, number: str) -> HttpResponse:
    reader, now = signed_in(request), timezone.now()
    claim = current_claim(reader, number, now)
    context = {**_page(claim, reader, now), "added": _added(request, claim)}
    return render(request, "claims/claim.html", context)


def _page(claim: Claim, reader: User, now: datetime) -> dict[str, Any]:
    offers = offers_to(reader, claim)
    events = list(claim.events.select_related("actor"))
    verdict = last_verdict(claim, events)
    return {
        "claim": claim,
        "turn": turn_of(claim, reader, offers),
        "deadline": shown_deadline(claim, now),
        "moves": moves_of(claim, offers),
        "verdict": verdict,
        "answer": last_answer(events),
        "lines": _lines(claim, verdict),
        "notices": notices_about(claim, reader),
        "files": claim.evidence_all,
        "editable": {part for part in Part if may_edit(reader, claim, part)},
        "add_url": _add_url(claim, reader),
        "may_extend": may_extend(reader, claim),
        "may_erase": claim.stage.is_final and may_erase(reader),
        "may_file_again": claim.stage.is_final
        and reader.partner_id == claim.partner_id,
        "entries": story(events, reader, timezone.get_current_timezone_name()),
        "now": now,
    }


def _lines(claim: Claim, verdict: Verdict | None) -> list[ShownLine]:
    return [
        ShownLine(line, verdict.about(line.pk) if verdict else [])
        for line in claim.lines_all
    ]


def _add_url(claim: Claim, reader: User) -> str:
    """Return where this reader adds PoE now: the wizard's page, or the dispute's."""
    match may_attach(reader, claim):
        case Purpose.PROOF:
            return reverse("claim-wizard", args=[claim.number, EvidenceForm.slug])
        case Purpose.DISPUTE:
            return reverse("claim-step", args=[claim.number, "dispute"])
    return ""


def _added(request: HttpRequest, claim: Claim) -> Mapping[str, list[SafeString]]:
    """Return what other apps add, by the place where it stands."""
    made = [section for make in sections if (section := make(request, claim))]
    return {
        place: [
            render_to_string(section.template, {**section.context}, request)
            for section in made
            if section.place == place
        ]
        for place in ("main", "side")
    }
