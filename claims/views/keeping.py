"""How the scanner and the stored files are; and taking out what has ended."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from claims import erasure, keeping
from claims.access import may_erase, may_keep_watch, signed_in
from claims.forms.erase import EraseForm
from claims.machine import Refused
from claims.views.current import current_claim

SHOWN = 50


@login_required
@require_safe
def file_watch(request: HttpRequest) -> HttpResponse:
    """Show leads and admins the scanner, the queue, the checks and what they found."""
    if not may_keep_watch(signed_in(request)):
        raise PermissionDenied
    faults = keeping.open_faults()
    context = {
        "watch": keeping.watch(now=timezone.now()),
        "runs": keeping.last_runs(),
        "faults": faults[:SHOWN],
        "fault_count": faults.count(),
    }
    return render(request, "claims/file_watch.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, number: str) -> HttpResponse:
    """Let a programme admin erase the contents and contacts of an ended claim."""
    reader, now = signed_in(request), timezone.now()
    claim = current_claim(reader, number, now)
    if not may_erase(reader):
        raise PermissionDenied
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            erasure.erase_claim(claim=claim, by=reader, reason=reason, now=now)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Contents and contacts are erased."))
            return redirect(claim)
    context = {
        "claim": claim,
        "form": form,
        "why_not": erasure.why_not(claim=claim, now=now),
        "files": [file for file in claim.evidence_all if not file.is_erased],
    }
    status = 422 if form.errors else 200
    return render(request, "claims/erase.html", context, status=status)
