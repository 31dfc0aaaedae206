"""Reads the cross-reference tables of a PDF: those in words, and those in streams."""

import re
from collections.abc import Callable, Iterator
from itertools import batched, chain
from typing import NamedTuple

from claims.inspection import limits
from claims.inspection.finding import Code, Refusal
from claims.inspection.pdf_objects import Found, Objects
from claims.inspection.pdf_syntax import Dictionary, Value

_TABLE = re.compile(rb"(?<![A-Za-z])xref[\x00\t\n\x0c\r ]+(?=\d)")
_SECTION = re.compile(
    rb"[\x00\t\n\x0c\r ]*(\d{1,10})[ \t]+(\d{1,10})[\x00\t\n\x0c\r ]+(?=\d)"
)
_ROW = re.compile(rb"[\x00\t\n\x0c\r ]*(\d{10})[ \t]+(\d{5})[ \t]+([nf])")
# What a row says of its object (ISO 32000-2, 7.5.8.3).
FREE, IN_USE, PACKED = 0, 1, 2


class Entry(NamedTuple):
    """What a table says of an object.

    `place` is where it begins, or the number of the stream that it is packed in.
    """

    number: int
    kind: int
    place: int
    table_at: int


class Tables:
    """The tables that stand outside of streams."""

    def __init__(self, objects: Objects, is_in_stream: Callable[[int], bool]) -> None:
        self._objects = objects
        self._is_in_stream = is_in_stream

    def entries(self) -> Iterator[Entry]:
        """What all the tables say; refuses too many of them."""
        packed = (self.rows_of(item) for item in self._objects.found)
        rows = chain(self.rows(), chain.from_iterable(packed))
        for count, entry in enumerate(rows):
            if count > limits.PDF_OBJECTS * 4:
                raise Refusal(Code.TOO_MANY_PARTS, "too many entries in tables")
            yield entry

    def rows(self) -> Iterator[Entry]:
        """What the tables in words say."""
        data = self._objects.data
        for table in _TABLE.finditer(data):
            at = table.end()
            while not self._is_in_stream(at) and (section := _SECTION.match(data, at)):
                at, first = section.end(), int(section[1])
                for index in range(int(section[2])):
                    if not (row := _ROW.match(data, at)):
                        break
                    at = row.end()
                    if index == 0 and first == 1 and row[2] == b"65535":
                        first = 0  # A common slip: the list begins with object 0.
                    kind = IN_USE if row[3] == b"n" else FREE
                    yield Entry(first + index, kind, int(row[1]), table.start())

    def rows_of(self, item: Found) -> Iterator[Entry]:
        """What a table in a stream says; another object says nothing."""
        dictionary = item.value
        if not isinstance(dictionary, Dictionary):
            return
        if "XRef" not in self._objects.names(dictionary, "Type"):
            return
        content, widths = self._objects.content(item), _numbers(dictionary.get("W"))
        size = sum(widths)
        ranges = _numbers(dictionary.get("Index"))
        ranges = ranges or [0, self._objects.number(dictionary, "Size") or 0]
        is_large = len(content) > limits.PDF_OBJECTS * 64
        if len(widths) != 3 or not size or is_large or len(ranges) % 2:  # noqa: PLR2004
            raise Refusal(Code.CORRUPT, f"{item.where}: an unreadable table")
        at = 0
        for first, count in batched(ranges, 2, strict=True):
            for number in range(first, first + min(count, len(content) // size)):
                row = content[at : at + size]
                kind = int.from_bytes(row[: widths[0]]) if widths[0] else IN_USE
                if len(row) == size and kind <= PACKED:
                    place = int.from_bytes(row[widths[0] : widths[0] + widths[1]])
                    yield Entry(number, kind, place, item.start)
                at += size


def _numbers(value: Value) -> list[int]:
    items = value if isinstance(value, list) else []
    numbers = [int(item) for item in items if isinstance(item, int | float)]
    return [number for number in numbers if number >= 0]
