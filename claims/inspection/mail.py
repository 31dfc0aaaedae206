"""Inspects mails saved as EML: their structure, their bodies, their attachments."""

import io
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.generator import BytesGenerator
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from claims.inspection import limits
from claims.inspection.attachments import inspect_attachment, refuse_packed_in_calendar
from claims.inspection.case import Case
from claims.inspection.finding import Code, Refusal
from claims.inspection.hypertext import inspect_html
from claims.inspection.names import extension_of
from claims.inspection.programs import refuse_program
from claims.inspection.rich_text import inspect_rtf
from claims.inspection.sniff import refuse_hidden_archive

_PARTS = 250
_NESTING = 20
_EPILOGUE = 16 * 1024
_ENCODINGS = {"", "7bit", "8bit", "binary", "quoted-printable", "base64"}
_ENCODINGS |= {"x-uuencode", "uuencode", "uue", "x-uue"}
_BEYOND_PADDING = re.compile(r"=\s*[A-Za-z0-9+/]{4}")
_DASHED_BITS = re.compile(r"^([78])[- ]?bits?$")
_SINGLE_HEADERS = ("content-type", "content-transfer-encoding", "content-disposition")
_ADDRESSED = {"to", "cc", "bcc", "from", "reply-to", "sender"}
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
_UUENCODED = re.compile(
    rb"^begin [0-7]{3,4} ([^\r\n]+)\r?\n((?:[ -`]{1,80}\r?\n)*?)[ `]?\r?\n?end\b",
    re.MULTILINE,
)


def inspect_eml(data: bytes, case: Case) -> None:
    """Refuse a mail for the first thing in it, at any depth, that is not allowed."""
    refuse_hidden_archive(data)
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    inspect_message(_parsed(text), case)


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
    _refuse_many_headers(part)
    _refuse_two_readings(part)
    kind = part.get_content_type()
    if kind in {"multipart/encrypted", "application/pgp-encrypted"}:
        raise Refusal(Code.ENCRYPTED, kind)
    if part.get_content_maintype() != "multipart":
        yield part
        return
    payload = part.get_payload()
    if not isinstance(payload, list):
        raise Refusal(Code.CORRUPT, "a multipart without parts")
    if len((part.epilogue or "").strip()) > _EPILOGUE:
        raise Refusal(Code.TRAILING_DATA, "data behind the last part")
    for child in payload:
        if isinstance(child, Message):
            yield from _leaves(child, depth + 1)


def _refuse_many_headers(part: Message) -> None:
    """Refuse more headers and addresses than mails have, before any is taken apart."""
    headers = part.items()
    if len(headers) > limits.MAIL_HEADERS:
        raise Refusal(Code.TOO_MANY_PARTS, f"{len(headers)} headers")
    addresses = 0
    for name, value in headers:
        if name.lower() in _ADDRESSED:
            addresses += str(value).count("@")
        elif name.lower() in _SINGLE_HEADERS:
            # Headers with bytes beyond ASCII are no str, and have no length.
            length = len(str(value))
            if length > limits.MAIL_HEADER_BYTES:
                raise Refusal(Code.TOO_MANY_PARTS, f"{length} bytes of {name}")
    if addresses > limits.MAIL_ADDRESSES:
        raise Refusal(Code.TOO_MANY_PARTS, f"{addresses} addresses")


def _refuse_two_readings(part: Message) -> None:
    """Refuse headers that two mail programs would understand in two ways."""
    for name in _SINGLE_HEADERS:
        if len({str(value).strip().lower() for value in part.get_all(name, [])}) > 1:
            raise Refusal(Code.CORRUPT, f"{name} is given twice")
    encoding = _encoding(part)
    is_text = part.get_content_maintype() == "text" and not _names(part)
    if encoding not in _ENCODINGS and not is_text:
        raise Refusal(Code.CORRUPT, f"transfer encoding {encoding!r}")
    if encoding:
        part.replace_header("content-transfer-encoding", encoding)
    is_multipart = part.get_content_maintype() == "multipart"
    if is_multipart and encoding in {"base64", "quoted-printable"}:
        raise Refusal(Code.CORRUPT, f"a multipart in {encoding}")


def _encoding(part: Message) -> str:
    """The transfer encoding as mail programs read it: "7-Bit;" is 7bit."""
    raw = str(part.get("content-transfer-encoding", "")).partition("(")[0]
    return _DASHED_BITS.sub(r"\1bit", raw.strip(' \t\r\n;"').lower())


def _inspect_part(part: Message, case: Case) -> None:
    kind = part.get_content_type()
    if kind == "message/external-body":
        raise Refusal(Code.EXTERNAL_REFERENCE, "a body kept elsewhere")
    if kind == "message/partial":
        raise Refusal(Code.CORRUPT, "a piece of a mail")
    if part.get_content_maintype() == "message":
        _inspect_enclosed_mail(part, case)
        return
    content = _content(part)
    case.budget.inflate(len(content))
    names = _names(part)
    if _is_body(part, kind, names):
        _inspect_body(content, part, kind, case)
        return
    for name in names or [""]:
        inspect_attachment(content, name, kind, case, other=Code.TYPE_NOT_ALLOWED)


def _inspect_enclosed_mail(part: Message, case: Case) -> None:
    kind = part.get_content_type()
    for name in _names(part):
        refuse_program(b"", name)
    if kind not in _MAIL_TYPES | _REPORT_TYPES:
        raise Refusal(Code.TYPE_NOT_ALLOWED, kind)
    payload = part.get_payload()
    children = payload if isinstance(payload, list) and kind in _MAIL_TYPES else []
    for child in children:
        if not isinstance(child, Message):
            continue
        if _encoding(part) in {"base64", "quoted-printable"}:
            child = _parsed(_decoded_mail(part, child))  # noqa: PLW2901 - the same mail
        inspect_message(child, case.deeper())


def _decoded_mail(part: Message, child: Message) -> bytes:
    """A mail that was attached in a coding, which the standard forbids."""
    carrier = Message()
    carrier["Content-Transfer-Encoding"] = _encoding(part)
    written = io.BytesIO()
    BytesGenerator(written, mangle_from_=False).flatten(child)
    carrier.set_payload(written.getvalue().lstrip(b"\n").decode("latin-1"))
    decoded = carrier.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def _content(part: Message) -> bytes:
    raw = part.get_payload()
    if _encoding(part) == "base64" and _BEYOND_PADDING.search(str(raw)):
        raise Refusal(Code.CORRUPT, "base64 that goes on behind its end")
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError) as error:
        raise Refusal(Code.CORRUPT, f"a part cannot be decoded: {error}") from error
    return content if isinstance(content, bytes) else b""


def _names(part: Message) -> list[str]:
    """Every file name the part is given; mail programs differ in which one they use."""
    names = []
    for header, parameter in (
        ("content-disposition", "filename"),
        ("content-type", "name"),
    ):
        value = part.get_param(parameter, None, header)
        if isinstance(value, tuple):
            value = _from_rfc2231(value)
        if value:
            names.append(_from_words(str(value)))
    distinct = {extension_of(name): name for name in reversed(names)}
    return list(distinct.values())


def _from_rfc2231(value: tuple[str | None, ...]) -> str:
    charset, _, text = value
    raw = (text or "").encode("latin-1", "replace")
    try:
        return raw.decode(charset or "utf-8", "replace")
    except LookupError:
        return raw.decode("latin-1")


def _from_words(value: str) -> str:
    """A name in encoded words (RFC 2047), which are not allowed here but common."""
    try:
        return "".join(
            text.decode(charset or "latin-1", "replace")
            if isinstance(text, bytes)
            else text
            for text, charset in decode_header(value)
        )
    except (MessageError, LookupError, ValueError):
        return value


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
