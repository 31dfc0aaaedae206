"""Names of rows that tell nothing: no count, no order, no neighbour (ADR 0016).

A row's key is a running number: whoever reads two of them knows how much was written
in between. What leaves the house is the key encrypted, one block of AES for each: the
same row has always the same name, and only we can make one.
"""

import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings
from django.urls.converters import StringConverter

# What kind of row a person is, for those who name one outside.
PERSON = "person"
LENGTH = 32  # hexadecimal digits: one block
_HALF = 8  # bytes: the key, and as many zeros by which a name of ours is known


def opaque(kind: str, key: int) -> str:
    """Return the name under which a row may be known outside.

    :param kind: of what it is a row; the same key has another name for each
    """
    block = _cipher(settings.SECRET_KEY, kind).encryptor()
    return block.update(key.to_bytes(_HALF) + bytes(_HALF)).hex()


def key_behind(kind: str, name: object) -> int | None:
    """Return the key that a name stands for; None if we never gave such a name."""
    text = str(name)
    if len(text) != LENGTH or not text.isascii() or not text.isalnum():
        return None
    try:
        block = bytes.fromhex(text)
    except ValueError:
        return None
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    opened = (_cipher(secret, kind).decryptor().update(block) for secret in secrets)
    return next((_number(each) for each in opened if not any(each[_HALF:])), None)


def _number(block: bytes) -> int | None:
    number = int.from_bytes(block[:_HALF])
    return number if number < 1 << 63 else None


@lru_cache
def _cipher(secret: str, kind: str) -> Cipher[Any]:
    digest = hmac.digest(secret.encode(), f"opaque {kind}".encode(), hashlib.sha256)
    # A single block of its own, never a text of several: here ECB hides all there is.
    return Cipher(algorithms.AES(digest), modes.ECB())  # noqa: S305


class OpaqueConverter(StringConverter):
    """A row in an address: its name outside, its key inside."""

    kind = ""
    regex = f"[0-9a-f]{{{LENGTH}}}"

    def to_python(self, value: str) -> int:  # type: ignore[override]
        key = key_behind(self.kind, value)
        if key is None:
            raise ValueError
        return key

    def to_url(self, value: int) -> str:  # type: ignore[override]
        return opaque(self.kind, value)


def converter(kind: str) -> type[OpaqueConverter]:
    """Return what `register_converter` takes for rows of one kind."""
    return type(f"{kind.title()}Converter", (OpaqueConverter,), {"kind": kind})
