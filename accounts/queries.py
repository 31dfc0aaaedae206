"""Every read about people that is more than a filter."""

import hashlib
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import ADMIN_TITLES, Invitation, Partner, User


def token_hash(token: str) -> str:
    """Return what is stored of a secret link: enough to know it again, no more."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_invitation(*, token: str, now: datetime) -> Invitation | None:
    """Return the invitation behind a link that still works."""
    invitation = (
        Invitation.objects.select_related("partner", "invited_by")
        .filter(token_hash=token_hash(token))
        .first()
    )
    return invitation if invitation and invitation.is_open(now) else None


def has_account(email: str) -> bool:
    """Say whether somebody, anywhere, already logs in with this address."""
    return User.objects.filter(email=email.strip().lower()).exists()


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
