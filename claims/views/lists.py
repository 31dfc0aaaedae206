"""The list of customer claims, and the same list as a file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import push_url, replace_url

from accounts.confirm import ask_who
from claims import queries
from claims.access import signed_in, visible_to
from claims.exports import csv_lines, note_export
from claims.forms.saved_view import SavedViewForm
from claims.listing import ROWS, Listing
from claims.machine import Refused
from claims.saved_views import drop_view, keep_view, saved_views_of, tabs
from claims.workflow import Role


@login_required
@require_safe
def claims_page(request: HttpRequest) -> HttpResponse:
    """List the reader's claims; htmx asks for nothing but the list itself."""
    listing = Listing(request, timezone.now())
    context = _shown(request, listing)
    if _wants_list_only(request):
        response = render(request, "claims/_list.html", context)
        # A link is a step to go back from; each letter of a search is not.
        note = push_url if request.htmx.boosted else replace_url  # type: ignore[attr-defined]
        note(response, f"{request.path}?{listing.query.urlencode()}")
    else:
        response = render(request, "claims/list.html", {**context, **_turn(request)})
    patch_vary_headers(response, ("HX-Request",))
    return response


@login_required
@require_POST
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the list as this address narrows and sorts it, under the posted name."""
    listing, form = Listing(request, timezone.now()), SavedViewForm(request.POST)
    query = listing.state
    if form.is_valid():
        try:
            keep_view(
                owner=listing.reader,
                name=form.cleaned_data["name"],
                query=query,
                now=listing.now,
            )
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            return redirect(f"{reverse('claims')}?{query}")
    context = {**_shown(request, listing), **_turn(request), "view_form": form}
    return render(request, "claims/list.html", context, status=422)


@login_required
@require_POST
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one of the reader's saved views; its list stays open."""
    view = get_object_or_404(saved_views_of(signed_in(request)), pk=pk)
    drop_view(view=view)
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view})
    return redirect(f"{reverse('claims')}?{view.query}")


@login_required
@require_safe
@ask_who(of=lambda reader: reader.is_staff_member, gives_file=True)
def claims_export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Send exactly the claims that the list shows, in its order, as CSV.

    Whoever may take all companies' claims away is asked once more who they are. What
    the address says must be understood: nobody gets more than was asked for.
    """
    now = timezone.now()
    listing = Listing(request, now)
    if listing.misread:
        page = {"sentence": listing.misread, "query": listing.state}
        return render(request, "claims/export_refused.html", page, status=422)
    per_line = request.GET.get(ROWS) == "lines"
    if request.method == "GET":
        note_export(
            reader=listing.reader,
            what="claims.csv",
            details={"list": listing.state, "row per line": per_line},
            now=now,
        )
    lines = csv_lines(
        listing.claims_in_order(), reader=listing.reader, now=now, per_line=per_line
    )
    name = f"claims-{timezone.localdate(now):%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _shown(request: HttpRequest, listing: Listing) -> dict[str, object]:
    """Return what the list shows, its saved views among it."""
    page = listing.page()
    by_state, total = listing.counts()
    views = tabs(listing.state, request=request, now=listing.now)
    # Sort headers and pages repeat the address: only what was understood of it.
    request.GET = listing.query  # type: ignore[assignment]
    return {
        "listing": listing,
        "page": page,
        "rows": listing.rows(page.claims),
        "pills": listing.pills(by_state),
        "waits": listing.waits(),
        "untils": listing.untils(),
        "total": total,
        "tabs": views,
        "tab": next((tab for tab in views if tab.is_on), None),
        "view_form": SavedViewForm(),
    }


def _wants_list_only(request: HttpRequest) -> bool:
    htmx = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    return bool(htmx) and not htmx.history_restore_request


def _turn(request: HttpRequest) -> dict[str, object]:
    """Return how many claims wait for the reader's side, and whose side that is."""
    reader = signed_in(request)
    role = Role.PARTNER if reader.is_partner else Role.REVIEWER
    waiting = queries.waiting_on(visible_to(reader), role, reader)
    return {"waiting": queries.tally(waiting), "waiting_role": role}
