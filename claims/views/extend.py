"""A lead gives the partner more time (DOMAIN.md §3)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from claims import actions
from claims.access import may_extend, signed_in
from claims.calendar import CalendarError
from claims.explanation import in_words
from claims.forms.extend import ExtendForm
from claims.machine import Refused
from claims.models import Claim
from claims.presenters import shown_deadline
from claims.views.current import current_claim


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, number: str) -> HttpResponse:
    reader, now = signed_in(request), timezone.now()
    claim = current_claim(reader, number, now)
    if not reader.is_lead:
        raise PermissionDenied
    form = ExtendForm(request.POST or None, today=timezone.localdate(now))
    if request.method != "POST" or not form.is_valid():
        return _page(request, claim, form)
    try:
        actions.extend_deadline(claim=claim, by=reader, now=now, **form.cleaned_data)
    except Refused as refused:
        form.add_error("until", str(refused))
    except CalendarError as error:
        form.add_error("until", in_words(error))
    else:
        messages.success(request, _("The partner has more time now."))
        return redirect(claim)
    return _page(request, claim, form)


def _page(request: HttpRequest, claim: Claim, form: ExtendForm) -> HttpResponse:
    now = timezone.now()
    context = {
        "claim": claim,
        "form": form,
        "deadline": shown_deadline(claim, now),
        "is_open": may_extend(signed_in(request), claim),
    }
    status = 422 if form.errors else 200
    return render(request, "claims/extend.html", context, status=status)
