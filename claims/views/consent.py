"""The customer's page behind the signed link in the mail (DOMAIN.md §8)."""

from contextlib import suppress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from claims import engine
from claims.access import CUSTOMER
from claims.consent import Consent, consent_behind
from claims.forms.consent import DeclineForm
from claims.machine import Refused


# The signed link itself proves that the request is meant. A cookie beside it would
# only keep out customers whose mail program opens pages without cookies.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent_page(request: HttpRequest, token: str) -> HttpResponse:
    """Say who claims what; only the button declines, opening the page does nothing."""
    consent = consent_behind(token)
    if consent is None:
        raise Http404
    with translation.override(_language(request, consent)):
        response = (
            _decline(request, consent, token)
            if request.method == "POST"
            else _page(request, consent, DeclineForm())
        )
        response.headers["Content-Language"] = translation.get_language()
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _language(request: HttpRequest, consent: Consent) -> str:
    """Return what the reader has switched to, or else the language of the mail."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    known = chosen in dict(settings.LANGUAGES)
    return chosen if known else consent.claim.customer_language


def _decline(request: HttpRequest, consent: Consent, token: str) -> HttpResponse:
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, consent, form, status=422)
    if consent.step is not None:
        # Refused: somebody was quicker, and the page says how it stands now.
        with suppress(Refused):
            engine.take(
                claim=consent.claim,
                step=consent.step,
                actor=CUSTOMER,
                given=form.given(),
                now=timezone.now(),
            )
        return redirect("consent", token)
    # A second press of the button finds its wish already done.
    if consent.declined_at is not None:
        return redirect("consent", token)
    return _page(request, consent, form, status=409)


def _page(
    request: HttpRequest, consent: Consent, form: DeclineForm, *, status: int = 200
) -> HttpResponse:
    name = "consent" if consent.step else "consent_over"
    context = {
        "consent": consent,
        "claim": consent.claim,
        "form": form,
        "zone": settings.PROGRAMME_PLACE[2],
    }
    return render(request, f"claims/{name}.html", context, status=status)
