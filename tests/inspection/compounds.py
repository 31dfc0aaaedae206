"""Writes compound files (OLE2): the container of MSG files and of OLE objects."""

import struct
from dataclasses import dataclass

SECTOR, SMALL_SECTOR, CUT_OFF = 512, 64, 4096
END, FREE, FAT, DIFAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFC
NONE = 0xFFFFFFFF
type Tree = dict[str, "bytes | Tree"]


@dataclass
class Entry:
    """A record of the directory: 1 is a storage, 2 a stream, 5 the root."""

    name: str
    kind: int
    content: bytes = b""
    start: int = 0
    right: int = NONE
    child: int = NONE


def compound(tree: Tree) -> bytes:
    """A compound file of version 3; small streams lie in the mini stream."""
    entries = _entries(tree)
    sectors: list[bytes] = []
    fat: list[int] = []
    small: list[bytes] = []
    small_fat: list[int] = []
    for entry in entries:
        content = entry.content
        if content and len(content) < CUT_OFF:
            entry.start = _append(small, small_fat, content, SMALL_SECTOR)
        elif content:
            entry.start = _append(sectors, fat, content)
    small_at = END
    if small:
        entries[0].content = b"".join(small)
        entries[0].start = _append(sectors, fat, entries[0].content)
        table = struct.pack(f"<{len(small_fat)}L", *small_fat)
        small_at = _append(sectors, fat, table, fill=b"\xff")
    directory = b"".join(_record(entry) for entry in entries)
    directory += _empty() * (-len(entries) % 4)
    directory_at = _append(sectors, fat, directory)
    table_at = len(sectors)
    tables, lists = 1, 0
    while (table_at + tables + lists) > tables * 128:
        tables += 1
        lists = max(0, -(-(tables - 109) // 127))
    fat += [FAT] * tables + [DIFAT] * lists
    fat += [FREE] * (tables * 128 - len(fat))
    table = struct.pack(f"<{len(fat)}L", *fat)
    places = [*range(table_at, table_at + tables)]
    list_at = table_at + tables if lists else END
    header = _header(directory_at, places, (small_at, len(small_fat)), (list_at, lists))
    further = _further_places(places[109:], table_at + tables)
    return header + b"".join(sectors) + table + further


def _further_places(places: list[int], list_at: int) -> bytes:
    """Sectors that say where the tables of a large file lie."""
    out = b""
    for at in range(0, len(places), 127):
        row = places[at : at + 127]
        list_at += 1
        row += [FREE] * (127 - len(row))
        out += struct.pack("<128L", *row, END if at + 127 >= len(places) else list_at)
    return out


def _entries(tree: Tree) -> list[Entry]:
    """Entries in the order of the directory; siblings hang to the right in a chain."""
    entries = [Entry("Root Entry", 5, start=END)]
    _add(entries, 0, tree)
    return entries


def _add(entries: list[Entry], parent: int, tree: Tree) -> None:
    previous = -1
    for name in sorted(tree, key=lambda name: (len(name), name.upper())):
        value = tree[name]
        number = len(entries)
        if isinstance(value, bytes):
            entries.append(Entry(name, 2, value))
        else:
            entries.append(Entry(name, 1))
            _add(entries, number, value)
        if previous < 0:
            entries[parent].child = number
        else:
            entries[previous].right = number
        previous = number


def _append(
    sectors: list[bytes],
    fat: list[int],
    content: bytes,
    size: int = SECTOR,
    fill: bytes = b"\x00",
) -> int:
    start = len(sectors)
    count = -(-len(content) // size)
    padded = content.ljust(count * size, fill)
    sectors += [padded[i * size : (i + 1) * size] for i in range(count)]
    fat += [*range(start + 1, start + count), END]
    return start


def _record(entry: Entry) -> bytes:
    name = (entry.name + "\x00").encode("utf-16-le")
    return struct.pack(
        "<64sHBB3L16sLQQLQ",
        name,
        len(name),
        entry.kind,
        1,
        NONE,
        entry.right,
        entry.child,
        bytes(16),
        *(0, 0, 0),
        entry.start,
        len(entry.content),
    )


def _empty() -> bytes:
    return struct.pack(
        "<64sHBB3L16sLQQLQ", b"", 0, 0, 0, *[NONE] * 3, b"", 0, 0, 0, 0, 0
    )


def _header(
    directory_at: int, places: list[int], small: tuple[int, int], more: tuple[int, int]
) -> bytes:
    small_at, small_count = small
    small_tables = -(-small_count * 4 // SECTOR)
    difat = places[:109]
    difat += [FREE] * (109 - len(difat))
    return struct.pack(
        "<8s16s5H6x9L109L",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        bytes(16),
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, len(places), directory_at, 0, CUT_OFF),
        *(small_at, small_tables, *more),
        *difat,
    )


def macro_project() -> bytes:
    """What vbaProject.bin holds, as far as names go."""
    vba: Tree = {"_VBA_PROJECT": b"\xcc\x61" + bytes(40), "dir": bytes(40)}
    return compound({"VBA": vba, "PROJECT": b'ID="{0}"'})


def package_object(name: bytes = b"run.exe", content: bytes = b"MZ\x90\x00") -> bytes:
    """An OLE object of the kind that wraps any file."""
    native = b"\x02\x00" + name + b"\x00" + content
    record = len(native).to_bytes(4, "little") + native
    return compound({"\x01Ole10Native": record, "\x01CompObj": bytes(80)})


def locked_document() -> bytes:
    """What Word writes when a document gets a password."""
    return compound({"EncryptionInfo": bytes(200), "EncryptedPackage": bytes(5000)})
