"""Pages of a file to look at within the product, beside the five points."""

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.middleware import Afterwards
from accounts.models import User
from accounts.scopes import entered, standing_of
from claims.access import signed_in
from claims.checklist import checklist
from claims.models import Evidence, Reading
from claims.reading import limits
from claims.reading.process import CannotRead, ReaderUnavailable, page_image
from claims.reading.sizes import scale_of
from claims.readings import reading_to_show
from claims.serving import Unreadable, note_looked_at, open_content
from claims.views.files import SANDBOX, file_of, not_yet

if TYPE_CHECKING:
    from collections.abc import Iterator

# Pages on one screen; the next ones are a link away.
SHOWN = 10
# How many pages one process draws at once, and how long others wait for their turn.
_TURNS, WAIT_SECONDS = BoundedSemaphore(2), 25
SIZES = {
    "s": gettext_lazy("Small"),
    "m": gettext_lazy("Medium"),
    "l": gettext_lazy("Large"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page on the screen."""

    number: int
    url: str
    width: int
    height: int


@login_required
@require_safe
def viewer(request: HttpRequest, number: str, public_id: UUID) -> HttpResponseBase:
    """Show the pages of a clean file, or why they can't be shown."""
    file, now = file_of(signed_in(request), number, public_id), timezone.now()
    if not file.is_clean:
        return not_yet(request, file)
    size = request.GET.get("size", "")
    size = size if size in SIZES else "m"
    reading = reading_to_show(file=file, now=now) if file.pages_url else None
    count = len(reading.page_sizes) if reading else 0
    first = _page_asked_for(request, count)
    context = {
        "claim": file.claim,
        "file": file,
        "files": [each for each in file.claim.evidence_now if each.is_clean],
        "sheets": _sheets(file, reading, first, size) if reading else [],
        "why_not": "" if count else _why_not(file),
        "count": count,
        "cut": reading.page_count if reading and reading.page_count > count else 0,
        "first": first,
        "before": max(first - SHOWN, 1) if first > 1 else None,
        "after": first + SHOWN if first + SHOWN <= count else None,
        "size": size,
        "sizes": SIZES,
        "checklist": checklist(file.claim, now),
    }
    return render(request, "claims/pages.html", context)


@login_required
@require_safe
def picture(
    request: HttpRequest, number: str, public_id: UUID, page: int, size: str
) -> HttpResponseBase:
    """Hand out one page as a picture, drawn once no transaction is held open."""
    reader = signed_in(request)
    file = file_of(reader, number, public_id)
    if not file.pages_url or size not in limits.WIDTHS or not 0 < page <= limits.PAGES:
        raise Http404
    return Afterwards(partial(_picture, file, reader, page, size))


def _picture(file: Evidence, reader: User, page: int, size: str) -> HttpResponse:
    try:
        drawn = _drawn(file, page, limits.WIDTHS[size])
    except CannotRead:
        return HttpResponse(status=404)
    except (ReaderUnavailable, Unreadable):
        return HttpResponse(status=503, headers={"Retry-After": "5"})
    with entered(standing_of(reader)):
        note_looked_at(file=file, reader=reader, now=timezone.now())
    headers = {
        "Content-Disposition": "inline",
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store, private",
    }
    return HttpResponse(drawn, content_type="image/webp", headers=headers)


def _drawn(file: Evidence, page: int, width: int) -> bytes:
    with turn(), open_content(file) as content:
        return page_image(content, file.content_type, number=page, width=width)


@contextmanager
def turn() -> "Iterator[None]":
    """Wait until few enough pages are being drawn."""
    if not _TURNS.acquire(timeout=WAIT_SECONDS):
        raise ReaderUnavailable
    try:
        yield
    finally:
        _TURNS.release()


def _page_asked_for(request: HttpRequest, count: int) -> int:
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isdecimal() and len(asked) < len("100000") else 1
    return min(max(number, 1), max(count, 1))


def _sheets(file: Evidence, reading: Reading, first: int, size: str) -> list[Sheet]:
    shown: Sequence[Any] = reading.page_sizes[first - 1 : first - 1 + SHOWN]
    return [
        _sheet(file, number, width, height, size)
        for number, (width, height) in enumerate(shown, first)
    ]


def _sheet(
    file: Evidence, number: int, width: float, height: float, size: str
) -> Sheet:
    scale = scale_of(file.content_type, width, height, limits.WIDTHS[size])
    address = reverse(
        "evidence-page", args=[file.claim.number, file.public_id, number, size]
    )
    return Sheet(number, address, round(width * scale), round(height * scale))


def _why_not(file: Evidence) -> str:
    """Say why there is nothing to look at; the file itself can be downloaded."""
    if file.pages_url:
        return _(
            "The pages of this file cannot be drawn at the moment. Try again later, or "
            "download the file and open it with your own program."
        )
    return _(
        "Files of this type have no preview: only the program they were made with "
        "shows them as they are. Download the file to open it."
    )
