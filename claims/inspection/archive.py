"""Reads a zip archive by the rules Office keeps, and refuses every other one.

The central directory, the local headers and the bytes must tell one story: parts
stand one behind the other, without gaps, overlaps, disguises or anything around them.
"""

import struct
import unicodedata
import zlib
from dataclasses import dataclass
from urllib.parse import unquote

from claims.inspection import limits
from claims.inspection.case import Budget
from claims.inspection.finding import Code, Refusal
from claims.inspection.zip_headers import (
    STORED,
    WIDE,
    Part,
    central_part,
    descriptor_size,
)

_END = struct.Struct("<4s4H2LH")
_NAME_CHARACTERS = 255
_ENTRIES = 5_000
# What stands in the end record for a number that is in the ZIP64 one.
_MANY = 0xFFFF


@dataclass(slots=True)
class Archive:
    """The parts of an archive by key, and the bytes behind them."""

    data: bytes
    budget: Budget
    parts: dict[str, Part]

    def read(self, part: Part) -> bytes:
        """Unpack a part; refuses one that is more, less or other than stated."""
        raw = self.data[part.data_at : part.data_at + part.packed]
        self.budget.inflate(part.size)
        content = raw if part.method == STORED else _inflated(raw, part)
        if len(content) != part.size or zlib.crc32(content) != part.crc:
            raise Refusal(Code.CORRUPT, f"{part.name!r} is not what the archive says")
        return content


# Never 0, which would be no limit.
_DAMAGE = 64


def _inflated(raw: bytes, part: Part) -> bytes:
    unzip = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = unzip.decompress(raw, part.size + 1)
        if len(content) > part.size:
            # A single damaged byte makes a part a little longer; a bomb is a lie.
            unzip.decompress(unzip.unconsumed_tail, part.size + _DAMAGE)
    except zlib.error as error:
        raise Refusal(Code.CORRUPT, f"{part.name!r} does not unpack") from error
    if len(content) > part.size:
        code = Code.CORRUPT if unzip.eof else Code.ARCHIVE_BOMB
        raise Refusal(code, f"{part.name!r} is larger than stated")
    if unzip.unused_data or unzip.unconsumed_tail:
        raise Refusal(Code.TRAILING_DATA, f"data behind {part.name!r}")
    return content


def open_archive(data: bytes, budget: Budget) -> Archive:
    """Check the whole archive before anything of it is unpacked."""
    end, count, at = _directory(data)
    if count > _ENTRIES:
        raise Refusal(Code.TOO_MANY_PARTS, f"{count} entries")
    parts = []
    for _ in range(count):
        part, at = central_part(data, at)
        budget.take_part()
        parts.append(part)
    if at != end:
        raise Refusal(Code.CORRUPT, "the central directory does not end where it says")
    _refuse_names(parts)
    _refuse_sizes(parts, budget)
    _refuse_gaps(data, parts, _directory(data)[2])
    return Archive(data, budget, {part.key: part for part in parts})


def _directory(data: bytes) -> tuple[int, int, int]:
    """Where the directory ends, how many entries it has, where it begins."""
    position = data.rfind(b"PK\x05\x06", -(_END.size + 0xFFFF))
    if position < 0 or position + _END.size > len(data):
        raise Refusal(Code.CORRUPT, "no end of the central directory")
    _, disk, first, here, count, size, start, comment = _END.unpack_from(data, position)
    after = len(data) - position - _END.size
    if after != comment:
        raise Refusal(Code.TRAILING_DATA, f"{after} bytes behind the archive")
    if comment:
        raise Refusal(Code.TRAILING_DATA, f"a comment of {comment} bytes")
    # Some write a ZIP64 record without need, and some readers then believe that one.
    is_wide = data.startswith(b"PK\x06\x07", max(0, position - _WIDE_LOCATOR.size))
    if is_wide or WIDE in {size, start} or _MANY in {here, count}:
        stated = (disk, first, here, count, size, start)
        return _wide_directory(data, position, stated)
    if disk or first or here != count:
        raise Refusal(Code.CORRUPT, "an archive in several volumes")
    if start + size != position:
        raise Refusal(Code.TRAILING_DATA, "data around the central directory")
    return position, count, start


_WIDE_END = struct.Struct("<4sQ2H2L4Q")
_WIDE_LOCATOR = struct.Struct("<4sLQL")
_ELSEWHERE = (_MANY, _MANY, _MANY, _MANY, WIDE, WIDE)


def _wide_directory(
    data: bytes, position: int, stated: tuple[int, ...]
) -> tuple[int, int, int]:
    """The same from a ZIP64 end record, which stands right before the old one.

    What the old record states itself must be the same: readers differ in which they
    ask first.
    """
    locator_at = position - _WIDE_LOCATOR.size
    end_at = locator_at - _WIDE_END.size
    if end_at < 0:
        raise Refusal(Code.CORRUPT, "no ZIP64 directory")
    mark, disk, known_at, _ = _WIDE_LOCATOR.unpack_from(data, locator_at)
    magic, length, _, _, *wide = _WIDE_END.unpack_from(data, end_at)
    marks = (mark, magic, disk, known_at, length)
    if marks != (b"PK\x06\x07", b"PK\x06\x06", 0, end_at, _WIDE_END.size - 12):
        raise Refusal(Code.CORRUPT, "no ZIP64 directory")
    _refuse_other_end(stated, wide)
    return end_at, wide[3], wide[5]


def _refuse_other_end(stated: tuple[int, ...], wide: list[int]) -> None:
    first_disk, last_disk, here, count, _, _ = wide
    is_whole = not first_disk and not last_disk and here == count
    pairs = zip(stated, wide, _ELSEWHERE, strict=True)
    if not is_whole or any(own not in {new, no} for own, new, no in pairs):
        raise Refusal(Code.CORRUPT, "two ends of the central directory")


def _refuse_names(parts: list[Part]) -> None:
    seen: set[str] = set()
    for part in parts:
        if not _is_safe(part.name):
            raise Refusal(Code.ARCHIVE_PATH, f"{part.name!r} is not a safe path")
        key = part.key.rstrip("/")
        if key in seen:
            raise Refusal(Code.ARCHIVE_PATH, f"two parts are called {part.name!r}")
        seen.add(key)


def _is_safe(name: str) -> bool:
    plain = unquote(name)
    if not 0 < len(plain) <= _NAME_CHARACTERS or ":" in plain or "\\" in plain:
        return False
    if any(unicodedata.category(character) in {"Cc", "Cf"} for character in plain):
        return False
    segments = plain.removesuffix("/").split("/")
    # Windows drops dots and blanks at the end, so that two names become one.
    return all(segment == segment.rstrip(". ") != "" for segment in segments)


def _refuse_sizes(parts: list[Part], budget: Budget) -> None:
    total = sum(part.size for part in parts)
    if total > budget.inflated_bytes:
        raise Refusal(Code.ARCHIVE_BOMB, f"{total} bytes unpacked")
    for part in parts:
        is_suspect = part.size > limits.SUSPECT_BYTES
        if is_suspect and part.size > part.packed * limits.SUSPECT_RATIO:
            raise Refusal(Code.ARCHIVE_BOMB, f"{part.name!r}: {part.size} bytes")
        if part.is_folder and part.size:
            raise Refusal(Code.ARCHIVE_PATH, f"folder {part.name!r} has content")


def _refuse_gaps(data: bytes, parts: list[Part], directory_at: int) -> None:
    """Parts follow each other from the first byte to the directory."""
    reached = 0
    for part in sorted(parts, key=lambda part: part.offset):
        if part.offset < reached:
            raise Refusal(Code.ARCHIVE_BOMB, f"{part.name!r} overlaps another part")
        _refuse_gap(data, reached, part.offset, is_first=reached == 0)
        reached = part.data_at + part.packed
        reached += descriptor_size(data, part, reached)
    if reached > directory_at:
        raise Refusal(Code.ARCHIVE_BOMB, "a part overlaps the directory")
    _refuse_gap(data, reached, directory_at, is_first=False)


def _refuse_gap(data: bytes, start: int, end: int, *, is_first: bool) -> None:
    if start == end:
        return
    if is_first:
        raise Refusal(Code.POLYGLOT, f"{end} bytes before the archive")
    if data[start:end].strip(b"\x00"):
        raise Refusal(Code.TRAILING_DATA, f"{end - start} bytes between the parts")
