"""What every page knows: where this person may go and what waits in the inbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.opaque import opaque
from accounts.scopes import is_within
from accounts.trail_list import may_read_trail
from notifications import queries

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the navigation and who is shown the way there."""

    label: Any
    url_name: str
    icon: str
    shown: Callable[[User], bool] = lambda _person: True
    # Further pages that belong to this place, by the beginning of their URL names.
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A place as one person sees it on one page."""

    label: Any
    url: str
    icon: str
    active: bool
    url_name: str


PLACES = (
    Place(_("Start"), "start", "home"),
    Place(_("Queue"), "queue", "list-check", lambda person: person.is_reviewer),
    Place(
        _("Customer claims"),
        "claims",
        "files",
        also=("claim", "evidence", "comment", "note"),
    ),
    Place(
        _("Disputes"),
        "disputes",
        "scale",
        lambda person: person.is_reviewer or person.is_auditor,
        also=("arbitration",),
    ),
    Place(_("Inbox"), "inbox", "inbox", also=("preferences",)),
    Place(
        _("People"),
        "people",
        "users",
        lambda person: person.is_partner_admin,
        also=("invitation", "invite", "person"),
    ),
    Place(
        _("Stopped clocks"),
        "stopped-clocks",
        "player-pause",
        lambda person: person.is_lead or person.is_programme_admin,
    ),
    Place(
        _("Scanner and storage"),
        "file-watch",
        "shield-check",
        lambda person: person.is_lead or person.is_programme_admin,
    ),
    Place(_("Undelivered"), "undelivered", "mail-x", lambda person: person.is_lead),
    Place(
        _("Clocks"),
        "foresee",
        "clock",
        lambda person: person.is_lead or person.is_programme_admin,
        also=("clock", "clocks", "outages"),
    ),
    Place(
        _("Audit trail"),
        "trail",
        "list-details",
        may_read_trail,
        also=("trail",),
    ),
    Place(
        _("Administration"),
        "administration",
        "settings",
        lambda person: person.is_programme_admin,
        also=("administration", "calendar"),
    ),
)


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """Return what base.html needs; nothing is looked up unless it is shown."""
    return {
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "unread_count": SimpleLazyObject(lambda: unread_count(request)),
        "typist": SimpleLazyObject(lambda: typist(request)),
        "demo": settings.DEMO,
    }


def navigation(request: HttpRequest) -> list[Entry]:
    """Return the places this person may go to, the current one marked.

    Whoever must set up a second factor first is shown none: each would lead back.
    """
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return []
    if getattr(request, "lacks_second_factor", False):
        return []
    return [
        entry
        for each in PLACES
        if each.shown(person) and (entry := _entry(each, request))
    ]


def typist(request: HttpRequest) -> str:
    """Return the name under which a browser keeps what this person has typed."""
    person = getattr(request, "user", None)
    return opaque("typist", person.pk) if person and person.is_authenticated else ""


def unread_count(request: HttpRequest) -> int:
    """Return how many messages this person has not opened yet.

    None are counted on a page that answers a request that could not even be read.
    """
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated or not is_within():
        return 0
    return queries.unread_count(person)


def _entry(each: Place, request: HttpRequest) -> Entry | None:
    try:
        url = reverse(each.url_name)
    except NoReverseMatch:
        return None
    match = getattr(request, "resolver_match", None)
    here = (match.view_name or "") if match else ""
    active = here == each.url_name or here.split("-")[0] in each.also
    return Entry(each.label, url, each.icon, active, each.url_name)
