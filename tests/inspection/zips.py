"""Writes zip archives, also those no zip program would write."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field


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
    extra_bytes: bytes = field(default=b"")


def forged(entries: list[Entry], *, comment: bytes = b"", gap: bytes = b"") -> bytes:
    """An archive of entries as they say they are."""
    out, directory = b"", b""
    for entry in entries:
        offset = len(out)
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
        raw = squeeze.compress(entry.content) + squeeze.flush() + entry.extra_bytes
        if entry.method == 0:
            raw = entry.content
        size = len(entry.content) if entry.stated_size is None else entry.stated_size
        crc = zlib.crc32(entry.content)
        name = entry.name if entry.local_name is None else entry.local_name
        common = (entry.flags, entry.method, 0, 33, crc, len(raw), size)
        out += (
            struct.pack("<4s5H3L2H", b"PK\3\4", 20, *common, len(name), 0) + name + raw
        )
        out += gap
        directory += struct.pack(
            "<4s6H3L5H2L",
            b"PK\1\2",
            (3 << 8) | 20,
            20,
            *common,
            len(entry.name),
            *(0, 0, 0, 0),
            entry.mode << 16,
            offset,
        )
        directory += entry.name
    end = struct.pack(
        "<4s4H2LH",
        b"PK\5\6",
        *(0, 0, len(entries), len(entries), len(directory), len(out), len(comment)),
    )
    return out + directory + end + comment


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
