"""Who is told about a claim, on either side (DOMAIN.md §11)."""

from django.db.models import Q, QuerySet

from accounts.models import ADMIN_TITLES, StaffRole, User
from claims.models import Claim


def partner_side(claim: Claim) -> QuerySet[User]:
    """Return who filed the claim, and the company's admins."""
    return User.objects.filter(
        Q(pk=claim.created_by_id) | Q(title__in=ADMIN_TITLES),
        partner=claim.partner_id,
        is_active=True,
    ).order_by("pk")


def leads() -> QuerySet[User]:
    return User.objects.filter(staff_role=StaffRole.LEAD, is_active=True).order_by("pk")


def clock_keepers() -> QuerySet[User]:
    """Return who mends a clock that cannot act: leads and programme admins."""
    return User.objects.filter(
        staff_role__in=[StaffRole.LEAD, StaffRole.PROGRAMME_ADMIN], is_active=True
    ).order_by("pk")


def assignee(claim: Claim) -> QuerySet[User]:
    """Return the assigned reviewer, if there is one."""
    return User.objects.filter(assigned_claims=claim, is_active=True)


def assignee_and_leads(claim: Claim) -> QuerySet[User]:
    return User.objects.filter(
        Q(pk=claim.assignee_id) | Q(staff_role=StaffRole.LEAD), is_active=True
    ).order_by("pk")


def reviewers() -> QuerySet[User]:
    """Return everybody who takes claims from the queue."""
    return User.objects.filter(
        staff_role__in=[StaffRole.REVIEWER, StaffRole.LEAD],
        is_active=True,
        is_available=True,
    ).order_by("pk")


def assignee_or_leads(claim: Claim) -> QuerySet[User]:
    """Return who answers for the programme: the reviewer, else the leads."""
    found = assignee(claim)
    return found if found.exists() else leads()
