"""What the entrance tells, written into the audit trail; and what ends with it."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import (
    password_changed,
    password_reset,
    password_set,
    user_logged_in,
)
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in as session_begun
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts import actions, trail
from accounts.models import Deed, User
from accounts.queries import person_with
from accounts.signals import log_in_failed

UNKNOWN = "an address that nobody logs in with"


@receiver(session_begun)
def note_first_use(request: HttpRequest, **kwargs: Any) -> None:
    now = int(timezone.now().timestamp())
    request.session.update({"began": now, "last_use": now})


@receiver(user_logged_in)
def record_log_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    records = get_authentication_records(request, user)
    ways = [record.get("type") or record["method"] for record in records]
    _record(Deed.LOG_IN, user, {"by": ways})


@receiver(log_in_failed)
def record_failure(email: str, **kwargs: Any) -> None:
    """Name only addresses we know: people type passwords into the wrong field."""
    person = person_with(email)
    trail.record(
        deed=Deed.LOG_IN_FAILED,
        actor=None,
        partner_id=person.partner_id if person else None,
        about=person.email if person else UNKNOWN,
        now=timezone.now(),
    )


@receiver(mfa.authentication_failed)
def record_wrong_code(user: User, **kwargs: Any) -> None:
    trail.record_about(
        user,
        deed=Deed.LOG_IN_FAILED,
        actor=None,
        details={"by": "code"},
        now=timezone.now(),
    )


@receiver(user_logged_out)
def record_log_out(user: User | None, **kwargs: Any) -> None:
    if user is not None:
        _record(Deed.LOG_OUT, user)


@receiver([password_changed, password_set, password_reset])
def record_new_password(user: User, **kwargs: Any) -> None:
    """A new password ends all sessions; programs that act for somebody end here."""
    actions.end_tokens(person=user)
    _record(Deed.SIGN_IN_CHANGED, user, {"password": "new"})


@receiver(mfa.authenticator_added)
def record_added(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _record(Deed.SIGN_IN_CHANGED, user, {authenticator.type: "added"})


@receiver(mfa.authenticator_removed)
def record_removed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _record(Deed.SIGN_IN_CHANGED, user, {authenticator.type: "removed"})


@receiver(mfa.authenticator_reset)
def record_reset(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _record(Deed.SIGN_IN_CHANGED, user, {authenticator.type: "new"})


def _record(deed: Deed, person: User, details: dict[str, object] | None = None) -> None:
    trail.record_about(
        person, deed=deed, actor=person, details=details, now=timezone.now()
    )
