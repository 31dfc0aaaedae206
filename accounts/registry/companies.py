"""What programme admins do about partner companies and their locations."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from knox.models import AuthToken

from accounts import actions, scopes
from accounts.changes import (
    Values,
    require_programme_admin,
    require_unchanged,
    unless_taken,
    write_down,
)
from accounts.models import (
    Deed,
    Partner,
    PartnerLocation,
    User,
)
from accounts.rules import Refused
from accounts.scopes import Across


def about_company(partner: Partner) -> str:
    return f"company {partner.pk}"


def company_values(partner: Partner) -> Values:
    return {"name": partner.name}


@transaction.atomic
def add_company(*, name: str, why: str, actor: User, now: datetime) -> Partner:
    """Register a partner company under a short name of its own.

    :raises Refused: if a company of this name exists
    """
    require_programme_admin(actor)
    if Partner.objects.filter(name__iexact=name).exists():
        raise Refused(_("There is a company of this name already."), field="name")
    partner = actions.create_partner(name=name, slug=_free_slug(name))
    write_down(
        about=about_company(partner),
        name=partner.name,
        did="added",
        before={},
        after={**company_values(partner), "slug": partner.slug},
        why=why,
        actor=actor,
        partner_id=partner.pk,
        now=now,
    )
    return partner


@transaction.atomic
def rename_company(
    *, partner: Partner, name: str, seen: str, why: str, actor: User, now: datetime
) -> None:
    """Give a company another name; its claims, people and IDs stay."""
    require_programme_admin(actor)
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    before = company_values(partner)
    require_unchanged(before, seen)
    partner.name = name
    partner.save(update_fields=["name"])
    write_down(
        about=about_company(partner),
        name=partner.name,
        did="changed",
        before=before,
        after=company_values(partner),
        why=why,
        actor=actor,
        partner_id=partner.pk,
        now=now,
    )


@transaction.atomic
def close_company(*, partner: Partner, why: str, actor: User, now: datetime) -> None:
    """Log a company's people out for good and end its open invitations.

    Its claims, their files and their running deadlines stay as they are.
    """
    require_programme_admin(actor)
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    if not partner.is_active:
        raise Refused(_("This company has been deactivated already."))
    Partner.objects.filter(pk=partner.pk).update(is_active=False)
    leaving = list(partner.people.filter(is_active=True).order_by("pk"))
    for person in leaving:
        actions.end_sessions(person=person)
    gone = User.objects.filter(pk__in=[person.pk for person in leaving])
    gone.update(is_active=False, left_with_company=True)
    with scopes.across(Across.SIGN_OFF):
        AuthToken.objects.filter(user__partner=partner).delete()
    partner.invitations.filter(accepted_at=None, revoked_at=None).update(revoked_at=now)
    _write_down_standing(partner, len(leaving), why, actor, now)


@transaction.atomic
def reopen_company(*, partner: Partner, why: str, actor: User, now: datetime) -> None:
    """Let a company take part again; whoever left with it can log in again."""
    require_programme_admin(actor)
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    if partner.is_active:
        raise Refused(_("This company takes part already."))
    Partner.objects.filter(pk=partner.pk).update(is_active=True)
    back = partner.people.filter(left_with_company=True).update(
        is_active=True, left_with_company=False
    )
    _write_down_standing(partner, back, why, actor, now)


def _write_down_standing(
    partner: Partner, people: int, why: str, actor: User, now: datetime
) -> None:
    was_active, partner.is_active = partner.is_active, not partner.is_active
    write_down(
        about=about_company(partner),
        name=partner.name,
        did="deactivated" if was_active else "reactivated",
        before={"takes_part": was_active},
        after={"takes_part": not was_active, "people": people},
        why=why,
        actor=actor,
        partner_id=partner.pk,
        deed=Deed.RIGHTS_CHANGED,
        now=now,
    )


def about_location(location: PartnerLocation) -> str:
    return f"location {location.partner_id}"


def location_values(location: PartnerLocation) -> Values:
    return {"name": location.name, "is_enrolled": location.is_enrolled}


@transaction.atomic
def add_location(
    *,
    partner: Partner,
    partner_id: str,
    name: str,
    is_enrolled: bool,
    why: str,
    actor: User,
    now: datetime,
) -> PartnerLocation:
    """Give a company a location with a partner ID of its own.

    :raises Refused: if the ID is taken
    """
    require_programme_admin(actor)
    taken = _("This partner ID belongs to a location already.")
    with unless_taken(Refused(taken, field="partner_id")):
        location = actions.add_location(
            partner=partner, partner_id=partner_id, name=name, is_enrolled=is_enrolled
        )
    write_down(
        about=about_location(location),
        name=str(location),
        did="added",
        before={},
        after={"partner_id": partner_id, **location_values(location)},
        why=why,
        actor=actor,
        partner_id=partner.pk,
        now=now,
    )
    return location


@transaction.atomic
def change_location(
    *,
    location: PartnerLocation,
    wanted: Values,
    seen: str,
    why: str,
    actor: User,
    now: datetime,
) -> None:
    """Rename a location, or say whether it is enrolled. Its partner ID never changes.

    :param wanted: `name` and `is_enrolled`
    """
    require_programme_admin(actor)
    location = PartnerLocation.objects.select_for_update().get(pk=location.pk)
    before = location_values(location)
    require_unchanged(before, seen)
    location.name, location.is_enrolled = wanted["name"], wanted["is_enrolled"]
    location.save(update_fields=["name", "is_enrolled"])
    write_down(
        about=about_location(location),
        name=str(location),
        did="changed",
        before=before,
        after=location_values(location),
        why=why,
        actor=actor,
        partner_id=location.company_id,
        now=now,
    )


def _free_slug(name: str) -> str:
    """Return a short name that no company has."""
    stem = slugify(name)[:50] or "company"
    taken = set(
        Partner.objects.filter(slug__startswith=stem).values_list("slug", flat=True)
    )
    endings = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (stem, *endings) if slug not in taken)
