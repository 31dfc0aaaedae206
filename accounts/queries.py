"""Every read about people that is more than a filter."""

import hashlib
import re
from datetime import datetime

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts import scopes
from accounts.models import (
    ADMIN_TITLES,
    Invitation,
    Partner,
    PartnerLocation,
    User,
    people_vector,
)
from accounts.scopes import AT_ENTRANCE, Across


def token_hash(token: str) -> str:
    """Return what is stored of a secret link: enough to know it again, no more."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_invitation(*, token: str, now: datetime) -> Invitation | None:
    """Return the invitation behind a link that still works."""
    with scopes.entered(AT_ENTRANCE):  # whoever is signed in: the link is what counts
        invitation = (
            Invitation.objects.select_related("partner", "invited_by")
            .filter(token_hash=token_hash(token))
            .first()
        )
    return invitation if invitation and invitation.is_open(now) else None


def person_with(email: str) -> User | None:
    """Return who logs in with this address, also if their access has ended."""
    return User.objects.filter(email=email.strip().lower()).first()


def has_account(email: str) -> bool:
    """Say whether somebody, anywhere, already logs in with this address."""
    with scopes.across(Across.ADDRESSES):
        return person_with(email) is not None


def active_admins(partner: Partner) -> QuerySet[User]:
    """Return the people who may manage this company's people."""
    return partner.people.filter(is_active=True, title__in=ADMIN_TITLES)


def other_admins(person: User) -> int:
    """Count the admins a person's company would have without them."""
    if person.partner is None:
        return 0
    return active_admins(person.partner).exclude(pk=person.pk).count()


def active_person(pk: int) -> User | None:
    """Return a person who may still use the house, or None."""
    return User.objects.filter(pk=pk, is_active=True).select_related("partner").first()


# --- What a programme admin looks through --------------------------------------


def companies(text: str = "", *, only: str = "") -> QuerySet[Partner]:
    """Return the companies with their numbers of people and locations.

    :param text: part of a name, a short name or a partner ID
    :param only: "active" or "ended"
    """
    found = Partner.objects.annotate(
        people_count=Count("people", filter=Q(people__is_active=True), distinct=True),
        locations_count=Count("locations", distinct=True),
    )
    if text := text.strip():
        ids = PartnerLocation.objects.filter(company=OuterRef("pk"), partner_id=text)
        found = found.filter(Q(name__icontains=text) | Q(slug=text) | Exists(ids))
    if only in STANDINGS:
        found = found.filter(is_active=STANDINGS[only])
    return found


def people(
    text: str = "", *, only: str = "", company: Partner | None = None
) -> QuerySet[User]:
    """Return people of the programme and the companies.

    :param text: beginnings of words of a name or an address
    :param only: "staff", "partners", "active" or "ended"
    """
    found = User.objects.select_related("partner")
    if words := re.findall(r"\w+", text):
        query = " & ".join(f"'{word}':*" for word in words)
        search = SearchQuery(query, config="simple", search_type="raw")
        found = found.annotate(words=people_vector()).filter(words=search)
    if company is not None:
        found = found.filter(partner=company)
    if only in SIDES:
        found = found.filter(partner__isnull=SIDES[only])
    if only in STANDINGS:
        found = found.filter(is_active=STANDINGS[only])
    return found


STANDINGS = {"active": True, "ended": False}
SIDES = {"staff": True, "partners": False}


def waiting_invitations(partner: Partner | None) -> QuerySet[Invitation]:
    """Return what a company, or the programme, has offered and nobody took yet."""
    waiting = Invitation.objects.filter(
        partner=partner, accepted_at=None, revoked_at=None
    )
    return waiting.select_related("partner", "invited_by")
