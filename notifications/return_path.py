"""The address a mail comes back to: one for each mail, which nobody else can name.

`bounces+<name>@domain`: the name finds the mail, and since we alone can make one it
proves that whoever writes there was handed that very mail (VERP). A rival who knows a
claim's number, or even a mail's Message-ID, cannot make up a bounce with it.
"""

from __future__ import annotations

import re
from base64 import b32decode, b32encode
from collections.abc import Iterator

from django.conf import settings

from accounts.opaque import key_behind, opaque
from notifications.models import Message

# Another kind than the inbox's "message": no address there is one of these.
KIND = "mail"
LENGTH = 26  # base32 of 128 bits: mail programs may change the case of an address


def return_path(message: Message) -> str:
    """Return where this mail comes back to; empty if the installation reads none."""
    local, _at, domain = settings.MAIL_BOUNCES.rpartition("@")
    if not local:
        return ""
    block = bytes.fromhex(opaque(KIND, message.pk))
    name = b32encode(block).decode().rstrip("=").lower()
    return f"{local}+{name}@{domain}"


def message_of(text: str) -> Message | None:
    """Return the mail whose address stands anywhere in the text."""
    for name in _names_in(text):
        block = b32decode(name.upper() + "=" * (-LENGTH % 8))
        key = key_behind(KIND, block.hex())
        message = Message.objects.filter(pk=key).first() if key else None
        if message is not None:
            return message
    return None


def _names_in(text: str) -> Iterator[str]:
    local, _at, domain = settings.MAIL_BOUNCES.rpartition("@")
    address = re.compile(
        rf"{re.escape(local)}\+([a-z2-7]{{{LENGTH}}})@{re.escape(domain)}",
        re.IGNORECASE,
    )
    found = dict.fromkeys(address.findall(text)) if local else {}
    return iter(list(found)[:10])
