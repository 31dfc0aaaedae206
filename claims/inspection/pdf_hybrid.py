"""Refuses a PDF that hides objects from readers that know only tables in words.

A hybrid file has such tables and, named by /XRefStm, tables in streams, which old
readers do not know. Word writes such files: only tags for the blind are hidden. Where
both kinds of tables list an object it must be the same, and pages must not be made of
what only one kind lists.
"""

import re
from collections.abc import Iterator

from claims.inspection.finding import Code, Refusal
from claims.inspection.pdf_structure import Structure
from claims.inspection.pdf_syntax import Dictionary, Ref, Value, parse
from claims.inspection.pdf_tables import FREE, IN_USE, Entry

_TRAILER = re.compile(rb"(?<![A-Za-z])trailer")
# Ways from a page to its tags, or to the notes of programs: nothing of them is shown.
_ASIDE = {"StructTreeRoot", "SD", "Metadata", "PieceInfo"}


def refuse_hidden_objects(structure: Structure) -> None:
    """Refuse a hybrid file of which the two kinds of readers show two documents."""
    sections = list(_sections(structure))
    if sections:
        hybrid = _Hybrid(structure)
        for at, trailer in sections:
            hybrid.read_section(at, trailer)
        for root in structure.roots():
            hybrid.refuse_hidden_pages(root)


def _sections(structure: Structure) -> Iterator[tuple[int, Dictionary]]:
    """The trailers that name a table in a stream, and where they stand."""
    data = structure.objects.data
    for match in _TRAILER.finditer(data):
        if not structure.is_in_stream(match.start()):
            trailer = parse(data, match.end()).value
            if isinstance(trailer, Dictionary) and trailer.all("XRefStm"):
                yield match.start(), trailer


class _Hybrid:
    """What the tables in words list, and what one kind of readers does not see."""

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._hidden: set[int] = set()
        self._listed: dict[int, list[Entry]] = {}
        for entry in structure.tables.rows():
            self._listed.setdefault(entry.number, []).append(entry)

    def read_section(self, at: int, trailer: Dictionary) -> None:
        """Compare the table in a stream with those in words up to its trailer."""
        for place in trailer.all("XRefStm"):
            item = self._structure.item_at(place)
            rows = list(self._structure.tables.rows_of(item)) if item else []
            if not rows and self._structure.has_packed():
                raise Refusal(Code.CORRUPT, f"no hidden table at {place!r}")
            if item and isinstance(item.value, Dictionary):
                _refuse_two_roots(trailer, item.value)
            for row in rows:
                self._judge(row, at)

    def _judge(self, row: Entry, at: int) -> None:
        listed = [e for e in self._listed.get(row.number, ()) if e.table_at < at]
        seen = max(listed, key=lambda entry: entry.table_at, default=None)
        is_seen, is_listed = bool(seen and seen.kind == IN_USE), row.kind != FREE
        if is_seen != is_listed:
            self._hidden.add(row.number)
        if not (seen and is_seen and is_listed):
            return
        item, others = self._structure.item_at(seen.place), self._structure.targets(row)
        is_same = [item and self._structure.are_equal(item, other) for other in others]
        if item and not (is_same and all(is_same)):
            raise Refusal(Code.CORRUPT, f"{item.where}: another one is hidden")

    def refuse_hidden_pages(self, root: Value) -> None:
        """Refuse a hidden object that the pages, or the way to them, are made of."""
        catalog = self._structure.current(root)
        pages = catalog.get("Pages") if isinstance(catalog, Dictionary) else None
        self._refuse_hidden(root)
        waiting, seen = [pages], set[Ref]()
        while waiting:
            value = waiting.pop()
            if isinstance(value, Ref) and value not in seen:
                seen.add(value)
                self._refuse_hidden(value)
                waiting.append(self._structure.current(value))
            elif isinstance(value, Dictionary):
                waiting += [part for key, part in value if key not in _ASIDE]
            elif isinstance(value, list):
                waiting += value

    def _refuse_hidden(self, value: Value) -> None:
        if isinstance(value, Ref) and value.number in self._hidden:
            raise Refusal(Code.CORRUPT, f"object {value.number} is hidden from some")


def _refuse_two_roots(trailer: Dictionary, hidden: Dictionary) -> None:
    roots = {repr(root) for root in (*trailer.all("Root"), *hidden.all("Root"))}
    if len(roots) > 1:
        raise Refusal(Code.CORRUPT, "two roots in one revision")
