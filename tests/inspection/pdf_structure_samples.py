"""PDF files of which two readers would show two documents, and legal revisions."""

import re
import struct

from claims.inspection import Code
from tests.inspection.pdfs import (
    bodies,
    flate,
    object_stream,
    packed,
    plain,
    stream,
    updated,
)
from tests.inspection.samples import Sample, honest, hostile

PLAIN = plain(bodies())
OTHER = stream(b"BT /F1 12 Tf 72 720 Td (Proof of nothing) Tj ET")
LEAF = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"


def _tree(pages: bytes, *extra: bytes) -> bytes:
    return plain(bodies(*extra) | {2: b"<</Type/Pages%s>>" % pages})


def _twin(data: bytes = PLAIN, body: bytes = OTHER) -> bytes:
    """A second object 4 in the same revision, which no table lists."""
    return data.replace(b"xref\n0", b"4 0 obj\n%s\nendobj\nxref\n0" % body, 1)


def _offset(data: bytes, word: bytes) -> bytes:
    return b"%010d" % data.index(word)


def _relisted(data: bytes, word: bytes, other: bytes) -> bytes:
    """The table lists one object where another stands."""
    return data.replace(_offset(data, word), _offset(data, other))


def _outdated() -> bytes:
    """A second revision whose table still lists the first one's page content."""
    data = updated(PLAIN, {4: OTHER})
    return data.replace(b"%010d" % data.rindex(b"4 0 obj"), _offset(data, b"4 0 obj"))


def _unlisted() -> bytes:
    """A second revision with an object that its table leaves out."""
    data = updated(PLAIN, {5: b"<<>>"})
    at = data.rindex(b"xref\n0")
    return data[:at] + _twin(data[at:])


def _listed_in_stream() -> bytes:
    """A table that leads into the bytes of a stream."""
    inner = b"\n4 0 obj\n" + OTHER.replace(b"endstream", b"endstrea") + b"\nendobj\n"
    data = plain(bodies(stream(inner)))
    hidden = b"%010d" % data.rindex(b"4 0 obj")
    return data.replace(_offset(data, b"4 0 obj"), hidden)


def _only_in_stream() -> bytes:
    """The page content stands within another stream, and the table says so."""
    inner = b"\n4 0 obj\n" + OTHER.replace(b"endstream", b"endstrea") + b"\nendobj\n"
    objects = {n: b for n, b in bodies(stream(inner)).items() if n != 4}
    data = plain(objects)
    row = b"xref\n4 1\n%010d 00000 n \n" % data.index(b"4 0 obj")
    return data.replace(b"xref\n", row, 1)


def _listed_twice() -> bytes:
    """A second revision whose table lists both contents: one reader takes each."""
    data = updated(PLAIN, {4: OTHER})
    at = data.rindex(b"trailer")
    return data[:at] + b"4 1\n%s 00000 n \n" % _offset(data, b"4 0 obj") + data[at:]


def _without_table(data: bytes) -> bytes:
    """The file as every reader has to search through it."""
    return re.sub(rb"\d{10} 00000 n", b"0000000000 00000 n", data)


def _one_section(first: int) -> bytes:
    """The table in one piece, as most programs write it."""
    places = [PLAIN.index(b"%d 0 obj" % number) for number in (1, 2, 3, 4)]
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    start, end = PLAIN.index(b"xref\n"), PLAIN.index(b"trailer")
    head = b"xref\n%d 5\n0000000000 65535 f \n" % first
    return PLAIN[:start] + head + rows + PLAIN[end:]


def _packed_elsewhere() -> bytes:
    """A packed table that lists the page content where a table of colours stands."""
    rows = bytes(8) * 4 + b"\x01" + struct.pack(">L", 15) + bytes(3)
    entries = b"/Type/XRef/W[1 4 3]/Size 5/Root 1 0 R"
    return plain(bodies(flate(rows, entries)))


def _extending() -> bytes:
    holder = object_stream({12: b"<</A 1>>"}).replace(b"/N ", b"/Extends 11 0 R/N ")
    return plain(bodies() | {11: holder})


_HOSTILE = (
    ("pages in a circle", _tree(b"/Kids[3 0 R 2 0 R]/Count 2")),
    (
        "pages in a wide circle",
        _tree(b"/Kids[3 0 R 10 0 R]/Count 2", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
    ),
    ("page that is a font", _tree(b"/Kids[3 0 R 10 0 R]/Count 2", b"<</Type/Font>>")),
    ("page that is nothing", _tree(b"/Kids[3 0 R 99 0 R]/Count 2")),
    ("page that is nothing and not counted", _tree(b"/Kids[3 0 R 99 0 R]/Count 1")),
    (
        "pages in a circle since a revision",
        updated(PLAIN, {2: b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 1>>"}),
    ),
    ("two objects that no table tells apart", _without_table(_twin())),
    ("content only within a stream", _only_in_stream()),
    ("table that lists two contents", _listed_twice()),
    (
        "table behind a byte order mark that leads elsewhere",
        b"\xef\xbb\xbf" + _relisted(PLAIN, b"4 0 obj", b"3 0 obj"),
    ),
    ("page that is a number", _tree(b"/Kids[3 0 R 7]/Count 2")),
    (
        "page with pages below it",
        _tree(b"/Kids[10 0 R]/Count 1", b"<</Type/Page/Kids[3 0 R]/Count 1>>"),
    ),
    ("two lists of pages", _tree(b"/Kids[3 0 R]/Kids[10 0 R]/Count 1", LEAF)),
    ("more pages said than there are", _tree(b"/Kids[3 0 R]/Count 7")),
    ("fewer pages said than there are", _tree(b"/Kids[3 0 R 10 0 R]/Count 1", LEAF)),
    (
        "false count in a branch",
        _tree(
            b"/Kids[3 0 R 10 0 R]/Count 2",
            b"<</Type/Pages/Parent 2 0 R/Kids[11 0 R]/Count 0>>",
            LEAF,
        ),
    ),
    ("two objects of one number", _twin()),
    ("two objects, one packed", plain(bodies() | {11: object_stream({4: b"<<>>"})})),
    ("table that leads elsewhere", _relisted(PLAIN, b"4 0 obj", b"3 0 obj")),
    ("packed table that leads elsewhere", _packed_elsewhere()),
    ("table that leads into a stream", _listed_in_stream()),
    ("table that lists what was replaced", _outdated()),
    ("object that no table lists", _unlisted()),
    ("objects that hold themselves", plain(bodies() | {10: object_stream({10: b"1"})})),
    ("objects that extend themselves", _extending()),
)


def _many(count: int) -> bytes:
    return PLAIN[:-6] + b"".join(b"%d 0 obj 1 endobj\n" % n for n in range(9, count))


HOSTILE: list[Sample] = [
    *(
        hostile(f"pdf of two: {title}", "a.pdf", d, Code.CORRUPT)
        for title, d in _HOSTILE
    ),
    hostile(
        "pdf: more objects than a document has",
        "a.pdf",
        lambda: _many(310_000),
        Code.TOO_MANY_PARTS,
    ),
]


def _revisions() -> bytes:
    """Signed, changed and signed again; the last revision gives one object up."""
    data = updated(PLAIN, {4: OTHER, 20: b"<</Type/Sig>>"})
    return updated(data, {4: stream(b""), 21: b"<</Type/Sig>>"})


HONEST: list[Sample] = [
    honest("three revisions of a page", "a.pdf", _revisions()),
    honest("revision of a packed file", "a.pdf", updated(packed(bodies()), {4: OTHER})),
    honest("the same object twice", "a.pdf", _twin(body=bodies()[4])),
    honest("table in one piece", "a.pdf", _one_section(0)),
    honest("list of objects that begins at 1", "a.pdf", _one_section(1)),
    honest(
        "table that leads nowhere", "a.pdf", PLAIN.replace(b"00000 n", b"00000 n", 1)
    ),
    honest(
        "tree of three levels",
        "a.pdf",
        _tree(
            b"/Kids[3 0 R 10 0 R]/Count 3",
            b"<</Type/Pages/Parent 2 0 R/Kids[11 0 R 12 0 R]/Count 2>>",
            LEAF,
            LEAF,
        ),
    ),
    honest("one page shown twice", "a.pdf", _tree(b"/Kids[3 0 R 3 0 R]/Count 2")),
    honest(
        "indirect count and list",
        "a.pdf",
        _tree(b"/Kids 10 0 R/Count 11 0 R", b"[3 0 R]", b"1"),
    ),
    honest(
        "attached file that is a PDF, not packed",
        "a.pdf",
        plain(bodies(stream(plain(bodies(content=b"BT (Annex) Tj ET"))))),
    ),
]
