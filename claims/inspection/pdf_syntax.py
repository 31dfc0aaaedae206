"""Reads the objects of a PDF as tolerantly as viewers do (ISO 32000-2, 7.2 and 7.3)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from claims.inspection.finding import Code, Refusal

MAX_NESTING = 200


class Name(str):
    """A name, its #xx escapes resolved: /Java#53cript is /JavaScript."""

    __slots__ = ()


class Keyword(bytes):
    """A bare word such as endobj, stream, true."""

    __slots__ = ()


class Ref(NamedTuple):
    """A reference to an object by its number."""

    number: int
    generation: int


@dataclass(slots=True)
class Dictionary:
    """A dictionary that keeps every pair: which of two equal keys counts is moot."""

    pairs: "list[tuple[str, Value]]"

    def __iter__(self) -> "Iterator[tuple[str, Value]]":
        return iter(self.pairs)

    def get(self, key: str) -> "Value":
        """The last value of the key, or None."""
        return next((v for k, v in reversed(self.pairs) if k == key), None)

    def all(self, key: str) -> "list[Value]":
        """Every value the key was given."""
        return [v for k, v in self.pairs if k == key]


type Value = float | bytes | Name | Keyword | Ref | list["Value"] | Dictionary | None

BLANKS = b"\x00\t\n\x0c\r "
_GAP = rb"(?:[\x00\t\n\x0c\r ]+|%[^\r\n]*)*+"
_TOKEN = re.compile(
    _GAP
    + rb"""(?:
    /([^\x00\t\n\x0c\r ()<>\[\]{}/%]*)
    |(\d{1,10}[\x00\t\n\x0c\r ]++\d{1,5}[\x00\t\n\x0c\r ]++R
        (?![^\x00\t\n\x0c\r ()<>\[\]{}/%]))
    |([+-]?(?:\d++\.?\d*+|\.\d++)(?![^\x00\t\n\x0c\r ()<>\[\]{}/%]))
    |(<<|\[)
    |(>>|\])
    |<([^<>]*)>
    |(\()
    |([^\x00\t\n\x0c\r ()<>\[\]{}/%]+)
    |([)>{}<])
    )""",
    re.VERBOSE,
)
_NAME, _REF, _NUMBER, _OPEN, _CLOSE, _HEX, _TEXT, _WORD, _STRAY = range(1, 10)
_ESCAPED_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f]+")
_TEXT_MARK = re.compile(rb"[()\\]")
_TEXT_ESCAPE = re.compile(rb"\\(\r\n|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_ENDS = {b"endobj", b"stream", b"endstream", b"obj", b"xref", b"trailer", b"startxref"}
_CONSTANTS: dict[bytes, Value] = {b"null": None, b"true": 1, b"false": 0}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value and where it ends."""

    value: Value
    end: int


def parse(data: bytes, position: int) -> Parsed:
    """The value at a position; an empty or unreadable place gives None.

    Raises Refusal (CORRUPT) for nesting no real file has.
    """
    nest = _Nest()
    while token := _TOKEN.match(data, position):
        kind, position = token.lastindex, token.end()
        if kind == _OPEN:
            nest.open(as_dictionary=token[_OPEN] == b"<<")
            continue
        if kind == _STRAY or (kind == _CLOSE and not nest.items):
            continue
        if kind == _WORD and token[_WORD] in _ENDS:
            return Parsed(nest.abandoned(), token.start(_WORD))
        value: Value
        if kind == _CLOSE:
            value = nest.closed()
        elif kind == _TEXT:
            value, position = _text(data, position)
        else:
            value = _scalar(token)
        if not nest.items:
            return Parsed(value, position)
        _add(nest.items[-1], value)
    return Parsed(nest.abandoned(), len(data))


class _Nest:
    """The lists and dictionaries that are open, the innermost last."""

    def __init__(self) -> None:
        self.items: list[list[Value]] = []
        self._is_dictionary: list[bool] = []

    def open(self, *, as_dictionary: bool) -> None:
        if len(self.items) >= MAX_NESTING:
            raise Refusal(Code.CORRUPT, "objects nested too deep")
        self.items.append([])
        self._is_dictionary.append(as_dictionary)

    def closed(self) -> Value:
        items = self.items.pop()
        return _dictionary(items) if self._is_dictionary.pop() else items

    def abandoned(self) -> Value:
        """Close what the file left open."""
        value: Value = None
        while self.items:
            value = self.closed()
            if self.items:
                self.items[-1].append(value)
        return value


def _scalar(token: re.Match[bytes]) -> Value:
    kind = token.lastindex
    if kind == _NAME:
        return _name(token[_NAME])
    if kind == _REF:
        number, generation, _ = token[_REF].replace(b"\x00", b" ").split()
        return Ref(int(number), int(generation))
    if kind == _NUMBER:
        return _number(token[_NUMBER])
    if kind == _HEX:
        digits = _NOT_HEX.sub(b"", token[_HEX])
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    word = token[_WORD]
    return _CONSTANTS.get(word, Keyword(word))


def _number(text: bytes) -> float:
    if b"." in text:
        return float(text)
    return int(text[:20])


def _name(raw: bytes) -> Name:
    if b"#" in raw:
        raw = _ESCAPED_NAME.sub(lambda found: bytes([int(found[1], 16)]), raw)
    return Name(raw.decode("latin-1"))


def _text(data: bytes, start: int) -> tuple[bytes, int]:
    depth, position = 1, start
    while mark := _TEXT_MARK.search(data, position):
        position = mark.end()
        if mark[0] == b"\\":
            position += 1
            continue
        depth += 1 if mark[0] == b"(" else -1
        if not depth:
            raw = data[start : position - 1]
            return (
                _TEXT_ESCAPE.sub(_unescaped, raw) if b"\\" in raw else raw
            ), position
    return data[start:], len(data)


def _unescaped(found: re.Match[bytes]) -> bytes:
    escape = found[1]
    if escape.isdigit() and escape[:1] < b"8":
        return bytes([int(escape, 8) & 0xFF])
    return b"" if escape in {b"\n", b"\r", b"\r\n"} else _ESCAPES.get(escape, escape)


def _add(items: list[Value], value: Value) -> None:
    """Append; "1 0 R" with comments between its words arrives in three tokens."""
    if type(value) is Keyword and value == b"R" and len(items) > 1:
        number, generation = items[-2:]
        if isinstance(number, int) and isinstance(generation, int):
            items[-2:] = [Ref(number, generation)]
            return
    items.append(value)


def _dictionary(items: list[Value]) -> Dictionary:
    keys, values = items[::2], items[1::2]
    if len(keys) == len(values) and all(type(key) is Name for key in keys):
        return Dictionary(list(zip(keys, values, strict=True)))  # type: ignore[arg-type]
    # Out of step: viewers differ in how they recover, so every reading is kept.
    return Dictionary([(a, b) for a, b in pairwise(items) if isinstance(a, Name)])


def dictionaries(value: Value) -> Iterator[Dictionary]:
    """Every dictionary in a value, itself included."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Dictionary):
            yield item
            waiting.extend(part for _, part in item.pairs)
        elif isinstance(item, list):
            waiting.extend(item)
