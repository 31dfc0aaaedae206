"""Pages that belong to no part of the house: health, errors, and the style guide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rest_framework.renderers import JSONRenderer

from accounts.scopes import Across, across
from claims import gate
from claims.access import signed_in
from cpor import samples
from cpor.start import start_of

if TYPE_CHECKING:
    from django.http import HttpRequest


@never_cache
@require_safe
@transaction.non_atomic_requests
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer whether this process and its database work, and how the scanner is.

    A shut scanner is no reason to take this process out of service: files wait.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        with across(Across.HEALTH):
            scanner = gate.last_look()
    except DatabaseError:
        return HttpResponse(
            "no database\n", status=503, content_type="text/plain; charset=utf-8"
        )
    said = f"scanner: {scanner.why or 'open'}\n" if scanner else ""
    return HttpResponse(f"ok\n{said}", content_type="text/plain; charset=utf-8")


@login_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Show this person what waits for them."""
    template, shown = start_of(signed_in(request), timezone.now())
    return render(request, template, {**shown})


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show every fragment in every state, for those who build pages."""
    if settings.PRODUCTION:
        raise Http404
    return render(request, "design.html", samples.everything(timezone.now()))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read."""
    return _error(request, 400, _("The request cannot be read."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a person who may not do this here."""
    return _error(request, 403, _("Your role does not include this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for what is missing and for what is not this person's, alike."""
    return _error(request, 404, _("There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when the application itself failed; nothing is looked up for it."""
    if _asks_api(request):
        return _as_json(_("The server failed."), 500)
    return render(None, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose session has ended or whose page is too old."""
    return render(request, "403_csrf.html", status=403)


def _error(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    if _asks_api(request):
        return _as_json(detail, status)
    # No place in the navigation: what exists must look like what does not.
    request.resolver_match = None
    person = getattr(request, "user", None)
    inside = person is not None and person.is_authenticated
    layout = "base.html" if inside else "base_outside.html"
    return render(request, f"{status}.html", {"layout": layout}, status=status)


def _as_json(detail: str, status: int) -> HttpResponse:
    """Return the very bytes that a view of the API would answer."""
    body = JSONRenderer().render({"detail": detail})
    return HttpResponse(body, status=status, content_type="application/json")


def _asks_api(request: HttpRequest) -> bool:
    return request.path.startswith(settings.API_PATH)
