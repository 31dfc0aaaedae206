"""Hostile archives under the name of a document."""

import struct

from claims.inspection import Code
from tests.inspection.offices import (
    document,
    docx,
    parts,
)
from tests.inspection.samples import PROGRAM, Rows, Sample, hostile
from tests.inspection.zips import Entry, changed_end, forged, overlapping, zipped


def _entries(kind: str = "docx") -> list[Entry]:
    return [Entry(name.encode(), content) for name, content in parts(kind).items()]


def _with_entry(**kwargs: object) -> bytes:
    return forged([*_entries(), Entry(**kwargs)])  # type: ignore[arg-type]


def _bomb_in_many_parts() -> bytes:
    names = [f"word/media/{i}.bmp" for i in range(28)]
    return zipped(parts("docx") | dict.fromkeys(names, bytes(16_000_000)), level=1)


def _encrypted_part() -> bytes:
    entries = _entries()
    entries[-1].flags = 1
    return forged(entries)


def _unlisted() -> bytes:
    """The first entry struck from the directory."""
    data = forged(_entries())
    at = data.index(b"PK\1\2")
    size = data.index(b"PK\1\2", at + 4) - at
    shorter = data[:at] + data[at + size :]
    end = shorter.rindex(b"PK\5\6")
    fields = list(struct.unpack_from("<4s4H2LH", shorter, end))
    fields[3] -= 1
    fields[4] -= 1
    fields[5] -= size
    return shorter[:end] + struct.pack("<4s4H2LH", *fields)


def _wrong(**fields: int) -> bytes:
    """The last central record with fields of its fixed part overwritten."""
    data = bytearray(forged(_entries()))
    at = data.rindex(b"PK\1\2")
    places = {"method": (10, 2), "packed": (20, 4), "offset": (42, 4)}
    for name, value in fields.items():
        start, size = places[name]
        data[at + start : at + start + size] = value.to_bytes(size, "little")
    return bytes(data)


_ZIP: Rows = (
    (
        "part described in two ways",
        lambda: _wrong(method=0),
        Code.CORRUPT,
    ),
    ("part that begins elsewhere", lambda: _wrong(offset=7), Code.CORRUPT),
    (
        "part that reaches into the directory",
        lambda: _with_entry(name=b"a.xml", content=b"<a/>", packed_size=90),
        Code.ARCHIVE_BOMB,
    ),
    (
        "bytes in the directory",
        lambda: changed_end(forged(_entries()), central=b"hidden"),
        Code.CORRUPT,
    ),
    (
        "bytes behind the directory",
        lambda: changed_end(forged(_entries()), gap=b"hidden"),
        Code.TRAILING_DATA,
    ),
    (
        "more entries than there are",
        lambda: changed_end(forged(_entries()), entries=1),
        Code.CORRUPT,
    ),
    (
        "several volumes",
        lambda: changed_end(forged(_entries()), disk=1),
        Code.CORRUPT,
    ),
    (
        "size that does not fit and stands nowhere",
        lambda: docx()[:-6] + b"\xff\xff\xff\xff\x00\x00",
        Code.CORRUPT,
    ),
    ("no directory", docx().replace(b"PK\5\6", b"PK\5\7"), Code.CORRUPT),
    ("damaged directory", docx().replace(b"PK\1\2", b"PK\1\3", 1), Code.CORRUPT),
    (
        "folder with content",
        lambda: _with_entry(name=b"word/media/", content=b"hidden"),
        Code.ARCHIVE_PATH,
    ),
    (
        "unlisted part in front",
        _unlisted,
        Code.POLYGLOT,
        Code.TRAILING_DATA,
    ),
    (
        "bomb",
        lambda: docx({"word/document.xml": document(" " * 60_000_000)}),
        Code.ARCHIVE_BOMB,
    ),
    ("bomb in many parts", _bomb_in_many_parts, Code.ARCHIVE_BOMB),
    (
        "thousands of parts",
        lambda: docx({f"a/{i}.xml": b"<a/>" for i in range(5001)}),
        Code.TOO_MANY_PARTS,
    ),
    (
        "size understated",
        lambda: _with_entry(name=b"a.xml", content=b"<a/>" * 900, stated_size=9),
        Code.ARCHIVE_BOMB,
    ),
    (
        "size overstated",
        lambda: _with_entry(name=b"a.xml", content=b"<a/>", stated_size=99),
        Code.CORRUPT,
    ),
    (
        "overlapping parts",
        lambda: overlapping(_entries()),
        Code.ARCHIVE_BOMB,
        Code.ARCHIVE_PATH,
    ),
    ("path upwards", lambda: docx({"../../evil.xml": b"<a/>"}), Code.ARCHIVE_PATH),
    (
        "path upwards, escaped",
        lambda: docx({"word/%2e%2e/evil.xml": b"<a/>"}),
        Code.ARCHIVE_PATH,
    ),
    ("absolute path", lambda: docx({"/etc/passwd": b"x"}), Code.ARCHIVE_PATH),
    (
        "path with a drive",
        lambda: _with_entry(name=b"C:\\a.xml", content=b"<a/>"),
        Code.ARCHIVE_PATH,
    ),
    (
        "path with backslashes",
        lambda: _with_entry(name=b"..\\a.xml", content=b"<a/>"),
        Code.ARCHIVE_PATH,
    ),
    (
        "path with a NUL",
        lambda: _with_entry(name=b"a.xml\x00.png", content=b"<a/>"),
        Code.ARCHIVE_PATH,
    ),
    (
        "link",
        lambda: _with_entry(name=b"a.xml", content=b"/etc/passwd", mode=0o120777),
        Code.ARCHIVE_PATH,
    ),
    (
        "pipe",
        lambda: _with_entry(name=b"a.xml", content=b"<a/>", mode=0o010644),
        Code.ARCHIVE_PATH,
    ),
    (
        "name that ends in a dot",
        lambda: _with_entry(name=b"word/document.xml.", content=b"<a/>"),
        Code.ARCHIVE_PATH,
    ),
    (
        "two parts of one name",
        lambda: _with_entry(name=b"word/Document.xml", content=b"<a/>"),
        Code.ARCHIVE_PATH,
    ),
    (
        "second name in the part",
        lambda: _with_entry(name=b"a.xml", local_name=b"b.xml", content=b"<a/>"),
        Code.ARCHIVE_PATH,
    ),
    (
        "second name in an extra field",
        lambda: _with_entry(name=b"a.xml", content=b"<a/>", extra_name=b"b.exe"),
        Code.ARCHIVE_PATH,
    ),
    (
        "second size in the part",
        lambda: _with_entry(name=b"a.xml", content=b"<a/>", local_size=99),
        Code.CORRUPT,
    ),
    ("encrypted part", _encrypted_part, Code.ENCRYPTED),
    (
        "unknown packing",
        lambda: _with_entry(name=b"a.xml", content=b"<a/>", method=14),
        Code.CORRUPT,
    ),
    (
        "bytes behind a part",
        lambda: _with_entry(name=b"a.xml", content=b"<a/>", extra_bytes=b"hidden"),
        Code.TRAILING_DATA,
    ),
    (
        "bytes between parts",
        lambda: forged(_entries(), gap=b"hidden"),
        Code.TRAILING_DATA,
    ),
    ("comment", lambda: forged(_entries(), comment=b"hidden"), Code.TRAILING_DATA),
    ("bytes behind the archive", lambda: docx() + b"hidden", Code.TRAILING_DATA),
    ("half an archive", lambda: docx()[:-40], Code.CORRUPT),
    ("program before the archive", lambda: PROGRAM + docx(), Code.TYPE_MISMATCH),
)

HOSTILE: list[Sample] = [
    hostile(f"docx: {title}", "proof.docx", build, *codes)
    for title, build, *codes in _ZIP
]
