"""The address a mail comes back to: one for each mail, which nobody else can name.

`bounces+<number>.<seal>@domain`: the number finds the mail, and the seal proves that
whoever writes there was handed that very mail (VERP with a keyed hash). A rival who
knows a claim's number, or even a mail's Message-ID, cannot make up a bounce with it.
"""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Iterator

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from notifications.models import Message

SALT = "notifications.return_path"
SEAL_LENGTH = 26  # base32 of 128 bits: mail programs may change the case of an address


def return_path(message: Message) -> str:
    """Return where this mail comes back to; empty if the installation reads none."""
    local, _at, domain = settings.MAIL_BOUNCES.rpartition("@")
    if not local:
        return ""
    return f"{local}+{message.pk}.{_seal(message, settings.SECRET_KEY)}@{domain}"


def message_of(text: str) -> Message | None:
    """Return the mail whose address stands anywhere in the text with a true seal."""
    for number, seal in _addresses_in(text):
        message = Message.objects.filter(pk=number).first()
        if message is not None and _is_true(message, seal):
            return message
    return None


def _addresses_in(text: str) -> Iterator[tuple[int, str]]:
    local, _at, domain = settings.MAIL_BOUNCES.rpartition("@")
    address = re.compile(
        rf"{re.escape(local)}\+([0-9]{{1,18}})\.([a-z2-7]{{{SEAL_LENGTH}}})"
        rf"@{re.escape(domain)}",
        re.IGNORECASE,
    )
    found = dict.fromkeys(address.findall(text)) if local else {}
    return ((int(number), seal) for number, seal in list(found)[:10])


def _is_true(message: Message, seal: str) -> bool:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(_seal(message, key), seal.lower()) for key in keys)


def _seal(message: Message, secret: str) -> str:
    value = f"{message.pk}:{message.message_id}"
    digest = salted_hmac(SALT, value, secret=secret, algorithm="sha256").digest()
    return b32encode(digest[:16]).decode().rstrip("=").lower()
