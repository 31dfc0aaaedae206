"""Where programme admins begin: the parts of the administration, the last changes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.administration.page import for_programme_admins
from accounts.changes import latest
from accounts.models import User

# What there is, the way there, and what it is for.
PARTS = (
    (
        "administration-products",
        "layout-grid",
        _("Catalogue"),
        _("The products and workloads that can be claimed, by solution area."),
    ),
    (
        "administration-customers",
        "address-book",
        _("Customers"),
        _("Known tenants with their domains and subscriptions."),
    ),
    (
        "administration-calendars",
        "calendar",
        _("Calendars"),
        _("Holidays and working weeks of the programme and of each company."),
    ),
    (
        "administration-numbers",
        "adjustments-horizontal",
        _("Settings"),
        _("Lengths of the clocks, limits of files, life of invitations."),
    ),
    (
        "administration-companies",
        "building",
        _("Partners"),
        _("Companies, their locations and partner IDs, who takes part."),
    ),
    (
        "administration-people",
        "users",
        _("People"),
        _("Everybody who logs in: roles, access, invitations to the programme."),
    ),
    (
        "foresee",
        "clock-play",
        _("What the clocks will do next"),
        _("The steps that time will take, and when."),
    ),
    (
        "trail",
        "list-details",
        _("Audit trail"),
        _("Who read, took out or changed what, and whether the trail is whole."),
    ),
)


@require_safe
@for_programme_admins
def administration(request: HttpRequest, reader: User) -> HttpResponse:
    """Show the parts of the administration and the last changes in all of them."""
    parts = [
        {"url": url, "icon": icon, "label": label, "meaning": meaning}
        for name, icon, label, meaning in PARTS
        if (url := _address(name))
    ]
    context = {"parts": parts, "latest": latest()}
    return render(request, "administration/overview.html", context)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
