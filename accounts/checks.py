"""What Django's checks say about the identity providers that were set up."""

import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

# Entra ID's addresses for people of any tenant: whoever has one chooses the claims.
ANY_TENANT = re.compile(r"/(common|organizations|consumers)(/|$)")
# An address that nobody is to find by trying has so many signs at least.
UNGUESSABLE = 20
NEEDED = {"id", "name", "server", "client_id", "secret", "domains"}


@register()
def check_identity_providers(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse a set-up by which somebody could come in as somebody else."""
    return [
        Error(f"CPOR_OIDC, {each.get('id', number)}: {wrong}", id="accounts.E001")
        for number, each in enumerate(settings.OIDC_PROVIDERS)
        for wrong in _wrong_with(each)
    ]


def _wrong_with(provider: dict[str, Any]) -> list[str]:
    missing = sorted(NEEDED - {name for name, value in provider.items() if value})
    if missing:
        return [f"{', '.join(missing)} must be given."]
    wrong = []
    if ANY_TENANT.search(provider["server"]):
        wrong.append("name one tenant: anybody's tenant can claim any address.")
    if settings.PRODUCTION and not provider["server"].startswith("https://"):
        wrong.append("the server's address must begin with https.")
    if settings.PRODUCTION and not provider.get("public") and _is_short(provider):
        wrong.append(
            f"its id is a secret address and needs {UNGUESSABLE} signs, such as "
            "`openssl rand -hex 16` makes; or set public to true, and everybody reads "
            "its name on the log-in page."
        )
    return wrong


def _is_short(provider: dict[str, Any]) -> bool:
    return len(provider["id"]) < UNGUESSABLE
