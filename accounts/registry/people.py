"""What programme admins do about people: roles, access and invitations."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import actions, lost_factor, rules
from accounts.changes import (
    Values,
    require_programme_admin,
    require_unchanged,
    write_down,
)
from accounts.models import (
    Deed,
    Invitation,
    Partner,
    StaffRole,
    User,
)
from accounts.queries import other_admins
from accounts.rules import Refused


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


@transaction.atomic
def forget_second_factor(*, person: User, why: str, actor: User, now: datetime) -> None:
    """Let somebody who lost phone, passkeys and codes set them up anew.

    :raises Refused: if it is the actor, or there is none to forget
    """
    person = _locked(person, actor)
    if refusal := why_not_forget_second_factor(actor, person):
        raise Refused(refusal)
    if not lost_factor.drop_second_factor(person=person, now=now):
        raise Refused(
            _("%(name)s has set up no second factor, so nothing was changed.")
            % {"name": person}
        )
    _write_down_rights(
        person,
        did="forgotten",
        before={},
        after={},
        why=why,
        actor=actor,
        now=now,
    )


def why_not_forget_second_factor(actor: User, person: User) -> str | None:
    """Who gets hold of an admin's session must not shake off the factor with it."""
    if actor.pk != person.pk:
        return None
    return _("You cannot forget your own second factor. Ask another programme admin.")


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
