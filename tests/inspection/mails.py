"""Writes EML as mail programs do, and MSG as Outlook does."""

import binascii
import struct
from base64 import encodebytes

from tests.inspection.compounds import Tree, compound

HEADERS = (
    b"Received: from mx.example.com by mail.example.com;\r\n"
    b"\tMon, 02 Nov 2026 10:00:00 +0100\r\n"
    b"From: Jane <jane@example.com>\r\nTo: john@example.com\r\n"
    b"Subject: =?utf-8?q?Best=C3=A4tigung?=\r\n"
    b"Date: Mon, 02 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@example.com>\r\n"
    b"MIME-Version: 1.0\r\n"
)
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nWe confirm.\r\n"
HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n%s\r\n"


def mail(body: bytes = TEXT) -> bytes:
    """A mail; `body` begins with its own content headers."""
    return HEADERS + body


def html_mail(html: bytes) -> bytes:
    return mail(HTML % html)


def multipart(
    *parts: bytes, kind: bytes = b"mixed", boundary: bytes = b"=_b1"
) -> bytes:
    """A multipart body from whole parts."""
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind, boundary)
    inner = b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts)
    return head + inner + b"--%s--\r\n" % boundary


def attached(
    name: bytes, content: bytes, kind: bytes = b"application/octet-stream"
) -> bytes:
    """An attachment in base64."""
    return (
        b'Content-Type: %s; name="%s"\r\nContent-Transfer-Encoding: base64\r\n'
        b'Content-Disposition: attachment; filename="%s"\r\n\r\n%s'
    ) % (kind, name, name, encodebytes(content))


def inline(name: bytes, content: bytes, kind: bytes) -> bytes:
    """A picture of the body."""
    return (
        b'Content-Type: %s; name="%s"\r\nContent-Transfer-Encoding: base64\r\n'
        b"Content-ID: <%s@01D>\r\nContent-Disposition: inline\r\n\r\n%s"
    ) % (kind, name, name, encodebytes(content))


def forwarded(message: bytes) -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\n" + message


def mail_with(*parts: bytes, boundary: bytes = b"=_b1") -> bytes:
    return mail(multipart(TEXT, *parts, boundary=boundary))


def nested(depth: int) -> bytes:
    """Mails within mails."""
    message = mail()
    for level in range(depth):
        boundary = b"=_n%d" % level
        message = mail(multipart(TEXT, forwarded(message), boundary=boundary))
    return message


def uuencoded(name: bytes, content: bytes) -> bytes:
    lines = [binascii.b2a_uu(content[i : i + 45]) for i in range(0, len(content), 45)]
    return b"begin 644 %s\n%s`\nend\n" % (name, b"".join(lines))


def winmail(name: bytes, content: bytes, properties: bytes = b"") -> bytes:
    """The wrapping of Exchange around one attachment."""

    def attribute(level: int, kind: int, data: bytes) -> bytes:
        head = struct.pack("<B2L", level, kind, len(data))
        return head + data + (sum(data) & 0xFFFF).to_bytes(2, "little")

    return (
        b"\x78\x9f\x3e\x22\x01\x00"
        + attribute(1, 0x89006, b"\x00\x00\x01\x00")
        + attribute(2, 0x69002, bytes(14))
        + attribute(2, 0x18010, name + b"\x00")
        + attribute(2, 0x69005, properties)
        + attribute(2, 0x6800F, content)
    )


def _properties(entries: dict[int, int], header: int) -> bytes:
    rows = b"".join(
        struct.pack("<2LQ", tag, 6, value) for tag, value in entries.items()
    )
    return bytes(header) + rows


def _text(value: str) -> bytes:
    return value.encode("utf-16-le")


def attachment(
    name: str, content: bytes | Tree, method: int = 1, path: str = ""
) -> Tree:
    """An attachment's storage: a file, or with a tree a mail or an object."""
    tree: Tree = {
        "__properties_version1.0": _properties({0x37050003: method}, 8),
        "__substg1.0_3707001F": _text(name),
    }
    if isinstance(content, bytes):
        tree["__substg1.0_37010102"] = content
    else:
        tree["__substg1.0_3701000D"] = content
    if path:
        tree["__substg1.0_370D001F"] = _text(path)
    return tree


def message(*attachments: Tree, **streams: bytes) -> Tree:
    """A mail's storage; `streams` are further properties by tag, as p10130102=..."""
    tree: Tree = {
        "__properties_version1.0": _properties({}, 32),
        "__substg1.0_001A001F": _text("IPM.Note"),
        "__substg1.0_0037001F": _text("Confirmation"),
        "__substg1.0_1000001F": _text("We confirm."),
    }
    for tag, value in streams.items():
        tree[f"__substg1.0_{tag[1:]}"] = value
    for number, storage in enumerate(attachments):
        tree[f"__attach_version1.0_#{number:08X}"] = storage
    return tree


def msg(*attachments: Tree, **streams: bytes) -> bytes:
    """A whole MSG file. The names say that 0x8000 is a reminder's sound file."""
    common = bytes.fromhex("0820060000000000c000000000000046")
    numbers = struct.pack("<L2H", 0x851F, 3 << 1, 0) + struct.pack(
        "<L2H", 0x8541, 3 << 1, 1
    )
    names: Tree = {
        "__substg1.0_00020102": common,
        "__substg1.0_00030102": numbers,
        "__substg1.0_00040102": b"",
    }
    return compound(message(*attachments, **streams) | {"__nameid_version1.0": names})


def rich_text(rtf: bytes) -> bytes:
    """A rich text body as Outlook stores it, without compression."""
    return struct.pack("<2L4sL", len(rtf) + 12, len(rtf), b"MELA", 0) + rtf


def packed_rich_text(rtf: bytes) -> bytes:
    """The same in its usual packing, each byte for itself."""
    out = b""
    for at in range(0, len(rtf), 8):
        out += b"\x00" + rtf[at : at + 8]
    return struct.pack("<2L4sL", len(out) + 12, len(rtf), b"LZFu", 0) + out
