"""Keeping and dropping saved views, and showing them as tabs (DOMAIN.md §10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from accounts.changes import unless_taken
from accounts.models import User
from claims import queries
from claims.access import signed_in, visible_to
from claims.filters import ClaimFilter
from claims.machine import Refused
from claims.models import SavedView
from claims.queries import Tally

# Each tab is counted on each page, and more would not be looked at.
MOST_VIEWS = 12


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view above the list, or the whole list where `view` is None."""

    label: str
    query: str
    is_on: bool
    count: Tally | None = None
    view: SavedView | None = None


def saved_views_of(user: User) -> QuerySet[SavedView]:
    """Return what this person has saved; nobody else reads it."""
    return SavedView.objects.filter(owner=user)


def tabs(state: str, *, request: HttpRequest, now: datetime) -> Sequence[Tab]:
    """Return the reader's tabs with their counts, in one query for all of them.

    :param state: the list's present filters and order, as an address says them
    """
    user = signed_in(request)
    views = list(saved_views_of(user))
    seen = visible_to(user)
    counts = queries.tallies(
        {
            view.pk: ClaimFilter(
                QueryDict(view.query), seen, request=request, now=now
            ).narrowed()
            for view in views
        }
    )
    return [
        Tab(_("All claims"), "", is_on=not state),
        *(
            Tab(view.name, view.query, view.query == state, counts[view.pk], view)
            for view in views
        ),
    ]


def keep_view(*, owner: User, name: str, query: str, now: datetime) -> SavedView:
    """Save a state of the list.

    :raises Refused: if the person has a view of this name, or as many as fit
    """
    if saved_views_of(owner).count() >= MOST_VIEWS:
        raise Refused(
            _("You have %(most)s saved views. Delete one before you save another.")
            % {"most": MOST_VIEWS}
        )
    known = _("You have a view of this name already. Choose another name.")
    with unless_taken(Refused(known)):
        return SavedView.objects.create(
            owner=owner,
            partner_id=owner.partner_id,
            name=name,
            query=query,
            created_at=now,
        )


def drop_view(*, view: SavedView) -> None:
    """Delete a saved view; the claims in it stay what they are."""
    view.delete()
