"""Reads winmail.dat, in which Outlook and Exchange wrap attachments ([MS-OXTNEF])."""

import struct
from collections.abc import Iterator

from claims.inspection.finding import Code, Refusal

TNEF_MAGIC = b"\x78\x9f\x3e\x22"
_ATTRIBUTE = struct.Struct("<B2L")
_DATA, _TITLE, _RENDERING, _PROPERTIES = 0x6800F, 0x18010, 0x69002, 0x69005
_MESSAGE = 0x69003
# What an attachment may be called besides: its short name, what it is shown as, what
# it was called in transport, how its name ends. As Unicode and as bytes.
_LONG_NAME, _OTHER_NAMES = 0x3707, (0x3704, 0x3001, 0x370C, 0x3703)
_STRINGS = {0x001F: "utf-16-le", 0x001E: "latin-1"}
_OBJECT = struct.pack("<L", 0x3701000D)
_BINARY = 0x0102
_CONTENT, _RICH_TEXT, _PAGE = 0x3701, 0x1009, 0x1013


def attachments_in(data: bytes) -> Iterator[tuple[list[str], bytes]]:
    """All names and contents of each attachment, the most usual name first.

    Raises Refusal for a damaged wrapping.
    """
    for attributes in _attachments(data):
        title = attributes.get(_TITLE, b"").rstrip(b"\x00").decode("latin-1")
        properties = attributes.get(_PROPERTIES, b"")
        if _OBJECT in properties:
            raise Refusal(Code.EMBEDDED_OBJECT, "an object in winmail.dat")
        others = [text for tag in _OTHER_NAMES for text in _texts(properties, tag)]
        names = [*_texts(properties, _LONG_NAME), title, *others]
        contents = [attributes.get(_DATA, b"")]
        for content in contents + _values(properties, _CONTENT, _BINARY):
            yield names, content


def rich_texts_in(data: bytes) -> Iterator[bytes]:
    """The mail's own bodies in rich text, packed."""
    for properties in _of_the_mail(data):
        yield from _values(properties, _RICH_TEXT, _BINARY)


def pages_in(data: bytes) -> Iterator[bytes]:
    """The mail's own bodies in HTML."""
    for properties in _of_the_mail(data):
        yield from _values(properties, _PAGE, _BINARY)
        for text in _texts(properties, _PAGE):
            yield text.encode()


def _of_the_mail(data: bytes) -> Iterator[bytes]:
    return (value for kind, value in _attributes(data) if kind == _MESSAGE)


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


def _texts(properties: bytes, number: int) -> list[str]:
    return [
        raw.decode(encoding, "replace").rstrip("\x00")
        for kind, encoding in _STRINGS.items()
        for raw in _values(properties, number, kind)
    ]


def _values(properties: bytes, number: int, kind: int) -> list[bytes]:
    """Values of a property: its tag, a count of 1, a length and so many bytes."""
    head = struct.pack("<2HL", kind, number, 1)
    found, at = [], properties.find(head)
    while at >= 0:
        start = at + len(head) + 4
        length = int.from_bytes(properties[start - 4 : start], "little")
        found.append(properties[start : start + length])
        at = properties.find(head, start)
    return found
