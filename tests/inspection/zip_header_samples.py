"""Archives whose headers tell two stories, and the stories honest writers tell.

The last part of a document is written header by header: before its bytes, behind them
and in the directory.
"""

import struct
import zlib
from dataclasses import dataclass

from claims.inspection import Code
from tests.inspection.offices import docx, parts
from tests.inspection.samples import Sample, honest, hostile
from tests.inspection.zips import Entry, forged

NAME = b"word/styles.xml"
CONTENT = parts("docx")[NAME.decode()]
OTHERS = [Entry(n.encode(), c) for n, c in parts("docx").items() if c != CONTENT]
_SQUEEZE = zlib.compressobj(wbits=-15)
RAW = _SQUEEZE.compress(CONTENT) + _SQUEEZE.flush()
CRC, PACKED, SIZE = zlib.crc32(CONTENT), len(RAW), len(CONTENT)
TRUE, ZERO = (CRC, PACKED, SIZE), (0, 0, 0)
WIDE, UNKNOWN = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
LATER, UTF8, MASKED = 0x8, 0x800, 0x2000


@dataclass(frozen=True)
class Headers:
    """What is said of the last part; by itself all of it is true."""

    flags: int = 0
    sizes: tuple[int, int, int] = TRUE
    extra: bytes = b""
    behind: bytes = b""
    listed_flags: int = 0
    listed: tuple[int, int, int] = TRUE
    listed_extra: bytes = b""
    name: bytes = NAME

    def archive(self) -> bytes:
        """The document with this last part."""
        before = forged(OTHERS)
        at, end = before.index(b"PK\1\2"), before.rindex(b"PK\5\6")
        directory = before[at:end] + self._central(at)
        before = before[:at] + self._local()
        count = len(OTHERS) + 1
        sizes = (0, 0, count, count, len(directory), len(before), 0)
        return before + directory + struct.pack("<4s4H2LH", b"PK\5\6", *sizes)

    def _local(self) -> bytes:
        lengths = (len(self.name), len(self.extra))
        fields = (20, self.flags, 8, 0, 33, *self.sizes, *lengths)
        head = b"PK\3\4" + struct.pack("<5H3L2H", *fields)
        return head + self.name + self.extra + RAW + self.behind

    def _central(self, offset: int) -> bytes:
        lengths = (len(self.name), len(self.listed_extra), 0, 0, 0, 0, offset)
        fields = (20, 20, self.listed_flags, 8, 0, 33, *self.listed, *lengths)
        head = b"PK\1\2" + struct.pack("<6H3L5H2L", *fields)
        return head + self.name + self.listed_extra


def _wide(*numbers: int) -> bytes:
    """The extra field for numbers that do not fit."""
    body = b"".join(struct.pack("<Q", number) for number in numbers)
    return struct.pack("<2H", 1, len(body)) + body


def _renamed(name: bytes) -> bytes:
    """The extra field for a name in Unicode."""
    return struct.pack("<2HBL", 0x7075, 5 + len(name), 1, 0) + name


def _behind(crc: int = CRC, packed: int = PACKED, size: int = SIZE) -> bytes:
    return b"PK\7\x08" + struct.pack("<3L", crc, packed, size)


WIDE_BEHIND = b"PK\7\x08" + struct.pack("<L2Q", CRC, PACKED, SIZE)


def _later(sizes: tuple[int, int, int] = ZERO, **fields: object) -> Headers:
    """The sizes stand behind the part, and both headers say so."""
    given = {"behind": _behind()} | fields
    return Headers(LATER, sizes, listed_flags=LATER, **given)  # type: ignore[arg-type]


_HOSTILE = (
    ("sizes said to follow, in the part alone", Headers(LATER)),
    ("sizes that follow, said in the part alone", Headers(LATER, ZERO, b"", _behind())),
    ("sizes said to follow, in the directory alone", Headers(listed_flags=LATER)),
    (
        "sizes that follow, said in the directory alone",
        Headers(behind=_behind(), listed_flags=LATER),
    ),
    ("other sizes although they follow", _later((0, 7, 9))),
    ("another sum although it follows", _later((5, 0, 0))),
    ("sizes that follow are others", _later(behind=_behind(size=SIZE + 1))),
    ("sum that follows is another", _later(behind=_behind(crc=1))),
    ("sizes that follow are others than both say", _later(TRUE, behind=_behind(7))),
    ("sizes do not follow", _later(behind=b"")),
    ("zeros follow", _later(behind=bytes(16))),
    ("wide sizes that follow are others", _later(behind=WIDE_BEHIND[:-8] + bytes(8))),
    (
        "wide sizes in the part are others",
        Headers(sizes=(CRC, WIDE, WIDE), extra=_wide(SIZE, PACKED + 1)),
    ),
    ("wide sizes are left open", Headers(sizes=(CRC, WIDE, WIDE), extra=_wide(0, 0))),
    ("wide sizes without need are others", Headers(extra=_wide(SIZE, 7))),
    ("wide size, one alone, is another", Headers(extra=_wide(7))),
    (
        "wide size of the packed part is another",
        Headers(sizes=(CRC, WIDE, SIZE), extra=_wide(7)),
    ),
    ("wide sizes are nowhere", Headers(sizes=(CRC, WIDE, WIDE))),
    ("wide sizes that follow too are others", _later((0, WIDE, WIDE), extra=_wide(7))),
    ("wide sum", Headers(sizes=(WIDE, PACKED, SIZE))),
    ("listed wide sizes without need are others", Headers(listed_extra=_wide(7, 3))),
    (
        "listed wide sizes are more than are missing",
        Headers(listed=(CRC, PACKED, WIDE), listed_extra=_wide(SIZE, 99)),
    ),
    (
        "listed wide size is the first or the second",
        Headers(listed=(CRC, WIDE, SIZE), listed_extra=_wide(SIZE, PACKED)),
    ),
    (
        "listed wide sizes twice",
        Headers(listed=(CRC, PACKED, WIDE), listed_extra=_wide(SIZE) + _wide(9)),
    ),
    (
        "listed sizes are others than the wide ones",
        Headers(listed=(CRC, PACKED, 7), listed_extra=_wide(SIZE, PACKED)),
    ),
    ("listed wide size is nowhere", Headers(listed=(CRC, PACKED, WIDE))),
    ("extra field longer than there is", Headers(extra=b"\1\0\x90\1abcd")),
    ("listed extra field longer than there is", Headers(listed_extra=b"\1\0\x90\1ab")),
    ("masked in the part alone", Headers(MASKED)),
)
_NAMES = (
    ("second name in an extra field of the part", Headers(extra=_renamed(b"b.exe"))),
    (
        "longer name in an extra field",
        Headers(listed_extra=_renamed(b"../" + NAME), extra=b""),
    ),
    (
        "name in two codes",
        Headers(UTF8, name="word/stylés.xml".encode(), listed_flags=0),
    ),
)


def _wide_end(**changes: int) -> bytes:
    """The document with a ZIP64 end record, which it does not need."""
    data = docx()
    end = data.rindex(b"PK\5\6")
    count, size, start = struct.unpack_from("<H2L", data, end + 10)
    said = {"count": count, "size": size, "start": start, "at": end} | changes
    places = (0, 0, said.get("here", count), said["count"], said["size"], said["start"])
    record = b"PK\6\6" + struct.pack("<Q2H2L4Q", 44, 45, 45, *places)
    locator = b"PK\6\7" + struct.pack("<LQL", 0, said["at"], 1)
    old = (
        0,
        0,
        said.get("old_here", count),
        count,
        said.get("old_size", size),
        start,
        0,
    )
    return data[:end] + record + locator + struct.pack("<4s4H2LH", b"PK\5\6", *old)


HOSTILE: list[Sample] = [
    *(
        hostile(f"docx: {title}", "a.docx", headers.archive, code)
        for rows, code in ((_HOSTILE, Code.CORRUPT), (_NAMES, Code.ARCHIVE_PATH))
        for title, headers in rows
    ),
    *(
        hostile(f"docx: ZIP64 end with another {word}", "a.docx", data, Code.CORRUPT)
        for word, data in (
            ("count", _wide_end(count=1)),
            ("directory", _wide_end(start=0)),
            ("size", _wide_end(size=9)),
            ("size than the old end", _wide_end(old_size=9)),
            ("count here", _wide_end(here=1, old_here=0xFFFF)),
            ("place", _wide_end(at=9)),
        )
    ),
]

_HONEST = (
    ("sizes behind the part, as by Java", _later()),
    ("wide sizes behind the part, as by Python", _later(behind=WIDE_BEHIND)),
    ("sizes behind the part without a mark", _later(behind=_behind()[4:])),
    ("sizes before and behind, as by NPOI", _later(TRUE)),
    ("size before, the rest behind, as by Info-ZIP", _later((0, 0, SIZE))),
    (
        "wide sizes left open, as by Python to a pipe",
        _later((0, WIDE, WIDE), extra=_wide(0, 0), behind=WIDE_BEHIND),
    ),
    (
        "wide sizes left open, as by SharpZipLib",
        _later((0, WIDE, WIDE), extra=_wide(UNKNOWN, UNKNOWN)),
    ),
    ("sizes said to follow, as by old .NET", _later(TRUE, behind=b"")),
    (
        "wide sizes in the part, as by Python",
        Headers(sizes=(CRC, WIDE, WIDE), extra=_wide(SIZE, PACKED)),
    ),
    ("wide packed size alone", Headers(sizes=(CRC, WIDE, SIZE), extra=_wide(PACKED))),
    ("wide sizes left behind, as by Commons Compress", Headers(extra=_wide(0, 0))),
    ("empty extra field for sizes, as by Ant", Headers(listed_extra=_wide())),
    (
        "wide sizes repeated in the directory",
        Headers(listed_extra=_wide(SIZE, PACKED)),
    ),
    (
        "wide sizes in the directory, as by archiver",
        Headers(listed=(CRC, WIDE, WIDE), listed_extra=_wide(SIZE, PACKED)),
    ),
    (
        "room for growth, as by Office",
        Headers(6, extra=b"\x20\xa2\x0e\0\xa0\x28" + bytes(12), listed_flags=6),
    ),
    ("padded extra field, as for Android", Headers(extra=bytes(3))),
    (
        "name again in Unicode, as by Info-ZIP",
        Headers(listed_extra=_renamed(NAME), extra=_renamed(NAME)),
    ),
)

HONEST: list[Sample] = [
    *(honest(f"docx: {title}", "a.docx", item.archive) for title, item in _HONEST),
    honest("docx: ZIP64 end without need, as by libarchive", "a.docx", _wide_end()),
]
