"""Tells what a file is from its first bytes, and what its name says it is."""

import re
import struct
from enum import StrEnum

from claims.inspection.finding import Code, Refusal


class Kind(StrEnum):
    """The types that can be proof (DOMAIN.md §6), as they are served."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    PNG = "image/png"
    JPEG = "image/jpeg"
    EML = "message/rfc822"
    MSG = "application/vnd.ms-outlook"


class Family(StrEnum):
    """What the first bytes give away; a family may hold several kinds."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    ZIP = "zip"
    COMPOUND = "compound"
    MAIL = "mail"
    OTHER = "other"


EXTENSIONS: dict[str, tuple[str, ...]] = {
    Kind.PDF: ("pdf",),
    Kind.DOCX: ("docx",),
    Kind.XLSX: ("xlsx",),
    Kind.PPTX: ("pptx",),
    Kind.PNG: ("png",),
    Kind.JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    Kind.EML: ("eml",),
    Kind.MSG: ("msg",),
}
KIND_OF_EXTENSION = {
    extension: Kind(kind)
    for kind, extensions in EXTENSIONS.items()
    for extension in extensions
}
# A compound file under an Office name is a document with a password, which
# deserves a better sentence than "another kind than its name says".
FAMILIES: dict[Kind, frozenset[Family]] = {
    Kind.PDF: frozenset({Family.PDF}),
    Kind.DOCX: frozenset({Family.ZIP, Family.COMPOUND}),
    Kind.XLSX: frozenset({Family.ZIP, Family.COMPOUND}),
    Kind.PPTX: frozenset({Family.ZIP, Family.COMPOUND}),
    Kind.PNG: frozenset({Family.PNG}),
    Kind.JPEG: frozenset({Family.JPEG}),
    Kind.EML: frozenset({Family.MAIL}),
    Kind.MSG: frozenset({Family.COMPOUND}),
}

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
COMPOUND_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PDF_MAGIC = b"%PDF-"
# Readers of PDF look this far for the header.
HEADER_WINDOW = 1024
_BLANKS = b"\x00\t\n\x0c\r \xef\xbb\xbf"
_BLANKS_ALLOWED = 16

_HEADER_LINE = re.compile(rb"([!-9;-~]{1,76})[ \t]*:[^\r\n]*(?:\r?\n|\r|$)")
_FOLDED_LINE = re.compile(rb"[ \t][^\r\n]*(?:\r?\n|\r|$)")
_MBOX_LINE = re.compile(rb">?From [^\r\n]*\r?\n")
_MAIL_HEADERS = {
    *(b"from", b"to", b"cc", b"bcc", b"subject", b"date", b"sender", b"reply-to"),
    *(b"message-id", b"mime-version", b"received", b"return-path", b"content-type"),
    *(b"delivered-to", b"x-mozilla-status", b"x-unsent", b"thread-topic"),
}
_MAIL_HEADERS_NEEDED = 2
_LINES_READ = 200


def family_of(head: bytes) -> Family:
    """The family of a file by its first bytes (1 KB is enough, 8 KB for mail)."""
    magics = {
        PNG_MAGIC: Family.PNG,
        b"\xff\xd8\xff": Family.JPEG,
        b"PK\x03\x04": Family.ZIP,
        COMPOUND_MAGIC: Family.COMPOUND,
        PDF_MAGIC: Family.PDF,
    }
    for magic, family in magics.items():
        if head.startswith(magic):
            return family
    if PDF_MAGIC in head[:HEADER_WINDOW] and not _is_mail(head):
        return Family.PDF
    return Family.MAIL if _is_mail(head) else Family.OTHER


def pdf_header_at(head: bytes) -> int:
    """Where the PDF header begins; refuses data that stands before it.

    A byte order mark and blank lines, which some print servers put there, pass.
    """
    start = head.find(PDF_MAGIC)
    before = head[:start]
    if start > _BLANKS_ALLOWED or before.strip(_BLANKS):
        raise Refusal(Code.POLYGLOT, f"{start} bytes before the PDF header")
    return start


def _is_mail(head: bytes) -> bool:
    """Does the text begin with header lines of which some are those of a mail?"""
    position = len(b"\xef\xbb\xbf") if head.startswith(b"\xef\xbb\xbf") else 0
    position += len(head[position:]) - len(head[position:].lstrip(b"\r\n"))
    if mbox := _MBOX_LINE.match(head, position):
        position = mbox.end()
    seen: set[bytes] = set()
    for _ in range(_LINES_READ):
        if line := _HEADER_LINE.match(head, position):
            seen.add(line[1].lower())
        elif not (seen and (line := _FOLDED_LINE.match(head, position))):
            break
        position = line.end()
    is_text = b"\x00" not in head[:position]
    return is_text and len(seen & _MAIL_HEADERS) >= _MAIL_HEADERS_NEEDED


_END_OF_ARCHIVE = struct.Struct("<4s4H2LH")
_CENTRAL_MAGIC = b"PK\x01\x02"
# Readers of zip files look for the end record in the comment's greatest length.
_ARCHIVE_WINDOW = 0xFFFF + _END_OF_ARCHIVE.size


def archive_end(data: bytes) -> int:
    """Where a zip reader would find an archive's end record in the data, or -1."""
    position = len(data)
    floor = max(0, len(data) - _ARCHIVE_WINDOW)
    while (position := data.rfind(b"PK\x05\x06", floor, position)) >= 0:
        if _is_archive_end(data, position):
            return position
    return -1


def _is_archive_end(data: bytes, position: int) -> bool:
    if len(data) < position + _END_OF_ARCHIVE.size:
        return False
    fields = _END_OF_ARCHIVE.unpack_from(data, position)
    entries, size, offset = fields[4], fields[5], fields[6]
    if not entries:
        return False
    starts = (position - size, offset)
    return any(data[at : at + 4] == _CENTRAL_MAGIC for at in starts if at >= 0)


def refuse_hidden_archive(data: bytes) -> None:
    """Refuse a file that a zip reader would open as well."""
    if archive_end(data) >= 0:
        raise Refusal(Code.POLYGLOT, "also a zip archive")


# Three bytes alone are chance in a thumbnail, so that text must follow them.
_PAGE = re.compile(
    rb"<\s*(?:script|html|iframe|svg\s[^<>]*\bon|body\s|!doctype\s+html|\?php\b"
    rb"|(?:img|image|video|audio|input|details|marquee|a|p|div)\b"
    rb"[^<>]*\bon[a-z]{3,20}\s*="
    rb"|(?:\?=|%@)[\t\n\r -~]{6})"
    rb"|<\?\s*(?:php|eval|system)\b",
    re.IGNORECASE,
)


def refuse_hidden_page(text: bytes, where: str) -> None:
    """Refuse a web page or server script kept where text is never shown."""
    if _PAGE.search(text):
        raise Refusal(Code.POLYGLOT, f"a web page or script in {where}")
