"""Judges the HTML and RTF bodies of mails, which are shown, not run."""

import codecs
import html
import re
import struct

from claims.inspection.case import Budget
from claims.inspection.finding import Code, Refusal

# Data for search engines and add-ons, which Gmail reads, is not a script.
_SCRIPT = re.compile(
    r"<\s*script\b(?![^>]*\btype\s*=\s*[\"']?application/(?:ld\+)?json\b)",
    re.IGNORECASE,
)
# The one object Word writes into mails belongs to its smart tags and does nothing.
_ACTIVE = re.compile(
    r"<\s*(?:object(?![^>]*38481807-CA0E-42D2-BF39-B33AF135CC4D)|embed|applet|iframe|frameset)\b"
    # What runs when the mail is shown, without anybody's click.
    r"|<[a-z][^>]*[\s/\"']on(?:load|error|begin|toggle|start)\s*=",
    re.IGNORECASE,
)


def _spread(word: str) -> str:
    """Return a pattern for a scheme with the blanks in it that programs leave out."""
    return r"[\x00-\x20]*".join(word)


_ACTIVE_LINK = re.compile(
    r"\b(?:href|src|action|background|formaction)\s*=\s*[\"']?\s*"
    rf"(?:{_spread('javascript')}|{_spread('vbscript')}|ms-msdt|search-ms"
    r"|data\s*:\s*text/html)\s*:?",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[a-z][^>]*>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(?!\[if).*?-->", re.DOTALL)
_META_CHARSET = re.compile(
    rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-:]{1,40})", re.IGNORECASE
)


def inspect_html(data: bytes, charset: str | None) -> None:
    """Refuse scripts, plug-ins and frames in a body; remote pictures are everyday."""
    meta = _META_CHARSET.search(data[:2048])
    for name in {charset or "utf-8", meta[1].decode() if meta else "utf-8"}:
        text = _COMMENT.sub("", _decoded(data, name))
        # &#115; is an s within a tag; in the text between, it is only shown.
        text = _TAG.sub(lambda tag: html.unescape(tag[0]), text)
        for pattern in (_SCRIPT, _ACTIVE, _ACTIVE_LINK):
            if found := pattern.search(text):
                raise Refusal(Code.ACTIVE_CONTENT, f"{found[0]!r} in an HTML body")


def _decoded(data: bytes, charset: str) -> str:
    try:
        codecs.lookup(charset)
        return data.decode(charset, "replace")
    except (LookupError, ValueError, UnicodeError):
        return data.decode("latin-1")


_RTF_OBJECTS = re.compile(rb"\\obj(?:data|ocx|html|update|autlink|link|emb)\b")
_RTF_TEMPLATE = re.compile(
    rb"\\\*\s*\\template\s+(?:[a-z]{2,10}://|\\\\\\\\|\\'5c\\'5c|\\u)", re.IGNORECASE
)
_RTF_FIELD = re.compile(rb"\\fldinst\b[^}]{0,400}?\bDDE(?:AUTO)?\b", re.IGNORECASE)


def inspect_rtf(data: bytes) -> None:
    """Refuse objects, remote templates and DDE in a rich text body."""
    if found := _RTF_OBJECTS.search(data):
        raise Refusal(Code.EMBEDDED_OBJECT, f"{found[0]!r} in a rich text body")
    if _RTF_TEMPLATE.search(data):
        raise Refusal(Code.EXTERNAL_REFERENCE, "a template in a rich text body")
    if _RTF_FIELD.search(data):
        raise Refusal(Code.ACTIVE_CONTENT, "DDE in a rich text body")


_HEADER = struct.Struct("<2L4sL")
# The dictionary every packed body starts with ([MS-OXRTFCP] 2.1.2.1).
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss "
    b"\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
    b"{\\colortbl\\red0\\green0\\blue0\r\n"
    b"\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4096


def unpacked_rtf(data: bytes, budget: Budget) -> bytes:
    """A rich text body as Outlook stores it, unpacked ([MS-OXRTFCP])."""
    if len(data) < _HEADER.size:
        return b""
    _, size, method, _ = _HEADER.unpack_from(data)
    body = data[_HEADER.size :]
    if method == b"MELA":
        return body[:size]
    if method != b"LZFu":
        raise Refusal(Code.CORRUPT, "a rich text body packed in an unknown way")
    budget.inflate(len(body) * 9)
    return _unpacked(body)


def _unpacked(body: bytes) -> bytes:
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b"\x00"))
    write, at = len(_DICTIONARY), 0
    out = bytearray()
    while at < len(body):
        flags, at = body[at], at + 1
        for bit in range(8):
            if at >= len(body):
                return bytes(out)
            if flags & (1 << bit):
                word = int.from_bytes(body[at : at + 2].ljust(2, b"\x00"))
                at += 2
                start, length = word >> 4, (word & 0xF) + 2
                if start == write:
                    return bytes(out)
                piece = None
            else:
                piece, start, length, at = body[at], 0, 1, at + 1
            for step in range(length):
                byte = window[(start + step) % _WINDOW] if piece is None else piece
                window[write] = byte
                write = (write + 1) % _WINDOW
                out.append(byte)
    return bytes(out)
