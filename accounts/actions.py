"""Every write about people and their companies."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from knox.models import AuthToken

from accounts import outbox, rules, scopes, trail
from accounts.changes import unless_taken
from accounts.invitation_limits import count_invitation
from accounts.models import Budget, Deed, Invitation, Partner, PartnerLocation, User
from accounts.queries import has_account, other_admins, token_hash
from accounts.rulebook import INVITATION_DAYS, value_of
from accounts.rules import Refused
from accounts.scopes import Across
from accounts.sessions import SessionStore


def create_partner(*, name: str, slug: str = "") -> Partner:
    """Register a partner company; without a short name it gets one from its name."""
    return Partner.objects.create(name=name, slug=slug or slugify(name))


def add_location(
    *, partner: Partner, partner_id: str, name: str, is_enrolled: bool = True
) -> PartnerLocation:
    """Give a company a location, known by its partner ID of 7 digits."""
    return PartnerLocation.objects.create(
        company=partner, partner_id=partner_id, name=name, is_enrolled=is_enrolled
    )


def create_person(
    *,
    email: str,
    name: str,
    password: str | None = None,
    partner: Partner | None = None,
    title: str = "",
    staff_role: str = "",
    language: str = "en",
    time_zone: str = "Europe/Berlin",
) -> User:
    """Create a person of a company (with a title) or of the programme (with a role).

    Without a password nobody can log in as them until they reset it.

    :raises IntegrityError: if the address is taken, or they would be both or neither
    """
    return User.objects.create_user(
        email,
        password,
        name=name,
        partner=partner,
        title=title,
        staff_role=staff_role,
        language=language,
        time_zone=time_zone,
    )


@transaction.atomic
def invite_person(
    *,
    partner: Partner,
    email: str,
    title: str,
    language: str,
    actor: User,
    now: datetime,
) -> Invitation:
    """Send a link by which somebody joins a company; an earlier link to them ends.

    Whether the address has an account elsewhere makes no difference to what is stored
    and answered: only who reads that mailbox learns of it.

    :raises Refused: if the actor may not, or the person already belongs to the company
    """
    _require_admin(actor, partner)
    email = email.strip().lower()
    if refusal := rules.why_not_join(partner):
        raise Refused(refusal)
    if refusal := rules.why_not_invite(partner.people.filter(email=email).first()):
        raise Refused(refusal)
    count_invitation(partner, email, now)
    return offer_place(
        partner=partner,
        email=email,
        title=title,
        language=language,
        actor=actor,
        now=now,
    )


def offer_place(
    *,
    partner: Partner | None,
    email: str,
    title: str = "",
    staff_role: str = "",
    language: str,
    actor: User,
    now: datetime,
) -> Invitation:
    """Send the link to a place in a company, or in the programme; no right is asked."""
    _waiting(partner, email).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        partner=partner,
        email=email,
        title=title,
        staff_role=staff_role,
        language=language,
        invited_by=actor,
        token_hash=token_hash(token),
        created_at=now,
        expires_at=now + timedelta(days=value_of(INVITATION_DAYS)),
    )
    _send_invitation(invitation, token)
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, actor: User, now: datetime) -> None:
    """End a link that waits; one already accepted or revoked stays what it is."""
    if invitation.partner is None:
        raise Refused(_("Only invitations to a partner company are managed here."))
    _require_admin(actor, invitation.partner)
    _waiting(invitation.partner, invitation.email).filter(pk=invitation.pk).update(
        revoked_at=now
    )


@transaction.atomic
def accept_invitation(
    *, token: str, name: str, password: str, language: str, now: datetime
) -> User:
    """Create the account an invitation offers; the link works once.

    :raises Refused: if the link no longer works or its address has an account
    """
    invitation = _open_invitation(token_hash(token), now)
    return _take_up(
        invitation, name=name, password=password, language=language, now=now
    )


@transaction.atomic
def join_by_company_log_in(
    *, invitation_hash: str, email: str, name: str, language: str, now: datetime
) -> User:
    """Create the account for somebody whose company vouches for the invited address.

    They have no password; with the reset mail they can set one.

    :raises Refused: if the link no longer works or is for another address
    """
    invitation = _open_invitation(invitation_hash, now)
    if invitation.email != email:
        raise Refused(_("This invitation is for another address."))
    return _take_up(invitation, name=name, password=None, language=language, now=now)


@transaction.atomic
def change_title(*, person: User, title: str, actor: User, now: datetime) -> None:
    """Give somebody another title; they log in again to work under it.

    :raises Refused: if the actor may not, or the company would lose its last admin
    """
    person = _locked(person, actor)
    refusal = rules.why_not_retitle(
        actor, person, title=title, other_admins=other_admins(person)
    )
    if refusal:
        raise Refused(refusal)
    if person.title == title:
        return
    User.objects.filter(pk=person.pk).update(title=title)
    end_sessions(person=person)
    _record_rights(person, actor, now, role=[person.title, title])


@transaction.atomic
def remove_person(*, person: User, actor: User, now: datetime) -> None:
    """Close somebody's access at once; what they did stays under their name.

    :raises Refused: if the actor may not, is the person or would remove the last admin
    """
    person = _locked(person, actor)
    refusal = rules.why_not_remove(actor, person, other_admins=other_admins(person))
    if refusal:
        raise Refused(refusal)
    User.objects.filter(pk=person.pk).update(is_active=False)
    end_sessions(person=person)
    _record_rights(person, actor, now, access="ended")


@transaction.atomic
def bring_back(*, person: User, actor: User, now: datetime) -> None:
    """Let a removed person log in again, with the password they had."""
    person = _locked(person, actor)
    if person.partner is not None and (refusal := rules.why_not_join(person.partner)):
        raise Refused(refusal)
    User.objects.filter(pk=person.pk).update(is_active=True, left_with_company=False)
    _record_rights(person, actor, now, access="given back")


def end_sessions(*, person: User) -> None:
    """Log somebody out everywhere, programs included, from their next request on.

    Call it with every change of somebody's rights: a session notices a changed role by
    itself, an API token does not.
    """
    User.objects.filter(pk=person.pk).update(session_round=F("session_round") + 1)
    end_tokens(person=person)


@transaction.atomic
def log_out_everywhere(*, person: User, now: datetime) -> None:
    """End all sessions and tokens because their owner wants it."""
    end_sessions(person=person)
    where = {"where": "everywhere else"}
    trail.record_about(person, deed=Deed.LOG_OUT, actor=person, details=where, now=now)


@transaction.atomic
def end_session(*, session: UserSession, person: User, now: datetime) -> None:
    """End one of somebody's sessions, from its next request on; tokens stay.

    Pressed twice at once, it is one log-out.
    """
    mine = UserSession.objects.filter(pk=session.pk, user=person)
    if not mine.delete()[0]:
        return
    SessionStore().delete(session.session_key)
    where = {"where": "one other device"}
    trail.record_about(person, deed=Deed.LOG_OUT, actor=person, details=where, now=now)


def end_tokens(*, person: User) -> None:
    """Take the API away from whatever program acts for this person."""
    with scopes.across(Across.SIGN_OFF):
        AuthToken.objects.filter(user=person).delete()


@transaction.atomic
def clear_out(*, now: datetime) -> int:
    """Delete sessions, tokens and counts of tries that ended before now."""
    kept = Session.objects.filter(expire_date__gte=now).values("session_key")
    ended: list[QuerySet[Any]] = [
        UserSession.objects.exclude(session_key__in=kept),
        Session.objects.filter(expire_date__lt=now),
        AuthToken.objects.filter(expiry__lt=now),
        Budget.objects.filter(ends_at__lt=now),
    ]
    return sum(rows.delete()[0] for rows in ended)


def set_language(*, person: User, language: str) -> None:
    """Speak to somebody in this language from now on, mails included."""
    User.objects.filter(pk=person.pk).update(language=language)


def update_profile(*, person: User, name: str, language: str, time_zone: str) -> None:
    """Change what somebody says about themselves."""
    User.objects.filter(pk=person.pk).update(
        name=name, language=language, time_zone=time_zone
    )


def issue_token(*, person: User) -> str:
    """Return a new API token of a person; only its hash is kept."""
    _row, token = AuthToken.objects.create(user=person)
    return str(token)


def _open_invitation(hashed: str, now: datetime) -> Invitation:
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("partner")
        .filter(token_hash=hashed)
        .first()
    )
    if invitation is None or not invitation.is_open(now):
        raise Refused(_("This invitation link no longer works."))
    return invitation


def _take_up(
    invitation: Invitation,
    *,
    name: str,
    password: str | None,
    language: str,
    now: datetime,
) -> User:
    user = _join(invitation, name=name, password=password, language=language)
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    role = invitation.title or invitation.staff_role
    _record_rights(user, user, now, access="accepted", role=role)
    return user


def _record_rights(person: User, actor: User, now: datetime, **details: object) -> None:
    trail.record(
        deed=Deed.RIGHTS_CHANGED,
        actor=actor,
        partner_id=person.partner_id,
        about=person.email,
        details=details,
        now=now,
    )


def _require_admin(actor: User, partner: Partner) -> None:
    """Lock the company and look at the actor again.

    Two admins who remove each other at once act one after the other: the second finds
    their own access ended.
    """
    Partner.objects.select_for_update().get(pk=partner.pk)
    actor.refresh_from_db(fields=["is_active", "title", "staff_role", "partner"])
    if refusal := rules.why_not_manage(actor, partner):
        raise Refused(refusal)


def _locked(person: User, actor: User) -> User:
    """Return a company's person as they are now, with the company locked."""
    if person.partner is None:
        raise Refused(_("Only the people of a partner company are managed here."))
    _require_admin(actor, person.partner)
    return User.objects.select_related("partner").get(pk=person.pk)


def _waiting(partner: Partner | None, email: str) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        partner=partner, email=email, accepted_at=None, revoked_at=None
    )


def _send_invitation(invitation: Invitation, token: str) -> None:
    """Send the link; a holder of an account only learns that they cannot use one."""
    is_taken = has_account(invitation.email)
    page = reverse("account_login") if is_taken else reverse("invitation", args=[token])
    outbox.send(
        key=f"invitation:{invitation.pk}",
        topic="already_has_account" if is_taken else "invitation",
        audience=invitation.email,
        context={
            "url": settings.PUBLIC_URL + page,
            "company": str(invitation.partner or settings.OPERATOR),
            "invited_by": str(invitation.invited_by),
            "title": invitation.title,
            "staff_role": invitation.staff_role,
            "expires_at": invitation.expires_at.isoformat(),
        },
        language=invitation.language,
    )


def _join(
    invitation: Invitation, *, name: str, password: str | None, language: str
) -> User:
    taken = Refused(_("This address already has an account."))
    if has_account(invitation.email):
        raise taken
    with unless_taken(taken):
        return create_person(
            email=invitation.email,
            name=name,
            password=password,
            partner=invitation.partner,
            title=invitation.title,
            staff_role=invitation.staff_role,
            language=language,
        )
