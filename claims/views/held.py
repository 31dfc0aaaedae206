"""Clocks that stand still, claims that the clock could not move on, and what to do."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from claims import held, late_bounces, queries
from claims.access import may_decide_held, may_watch_clocks, signed_in
from claims.calendar import CalendarError
from claims.explanation import in_words
from claims.failures import open_ones
from claims.forms.held import HeldForm
from claims.machine import Refused
from claims.models import Claim
from claims.presenters import shown_deadline, shown_deadlines, warnings_of
from claims.views.current import current_claim

PAGE = 25


@login_required
@require_safe
def stopped_clocks(request: HttpRequest) -> HttpResponse:
    """List the clocks that wait for a decision, and the claims set aside."""
    reader, now = signed_in(request), timezone.now()
    if not may_watch_clocks(reader):
        raise PermissionDenied
    page = Paginator(queries.held(reader), PAGE).get_page(request.GET.get("page"))
    claims = list(page)
    deadlines = shown_deadlines(claims, now)
    late = late_bounces.waiting(reader, now)
    after = shown_deadlines([each.claim for each in late], now)
    context = {
        "page": page,
        "held": [(claim, deadlines.get(claim.pk)) for claim in claims],
        "late": [(each.claim, after.get(each.claim_id)) for each in late],
        "aside": open_ones()[:PAGE],
        "aside_count": open_ones().count(),
        "may_decide": reader.is_lead,
    }
    return render(request, "claims/stopped_clocks.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide_held(request: HttpRequest, number: str) -> HttpResponse:
    """Let a lead set a clock going again that no delivered warning allowed to act."""
    reader, now = signed_in(request), timezone.now()
    claim = current_claim(reader, number, now)
    if not reader.is_lead:
        raise PermissionDenied
    form = HeldForm(request.POST or None, today=timezone.localdate(now))
    if request.method != "POST" or not form.is_valid():
        return _page(request, claim, reader, form)
    try:
        held.decide(claim=claim, by=reader, now=now, **form.cleaned_data)
    except Refused as refused:
        form.add_error("until", str(refused))
    except CalendarError as error:
        form.add_error("until", in_words(error))
    else:
        messages.success(request, _("The clock runs again."))
        return redirect(claim)
    return _page(request, claim, reader, form)


def _page(
    request: HttpRequest, claim: Claim, reader: User, form: HeldForm
) -> HttpResponse:
    now = timezone.now()
    context = {
        "claim": claim,
        "form": form,
        "deadline": shown_deadline(claim, now),
        "warnings": warnings_of(claim),
        "is_open": may_decide_held(reader, claim),
    }
    status = 422 if form.errors else 200
    return render(request, "claims/held.html", context, status=status)
