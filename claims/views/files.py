"""Files handed out: the one download, and the link to it that leaves the session."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.queries import active_person
from accounts.scopes import become, standing_of
from claims.access import signed_in, visible_evidence, visible_to
from claims.inspection.sniff import EXTENSIONS
from claims.models import Evidence
from claims.serving import (
    Link,
    NoSuchLink,
    Unreadable,
    note_read,
    open_content,
    read_link,
    use_up,
)

# Whatever a file holds, it runs nowhere: not even where a browser would show it.
SANDBOX = "sandbox; default-src 'none'"
UNKNOWN = "application/octet-stream"


@login_required
@require_safe
def download(request: HttpRequest, number: str, public_id: UUID) -> HttpResponseBase:
    """Hand out a clean file, never to be shown within this site."""
    reader = signed_in(request)
    file = file_of(reader, number, public_id)
    return _hand_out(request, reader, file, how="download")


@require_safe
def linked(request: HttpRequest, token: str) -> HttpResponseBase:
    """Hand out the one file that a link is bound to, to the one person, once.

    Why a link is refused is not said: each answer is the same.
    """
    try:
        link = read_link(token)
        reader = _reader_of(request, link)
        become(standing_of(reader))  # whoever has the link asks as its person
        file = file_of(reader, link.number, link.public_id)
        if request.method == "GET":
            use_up(link)
    except (NoSuchLink, Http404):
        return render(request, "claims/link_over.html", status=404)
    return _hand_out(request, reader, file, how="link")


def file_of(reader: User, number: str, public_id: UUID) -> Evidence:
    """Return a file that this person may see; any other is missing, all alike."""
    claim = visible_to(reader).filter(number=number).first()
    file = (
        visible_evidence(reader, claim)
        .filter(public_id=public_id)
        .select_related("claim")
        .first()
        if claim
        else None
    )
    if file is None:
        raise Http404
    return file


def _hand_out(
    request: HttpRequest, reader: User, file: Evidence, *, how: str
) -> HttpResponseBase:
    """Answer with the content of a clean file, or with why it is not there."""
    if not file.is_clean:
        return not_yet(request, file)
    try:
        content = open_content(file)
    except Unreadable:
        return unreadable(request, file)
    if request.method == "GET":
        note_read(file=file, reader=reader, how=how, now=timezone.now())
    response = FileResponse(
        content,
        as_attachment=True,
        filename=file.name,
        content_type=file.content_type if file.content_type in EXTENSIONS else UNKNOWN,
    )
    response.headers["Content-Length"] = file.size
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store, private"
    return response


def not_yet(request: HttpRequest, file: Evidence) -> HttpResponse:
    """Say why a file that is not clean is given to nobody."""
    said = file.sentence or _(
        "This file is still being checked. It can be opened once it is clean."
    )
    return _closed(request, file, said, status=410 if file.is_erased else 409)


def unreadable(request: HttpRequest, file: Evidence) -> HttpResponse:
    """Say that the storage does not give the file out now."""
    said = _(
        "The file cannot be read at the moment. Try again in a few minutes. If it "
        "stays like this, tell the programme."
    )
    return _closed(request, file, said, status=503)


def _closed(
    request: HttpRequest, file: Evidence, sentence: str, *, status: int
) -> HttpResponse:
    inside = request.user.is_authenticated
    context = {
        "sentence": sentence,
        "url": file.claim.get_absolute_url(),
        "layout": "base.html" if inside else "base_outside.html",
    }
    return render(request, "claims/file_closed.html", context, status=status)


def _reader_of(request: HttpRequest, link: Link) -> User:
    """Return the person of a link, unless somebody else is signed in here."""
    reader = active_person(link.reader)
    is_another = request.user.is_authenticated and request.user != reader
    if reader is None or is_another:
        raise NoSuchLink
    return reader
