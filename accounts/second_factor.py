"""The second factor: who must have one, who has one, and whether a code is right."""

from datetime import datetime

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import attempts
from accounts.models import User

SECOND_FACTOR_MISSING = _(
    "Your role needs a second factor. Log in on the website and set one up."
)
SECOND_FACTOR_NEEDED = _(
    "Send the code of your authenticator app too, or a recovery code, as “code”."
)
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(person: User) -> bool:
    """Say whether log-in asks this person for more than the password."""
    return bool(is_mfa_enabled(person, FACTORS))


def must_have_second_factor(person: User) -> bool:
    """Say whether this person's role demands one; the demo's people are spared."""
    if settings.DEMO and person.email.endswith(".example"):
        return False
    return (person.staff_role or person.title) in settings.SECOND_FACTOR_ROLES


def is_last_factor(authenticator: Authenticator) -> bool:
    """Say whether nothing but recovery codes would be left without this one."""
    factors = Authenticator.objects.filter(
        user_id=authenticator.user_id, type__in=FACTORS
    )
    return not factors.exclude(pk=authenticator.pk).exists()


def accept_code(
    *, person: User, code: str, request: HttpRequest, again: bool, now: datetime
) -> Authenticator | None:
    """Return what a code belongs to, app or recovery codes; None if it is wrong.

    A code of the app works once, also if the cache was emptied in between.

    :param again: whether somebody who is logged in confirms who they are
    :raises ValidationError: if too many were tried
    """
    attempt = attempts.try_code(
        request, email=person.email, person_id=person.pk, now=now
    )
    if attempt is None:
        raise get_adapter().validation_error("too_many_codes")
    matching = _matching(person, code)
    if matching and attempts.use_code_once(person_id=person.pk, code=code, now=now):
        attempt.forgive()
        return matching
    authentication_failed.send(
        sender=Authenticator,
        request=request,
        user=person,
        authenticator=matching,
        reauthentication=again,
    )
    return None


def _matching(person: User, code: str) -> Authenticator | None:
    """Return the authenticator that knows this code; a passkey knows none."""
    candidates = Authenticator.objects.filter(user=person).exclude(
        type=Authenticator.Type.WEBAUTHN
    )
    for each in candidates:
        if each.wrap().validate_code(code):
            each.user = person
            return each
    return None
