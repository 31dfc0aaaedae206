"""Writes zip archives, also those no zip program would write."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass


def zipped(
    entries: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED, level: int = 6
) -> bytes:
    """An ordinary archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=level) as archive:
        for name, content in entries.items():
            archive.writestr(
                zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, method
            )
    return out.getvalue()


def streamed(entries: dict[str, bytes]) -> bytes:
    """An archive written to a pipe: sizes stand behind the parts."""

    class Pipe(io.BytesIO):
        def seek(self, *_: int) -> int:
            raise io.UnsupportedOperation

    out = Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


@dataclass
class Entry:
    """An entry whose two headers may tell different stories."""

    name: bytes
    content: bytes
    local_name: bytes | None = None
    stated_size: int | None = None
    flags: int = 0
    method: int = 8
    mode: int = 0
    extra_bytes: bytes = b""
    extra_name: bytes = b""
    local_size: int | None = None
    packed_size: int | None = None


def forged(entries: list[Entry], *, comment: bytes = b"", gap: bytes = b"") -> bytes:
    """An archive of entries as they say they are."""
    out, directory = b"", b""
    for entry in entries:
        offset = len(out)
        raw = _raw(entry)
        size = len(entry.content) if entry.stated_size is None else entry.stated_size
        packed = len(raw) if entry.packed_size is None else entry.packed_size
        head = (entry.flags, entry.method, 0, 33, zlib.crc32(entry.content), packed)
        own_size = size if entry.local_size is None else entry.local_size
        name = entry.name if entry.local_name is None else entry.local_name
        out += struct.pack("<4s5H3L2H", b"PK\3\4", 20, *head, own_size, len(name), 0)
        out += name + raw + gap
        extra = _extra(entry.extra_name)
        sizes = (size, len(entry.name), len(extra))
        more = (0, 0, 0, entry.mode << 16, offset)
        made_by = (3 << 8) | 20
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", made_by, 20, *head, *sizes, *more
        )
        directory += entry.name + extra
    counts = (0, 0, len(entries), len(entries), len(directory), len(out), len(comment))
    return out + directory + struct.pack("<4s4H2LH", b"PK\5\6", *counts) + comment


def _raw(entry: Entry) -> bytes:
    if entry.method == 0:
        return entry.content
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeeze.compress(entry.content) + squeeze.flush() + entry.extra_bytes


def _extra(name: bytes) -> bytes:
    """The extra field that gives an entry a name in Unicode."""
    return struct.pack("<2HBL", 0x7075, 5 + len(name), 1, 0) + name if name else b""


def overlapping(entries: list[Entry]) -> bytes:
    """An archive in which one entry lies within the bytes of another."""
    inner = Entry(b"word/inner.xml", b"<a/>", method=0)
    start = forged([inner]).index(b"PK\1\2")
    record = forged([inner])[:start]
    data = forged([*entries, Entry(b"word/outer.xml", record, method=0)])
    central = bytearray(forged([inner])[start : start + 46 + len(inner.name)])
    central[42:46] = struct.pack("<L", data.index(record))
    return changed_end(data, central=bytes(central), entries=1)


def changed_end(
    data: bytes,
    *,
    central: bytes = b"",
    entries: int = 0,
    disk: int = 0,
    gap: bytes = b"",
) -> bytes:
    """The archive with more in its directory, or another end record."""
    end = data.rindex(b"PK\5\6")
    fields = list(struct.unpack_from("<4s4H2LH", data, end))
    fields[1] += disk
    fields[3] += entries
    fields[4] += entries
    fields[5] += len(central)
    return data[:end] + central + gap + struct.pack("<4s4H2LH", *fields)
