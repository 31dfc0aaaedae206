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
            },
        }
        for each in providers
    ]


def origins(providers: list[dict[str, Any]]) -> list[str]:
    """Return where a log-in form may lead: browsers check a redirect too."""
    servers = (urlsplit(each["server"]) for each in providers)
    return sorted({f"{server.scheme}://{server.netloc}" for server in servers})
