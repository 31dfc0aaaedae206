"""Judges the files a mail or a PDF carries.

Proof types go through the pipeline. Besides them pass the small things honest mails
are full of: signatures, appointments, visiting cards, plain text, logos.
"""

import re
from collections.abc import Iterable

from claims.inspection import limits
from claims.inspection.case import Case
from claims.inspection.finding import Code, Refusal
from claims.inspection.hypertext import inspect_html
from claims.inspection.images import inspect_small_picture, opener_of
from claims.inspection.markup import is_markup, read_inert_xml
from claims.inspection.names import extension_of
from claims.inspection.programs import refuse_program
from claims.inspection.rich_text import inspect_rtf, unpacked_rtf
from claims.inspection.sniff import (
    KIND_OF_EXTENSION,
    Family,
    family_of,
    refuse_hidden_archive,
)
from claims.inspection.tnef import (
    TNEF_MAGIC,
    attachments_in,
    pages_in,
    rich_texts_in,
)

_TEXT_EXTENSIONS = {
    "txt",
    "csv",
    "log",
    "md",
    "ics",
    "vcs",
    "vcf",
    "json",
    "tsv",
    "asc",
}
_PICTURE_EXTENSIONS = {"gif", "bmp", "webp", "tif", "tiff", "png", "jpg", "jpeg", "jpe"}
_SIGNATURE_EXTENSIONS = {"p7s", "sig", "asc", "pgp", "p7c", "cer", "crt"}
_ENCRYPTED_EXTENSIONS = {"p7m", "gpg"}
_SIGNATURE_BYTES = 1 * limits.MIB
_EXTENSION_OF_TYPE = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/pjpeg": "jpg",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/webp": "webp",
    "image/tiff": "tif",
    "image/svg+xml": "svg",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "message/rfc822": "eml",
    "application/vnd.ms-outlook": "msg",
    "text/plain": "txt",
    "text/csv": "csv",
    "text/calendar": "ics",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "text/directory": "vcf",
    "text/xml": "xml",
    "application/xml": "xml",
    "application/ics": "ics",
    "application/json": "json",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/pgp-signature": "asc",
    "application/pgp-keys": "asc",
    "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
}
_EXTENSION_OF_FAMILY = {
    Family.PDF: "pdf",
    Family.PNG: "png",
    Family.JPEG: "jpg",
    Family.MAIL: "eml",
}
# Exchange splits such pieces off the mails that Apple's programs send.
_SPLIT_BODY = re.compile(r"ATT\d{3,6}\.html?", re.IGNORECASE)
_PACKED_IN_CALENDAR = re.compile(
    rb"^ATTACH\b[^:\r\n]*ENCODING=BASE64", re.IGNORECASE | re.MULTILINE
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_APPLE_DOUBLE = b"\x00\x05\x16\x07"


def inspect_attachment(
    data: bytes, name: str, content_type: str, case: Case, *, other: Code
) -> None:
    """Refuse an attachment that is dangerous, broken or of a kind not allowed.

    `other` is the code for the latter: what one may attach differs by file.
    """
    if not data:
        return
    extension = extension_of(name) or _guessed(data, content_type)
    if content_type == "application/applefile" and data.startswith(_APPLE_DOUBLE):
        _refuse_large(data, name)
    elif extension == "dat" and data.startswith(TNEF_MAGIC):
        _inspect_winmail(data, case, other)
    elif _SPLIT_BODY.fullmatch(name):
        inspect_html(data, None)
    elif extension in _PICTURE_EXTENSIONS:
        _inspect_picture(data, name, case)
    elif extension in KIND_OF_EXTENSION:
        case.inspect_enclosed(data, name if extension_of(name) else f"file.{extension}")
    else:
        _inspect_other(data, name, extension, other)


def _inspect_winmail(data: bytes, case: Case, other: Code) -> None:
    for rtf in rich_texts_in(data):
        inspect_rtf(unpacked_rtf(rtf, case.budget))
    for html in pages_in(data):
        inspect_html(html, None)
    for names, content in attachments_in(data):
        for name in names:
            refuse_program_name(name)
        inspect_attachment(content, names[0], "", case.deeper(), other=other)


def refuse_program_name(name: str) -> None:
    """Refuse a name under which a computer would run the file, as it is or as seen."""
    refuse_program(b"", name)
    refuse_program(b"", f"{name}.{extension_of(name)}")


def refuse_two_endings(names: Iterable[str]) -> None:
    """Refuse names of one file by which one program takes it for this, another that."""
    endings = {extension_of(name) for name in names} - {""}
    if len(endings) > 1:
        raise Refusal(Code.CORRUPT, f"one file, names in {sorted(endings)}")


def _guessed(data: bytes, content_type: str) -> str:
    """The extension a file without one would have, by its stated type or content."""
    if data.startswith(TNEF_MAGIC):
        return "dat"
    stated = _EXTENSION_OF_TYPE.get(content_type, "")
    return stated or _EXTENSION_OF_FAMILY.get(family_of(data[:8192]), "")


def _inspect_picture(data: bytes, name: str, case: Case) -> None:
    """Mail programs often name pictures wrongly: what they are decides."""
    family = family_of(data)
    if family in {Family.PNG, Family.JPEG}:
        case.inspect_enclosed(data, f"picture.{_EXTENSION_OF_FAMILY[family]}")
    else:
        case.budget.take_part()
        inspect_small_picture(data, name)


def _inspect_other(data: bytes, name: str, extension: str, other: Code) -> None:
    refuse_program(data, name)
    if extension == "xml" or (not extension and is_markup(data)):
        read_inert_xml(data, name)
    elif extension in _ENCRYPTED_EXTENSIONS:
        raise Refusal(Code.ENCRYPTED, f"{name!r} is sealed")
    elif extension in _SIGNATURE_EXTENSIONS:
        _refuse_large(data, name)
    elif extension in _TEXT_EXTENSIONS or not extension:
        _refuse_binary(data, name, other)
    else:
        raise Refusal(other, f"{name!r} is attached")


def _refuse_large(data: bytes, name: str) -> None:
    if len(data) > _SIGNATURE_BYTES:
        raise Refusal(Code.EMBEDDED_OBJECT, f"{name!r} is no signature")


def refuse_packed_in_calendar(data: bytes) -> None:
    """Refuse an appointment with a file in its text (RFC 5545, 3.8.1.1)."""
    if _PACKED_IN_CALENDAR.search(re.sub(rb"\r?\n[ \t]", b"", data)):
        raise Refusal(Code.EMBEDDED_OBJECT, "a file in an appointment")


def _refuse_binary(data: bytes, name: str, other: Code) -> None:
    refuse_packed_in_calendar(data)
    refuse_hidden_archive(data)
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not is_wide and _CONTROLS.search(data):
        raise Refusal(other, f"{name!r} is not text")
    if opener_of(data) or family_of(data[:8192]) is not Family.OTHER:
        raise Refusal(Code.TYPE_MISMATCH, f"{name!r} is not text")
