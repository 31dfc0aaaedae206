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
        def seekable(self) -> bool:
            return False

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


def forged(entries: list[Entry], *, comment: bytes = b"", gap: bytes = b"") -> bytes:
    """An archive of entries as they say they are."""
    out, directory = b"", b""
    for entry in entries:
        offset = len(out)
        raw = _raw(entry)
        size = len(entry.content) if entry.stated_size is None else entry.stated_size
        head = (entry.flags, entry.method, 0, 33, zlib.crc32(entry.content), len(raw))
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


def overlapping(entries: dict[str, bytes], name: str) -> bytes:
    """An archive in which one more name points at the bytes of the last entry."""
    data = zipped(entries)
    end = data.rindex(b"PK\5\6")
    fields = list(struct.unpack_from("<4s4H2LH", data, end))
    start = fields[6]
    last = data.rindex(b"PK\1\2", 0, end)
    record = data[last:end].replace(list(entries)[-1].encode(), name.encode())
    fields[3] += 1
    fields[4] += 1
    fields[5] = end - start + len(record)
    return data[:end] + record + struct.pack("<4s4H2LH", *fields)
