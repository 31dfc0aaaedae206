"""The text of mails, with that of the files they enclose."""

import contextlib
import email.headerregistry
import email.policy
import io
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from html import unescape

import olefile

from claims.inspection.names import extension_of
from claims.inspection.sniff import KIND_OF_EXTENSION, Kind
from claims.reading import limits

type ReadEnclosed = Callable[[bytes, Kind], str]
_SAID = ("from", "to", "cc", "date", "subject")
_SILENT = re.compile(r"(?is)<(script|style|head)\b.*?</\1\s*>")
_MARKUP = re.compile(r"<[^>]*>")
_MAILS = {Kind.EML, Kind.MSG}
# Of an Outlook mail, by the numbers of their properties: subject, sender, text.
_OUTLOOK = ("0037", "0C1A", "0C1F", "0E04", "0E03", "1000", "007D")
_OUTLOOK_HTML, _CONTENT = "10130102", "37010102"
_STREAM = re.compile(r"__substg1\.0_([0-9A-F]{4})(001F|001E)", re.IGNORECASE)


def text_of_eml(data: bytes, read: ReadEnclosed) -> str:
    """Return who wrote what to whom and when, then the text of what is attached."""
    mail = BytesParser(policy=email.policy.default).parsebytes(data)
    said = [f"{name}: {mail[name]}" for name in _SAID if mail[name]]
    return "\n".join([*said, *_parts(mail, read)])


def text_of_msg(data: bytes, read: ReadEnclosed) -> str:
    """Return the text of a mail as Outlook saves it, then of what is attached."""
    with olefile.OleFileIO(io.BytesIO(data)) as compound:
        return "\n".join(_of_outlook(compound, read))


def _parts(mail: EmailMessage, read: ReadEnclosed) -> Iterator[str]:
    for part in list(mail.walk())[: limits.ATTACHMENTS * 2]:
        if part.is_multipart():
            continue
        name = part.get_filename() or ""
        with contextlib.suppress(LookupError, ValueError, AttributeError):
            if name:
                yield _enclosed(part.get_payload(decode=True), name, read)
            elif part.get_content_type() == "text/html":
                yield _without_markup(part.get_content())
            elif part.get_content_maintype() == "text":
                yield part.get_content()


def _of_outlook(compound: olefile.OleFileIO, read: ReadEnclosed) -> Iterator[str]:
    for path in compound.listdir():
        match = _STREAM.fullmatch(path[-1])
        if match and len(path) == 1 and match[1].upper() in _OUTLOOK:
            coding = "utf-16-le" if match[2].upper() == "001F" else "cp1252"
            yield compound.openstream(path).read().decode(coding, "replace")
        elif len(path) == 1 and path[0].endswith(_OUTLOOK_HTML):
            html = compound.openstream(path).read().decode("utf-8", "replace")
            yield _without_markup(html)
        elif path[-1].endswith(_CONTENT):
            content = compound.openstream(path).read()
            yield _enclosed(content, _name_beside(compound, path), read)


def _name_beside(compound: olefile.OleFileIO, path: list[str]) -> str:
    """Return the name of an attachment, which stands beside its content."""
    for number in ("3707001F", "3704001F"):
        beside = [*path[:-1], f"__substg1.0_{number}"]
        if compound.exists(beside):
            raw: bytes = compound.openstream(beside).read()
            return raw.decode("utf-16-le", "replace").rstrip("\x00")
    return ""


def _enclosed(content: object, name: str, read: ReadEnclosed) -> str:
    """Return the text of an attachment; of a mail within a mail, its name only."""
    kind = KIND_OF_EXTENSION.get(extension_of(name))
    if kind is None or kind in _MAILS or not isinstance(content, bytes):
        return name
    try:
        return f"{name}\n{read(content, kind)}"
    except Exception:  # noqa: BLE001 - one odd attachment, and the rest is read
        return name


def _without_markup(html: str) -> str:
    return unescape(_MARKUP.sub(" ", _SILENT.sub(" ", html)))
