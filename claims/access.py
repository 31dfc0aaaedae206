"""Who somebody is to a claim, which claims they may see, what they are offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.db.models import Q

from accounts.models import User
from claims.machine import Offer
from claims.models import Claim, Evidence, Purpose
from claims.parts import Part
from claims.workflow import CLAIM, COMPANY, Role

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from rest_framework.request import Request


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever takes a step: a person, the customer behind a signed link, the system."""

    user: User | None
    role: Role

    @property
    def pk(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def is_partner_admin(self) -> bool:
        return self.user is not None and self.user.is_partner_admin

    @property
    def is_lead(self) -> bool:
        return self.user is not None and self.user.is_lead


SYSTEM = Actor(None, Role.SYSTEM)
CUSTOMER = Actor(None, Role.CUSTOMER)


def signed_in(request: HttpRequest | Request) -> User:
    """Return the person behind a request that has passed authentication."""
    return cast("User", request.user)


def visible_to(user: User) -> QuerySet[Claim]:
    """Return the claims this person may see (DOMAIN.md §9).

    Partners see their own company's; staff see every claim that left draft, since a
    draft is the partner's own unfinished business.
    """
    if not user.is_active:
        return Claim.objects.none()
    if user.is_partner:
        return Claim.objects.filter(partner=user.partner_id)
    if user.is_staff_member:
        return Claim.objects.filter(first_submitted_at__isnull=False)
    return Claim.objects.none()


def visible_evidence(user: User, claim: Claim) -> QuerySet[Evidence]:
    """Return the files of a claim, if the person may see that claim.

    What waits for a comment is seen by whoever writes it and by nobody else.
    """
    unsent = Q(purpose=Purpose.COMMENT, submitted_at=None) & ~Q(uploaded_by=user)
    files = Evidence.objects.filter(claim=claim).exclude(unsent)
    return files.filter(claim__in=visible_to(user))


def roles_of(actor: Actor, claim: Claim) -> set[str]:
    """Return the roles in which somebody may act on this claim."""
    user = actor.user
    if user is None:
        return {actor.role}
    if not user.is_active:
        return set()
    if user.is_partner:
        return {Role.PARTNER} if user.partner_id == claim.partner_id else set()
    if user.is_lead:
        return {Role.REVIEWER, Role.LEAD}
    return {Role.REVIEWER} if user.is_reviewer else set()


def actor_for(user: User) -> Actor:
    """Return the person as whoever they are: the partner's side or the programme's."""
    if user.is_partner:
        return Actor(user, Role.PARTNER)
    return Actor(user, Role.LEAD if user.is_lead else Role.REVIEWER)


def offers_for(actor: Actor, claim: Claim) -> list[Offer]:
    """Return the steps somebody could take on this claim, open or closed."""
    return CLAIM.offers(claim.state, roles_of(actor, claim), claim, actor)


def offers_to(user: User, claim: Claim) -> list[Offer]:
    """Return the steps this person could take on this claim, open or closed."""
    return offers_for(actor_for(user), claim)


def may_edit(user: User, claim: Claim, part: Part) -> bool:
    """Return whether this person may change this part of the claim now."""
    if part == Part.COMMENTS and user.is_reviewer and user.is_active:
        return part in claim.stage.editable and claim.was_submitted
    return Role.PARTNER in roles_of(actor_for(user), claim) and (
        part in claim.stage.editable
    )


def may_attach(user: User, claim: Claim) -> Purpose | None:
    """Return what a new PoE file of this person would count for, or None."""
    if may_edit(user, claim, Part.EVIDENCE):
        return Purpose.PROOF
    if may_edit(user, claim, Part.DISPUTE_EVIDENCE) and user.is_partner_admin:
        return Purpose.DISPUTE if claim.disputed_at is None else None
    return None


def may_extend(user: User, claim: Claim) -> bool:
    """Leads give partners more time while a partner's clock runs (DOMAIN.md §3)."""
    clock = claim.stage.clock
    return (
        user.is_active
        and user.is_lead
        and clock is not None
        and (clock.calendar == COMPANY)
    )


def may_decide_held(user: User, claim: Claim) -> bool:
    """Leads decide about a clock that stands still without a delivered warning."""
    held = claim.deadlines.filter(closed_at__isnull=True, held_at__isnull=False)
    return user.is_active and user.is_lead and held.exists()


def may_watch_clocks(user: User) -> bool:
    """Leads decide about clocks that stand still; programme admins mend broken ones."""
    return user.is_active and (user.is_lead or user.is_programme_admin)


def may_erase(user: User) -> bool:
    """Only the programme's admins take contents and people out of a record."""
    return user.is_active and user.is_programme_admin


def may_keep_watch(user: User) -> bool:
    """Leads and admins look after scanner and storage."""
    return user.is_active and (user.is_lead or user.is_programme_admin)


def may_read_notes(user: User) -> bool:
    """Internal notes are for the programme's people only (DOMAIN.md §9)."""
    return user.is_active and user.is_staff_member


def may_write_notes(user: User) -> bool:
    return user.is_active and user.is_reviewer
