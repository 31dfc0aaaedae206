"""How allauth behaves here: closed doors, our words, mails through the outbox."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import base36_to_int
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import attempts, company_proof, outbox, scopes
from accounts.devices import remember_device
from accounts.middleware import take_even_time
from accounts.models import User
from accounts.opaque import PERSON, opaque
from accounts.second_factor import is_last_factor, must_have_second_factor
from accounts.signals import log_in_failed


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Log-in by e-mail and password; accounts come by invitation only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This e-mail and this password do not belong together. Check both, "
            "or reset your password."
        ),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": _(
            "Too many attempts. Wait five minutes, or reset your password: the link in "
            "the mail lets you in at once."
        ),
        "too_many_codes": _(
            "Too many codes. Wait an hour, or log in with a browser you have used "
            "before or with a passkey."
        ),
        "invalid_password_reset": _("This link no longer works. Ask for a new one."),
        "rate_limited": _("Too many attempts. Wait a minute and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: a company's admin invites, a programme admin creates."""
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Write the password alone: at the entrance nothing else may be changed."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """A new password ends all sessions, so the next page is log-in."""
        return reverse("account_login")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Never trust the Host header of whoever asks for a mail to somebody else."""
        person, _dash, token = key.partition("-")
        name = opaque(PERSON, base36_to_int(person))
        path = reverse("account_reset_password_from_key", args=[name, token])
        return f"{settings.PUBLIC_URL}{path}"

    def send_password_reset_mail(
        self, user: User, email: str, context: dict[str, Any]
    ) -> None:
        """Write the mail into the outbox, in the language of its reader.

        After a few within the hour none goes out, whoever asks: those before it lie in
        the mailbox and work.
        """
        now = timezone.now()
        if not attempts.may_mail_reset(person_id=user.pk, now=now):
            return
        expires_at = now + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        fingerprint = hashlib.sha256(context["key"].encode()).hexdigest()[:16]
        outbox.send(
            key=f"password_reset:{user.pk}:{fingerprint}",
            topic="password_reset",
            audience=user,
            context={
                "url": context["password_reset_url"],
                "name": user.name,
                "expires_at": expires_at.isoformat(),
            },
            language=user.language,
        )

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """Refuse every other mail of allauth's: none is switched on, none is worded."""
        raise LookupError(f"No topic for allauth's mail {template_prefix}.")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Ask for a password's budget first: see accounts/attempts.py."""
        attempt = attempts.try_password(
            request,
            email=credentials.get("email", ""),
            network=get_ip(request),
            now=timezone.now(),
        )
        if attempt is None:
            raise self.validation_error("too_many_login_attempts")
        # Whoever is signed in confirms who they are: the hash is read at the entrance.
        with scopes.entered(scopes.AT_ENTRANCE):
            person: User | None = super().authenticate(request, **credentials)
        if person is None:  # the trail of a company takes longer to write than none
            take_even_time(request)
        else:
            attempt.forgive()
        return person

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        log_in_failed.send(sender=User, email=credentials.get("email", ""))

    def post_login(
        self, request: HttpRequest, user: User, **kwargs: Any
    ) -> HttpResponse:
        """Know this browser again, so that no stranger's guesses close it."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if sociallogin := (kwargs.get("signal_kwargs") or {}).get("sociallogin"):
            company_proof.date_log_in(request, sociallogin)
        remember_device(request, response, user.email)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Count log-in itself: whoever just came in is not asked at once again.

        One through a company counts from when its provider asked who it is.
        """
        request = context.request
        records = get_authentication_records(request, request.user)
        latest = max((record["at"] for record in records), default=0.0)
        age = timezone.now().timestamp() - latest
        return bool(age >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors in our words; their secrets are no plain text in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or was used before."),
        "incorrect_passkey": _("This passkey does not fit. Try again, or another way."),
        "cannot_delete_authenticator": _(
            "Your role needs a second factor. Add another one first."
        ),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def get_totp_issuer(self) -> str:
        return str(settings.OPERATOR)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name this site by its own address, whatever Host a request carries."""
        host = urlsplit(settings.PUBLIC_URL).hostname or ""
        return {"id": host, "name": str(settings.OPERATOR)}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """Give the authenticator a name of the person that tells no number."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "id": opaque(PERSON, user.pk).encode()}

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)s") % {"number": count + 1}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        obliged = must_have_second_factor(authenticator.user)
        return not (obliged and is_last_factor(authenticator))

    def encrypt(self, text: str) -> str:
        return _lock().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _lock().decrypt(encrypted_text.encode()).decode()


def _lock() -> MultiFernet:
    """Return what encrypts with the secret key and still opens with earlier ones."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(f"second factor:{each}".encode()) for each in secrets)
    return MultiFernet([Fernet(urlsafe_b64encode(each.digest())) for each in digests])
