"""Moving many dates at once: after an outage, or on a changed calendar."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from claims import postponements
from claims.access import signed_in
from claims.forms.clocks import OutageForm, RecalculateForm
from claims.machine import Refused
from claims.models import Postponement, WorkCalendar
from claims.queries import calendars
from claims.recalculation import Preview, deadlines_of, preview
from claims.views.clocks import AT_ONCE, for_watchers

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@for_watchers
def outages(request: HttpRequest) -> HttpResponse:
    """List what moved many dates; an admin records an outage."""
    reader, now = signed_in(request), timezone.now()
    if request.method != "POST":
        return _outages(request, OutageForm())
    if not reader.is_programme_admin:
        raise PermissionDenied
    form = OutageForm(request.POST)
    if form.is_valid():
        try:
            record = postponements.record_outage(
                by=reader, now=now, **form.cleaned_data
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            _carry_out(request, record)
            return redirect("outages")
    return _outages(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_watchers
def recalculate(request: HttpRequest, pk: int) -> HttpResponse:
    """Show which running deadlines a changed calendar would move; POST moves them."""
    reader = signed_in(request)
    if not reader.is_programme_admin:
        raise PermissionDenied
    place = get_object_or_404(calendars(), pk=pk)
    found = preview(place)
    form = RecalculateForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _preview(request, place, found, form)
    if form.cleaned_data["seen"] != found.token:
        sentence = _("What would move has changed since you looked. Read it again.")
        form.add_error(None, sentence)
        return _preview(request, place, found, form, status=409)
    try:
        record = postponements.record_recalculation(
            place=place,
            reason=form.cleaned_data["reason"],
            by=reader,
            now=timezone.now(),
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _preview(request, place, found, form)
    _carry_out(request, record)
    return redirect("outages")


def _carry_out(request: HttpRequest, record: Postponement) -> None:
    now = timezone.now()
    postponements.carry_out(postponement=record, now=now, at_most=AT_ONCE)
    if record.finished_at is None:
        messages.success(request, _("The dates are being moved; this page shows it."))
        return
    messages.success(
        request,
        ngettext("%(n)d date was moved.", "%(n)d dates were moved.", record.moved)
        % {"n": record.moved},
    )


def _outages(request: HttpRequest, form: OutageForm) -> HttpResponse:
    listed = Paginator(postponements.all_of_them(), SHOWN)
    page = {
        "form": form,
        "is_admin": signed_in(request).is_programme_admin,
        "records": listed.get_page(request.GET.get("page")),
    }
    status = 422 if form.errors else 200
    return render(request, "claims/outages.html", page, status=status)


def _preview(
    request: HttpRequest,
    place: WorkCalendar,
    found: Preview,
    form: RecalculateForm,
    status: int = 422,
) -> HttpResponse:
    shown = form if form.is_bound else RecalculateForm(initial={"seen": found.token})
    moves = Paginator(found.moves, SHOWN).get_page(request.GET.get("page"))
    failed = found.failed[:SHOWN]
    named = deadlines_of([*(each.pk for each in moves), *(pk for pk, _why in failed)])
    page = {
        "place": place,
        "preview": found,
        "moves": moves,
        "rows": [(named[each.pk], each.to) for each in moves if each.pk in named],
        "failed": [(named[pk], why) for pk, why in failed if pk in named],
        "form": shown,
        "token": found.token,
    }
    return render(
        request,
        "claims/recalculate.html",
        page,
        status=status if form.errors else 200,
    )
