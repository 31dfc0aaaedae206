"""Reads XML without ever expanding anything: a DTD ends the inspection."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn
from xml.parsers import expat

from claims.inspection.finding import Code, Refusal

type Attributes = dict[str, str]
type OnText = Callable[[str], None]
# Called for an element; what it returns is called with the element's text.
type OnStart = Callable[[str, Attributes], OnText | None]

_SEPARATOR = " "
# Documents nest some dozens of elements; programs that read them fail at thousands.
_NESTING = 1_000
_ROOT_WINDOW = 64 * 1024
_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST)", re.IGNORECASE)
_PAGES = {"http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"}
# In equations "f" is a fraction, not a formula.
_MATHEMATICS = f"/math{_SEPARATOR}"


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition(_SEPARATOR)[2]


def read_xml(
    data: bytes,
    name: str,
    on_start: OnStart,
    wanted: frozenset[str] | None = None,
    *,
    is_qualified: bool = False,
) -> None:
    """Call back for each wanted element, by local name and local attribute names.

    None wants them all, `is_qualified` names both with their namespaces; those of
    equations are left out. A large sheet has millions of elements, so the others cost
    little.
    Raises Refusal: XML_DTD for a DTD, CORRUPT where the text is not well formed.
    """
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    reader = _Reader(parser, on_start, wanted, is_qualified=is_qualified)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = lambda *_: _refuse_dtd(name)
    with _as_refusals(name):
        parser.Parse(data, True)  # noqa: FBT003 - "this is all of it"


class _Reader:
    """Hands on wanted elements, and the text of those whose reader asked for it."""

    def __init__(
        self,
        parser: expat.XMLParserType,
        on_start: OnStart,
        wanted: frozenset[str] | None,
        *,
        is_qualified: bool,
    ) -> None:
        self._is_qualified = is_qualified
        self._parser = parser
        self._on_start = on_start
        self._wanted = wanted
        self._names: dict[str, str] = {}
        # The elements now open whose text is read: how deep, what, for whom.
        self._reading: list[tuple[int, list[str], OnText]] = []
        self._depth = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > _NESTING:
            raise Refusal(Code.CORRUPT, f"{_NESTING} elements in each other")
        name = self._names.get(tag)
        if name is None:
            name = self._names[tag] = self._name(tag)
        if not name:
            return
        if not self._is_qualified:
            attributes = {local(key): text for key, text in attributes.items()}
        if on_text := self._on_start(name, attributes):
            self._reading.append((self._depth, [], on_text))
            self._parser.CharacterDataHandler = self._text

    def _name(self, tag: str) -> str:
        name = tag if self._is_qualified else local(tag)
        is_wanted = self._wanted is None or name in self._wanted
        return name if is_wanted and _MATHEMATICS not in tag else ""

    def _text(self, text: str) -> None:
        for _, parts, _ in self._reading:
            parts.append(text)

    def end(self, _tag: str) -> None:
        self._depth -= 1
        if self._reading and self._depth < self._reading[-1][0]:
            _, parts, on_text = self._reading.pop()
            on_text("".join(parts))
            if not self._reading:
                self._parser.CharacterDataHandler = None


def _refuse_dtd(name: str) -> NoReturn:
    raise Refusal(Code.XML_DTD, f"{name!r} has a DTD")


@contextmanager
def _as_refusals(name: str) -> Iterator[None]:
    try:
        yield
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Refusal(Code.CORRUPT, f"{name!r} is not XML: {error}") from error


def refuse_other_root(data: bytes, name: str, root: str) -> None:
    """Refuse XML whose outermost element has another name; readers guess at such."""
    tags: list[str] = []
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.StartElementHandler = lambda tag, _: tags.append(local(tag))
    parser.StartDoctypeDeclHandler = lambda *_: _refuse_dtd(name)
    with _as_refusals(name):
        parser.Parse(data[:_ROOT_WINDOW], False)  # noqa: FBT003 - "there is more"
    if tags[:1] != [root]:
        raise Refusal(Code.CORRUPT, f"{name!r} is no {root}")


def refuse_dtd_in_text(data: bytes, name: str) -> None:
    """The same refusal for text that is too careless to be parsed as XML."""
    if _DTD.search(data.replace(b"\x00", b"")):
        _refuse_dtd(name)


def is_markup(data: bytes) -> bool:
    """Does the text begin like XML, in UTF-8 or UTF-16?"""
    head = data[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return head.startswith(b"<")


def read_inert_xml(data: bytes, name: str) -> None:
    """Refuse XML that a browser would show as a page or drawing, with its scripts."""

    def start(tag: str, attributes: Attributes) -> None:
        if tag.rpartition(_SEPARATOR)[0] in _PAGES:
            raise Refusal(Code.ACTIVE_CONTENT, f"{name!r} is a page")

    read_xml(data, name, start, is_qualified=True)
