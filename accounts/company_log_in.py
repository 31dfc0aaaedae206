"""Log-in through a company's own identity provider: who comes in, and as whom.

Only people who are here or were invited, and only those whom this provider may speak
for: see docs/decisions/0007-sign-in.md on how an unverified address of a stranger's
tenant is kept from opening a rival's account.
"""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
)
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import actions, company_proof, scopes, trail
from accounts.access import signed_in
from accounts.company_proof import claims_of
from accounts.forms import NameField, is_plain_name
from accounts.models import Deed, User
from accounts.queries import person_with
from accounts.rules import Refused

INVITED = "invitation"  # in the session: the hash of the link that began this log-in
# Entra ID says it by xms_edov, where the token is set up to carry it; others by the
# claim of the standard. A number or word is what some send for a truth value.
VERIFIED = ("email_verified", "xms_edov")
TRUE = (True, 1, "1", "true", "True")


def proven_email(app: SocialApp, claims: dict[str, Any]) -> str | None:
    """Return the address that this provider vouches for, if it may vouch for it.

    It must say that the address is verified, and the address must be of a domain that
    the operator has given to this provider: a company is believed about its own people.
    """
    email = str(claims.get("email") or "").strip().lower()
    is_verified = any(
        claims.get(name) in TRUE for name in ("email_verified", "xms_edov")
    )
    if not is_verified or not _is_address(email):
        return None
    return email if email.rpartition("@")[2] in app.settings["domains"] else None


class CompanyLogInAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Known once, a person is known by the provider's own number, not by an address."""

    def is_open_for_signup(
        self, request: HttpRequest, sociallogin: SocialLogin
    ) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """Ask nothing by allauth's rule: ours is stricter, and comes next."""

    def list_apps(
        self,
        request: HttpRequest,
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[SocialApp]:
        """Look the providers up at the entrance: each comes with its secret."""
        with scopes.entered(scopes.AT_ENTRANCE):
            found: list[SocialApp] = super().list_apps(request, provider, client_id)
            return found

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.state.get("process") == company_proof.PROCESS:
            raise ImmediateHttpResponse(_answer_to_proof(request, sociallogin))
        invitation_hash = request.session.pop(INVITED, "")
        if sociallogin.state.get("process") != "login":
            self._refuse(request, sociallogin)
        if sociallogin.is_existing:
            return
        email = proven_email(sociallogin.provider.app, claims_of(sociallogin))
        if isinstance(request.user, User) and email != request.user.email:
            email = None  # whoever is signed in proves nobody else's address
        person = None
        if email is not None:
            person = person_with(email) or _join(invitation_hash, email, sociallogin)
        if person is None:
            self._refuse(request, sociallogin)
        # Not allauth's `connect`: it writes the whole person, which nobody may here.
        sociallogin.user = sociallogin.account.user = person
        sociallogin.account.save()
        _record(Deed.SIGN_IN_CHANGED, person, sociallogin, "linked")

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: OpenIDConnectProvider,
        *,
        extra_context: dict[str, Any] | None = None,
        error: str | None = None,
        **_more: Any,
    ) -> None:
        """Whoever was to prove who they are stays signed in, and is asked again."""
        state = (extra_context or {}).get("state") or {}
        if state.get("process") != company_proof.PROCESS:
            return
        if error != AuthError.CANCELLED:
            messages.error(request, no_answer_from(provider))
        again = urlencode({"next": state.get("next", "/")})
        raise ImmediateHttpResponse(
            redirect(f"{reverse('account_reauthenticate_company')}?{again}")
        )

    def _refuse(self, request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
        """Say the same whether the address is unknown, unproven or another's."""
        _record(Deed.LOG_IN_FAILED, None, sociallogin, "refused")
        context = {"provider": sociallogin.provider}
        raise ImmediateHttpResponse(
            render(request, "socialaccount/refused.html", context, status=403)
        )


def no_answer_from(provider: OpenIDConnectProvider) -> str:
    """Say that something is amiss at the provider, and who can help."""
    return _(
        "%(name)s gave no answer that fits, or too late. Try once more; if it stays "
        "so, tell the people who look after it in your company."
    ) % {"name": provider.name}


def _answer_to_proof(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    """Lead back to what was wanted, or say why nothing is proved; log nobody in."""
    next_url = sociallogin.state.get("next") or "/"
    doubt = company_proof.doubt_about(request, sociallogin)
    if doubt is None:
        company_proof.accept(request, sociallogin)
        return redirect(next_url)
    trail.record_about(
        signed_in(request),
        deed=Deed.LOG_IN_FAILED,
        actor=None,
        details={sociallogin.provider.name: doubt},
        now=timezone.now(),
    )
    provider = sociallogin.provider
    context = {"provider": provider, "doubt": doubt.name, "next": next_url}
    return render(request, "socialaccount/not_confirmed.html", context, status=403)


def _join(invitation_hash: str, email: str, sociallogin: SocialLogin) -> User | None:
    """Take up the invitation whose link began this log-in, if it is for them."""
    name = NameField().to_python(claims_of(sociallogin).get("name"))
    try:
        return actions.join_by_company_log_in(
            invitation_hash=invitation_hash,
            email=email,
            name=name[:200] if name and is_plain_name(name) else email,
            language=translation.get_language(),
            now=timezone.now(),
        )
    except Refused:
        return None


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _record(
    deed: Deed, person: User | None, sociallogin: SocialLogin, what: str
) -> None:
    trail.record(
        deed=deed,
        actor=person,
        partner_id=person.partner_id if person else None,
        about=person.email if person else "",
        details={sociallogin.provider.name: what},
        now=timezone.now(),
    )
