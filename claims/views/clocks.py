"""What the clocks will do, and their brakes: for leads and programme admins."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from claims import brakes, foresight, postponements
from claims.access import signed_in
from claims.brakes import may_brake
from claims.dry_run import Would, dry_run
from claims.forms.clocks import BrakeForm, LimitForm, MomentForm
from claims.machine import Refused
from claims.workflow import CLAIM

type View = Callable[..., HttpResponse]

# So many claims are moved while somebody waits; a task moves the others.
AT_ONCE = 100
MOST_SHOWN = 200


def for_watchers(view: View) -> View:
    """Let only those in who watch over the clocks."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if not may_brake(signed_in(request)):
            raise PermissionDenied
        return view(request, *args, **options)

    return guarded


@require_safe
@for_watchers
def foresee(request: HttpRequest) -> HttpResponse:
    """Show everything that the clocks will do in the next 7 or 30 days."""
    now = timezone.now()
    days = foresight.WINDOWS[request.GET.get("days") == str(foresight.WINDOWS[1])]
    held = list(foresight.held()[: foresight.HELD_SHOWN + 1])
    page = {
        "now": now,
        "days": days,
        "windows": foresight.WINDOWS,
        "clocks": foresight.clocks(now),
        "page": foresight.coming(
            now=now,
            until=now + timedelta(days=days),
            after=request.GET.get("after", ""),
        ),
        "held": held[: foresight.HELD_SHOWN],
        "more_held": len(held) > foresight.HELD_SHOWN,
        "calendars": foresight.calendars_near_their_end(now)[: foresight.HELD_SHOWN],
        "is_admin": signed_in(request).is_programme_admin,
    }
    return render(request, "claims/foresee.html", page)


@require_safe
@for_watchers
def rehearse(request: HttpRequest) -> HttpResponse:
    """Show what a sweep would do at some moment; nothing is done."""
    now = timezone.now()
    form = MomentForm(request.GET if "at" in request.GET else None)
    at = form.moment if form.is_bound else now
    found = [] if at is None else _would_happen(at, now)
    page = {
        "form": form if form.is_bound else MomentForm(initial={"at": now}),
        "at": at,
        "lies_ahead": at is not None and at > now,
        "found": found[:MOST_SHOWN],
        "more": len(found) > MOST_SHOWN,
    }
    status = 422 if form.errors else 200
    return render(request, "claims/dry_run.html", page, status=status)


def _would_happen(at: datetime, now: datetime) -> list[Would]:
    with dry_run(now=at, today=now) as found:
        return list(islice(found, MOST_SHOWN + 1))


@require_http_methods(["GET", "HEAD", "POST"])
@for_watchers
def clock(request: HttpRequest, name: str) -> HttpResponse:
    """Show one clock and its brake; POST uses it."""
    if name not in CLAIM.clocks:
        raise Http404
    deed = request.POST.get("deed", "")
    form = LimitForm(request.POST) if deed == "limit" else BrakeForm(request.POST)
    if request.method != "POST":
        return _clock_page(request, name)
    if deed in DEEDS and form.is_valid():
        try:
            done = DEEDS[deed](request, name, form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, done)
            return redirect("clock", name=name)
    return _clock_page(request, name, {deed: form}, status=422)


def _switch_off(request: HttpRequest, name: str, typed: dict[str, Any]) -> str:
    reader, now = signed_in(request), timezone.now()
    brakes.switch_off(clock=name, by=reader, now=now, **typed)
    return _("The clock is switched off.")


def _switch_on(request: HttpRequest, name: str, typed: dict[str, Any]) -> str:
    reader, now = signed_in(request), timezone.now()
    begun = postponements.switch_on(clock=name, by=reader, now=now, **typed)
    postponements.carry_out(postponement=begun, now=now, at_most=AT_ONCE)
    if begun.finished_at is None:
        return _("The lost days are being given back; then the clock runs again.")
    return _("The clock runs again. The days lost meanwhile were given back.")


def _release(request: HttpRequest, name: str, typed: dict[str, Any]) -> str:
    brakes.release(clock=name, by=signed_in(request), now=timezone.now(), **typed)
    return _("The clock goes on; its steps are counted from anew.")


def _limit(request: HttpRequest, name: str, typed: dict[str, Any]) -> str:
    brakes.set_limit(clock=name, by=signed_in(request), now=timezone.now(), **typed)
    return _("The daily limit is changed.")


DEEDS: dict[str, Callable[[HttpRequest, str, dict[str, Any]], str]] = {
    "off": _switch_off,
    "on": _switch_on,
    "release": _release,
    "limit": _limit,
}


def _clock_page(
    request: HttpRequest,
    name: str,
    forms: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    shown = next(each for each in foresight.clocks(now) if each.name == name)
    limit = LimitForm(initial={"limit": shown.limit})
    plain = BrakeForm()
    page = {
        "shown": shown,
        "switching": postponements.being_switched_on(name),
        "forms": {"switch": plain, "release": plain, "limit": limit} | _placed(forms),
        "entries": brakes.log_of(name),
        "taken": brakes.taken_on(shown.brake, now),
    }
    return render(request, "claims/clock.html", page, status=status)


def _placed(forms: dict[str, Any] | None) -> dict[str, Any]:
    """Put what was typed back to where it was typed."""
    places = {"off": "switch", "on": "switch"}
    return {places.get(deed, deed): form for deed, form in (forms or {}).items()}
