"""Reads winmail.dat, in which Outlook and Exchange wrap attachments ([MS-OXTNEF])."""

import struct
from collections.abc import Iterator

from claims.inspection.finding import Code, Refusal

TNEF_MAGIC = b"\x78\x9f\x3e\x22"
_ATTRIBUTE = struct.Struct("<B2L")
_DATA, _TITLE, _RENDERING, _PROPERTIES = 0x6800F, 0x18010, 0x69002, 0x69005
# PR_ATTACH_LONG_FILENAME as Unicode and as bytes; PR_ATTACH_DATA_OBJ as an object.
_LONG_NAMES = {0x3707001F: "utf-16-le", 0x3707001E: "latin-1"}
_OBJECT = struct.pack("<L", 0x3701000D)


def attachments_in(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the attachments; raises Refusal for a damaged wrapping."""
    for attributes in _attachments(data):
        title = attributes.get(_TITLE, b"").rstrip(b"\x00").decode("latin-1")
        properties = attributes.get(_PROPERTIES, b"")
        if _OBJECT in properties:
            raise Refusal(Code.EMBEDDED_OBJECT, "an object in winmail.dat")
        yield _long_name(properties) or title, attributes.get(_DATA, b"")


def _attachments(data: bytes) -> Iterator[dict[int, bytes]]:
    """The attributes of each attachment, which begin with one of rendering."""
    current: dict[int, bytes] = {}
    for kind, value in _attributes(data):
        if kind == _RENDERING and current:
            yield current
            current = {}
        if kind in {_RENDERING, _DATA, _TITLE, _PROPERTIES}:
            current[kind] = current.get(kind, b"") + value
    if current:
        yield current


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = len(TNEF_MAGIC) + 2
    while position < len(data):
        try:
            _, kind, length = _ATTRIBUTE.unpack_from(data, position)
        except struct.error as error:
            raise Refusal(Code.CORRUPT, "winmail.dat is damaged") from error
        start = position + _ATTRIBUTE.size
        if start + length + 2 > len(data):
            raise Refusal(Code.CORRUPT, "winmail.dat is damaged")
        yield kind, data[start : start + length]
        position = start + length + 2


def _long_name(properties: bytes) -> str:
    """A property that is stored as its tag, a count of 1, its length and its bytes."""
    for tag, encoding in _LONG_NAMES.items():
        at = properties.find(struct.pack("<2L", tag, 1))
        if at >= 0:
            length = int.from_bytes(properties[at + 8 : at + 12], "little")
            raw = properties[at + 12 : at + 12 + length]
            return raw.decode(encoding, "replace").rstrip("\x00")
    return ""
