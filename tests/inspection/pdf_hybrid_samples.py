"""Hybrid PDF files: some objects are only listed in a table that old readers skip.

Word writes them. Its tags are packed and hidden; all that a page is made of is not.
"""

import struct

from claims.inspection import Code
from tests.inspection.pdfs import (
    bodies,
    flate,
    object_stream,
    packed,
    plain,
    stream,
    table,
    updated,
)
from tests.inspection.samples import Sample, honest, hostile

type Cells = tuple[int, int, int]

HOLDER, OWN = 40, 41
# Also the number of a next free object, which is no place.
START = len(b"%PDF-1.7\n")
TAGS = {
    30: b"<</Type/StructTreeRoot/K 31 0 R>>",
    31: b"<</Type/StructElem/S/P/P 30 0 R/Pg 3 0 R/K 0>>",
}
TAGGED = bodies(
    b"<</ProcSet[/PDF/Text]>>",
    catalog=b"/StructTreeRoot 30 0 R/MarkInfo<</Marked true>>",
    page=b"/StructParents 0/Resources 10 0 R",
)
NOTED = TAGGED[3].replace(b"/StructParents", b"/PieceInfo 32 0 R/StructParents")
OTHER = stream(b"BT /F1 12 Tf 72 720 Td (Proof of nothing) Tj ET")
ROOT = b"/Root 1 0 R"


def _packed_table(cells: dict[int, Cells], entries: bytes = ROOT) -> bytes:
    """A table in a stream."""
    rows = b"".join(struct.pack(">BLH", *cell) for cell in cells.values())
    index = b" ".join(b"%d 1" % number for number in cells)
    head = b"/Type/XRef/W[1 4 2]/Size %d/Index[%s]" % (OWN + 1, index)
    return flate(rows, head + entries)


def _revision(
    data: bytes,
    objects: dict[int, bytes],
    hidden: dict[int, bytes],
    cells: dict[int, Cells],
    entries: bytes = ROOT,
) -> tuple[bytes, dict[int, int], int]:
    """Objects, hidden ones and their table behind the data, and where they stand."""
    offsets, own = {}, dict[int, Cells]()
    for number, body in (objects | {HOLDER: object_stream(hidden)}).items():
        offsets[number] = len(data)
        own[number] = (1, len(data), 0)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    for index, number in enumerate(hidden):
        own[number] = (2, HOLDER, index)
    offsets[OWN] = at = len(data)
    body = _packed_table(own | cells, entries)
    return data + b"%d 0 obj\n%s\nendobj\n" % (OWN, body), offsets, at


def _word(
    objects: dict[int, bytes] = TAGGED,
    hidden: dict[int, bytes] = TAGS,
    cells: dict[int, Cells] | None = None,
    entries: bytes = ROOT,
    hidden_at: int | None = None,
) -> bytes:
    """The file as Word ends it: a second, empty table names the hidden one."""
    data, offsets, at = _revision(b"%PDF-1.7\n", objects, hidden, cells or {}, entries)
    start = len(data)
    free = b"".join(b"%d 1\n%010d 65535 f \n" % (number, START) for number in hidden)
    data += table(offsets, start).replace(b"trailer", free + b"trailer", 1)
    place = at if hidden_at is None else hidden_at
    trailer = b"/Size %d/Root 1 0 R/Prev %d/XRefStm %d" % (OWN + 1, start, place)
    end = b"xref\n0 0\ntrailer\n<<%s>>\nstartxref\n%d\n%%%%EOF"
    return data + end % (trailer, len(data))


def _changed(
    objects: dict[int, bytes], hidden: dict[int, bytes], listed: frozenset[int]
) -> bytes:
    """A second revision, of which words list less than the hidden table."""
    first = plain(TAGGED)
    previous = first.rpartition(b"startxref")[2].split()[0]
    data, offsets, at = _revision(first, objects, hidden, {})
    offsets = {n: o for n, o in offsets.items() if n in {HOLDER, OWN, *listed}}
    return data + table(offsets, len(data), b"/Prev %s/XRefStm %d" % (previous, at))


def _repacked(holder: int) -> bytes:
    """A second revision with another object 10, listed as packed in a stream."""
    first = packed(bodies(b"<</A 1>>"))
    previous = first.rpartition(b"startxref")[2].split()[0]
    entries = b"/Root 1 0 R/Prev " + previous
    cells = {10: (2, holder, 0), 1: (2, 11, 0)}
    data, _, at = _revision(first, {}, {10: b"<</A 2>>"}, cells, entries)
    return data + b"startxref\n%d\n%%%%EOF\n" % at


_PAGE = {3: TAGGED[3]}
_UNSEEN = {n: b for n, b in TAGGED.items() if n != 3}
_FURTHER = {32: b"<</Type/Catalog/Pages 2 0 R/Lang(de)>>"}

_HOSTILE = (
    ("hidden page", _word(_UNSEEN, TAGS | _PAGE)),
    (
        "hidden resources",
        _word({n: b for n, b in TAGGED.items() if n != 10}, TAGS | {10: TAGGED[10]}),
    ),
    (
        "hidden root",
        _word({n: b for n, b in TAGGED.items() if n != 1}, TAGS | {1: TAGGED[1]}),
    ),
    ("content that the hidden table gives up", _word(cells={4: (0, 0, 0)})),
    ("resources hidden in no stream", _word(cells={10: (2, 99, 0)})),
    ("content that the hidden table has nowhere", _word(cells={4: (1, 9_999_999, 0)})),
    (
        "second root in the hidden table",
        _word(TAGGED | _FURTHER, entries=b"/Root 32 0 R"),
    ),
    ("hidden table that is none", _word(hidden_at=0)),
    (
        "resources replaced by hidden ones",
        _changed({}, {10: b"<</ProcSet[/PDF/Other]>>"}, frozenset()),
    ),
    ("content replaced for new readers", _changed({4: OTHER}, {}, frozenset())),
    ("packed object listed as it was", _repacked(11)),
    ("table of half a range", _word(entries=ROOT + b"/Index[0]")),
)

HOSTILE: list[Sample] = [
    hostile(f"pdf hybrid: {title}", "a.pdf", data, Code.CORRUPT)
    for title, data in _HOSTILE
]

HONEST: list[Sample] = [
    honest(f"pdf hybrid: {title}", "a.pdf", data)
    for title, data in (
        ("by Word", _word()),
        (
            "hidden notes of a program",
            _word(TAGGED | {3: NOTED}, TAGS | {32: b"<</Editor<</LastModified(x)>>>>"}),
        ),
        ("by Word, then signed", updated(_word(), {20: b"<</Type/Sig>>"})),
        ("by Word, content changed", updated(_word(), {4: OTHER})),
        ("changed for all readers", _changed({4: OTHER}, TAGS, frozenset({4}))),
        ("the same resources packed", _changed({}, {10: TAGGED[10]}, frozenset())),
        (
            "name of a hidden table left over",
            plain(TAGGED | TAGS, trailer=b"/XRefStm 9"),
        ),
        ("packed object replaced", _repacked(HOLDER)),
    )
]
