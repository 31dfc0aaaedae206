"""The page of the audit trail, and the same rows as a file (ADR 0008)."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import signed_in
from accounts.confirm import ask_who
from accounts.models import User
from accounts.trail_list import (
    Slice,
    entries_visible_to,
    last_verified,
    may_read_trail,
    narrowed,
    page_of,
    reads_everything,
)
from claims.exports import note_export
from cpor.trail_export import csv_lines
from cpor.trail_filters import TrailFilter
from cpor.trail_words import told

type Page = Callable[Concatenate[HttpRequest, User, ...], HttpResponseBase]


def for_readers_of_the_trail(page: Page) -> Callable[[HttpRequest], HttpResponseBase]:
    """Hand a page its reader; it is closed to everybody who reads no trail."""

    @login_required
    @wraps(page)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        reader = signed_in(request)
        if not may_read_trail(reader):
            raise PermissionDenied
        return page(request, reader)

    return guarded


@require_safe
@for_readers_of_the_trail
def trail(request: HttpRequest, reader: User) -> HttpResponse:
    """Show who did what, the latest first; nothing is counted."""
    form = TrailFilter(request.GET, reader=reader)
    sees_all = reads_everything(reader)
    rows = entries_visible_to(reader)
    page = Slice([], "", is_first=True)
    if form.is_valid():
        page = page_of(narrowed(rows, form.wanted), request.GET.get("after", ""))
    context = {
        "form": form,
        "page": page,
        "rows": [told(entry, reader) for entry in page.rows],
        "sees_all": sees_all,
        "verified": last_verified() if sees_all and page.is_first else None,
    }
    status = 200 if form.is_valid() else 422
    return render(request, "trail/list.html", context, status=status)


@require_safe
@for_readers_of_the_trail
@ask_who(of=reads_everything, gives_file=True)
def trail_export(request: HttpRequest, reader: User) -> HttpResponseBase:
    """Send exactly the rows that the page would show, all pages of them."""
    form = TrailFilter(request.GET, reader=reader)
    if not form.is_valid():
        return trail(request)
    now = timezone.now()
    if request.method == "GET":
        note_export(
            reader=reader, what="trail.csv", details={"list": form.state}, now=now
        )
    rows = narrowed(entries_visible_to(reader), form.wanted)
    name = f"trail-{timezone.localdate(now):%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        csv_lines(rows, reader=reader),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
