"""Reads the headers of a part of a mail; refuses what two programs read in two ways."""

import re
from collections.abc import Iterator
from email.errors import MessageError, MissingHeaderBodySeparatorDefect
from email.header import decode_header
from email.message import Message

from claims.inspection import limits
from claims.inspection.attachments import refuse_two_endings
from claims.inspection.finding import Code, Refusal
from claims.inspection.names import extension_of

_ENCODINGS = {"", "7bit", "8bit", "binary", "quoted-printable", "base64"}
_ENCODINGS |= {"x-uuencode", "uuencode", "uue", "x-uue"}
_DASHED_BITS = re.compile(r"^([78])[- ]?bits?$")
_SINGLE_HEADERS = ("content-type", "content-transfer-encoding", "content-disposition")
_WITH_PARAMETERS = ("content-disposition", "content-type")
_ADDRESSED = {"to", "cc", "bcc", "from", "reply-to", "sender"}
_NAMES = (("content-disposition", "filename"), ("content-type", "name"))
_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
# Headers that some programs read where others see that the text has begun.
_LATE_HEADER = re.compile(
    r"(?:^|[\r\n])content-(?:type|transfer-encoding|disposition)[ \t]*:", re.IGNORECASE
)
_BLANK_LINE = re.compile(r"\r\n\r\n|\n\n|\r\r")
_PARTED = re.compile(r"\b(?:multipart|message)\s*/", re.IGNORECASE)
_CODED = ("base64", "quoted", "uue")


def refuse_many_headers(part: Message) -> None:
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


def refuse_two_readings(part: Message) -> None:
    """Refuse headers that two mail programs would understand in two ways."""
    for name in _SINGLE_HEADERS:
        if len({str(value).strip() for value in part.get_all(name, [])}) > 1:
            raise Refusal(Code.CORRUPT, f"{name} is given twice")
    _refuse_late_headers(part)
    _refuse_two_values(part)
    _refuse_odd_coding(part)
    kind = str(part.get("content-type", "")).partition(";")[0]
    is_parted = part.get_content_maintype() in {"multipart", "message"}
    if _PARTED.search(kind) and not is_parted:
        raise Refusal(Code.CORRUPT, f"type {kind!r}")


def _refuse_late_headers(part: Message) -> None:
    if not any(isinstance(d, MissingHeaderBodySeparatorDefect) for d in part.defects):
        return
    payload = part.get_payload()
    text = payload if isinstance(payload, str) else part.preamble or ""
    if _LATE_HEADER.search(_BLANK_LINE.split(text, maxsplit=1)[0]):
        raise Refusal(Code.CORRUPT, "a header behind the headers")


def _refuse_two_values(part: Message) -> None:
    """Refuse a boundary or a name of which one program reads this, another that."""
    for header in _WITH_PARAMETERS:
        given: dict[str, str] = {}
        for name, value in _PARAMETER.findall(str(part.get(header, ""))):
            if given.setdefault(name.lower(), _bare(value)) != _bare(value):
                raise Refusal(Code.CORRUPT, f"{name} is given twice")
    if len(set(_values(part, "content-type", "boundary"))) > 1:
        raise Refusal(Code.CORRUPT, "two boundaries")
    for header, parameter in _NAMES:
        # A name in ASCII stands beside one in Unicode; how it ends they agree on.
        refuse_two_endings(_values(part, header, parameter))


def _bare(value: str) -> str:
    return value.strip(' \t\r\n"')


def _refuse_odd_coding(part: Message) -> None:
    encoding = encoding_of(part)
    is_text = part.get_content_maintype() == "text" and not names_of(part)
    is_careless = is_text and not any(word in encoding for word in _CODED)
    if encoding not in _ENCODINGS and not is_careless:
        raise Refusal(Code.CORRUPT, f"transfer encoding {encoding!r}")
    if encoding:
        part.replace_header("content-transfer-encoding", encoding)
    is_multipart = part.get_content_maintype() == "multipart"
    if is_multipart and encoding in {"base64", "quoted-printable"}:
        raise Refusal(Code.CORRUPT, f"a multipart in {encoding}")


def encoding_of(part: Message) -> str:
    """The transfer encoding as mail programs read it: "7-Bit;" is 7bit."""
    raw = str(part.get("content-transfer-encoding", "")).partition("(")[0]
    return _DASHED_BITS.sub(r"\1bit", raw.strip(' \t\r\n;"').lower())


def names_of(part: Message) -> list[str]:
    """File names of the part, one of each ending; which is used differs."""
    names = [name for place in _NAMES for name in _values(part, *place)]
    distinct = {extension_of(name): name for name in reversed(names)}
    return list(distinct.values())


def _values(part: Message, header: str, parameter: str) -> Iterator[str]:
    """Every value the parameter is given, in plain and in coded form."""
    for name, value in part.get_params([], header):
        if name.lower() == parameter and value:
            yield (
                _from_rfc2231(value)
                if isinstance(value, tuple)
                else _from_words(str(value))
            )


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
