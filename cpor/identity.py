"""Companies' own identity providers, as the environment names them (CPOR_OIDC)."""

from typing import Any
from urllib.parse import urlsplit


def allauth_apps(providers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what django-allauth wants to know of each provider."""
    return [
        {
            "provider_id": each["id"],
            "name": each["name"],
            "client_id": each["client_id"],
            "secret": each["secret"],
            "settings": {
                "server_url": each["server"],
                # The claims of the signed ID token only: at Entra ID, the ones of the
                # userinfo address do not say whether an e-mail is verified.
                "fetch_userinfo": False,
                "oauth_pkce_enabled": True,
                "domains": [domain.lower() for domain in each["domains"]],
                "is_public": bool(each.get("public")),
                "takes_max_age": bool(each.get("max_age", True)),
                "origin": origin(each["server"]),
            },
        }
        for each in providers
    ]


def origin(server: str) -> str:
    """Return where a log-in form leads: browsers check a redirect too."""
    parts = urlsplit(server)
    return f"{parts.scheme}://{parts.netloc}"
