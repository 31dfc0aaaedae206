"""Signing in to the API by a token; the person's scope begins with it."""

from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from rest_framework.request import Request

from accounts import scopes


class ScopedTokenAuthentication(TokenAuthentication):  # type: ignore[misc]
    """The token is looked up at the entrance; what follows is the person's."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found: tuple[Any, Any] | None = super().authenticate(request)
        if found:
            scopes.become(scopes.standing_of(found[0]))
        return found


class TokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    """What the API's schema says of it."""

    target_class = "accounts.authentication.ScopedTokenAuthentication"
