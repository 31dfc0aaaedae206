"""The inbox, its preferences, the dead letters, and development's mailbox."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.access import signed_in
from accounts.opaque import key_behind, opaque
from notifications import actions, queries
from notifications import mailbox as folder
from notifications.forms import PreferencesForm

type View = Callable[..., HttpResponse]

# What a message is called outside.
MESSAGE = "message"
# A mail is shown without scripts, and its links open in the window around it.
SANDBOX = (
    "allow-popups",
    "allow-popups-to-escape-sandbox",
    "allow-top-navigation-by-user-activation",
)
FRAMED: dict[str, Any] = {**settings.SECURE_CSP, "frame-src": [CSP.SELF]}
MAIL_POLICY: dict[str, Collection[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": ["data:"],
    "frame-ancestors": [CSP.SELF],
    "sandbox": SANDBOX,
}


# --- Inbox ------------------------------------------------------------------------


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what is new, then what has been read; showing changes nothing."""
    reader = signed_in(request)
    before = key_behind(MESSAGE, request.GET.get("before", ""))
    new = [] if before else list(queries.unread(reader)[: queries.MOST_UNREAD])
    read = list(queries.read_before(reader, before))
    older = read[queries.PAGE - 1] if len(read) > queries.PAGE else None
    page = {
        "unread": queries.grouped(new),
        "newest": opaque(MESSAGE, new[0].pk) if new else None,
        "read": queries.grouped(read[: queries.PAGE]),
        "before": before,
        "older": opaque(MESSAGE, older.pk) if older else None,
    }
    return render(request, "notifications/inbox.html", page)


@require_POST
@login_required
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one message as read and stay in the inbox."""
    _mark(request, pk)
    return redirect("inbox")


@require_POST
@login_required
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one message as read and go where it points."""
    url = _mark(request, pk)
    # Written by our own code; checked all the same, since it came from the database.
    return redirect(url if url_has_allowed_host_and_scheme(url, None) else "inbox")


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark as read what the page showed, and nothing that came since."""
    newest = key_behind(MESSAGE, request.POST.get("newest", "")) or 0
    reader = signed_in(request)
    actions.mark_all_read(user=reader, newest=newest, now=timezone.now())
    return redirect("inbox")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Let the reader say which messages also come by mail."""
    reader = signed_in(request)
    typed = request.POST if request.method == "POST" else None
    form = PreferencesForm(reader, typed)
    if request.method == "POST":
        if not form.is_valid():
            page = "notifications/preferences.html"
            return render(request, page, {"form": form}, status=422)
        actions.choose(user=reader, by_mail=form.choices)
        messages.success(request, _("Your choice is saved."))
        return redirect("preferences")
    return render(request, "notifications/preferences.html", {"form": form})


# --- Dead letters -------------------------------------------------------------------


def for_mail_keepers(view: View) -> View:
    """Hand a page to those who may let mails try again: leads and programme admins."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: int) -> HttpResponse:
        reader = signed_in(request)
        if not (reader.is_lead or reader.is_programme_admin):
            raise Http404 if kwargs else PermissionDenied
        return view(request, **kwargs)

    return guarded


@require_safe
@for_mail_keepers
def undelivered(request: HttpRequest) -> HttpResponse:
    """List the mails that nobody tries again by themselves, and what waits too long."""
    page = {
        "letters": Paginator(queries.dead_letters(), queries.PAGE).get_page(
            request.GET.get("page")
        ),
        "delayed_count": queries.delayed(timezone.now()).count(),
    }
    return render(request, "notifications/undelivered.html", page)


@require_POST
@for_mail_keepers
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    return _tried_again(request, actions.retry(now=timezone.now(), pk=pk))


@require_POST
@for_mail_keepers
def retry_all(request: HttpRequest) -> HttpResponse:
    return _tried_again(request, actions.retry(now=timezone.now()))


# --- Development's mailbox ---------------------------------------------------------


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the mails that development wrote into its folder, newest first."""
    wanted = request.GET.get("q", "")
    letters = folder.letters(_mail_folder(), wanted)
    page = Paginator(letters, queries.PAGE).get_page(request.GET.get("page"))
    return render(
        request, "notifications/mailbox.html", {"page": page, "wanted": wanted}
    )


@require_safe
@csp_override(FRAMED)
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail: its text, and its HTML in a frame that can do nothing."""
    found = _letter(name)
    sandbox = " ".join(SANDBOX)
    page = {"letter": found, "sandbox": sandbox}
    return render(request, "notifications/letter.html", page)


@require_safe
@xframe_options_sameorigin
@csp_override(MAIL_POLICY)
def letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """Return the HTML part alone, under a policy that lets nothing run."""
    html = _letter(name).html
    return HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))


# --- What views share ---------------------------------------------------------------


def _mark(request: HttpRequest, pk: int) -> str:
    message = actions.mark_read(user=signed_in(request), pk=pk, now=timezone.now())
    if message is None:
        raise Http404
    return message.url


def _tried_again(request: HttpRequest, count: int) -> HttpResponse:
    told = ngettext("%d mail tries again.", "%d mails try again.", count) % count
    messages.success(request, told)
    return redirect("undelivered")


def _mail_folder() -> Path:
    place: Path | None = settings.MAIL_FOLDER
    if place is None or settings.CPOR_ENV == "production":
        raise Http404
    return place


def _letter(name: str) -> folder.Letter:
    found = folder.letter(_mail_folder(), name)
    if found is None:
        raise Http404
    return found
