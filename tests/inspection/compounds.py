"""Writes compound files (OLE2): the container of MSG files and of OLE objects."""

import struct

SECTOR, SMALL_SECTOR, CUT_OFF = 512, 64, 4096
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
NONE = 0xFFFFFFFF
type Tree = dict[str, "bytes | Tree"]


def compound(tree: Tree) -> bytes:
    """A compound file of version 3; small streams lie in the mini stream."""
    entries = _entries(tree)
    sectors: list[bytes] = []
    fat: list[int] = []
    small: list[bytes] = []
    small_fat: list[int] = []
    for entry in entries:
        content = entry["content"]
        if content and len(content) < CUT_OFF:
            entry["start"] = _append(small, small_fat, content, SMALL_SECTOR)
        elif content:
            entry["start"] = _append(sectors, fat, content)
    small_at = END
    if small:
        entries[0]["content"] = b"".join(small)
        entries[0]["start"] = _append(sectors, fat, entries[0]["content"])
        table = struct.pack(f"<{len(small_fat)}L", *small_fat)
        small_at = _append(sectors, fat, table, fill=b"\xff")
    directory = b"".join(_record(entry) for entry in entries)
    directory += _empty() * (-len(entries) % 4)
    directory_at = _append(sectors, fat, directory)
    table_at = len(sectors)
    tables = 1
    while (table_at + tables) > tables * 128:
        tables += 1
    fat += [FAT] * tables
    fat += [FREE] * (tables * 128 - len(fat))
    table = struct.pack(f"<{len(fat)}L", *fat)
    header = _header(directory_at, table_at, tables, (small_at, len(small_fat)))
    return header + b"".join(sectors) + table


def _entries(tree: Tree) -> list[dict]:
    """Entries in the order of the directory; siblings hang to the right in a chain."""
    entries: list[dict] = [{"name": "Root Entry", "type": 5, "content": None}]
    _add(entries, 0, tree)
    return entries


def _add(entries: list[dict], parent: int, tree: Tree) -> None:
    previous = None
    names = sorted(tree, key=lambda name: (len(name), name.upper()))
    for name in names:
        value = tree[name]
        is_stream = isinstance(value, bytes)
        entry = {"name": name, "type": 2 if is_stream else 1, "content": value}
        entries.append(entry)
        number = len(entries) - 1
        if previous is None:
            entries[parent]["child"] = number
        else:
            entries[previous]["right"] = number
        previous = number
        if not is_stream:
            entry["content"] = None
            _add(entries, number, value)


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


def _record(entry: dict) -> bytes:
    name = (entry["name"] + "\x00").encode("utf-16-le")
    content = entry["content"] or b""
    return struct.pack(
        "<64sHBB3L16sLQQLQ",
        name,
        len(name),
        entry["type"],
        1,
        NONE,
        entry.get("right", NONE),
        entry.get("child", NONE),
        bytes(16),
        *(0, 0, 0),
        entry.get("start", END if entry["type"] == 5 else 0),
        len(content),
    )


def _empty() -> bytes:
    return struct.pack(
        "<64sHBB3L16sLQQLQ", b"", 0, 0, 0, *[NONE] * 3, b"", 0, 0, 0, 0, 0
    )


def _header(
    directory_at: int, table_at: int, tables: int, small: tuple[int, int]
) -> bytes:
    small_at, small_count = small
    small_tables = -(-small_count * 4 // SECTOR)
    difat = [*range(table_at, table_at + tables)][:109]
    difat += [FREE] * (109 - len(difat))
    return struct.pack(
        "<8s16s5H6x9L109L",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        bytes(16),
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, tables, directory_at, 0, CUT_OFF),
        *(small_at, small_tables, END, 0),
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
