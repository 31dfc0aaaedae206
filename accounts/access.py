"""Which people, invitations and sessions somebody may see and manage."""

from typing import cast

from allauth.usersessions.models import UserSession
from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import Invitation, Partner, PartnerLocation, User


def signed_in(request: HttpRequest | Request) -> User:
    """Return the person behind a request that has passed authentication."""
    return cast("User", request.user)


def company_managed_by(user: User) -> Partner | None:
    """Return the company whose people this person manages (DOMAIN.md §9)."""
    return user.partner if user.is_active and user.is_partner_admin else None


def people_visible_to(user: User) -> QuerySet[User]:
    """Return the people of the managed company, the removed ones included."""
    company = company_managed_by(user)
    if company is None:
        return User.objects.none()
    return company.people.select_related("partner").order_by("name", "pk")


def invitations_visible_to(user: User) -> QuerySet[Invitation]:
    """Return the company's invitations that were neither accepted nor revoked."""
    company = company_managed_by(user)
    if company is None:
        return Invitation.objects.none()
    waiting = company.invitations.filter(accepted_at=None, revoked_at=None)
    return waiting.select_related("partner", "invited_by")


def other_sessions_of(user: User, *, current: str | None) -> QuerySet[UserSession]:
    """Return where this person is logged in, but for the session they ask with.

    :param current: the key of that session
    """
    mine: QuerySet[UserSession] = UserSession.objects.filter(user=user)
    return mine.exclude(session_key=current or "")


# --- What a programme admin administers -----------------------------------------


def companies_administered_by(user: User) -> QuerySet[Partner]:
    """Return every company, for a programme admin (DOMAIN.md §9)."""
    return Partner.objects.all() if _administers(user) else Partner.objects.none()


def locations_administered_by(user: User) -> QuerySet[PartnerLocation]:
    """Return the locations of every company, for a programme admin."""
    locations = PartnerLocation.objects.select_related("company")
    return locations if _administers(user) else locations.none()


def people_administered_by(user: User) -> QuerySet[User]:
    """Return the people of the programme and all companies, for a programme admin."""
    people = User.objects.select_related("partner")
    return people if _administers(user) else people.none()


def invitations_administered_by(user: User) -> QuerySet[Invitation]:
    """Return the invitations that nobody took yet, for a programme admin."""
    waiting = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    waiting = waiting.select_related("partner", "invited_by")
    return waiting if _administers(user) else waiting.none()


def _administers(user: User) -> bool:
    return user.is_active and user.is_programme_admin
