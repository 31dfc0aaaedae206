"""Refuses a PDF of which two readers would show two documents.

Readers find objects by the cross-reference tables or, where those are wrong, by
searching. Both ways must lead to the same objects, in each revision, and to the same
pages. Revisions that change objects are legal: that is how PDF files are signed.
"""

from bisect import bisect
from collections.abc import Iterator
from itertools import pairwise

from claims.inspection import limits
from claims.inspection.finding import Code, Refusal
from claims.inspection.pdf_objects import Found, Objects
from claims.inspection.pdf_syntax import BLANKS, Dictionary, Name, Ref, Value
from claims.inspection.pdf_tables import IN_USE, PACKED, Entry, Tables

_REFERENCES = 20


class Structure:
    """The objects that stand outside of streams, by number and by place."""

    def __init__(self, objects: Objects, ends: list[int], header_at: int) -> None:
        self.objects = objects
        self.tables = Tables(objects, self.is_in_stream)
        self._ends = ends
        self._header_at = header_at
        self._spans = _merged(item.stream for item in objects.found if item.stream)
        self._by_number: dict[int, list[Found]] = {}
        for number, items in objects.by_number.items():
            outside = [item for item in items if not self.is_in_stream(item.start)]
            self._by_number[number] = sorted(outside, key=lambda item: item.start)
        self._starts = {
            number: [item.start for item in items]
            for number, items in self._by_number.items()
        }
        self._number_at = {
            item.start: number
            for number, items in objects.by_number.items()
            for item in items
            if not item.packed
        }

    def refuse_two_readings(self) -> None:
        """Refuse what makes readers differ: twins, false tables, broken page trees."""
        self._refuse_twins()
        self._refuse_endless_extension()
        self._refuse_false_tables()
        for root in self.roots():
            self._refuse_broken_tree(self.current(root))

    def is_in_stream(self, position: int) -> bool:
        """Does the place lie within the bytes of a stream?"""
        index = bisect(self._spans, (position, 0)) - 1
        return index >= 0 and position < self._spans[index][1]

    def _refuse_twins(self) -> None:
        """Two objects of one number within one revision must be the same."""
        for items in self._by_number.values():
            for one, other in pairwise(items):
                is_same_revision = bisect(self._ends, one.start) == bisect(
                    self._ends, other.start
                )
                if is_same_revision and not self.are_equal(one, other):
                    raise Refusal(Code.CORRUPT, f"{other.where}: a second one")

    def are_equal(self, one: Found, other: Found) -> bool:
        """Are two objects the same, with their streams?"""
        data = self.objects.data
        contents = [data[slice(*(item.stream or (0, 0)))] for item in (one, other)]
        return one.value == other.value and contents[0] == contents[1]

    def _refuse_endless_extension(self) -> None:
        """Streams of objects may name one that they extend, but not in a circle."""
        extended = {
            item.number: base.number
            for item in self.objects.found
            if item.stream and isinstance(item.value, Dictionary)
            if isinstance(base := item.value.get("Extends"), Ref)
        }
        while extended:
            number, base = extended.popitem()
            while base in extended:
                base = extended.pop(base)
            if base == number:
                raise Refusal(Code.CORRUPT, f"object {number} extends itself")

    def _refuse_false_tables(self) -> None:
        listed: dict[int, set[int]] = {}
        for entry in self.tables.entries():
            if entry.kind == IN_USE:
                self._judge_entry(entry, listed)
            for item in self.targets(entry) if entry.kind == PACKED else ():
                self._refuse_outdated(entry, item.start)
        for number, places in listed.items():
            self._refuse_unlisted(self._by_number[number], places)

    def _judge_entry(self, entry: Entry, listed: dict[int, set[int]]) -> None:
        at = self._place(entry.place)
        number = self._number_at.get(at)
        if number is None:
            # It leads nowhere, so that every reader has to search.
            return
        if number != entry.number or self.is_in_stream(at):
            raise Refusal(Code.CORRUPT, f"object {entry.number} listed at {at}")
        self._refuse_outdated(entry, at)
        listed.setdefault(number, set()).add(at)

    def item_at(self, place: Value) -> Found | None:
        """The object a table leads to."""
        at = self._place(place) if isinstance(place, int) else -1
        items = self._by_number.get(self._number_at.get(at, -1), [])
        return next((item for item in items if item.start == at), None)

    def targets(self, entry: Entry) -> list[Found]:
        """The objects an entry may mean: in a packed stream there may be several."""
        if entry.kind != PACKED:
            item = self.item_at(entry.place)
            return [item] if item else []
        return [
            item
            for item in self._by_number.get(entry.number, [])
            if item.packed and self._number_at.get(item.start) == entry.place
        ]

    def has_packed(self) -> bool:
        """Are there objects in streams of objects?"""
        return any(item.packed for items in self._by_number.values() for item in items)

    def _place(self, offset: int) -> int:
        data, at = self.objects.data, offset
        if at not in self._number_at and at + self._header_at in self._number_at:
            at += self._header_at
        while at < len(data) and data[at] in BLANKS:
            at += 1
        return at

    def _refuse_outdated(self, entry: Entry, at: int) -> None:
        """A table must list the newest object that stands before it."""
        items, starts = self._by_number[entry.number], self._starts[entry.number]
        newest = bisect(starts, entry.table_at) - 1
        listed = bisect(starts, at) - 1
        if listed < newest and not self.are_equal(items[listed], items[newest]):
            raise Refusal(Code.CORRUPT, f"object {entry.number} listed as it was")

    def _refuse_unlisted(self, items: list[Found], listed: set[int]) -> None:
        """Refuse an object no table lists, unless it is a copy of its neighbour."""
        places = [item for item in items if not item.packed]
        for index, item in enumerate(places):
            if item.start not in listed:
                neighbours = places[max(0, index - 1) : index] + places[index + 1 :][:1]
                if not any(self.are_equal(item, other) for other in neighbours):
                    raise Refusal(Code.CORRUPT, f"{item.where}: in no table")

    def roots(self) -> list[Value]:
        """Where the trailers say that the document begins."""
        trailers = [*self.objects.trailers]
        trailers += [item.value for item in self.objects.found if item.stream]
        roots: list[Value] = []
        for trailer in trailers:
            if isinstance(trailer, Dictionary):
                roots += [root for root in trailer.all("Root") if root not in roots]
        return roots

    def current(self, value: Value) -> Value:
        """What a value is in the newest revision."""
        for _ in range(_REFERENCES):
            if not isinstance(value, Ref):
                return value
            items = self._by_number.get(value.number)
            value = items[-1].value if items else None
        return None

    def _refuse_broken_tree(self, root: Value) -> None:
        """Walk the pages; each node counts the pages below it."""
        if not isinstance(root, Dictionary):
            return
        nodes: list[tuple[Value, int]] = [(root.get("Pages"), -1)]
        dictionaries: list[Dictionary] = []
        seen: set[int] = set()
        for given, _ in nodes:
            if len(nodes) > limits.PDF_OBJECTS:
                raise Refusal(Code.TOO_MANY_PARTS, "too many pages")
            node = self.current(given)
            if not isinstance(node, Dictionary):
                raise Refusal(Code.CORRUPT, "the page tree leads to no page")
            if kids := self._kids(node):
                if isinstance(given, Ref) and given.number in seen:
                    raise Refusal(Code.CORRUPT, "the page tree runs in a circle")
                seen |= {given.number} if isinstance(given, Ref) else set()
                nodes += [(kid, len(dictionaries)) for kid in kids]
            dictionaries.append(node)
        self._refuse_false_counts(dictionaries, [parent for _, parent in nodes])

    def _kids(self, node: Dictionary) -> list[Value]:
        """What is below a node of the tree; nothing below a page."""
        kind = self.current(node.get("Type"))
        if len({repr(kids) for kids in node.all("Kids")}) > 1:
            raise Refusal(Code.CORRUPT, "a page tree with two lists")
        kids = self.current(node.get("Kids"))
        if isinstance(kind, Name) and kind not in {"Page", "Pages"}:
            raise Refusal(Code.CORRUPT, f"the page tree leads to a {kind}")
        if kind == "Page" and kids is not None:
            raise Refusal(Code.CORRUPT, "a page with pages below it")
        return kids if isinstance(kids, list) else []

    def _refuse_false_counts(self, nodes: list[Dictionary], parents: list[int]) -> None:
        pages = [0] * len(nodes)
        for index in range(len(nodes) - 1, -1, -1):
            node = nodes[index]
            if node.get("Kids") is None and node.get("Type") != "Pages":
                pages[index] = 1
            stated = self.current(node.get("Count"))
            is_list = node.get("Kids") is not None or not pages[index]
            if is_list and isinstance(stated, int) and stated != pages[index]:
                raise Refusal(Code.CORRUPT, f"{stated} pages said to be there")
            if parents[index] >= 0:
                pages[parents[index]] += pages[index]


def _merged(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those within others left out."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if not merged or start >= merged[-1][1]:
            merged.append((start, end))
    return merged
