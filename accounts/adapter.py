"""How allauth behaves here: closed doors, our words, mails through the outbox."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.models import User


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
            "Too many attempts from your network. Wait five minutes and try again."
        ),
        "invalid_password_reset": _("This link no longer works. Ask for a new one."),
        "rate_limited": _("Too many attempts. Wait a minute and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: a company's admin invites, a programme admin creates."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """A new password ends all sessions, so the next page is log-in."""
        return reverse("account_login")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Never trust the Host header of whoever asks for a mail to somebody else."""
        person, _dash, token = key.partition("-")
        path = reverse("account_reset_password_from_key", args=[person, token])
        return f"{settings.PUBLIC_URL}{path}"

    def send_password_reset_mail(
        self, user: User, email: str, context: dict[str, Any]
    ) -> None:
        """Write the mail into the outbox, in the language of its reader."""
        expires_at = timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
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

    def _get_login_attempts_cache_key(
        self, request: HttpRequest, **credentials: Any
    ) -> str:
        # Counted per account and network: who fails on purpose from elsewhere cannot
        # lock a rival out of the last hour before a deadline.
        account = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{account}:{self.get_client_ip(request)}"
