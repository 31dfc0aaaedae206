"""A fresh proof of who somebody is, given by their company's identity provider.

For people who come through their company's log-in and have nothing here to confirm
with. A provider whose session lives answers without asking anybody: only the time at
which the person logged in there, in the signed token, tells whether it asked
(docs/decisions/0026-proof-at-the-provider.md).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
)
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User

PROCESS = "reauthenticate"  # what allauth's state calls a question of ours
METHOD = "socialaccount"  # what allauth calls a log-in at a provider
LEEWAY = 60  # seconds by which a provider's clock may differ from ours


class Doubt(StrEnum):
    """Why an answer proves nothing."""

    OTHER = "somebody else"
    UNDATED = "no time of log-in"
    OLD = "an earlier log-in"


def claims_of(sociallogin: SocialLogin) -> dict[str, Any]:
    """Return what the signed token says; nothing else is believed."""
    return dict(sociallogin.account.extra_data.get("id_token") or {})


def provider_of(request: HttpRequest) -> OpenIDConnectProvider | None:
    """Return the provider through which this session began, if it is still set up."""
    log_in = _log_in_of(request)
    if log_in is None:
        return None
    try:
        return get_adapter(request).get_provider(request, log_in["provider"])
    except SocialApp.DoesNotExist:
        return None


def ask_provider(
    request: HttpRequest, provider: OpenIDConnectProvider, next_url: str
) -> HttpResponse:
    """Answer with the way to the provider, which shall not rely on its session.

    :raises requests.RequestException: if it does not answer
    """
    asked = {"at": int(timezone.now().timestamp())}
    wish = {**provider.get_auth_params(), "prompt": "login"}
    if provider.app.settings["takes_max_age"]:
        wish["max_age"] = "0"
    response: HttpResponse = provider.redirect(
        request, PROCESS, next_url, data=asked, auth_params=wish
    )
    return response


def doubt_about(request: HttpRequest, sociallogin: SocialLogin) -> Doubt | None:
    """Return why this answer does not prove that the signed-in person is there.

    The question is theirs: it is kept in the session, which ends when they log out.
    """
    asked, account = sociallogin.state["data"], sociallogin.account
    log_in = _log_in_of(request) or {}
    expected = (log_in.get("provider"), log_in.get("uid"), request.user.pk)
    if (account.provider, account.uid, sociallogin.user.pk) != expected:
        return Doubt.OTHER
    logged_in_at = _time_of_log_in(sociallogin)
    if logged_in_at is None:
        return Doubt.UNDATED
    return Doubt.OLD if logged_in_at < asked["at"] - LEEWAY else None


def accept(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """Note in the session that the person has proved who they are."""
    known = {"provider": sociallogin.account.provider, "uid": sociallogin.account.uid}
    record_authentication(request, request.user, METHOD, **known, reauthenticated=True)
    date_log_in(request, sociallogin)


def date_log_in(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """Let a log-in be as old as what the person did at the provider, not as its answer.

    Otherwise whoever sits at somebody's open browser would log in anew, unasked.
    """
    if log_in := _log_in_of(request):
        log_in["at"] = min(log_in["at"], _time_of_log_in(sociallogin) or 0.0)
        request.session.modified = True


def _log_in_of(request: HttpRequest) -> dict[str, Any] | None:
    """Return what the session knows of its last log-in at a provider."""
    person = request.user if isinstance(request.user, User) else None
    records = get_authentication_records(request, person)
    found = (record for record in reversed(records) if record["method"] == METHOD)
    return next(found, None)


def _time_of_log_in(sociallogin: SocialLogin) -> float | None:
    """Return when the person logged in there; a time to come is none, as are words."""
    told = claims_of(sociallogin).get("auth_time")
    if not isinstance(told, int | float) or isinstance(told, bool):
        return None
    return None if told > timezone.now().timestamp() + LEEWAY else float(told)
