"""Papers made of a claim, to take away: the PoE form and the receipt."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from claims.access import signed_in
from claims.models import LANGUAGES
from claims.papers.poe_form import poe_form
from claims.papers.receipt import receipt_paper
from claims.views.current import current_claim


@login_required
@require_safe
def poe_form_paper(request: HttpRequest, number: str, language: str) -> HttpResponse:
    """Hand out the PoE form, prefilled from the claim as it is now."""
    claim = current_claim(signed_in(request), number, timezone.now())
    if language not in dict(LANGUAGES):
        raise Http404
    with override(language):
        name = _("PoE form %(number)s.pdf") % {"number": claim.number}
    return _paper(poe_form(claim, language), name)


@login_required
@require_safe
def receipt_as_paper(request: HttpRequest, number: str) -> HttpResponse:
    """Hand out the receipt of the last submission, in the reader's language."""
    claim = current_claim(signed_in(request), number, timezone.now())
    if not claim.was_submitted:
        return redirect("claim-continue", claim.number)
    zone = timezone.get_current_timezone_name()
    paper = receipt_paper(claim, get_language() or "en", zone)
    return _paper(paper, _("Receipt %(number)s.pdf") % {"number": claim.number})


def _paper(content: bytes, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": content_disposition_header(
            as_attachment=True, filename=name
        ),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store, private",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)
