"""What programme admins do about companies, people and the rules' numbers.

Each change is made under a lock, only if nobody else was quicker, with a reason that
lands in the audit trail.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from knox.models import AuthToken

from accounts import actions, rules
from accounts.changes import (
    Values,
    require_programme_admin,
    require_unchanged,
    write_down,
)
from accounts.models import (
    ChangedNumber,
    Deed,
    Invitation,
    Partner,
    PartnerLocation,
    StaffRole,
    User,
)
from accounts.queries import other_admins
from accounts.rulebook import Number, forget, shown_value
from accounts.rules import Refused

# --- Numbers ------------------------------------------------------------------


def about_number(number: Number) -> str:
    return f"number {number.name}"


def number_values(number: Number) -> Values:
    return {"value": shown_value(number)}


@transaction.atomic
def change_number(
    *,
    number: Number,
    value: int | None,
    seen: str,
    why: str,
    actor: User,
    now: datetime,
) -> None:
    """Set a number, or give it back to the environment with None.

    :raises Overtaken: if somebody else changed it meanwhile
    """
    require_programme_admin(actor)
    _lock_numbers()
    forget()
    before = number_values(number)
    require_unchanged(before, seen)
    if value is None:
        ChangedNumber.objects.filter(name=number.name).delete()
    else:
        ChangedNumber.objects.update_or_create(
            name=number.name, defaults={"value": value}
        )
    forget()
    write_down(
        about=about_number(number),
        name=str(number.label),
        did="reset" if value is None else "changed",
        before=before,
        after=number_values(number),
        why=why,
        actor=actor,
        now=now,
    )


def _lock_numbers() -> None:
    """Let admins change numbers one after the other: a row may not exist yet."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rulebook'))")


# --- Companies and their locations --------------------------------------------


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
    taken = Refused(
        _("This partner ID belongs to a location already."), field="partner_id"
    )
    if PartnerLocation.objects.filter(partner_id=partner_id).exists():
        raise taken
    try:
        with transaction.atomic():
            location = actions.add_location(
                partner=partner,
                partner_id=partner_id,
                name=name,
                is_enrolled=is_enrolled,
            )
    except IntegrityError as conflict:
        raise taken from conflict
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


# --- People -------------------------------------------------------------------


def about_person(person: User) -> str:
    return f"person {person.pk}"


def role_values(person: User) -> Values:
    return {"role": person.staff_role or person.title}


@transaction.atomic
def invite_staff(
    *, email: str, role: str, language: str, why: str, actor: User, now: datetime
) -> Invitation:
    """Offer somebody a place in the programme; an earlier link to them ends.

    :raises Refused: if the address has an account
    """
    require_programme_admin(actor)
    if User.objects.filter(email=email.lower()).exists():
        raise Refused(_("Somebody already logs in with this e-mail."), field="email")
    invitation = actions.offer_place(
        partner=None,
        email=email,
        staff_role=role,
        language=language,
        actor=actor,
        now=now,
    )
    _write_down_invitation(invitation, "invited", why, actor, now)
    return invitation


@transaction.atomic
def invite_to_company(
    *,
    partner: Partner,
    email: str,
    role: str,
    language: str,
    why: str,
    actor: User,
    now: datetime,
) -> Invitation:
    """Offer somebody a place in a company, such as to its first admin.

    :raises Refused: if the company has left, or the address has an account
    """
    require_programme_admin(actor)
    if User.objects.filter(email=email.lower()).exists():
        raise Refused(_("Somebody already logs in with this e-mail."), field="email")
    invitation = actions.invite_person(
        partner=partner,
        email=email,
        title=role,
        language=language,
        actor=actor,
        now=now,
    )
    _write_down_invitation(invitation, "invited", why, actor, now)
    return invitation


@transaction.atomic
def revoke(*, invitation: Invitation, why: str, actor: User, now: datetime) -> None:
    """End the link of an invitation that waits.

    :raises Refused: if somebody took it or it was revoked
    """
    require_programme_admin(actor)
    waiting = Invitation.objects.filter(
        pk=invitation.pk, accepted_at=None, revoked_at=None
    )
    if not waiting.update(revoked_at=now):
        raise Refused(_("This invitation no longer waits for anybody."))
    _write_down_invitation(invitation, "revoked", why, actor, now)


def _write_down_invitation(
    invitation: Invitation, did: str, why: str, actor: User, now: datetime
) -> None:
    role = invitation.staff_role or invitation.title
    offered = {"email": invitation.email, "role": role}
    write_down(
        about=f"invitation {invitation.email}",
        name=invitation.email,
        did=did,
        before={} if did == "invited" else offered,
        after=offered if did == "invited" else {},
        why=why,
        actor=actor,
        partner_id=invitation.partner_id,
        deed=Deed.RIGHTS_CHANGED,
        now=now,
    )


@transaction.atomic
def change_role(
    *, person: User, role: str, seen: str, why: str, actor: User, now: datetime
) -> None:
    """Give somebody another role on their own side; their sessions end.

    :raises Refused: if it is their own role, or nobody would be left to administer
    """
    person = _locked(person, actor)
    before = role_values(person)
    require_unchanged(before, seen)
    if refusal := why_not_give_role(actor, person, role):
        raise Refused(refusal)
    if before["role"] == role:
        return
    field = "title" if person.is_partner else "staff_role"
    User.objects.filter(pk=person.pk).update(**{field: role})
    actions.end_sessions(person=person)
    setattr(person, field, role)
    _write_down_rights(
        person,
        did="changed",
        before=before,
        after=role_values(person),
        why=why,
        actor=actor,
        now=now,
    )


@transaction.atomic
def end_access(*, person: User, why: str, actor: User, now: datetime) -> None:
    """Close somebody's access at once; what they did stays under their name.

    :raises Refused: if it is the actor, or nobody would be left to administer
    """
    person = _locked(person, actor)
    if not person.is_active:
        raise Refused(_("%(name)s can no longer log in already.") % {"name": person})
    if refusal := why_not_end_access(actor, person):
        raise Refused(refusal)
    User.objects.filter(pk=person.pk).update(is_active=False)
    actions.end_sessions(person=person)
    AuthToken.objects.filter(user=person).delete()
    _write_down_rights(
        person,
        did="deactivated",
        before={"may_log_in": True},
        after={"may_log_in": False},
        why=why,
        actor=actor,
        now=now,
    )


@transaction.atomic
def give_access_back(*, person: User, why: str, actor: User, now: datetime) -> None:
    """Let somebody log in again, with the password they had.

    :raises Refused: if their company has been deactivated
    """
    person = _locked(person, actor)
    if person.is_active:
        raise Refused(_("%(name)s can log in already.") % {"name": person})
    if person.partner is not None and not person.partner.is_active:
        raise Refused(rules.why_not_join(person.partner) or "")
    User.objects.filter(pk=person.pk).update(is_active=True, left_with_company=False)
    _write_down_rights(
        person,
        did="reactivated",
        before={"may_log_in": False},
        after={"may_log_in": True},
        why=why,
        actor=actor,
        now=now,
    )


def why_not_give_role(actor: User, person: User, role: str) -> str | None:
    """Rights are given by somebody else, and somebody stays to administer."""
    if actor.pk == person.pk:
        return _("You cannot change your own role. Ask another programme admin.")
    if person.is_partner:
        return rules.why_not_retitle(
            actor, person, title=role, other_admins=other_admins(person)
        )
    if role == StaffRole.PROGRAMME_ADMIN:
        return None
    return _why_last_programme_admin(person)


def why_not_end_access(actor: User, person: User) -> str | None:
    """Nobody closes the door behind themselves or behind the last who has the key."""
    if actor.pk == person.pk:
        return _("You cannot end your own access. Ask another programme admin.")
    if person.is_partner:
        return None
    return _why_last_programme_admin(person)


def _why_last_programme_admin(person: User) -> str | None:
    if not (person.is_active and person.is_programme_admin):
        return None
    others = User.objects.filter(
        is_active=True, staff_role=StaffRole.PROGRAMME_ADMIN
    ).exclude(pk=person.pk)
    if others.exists():
        return None
    return _("%(name)s is the last programme admin. Make somebody else one first.") % {
        "name": person
    }


def _locked(person: User, actor: User) -> User:
    """Return a person as they are now, after whoever else changes admins is done.

    Two admins who remove each other at once act one after the other.
    """
    admins = User.objects.filter(staff_role=StaffRole.PROGRAMME_ADMIN)
    list(admins.select_for_update().order_by("pk"))
    require_programme_admin(actor)
    if person.partner_id is not None:
        Partner.objects.select_for_update().get(pk=person.partner_id)
    return User.objects.select_related("partner").get(pk=person.pk)


def _write_down_rights(
    person: User,
    *,
    did: str,
    before: Values,
    after: Values,
    why: str,
    actor: User,
    now: datetime,
) -> None:
    write_down(
        about=about_person(person),
        name=str(person),
        did=did,
        before=before,
        after=after,
        why=why,
        actor=actor,
        partner_id=person.partner_id,
        deed=Deed.RIGHTS_CHANGED,
        now=now,
    )
