"""Judges the rich text (RTF) bodies of mails, and unpacks what Outlook packs.

([MS-OXRTFEX] for HTML kept in rich text, [MS-OXRTFCP] for the packing)
"""

import re
import struct
from dataclasses import dataclass, field

from claims.inspection.case import Budget
from claims.inspection.finding import Code, Refusal
from claims.inspection.hypertext import inspect_page
from claims.inspection.links import is_remote, leads_to_share
from claims.inspection.rtf_tokens import Kind, Tokens
from claims.inspection.word_fields import FieldReader

_WHERE = "a rich text body"
# \objattph only says where an attachment is shown.
_OBJECT = re.compile(r"obj(?!attph$)[a-z]+")
_BREAKS = {"par": "\n", "line": "\n", "tab": "\t"}
_HIDDEN = {"fonttbl", "colortbl", "stylesheet", "info", "pict"}
# What these groups name is read when the text is opened, shown or printed.
_LOADING = {"template", "file", "nextfile", "fontfile", "hlinkbase", "subdocument"}
_LOADING |= {"mmdatasource", "mmheadersource", "mmodsosrc", "mmodsoudl"}
# The values of shapes and their links; what pictures were once called among them.
_VALUES = {"sv", "hlsrc", "hlloc", "hlfr"}
_DESTINATIONS = _HIDDEN | _LOADING | _VALUES | {"sn", "fldinst", "fldrslt"}
_SHOWN = {"", "fldrslt", "htmltag"}


def inspect_rtf(data: bytes) -> None:
    """Refuse objects, bad fields and what is loaded from elsewhere.

    Rich text made of HTML is held to what mails in HTML are held to.
    """
    text = data.decode("latin-1")
    reader = _Reader(is_html="\\fromhtml" in text)
    for kind, value, number in Tokens(text):
        reader.take(kind, value, number)
    reader.close()


@dataclass(slots=True)
class _Group:
    """What stands between two braces; `name` says what its text is for."""

    name: str = ""
    text: list[str] = field(default_factory=list)
    is_in_code: bool = False
    is_beside_html: bool = False
    fields: int = 0


class _Reader:
    """Fed with the pieces of a text in order; raises Refusal."""

    def __init__(self, *, is_html: bool) -> None:
        self._is_html = is_html
        self._code = FieldReader(_WHERE, is_page=is_html)
        # Which groups a reader leaves out of a code, because it does not know them,
        # differs: this one leaves out none.
        self._full_code = FieldReader(_WHERE, is_page=is_html)
        self._groups = [_Group()]
        self._page: list[str] = []
        self._is_first = self._is_optional = False

    def take(self, kind: Kind, value: str, number: int) -> None:
        """Take the next piece."""
        if kind is Kind.TEXT:
            self._add(value)
        elif kind is Kind.WORD:
            self._take_word(value, number)
        elif kind is Kind.OPEN:
            self._open()
        elif kind is Kind.CLOSE:
            self._close()
        self._is_first = kind is Kind.OPEN
        self._is_optional = kind is Kind.OPTIONAL

    def close(self) -> None:
        """Judge what is left open, and the page."""
        while len(self._groups) > 1:
            self._close()
        for code in (self._code, self._full_code):
            code.close()
        if self._is_html:
            inspect_page("".join(self._page))

    def _open(self) -> None:
        outer = self._groups[-1]
        self._groups.append(
            _Group(outer.name, outer.text, outer.is_in_code, outer.is_beside_html)
        )

    def _close(self) -> None:
        if len(self._groups) == 1:
            return
        group = self._groups.pop()
        for _ in range(group.fields):
            self._mark("end")
        if group.text is not self._groups[-1].text:
            _judge_text(group.name, "".join(group.text).strip())

    def _take_word(self, word: str, number: int) -> None:
        group = self._groups[-1]
        if _OBJECT.fullmatch(word):
            raise Refusal(Code.EMBEDDED_OBJECT, f"\\{word} in {_WHERE}")
        if word == "field":
            group.fields += 1
            self._mark("begin")
        elif word == "htmlrtf":
            group.is_beside_html = number != 0
        elif self._is_optional or (self._is_first and word in _DESTINATIONS):
            self._begin(word)
        elif word in _BREAKS:
            self._add(_BREAKS[word])

    def _begin(self, word: str) -> None:
        """The group turns out to be for something of its own."""
        group = self._groups[-1]
        group.name, group.text = word, []
        group.is_in_code = group.is_in_code or word == "fldinst"
        if word == "fldrslt":
            group.is_in_code = False
            self._mark("separate")

    def _mark(self, kind: str) -> None:
        for code in (self._code, self._full_code):
            code.start("fldChar", {"fldCharType": kind})

    def _add(self, text: str) -> None:
        group = self._groups[-1]
        group.text.append(text)
        if group.is_in_code:
            self._full_code.add(text)
        if group.name == "fldinst":
            self._code.add(text)
        elif group.name in _SHOWN and not group.is_beside_html:
            self._page.append(text)


def _judge_text(name: str, text: str) -> None:
    """Judge what a group names that is read by itself."""
    is_bad = leads_to_share(text) if name in _VALUES else is_remote(text)
    if is_bad and name in _VALUES | _LOADING:
        raise Refusal(Code.EXTERNAL_REFERENCE, f"{name} {text} in {_WHERE}")


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
    """A rich text body as Outlook stores it, unpacked.

    The length it states is not believed: what a reader makes of it differs.
    """
    if len(data) < _HEADER.size:
        return b""
    _, _, method, _ = _HEADER.unpack_from(data)
    body = data[_HEADER.size :]
    if method == b"MELA":
        return body
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
