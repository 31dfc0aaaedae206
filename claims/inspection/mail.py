"""Inspects mails saved as EML: their structure, their bodies, their attachments."""

import io
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.generator import BytesGenerator
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from claims.inspection.attachments import inspect_attachment, refuse_packed_in_calendar
from claims.inspection.case import Case
from claims.inspection.finding import Code, Refusal
from claims.inspection.hypertext import inspect_html
from claims.inspection.mail_headers import (
    encoding_of,
    names_of,
    refuse_many_headers,
    refuse_two_readings,
)
from claims.inspection.programs import refuse_program
from claims.inspection.rich_text import inspect_rtf
from claims.inspection.sniff import refuse_hidden_archive

_PARTS = 250
_NESTING = 20
_EPILOGUE = 16 * 1024
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=\s]|=\s*[A-Za-z0-9+/]", re.ASCII)
# A boundary or a header that begins or ends by a CR alone, which is no line's end for
# some readers.
_LONE_RETURN = re.compile(
    rb"\r(--[^\s-][^\r\n]{0,70})|\n(--[^\s-][^\r\n]{0,70})\r(?!\n)"
    rb"|\r(?:content-(?:type|transfer-encoding|disposition))[ \t]*:",
    re.IGNORECASE,
)
_BOUNDARY_LINE = re.compile(rb"\n(--[^\s-][^\r\n]{0,70})\r?\n")
_HTML_TYPES = {"text/html", "application/xhtml+xml"}
_MAIL_TYPES = {"message/rfc822", "message/global"}
_REPORT_TYPES = {
    "message/delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
    "message/global-delivery-status",
    "message/global-headers",
    "message/news",
}
_SCRIPT_TYPE = re.compile(
    r"(?:text|application)/(?:x-)?(?:javascript|ecmascript|jscript|vbscript|hta|sh)"
)
_PGP = b"-----BEGIN PGP MESSAGE-----"
_UUENCODED = re.compile(
    rb"^begin [0-7]{3,4} ([^\r\n]+)\r?\n((?:[ -`]{1,80}\r?\n)*?)[ `]?\r?\n?end\b",
    re.MULTILINE,
)


def inspect_eml(data: bytes, case: Case) -> None:
    """Refuse a mail for the first thing in it, at any depth, that is not allowed."""
    refuse_hidden_archive(data)
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    _refuse_lone_returns(text)
    inspect_message(_parsed(text), case)


def _refuse_lone_returns(text: bytes) -> None:
    """Refuse a mail that has other parts where a CR alone ends no line."""
    if b"\n" not in text:
        return
    boundaries = {line.rstrip(b"- ") for line in _BOUNDARY_LINE.findall(text)}
    for found in _LONE_RETURN.finditer(text):
        line = found[1] or found[2]
        if not line or line.rstrip(b"- ") in boundaries:
            raise Refusal(Code.CORRUPT, "a line that ends for some readers only")


def _parsed(text: bytes) -> Message:
    try:
        return BytesParser(policy=compat32).parsebytes(text)
    except RecursionError as error:
        raise Refusal(Code.TOO_MANY_PARTS, "parts nested too deep") from error
    except (MessageError, ValueError, LookupError, IndexError, TypeError) as error:
        raise Refusal(Code.CORRUPT, f"the mail cannot be read: {error}") from error


def inspect_message(message: Message, case: Case) -> None:
    """Inspect each part; mails within the mail are the next level of the case."""
    for count, part in enumerate(_leaves(message, 0)):
        if count >= _PARTS:
            raise Refusal(Code.TOO_MANY_PARTS, f"more than {_PARTS} parts")
        case.budget.take_part()
        _inspect_part(part, case)


def _leaves(part: Message, depth: int) -> Iterator[Message]:
    """The parts that are not multiparts; enclosed mails are leaves."""
    if depth > _NESTING:
        raise Refusal(Code.TOO_MANY_PARTS, "parts nested too deep")
    refuse_many_headers(part)
    refuse_two_readings(part)
    kind = part.get_content_type()
    if kind in {"multipart/encrypted", "application/pgp-encrypted"}:
        raise Refusal(Code.ENCRYPTED, kind)
    if part.get_content_maintype() != "multipart":
        yield part
        return
    payload = part.get_payload()
    if not isinstance(payload, list):
        raise Refusal(Code.CORRUPT, "a multipart without parts")
    _refuse_parts_behind(part)
    for child in payload:
        if isinstance(child, Message):
            yield from _leaves(child, depth + 1)


def _refuse_parts_behind(part: Message) -> None:
    epilogue = part.epilogue or ""
    if len(epilogue.strip()) > _EPILOGUE:
        raise Refusal(Code.TRAILING_DATA, "data behind the last part")
    # Some programs write the closing line twice; that opens nothing.
    opening = rf"^--{re.escape(part.get_boundary() or '')}(?!--\s*$)"
    if re.search(opening, epilogue, re.MULTILINE):
        raise Refusal(Code.CORRUPT, "a part behind the last part")


def _inspect_part(part: Message, case: Case) -> None:
    kind = part.get_content_type()
    if kind == "message/external-body":
        raise Refusal(Code.EXTERNAL_REFERENCE, "a body kept elsewhere")
    if kind == "message/partial":
        raise Refusal(Code.CORRUPT, "a piece of a mail")
    if _SCRIPT_TYPE.fullmatch(kind):
        raise Refusal(Code.ACTIVE_CONTENT, f"a part of the type {kind}")
    if part.get_content_maintype() == "message":
        _inspect_enclosed_mail(part, case)
        return
    content = _content(part)
    case.budget.inflate(len(content))
    names = names_of(part)
    if _is_body(part, kind, names):
        _inspect_body(content, part, kind, case)
        return
    for name in names or [""]:
        inspect_attachment(content, name, kind, case, other=Code.TYPE_NOT_ALLOWED)


def _inspect_enclosed_mail(part: Message, case: Case) -> None:
    kind = part.get_content_type()
    for name in names_of(part):
        refuse_program(b"", name)
    if kind not in _MAIL_TYPES | _REPORT_TYPES:
        raise Refusal(Code.TYPE_NOT_ALLOWED, kind)
    payload = part.get_payload()
    children = payload if isinstance(payload, list) and kind in _MAIL_TYPES else []
    for child in children:
        if not isinstance(child, Message):
            continue
        if encoding_of(part) in {"base64", "quoted-printable"}:
            child = _parsed(_decoded_mail(part, child))  # noqa: PLW2901 - the same mail
        inspect_message(child, case.deeper())


def _decoded_mail(part: Message, child: Message) -> bytes:
    """A mail that was attached in a coding, which the standard forbids."""
    carrier = Message()
    carrier["Content-Transfer-Encoding"] = encoding_of(part)
    written = io.BytesIO()
    BytesGenerator(written, mangle_from_=False).flatten(child)
    carrier.set_payload(written.getvalue().lstrip(b"\n").decode("latin-1"))
    return _content(carrier)


def _content(part: Message) -> bytes:
    raw = part.get_payload()
    if encoding_of(part) == "base64" and _NOT_BASE64.search(str(raw)):
        raise Refusal(Code.CORRUPT, "base64 with other letters in it")
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError) as error:
        raise Refusal(Code.CORRUPT, f"a part cannot be decoded: {error}") from error
    return content if isinstance(content, bytes) else b""


def _is_body(part: Message, kind: str, names: list[str]) -> bool:
    if part.get_content_disposition() == "attachment":
        return False
    is_text = part.get_content_maintype() == "text" or kind in _HTML_TYPES
    return is_text and (not names or kind in _HTML_TYPES)


def _inspect_body(content: bytes, part: Message, kind: str, case: Case) -> None:
    if kind in _HTML_TYPES or content.lstrip()[:6].lower() == b"<html>":
        inspect_html(content, part.get_content_charset())
    elif kind == "text/calendar":
        refuse_packed_in_calendar(content)
    elif kind in {"text/rtf", "text/richtext"}:
        inspect_rtf(content)
    elif b"\x00" in content[:512] and not content.startswith(
        (b"\xff\xfe", b"\xfe\xff")
    ):
        inspect_attachment(content, "", "", case, other=Code.TYPE_NOT_ALLOWED)
    elif content.lstrip().startswith(_PGP):
        raise Refusal(Code.ENCRYPTED, "an encrypted text")
    else:
        _inspect_uuencoded(content, case)


def _inspect_uuencoded(content: bytes, case: Case) -> None:
    """Outlook shows files that are spelled out in the text as attachments."""
    for found in _UUENCODED.finditer(content):
        lines = b"begin 644 f\n" + found[2].replace(b"\r", b"") + b"`\nend\n"
        carrier = Message()
        carrier["Content-Transfer-Encoding"] = "x-uuencode"
        carrier.set_payload(lines.decode("latin-1"))
        name = found[1].decode("latin-1").strip()
        inspect_attachment(
            _content(carrier), name, "", case, other=Code.TYPE_NOT_ALLOWED
        )
