"""Reads a zip archive by the rules Office keeps, and refuses every other one.

The central directory, the local headers and the bytes must tell one story: parts
stand one behind the other, without gaps, overlaps, disguises or anything around them.
"""

import stat
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from urllib.parse import unquote

from claims.inspection import limits
from claims.inspection.case import Budget
from claims.inspection.finding import Code, Refusal

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED, _DESCRIPTOR, _STRONG, _UTF8, _MASKED = 0x1, 0x8, 0x40, 0x800, 0x2000
_STORED, _DEFLATED = 0, 8
_WIDE = 0xFFFFFFFF
_WIDE_EXTRA, _UNICODE_NAME = 1, 0x7075
_UNIX = 3
_NAME_CHARACTERS = 255
_ENTRIES = 5_000


@dataclass(slots=True)
class Part:
    """One entry of the archive, as its central directory describes it."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    data_at: int = 0

    @property
    def key(self) -> str:
        """The name as Office compares it: unescaped, in no case."""
        return unicodedata.normalize("NFC", unquote(self.name)).casefold()

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


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
        content = raw if part.method == _STORED else _inflated(raw, part)
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
        part, at = _central_part(data, at)
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
    if _WIDE in {size, start} or count == 0xFFFF:  # noqa: PLR2004 - "see ZIP64"
        return _wide_directory(data, position)
    if disk or first or here != count:
        raise Refusal(Code.CORRUPT, "an archive in several volumes")
    if start + size != position:
        raise Refusal(Code.TRAILING_DATA, "data around the central directory")
    return position, count, start


_WIDE_END = struct.Struct("<4sQ2H2L4Q")
_WIDE_LOCATOR = struct.Struct("<4sLQL")


def _wide_directory(data: bytes, position: int) -> tuple[int, int, int]:
    """The same from a ZIP64 end record, which stands right before the old one."""
    locator_at = position - _WIDE_LOCATOR.size
    end_at = locator_at - _WIDE_END.size
    if end_at < 0 or data[locator_at : locator_at + 4] != b"PK\x06\x07":
        raise Refusal(Code.CORRUPT, "no ZIP64 directory")
    magic, *_, count, size, start = _WIDE_END.unpack_from(data, end_at)
    if magic != b"PK\x06\x06" or start + size != end_at:
        raise Refusal(Code.CORRUPT, "no ZIP64 directory")
    return end_at, count, start


def _central_part(data: bytes, at: int) -> tuple[Part, int]:
    if at + _CENTRAL.size > len(data) or data[at : at + 4] != b"PK\x01\x02":
        raise Refusal(Code.CORRUPT, "the central directory is damaged")
    fields = _CENTRAL.unpack_from(data, at)
    made_by, flags, method = fields[1], fields[3], fields[4]
    name_size, extra_size, comment_size = fields[10:13]
    name_at = at + _CENTRAL.size
    raw_name = data[name_at : name_at + name_size]
    extra = data[name_at + name_size : name_at + name_size + extra_size]
    name = _decoded(raw_name, flags)
    extras = _extras(extra)
    if raw_name not in extras.get(_UNICODE_NAME, raw_name):
        raise Refusal(Code.ARCHIVE_PATH, f"{name!r} has a second name")
    sizes = (fields[9], fields[8], fields[16])
    size, packed, offset = _wide_sizes(extras.get(_WIDE_EXTRA, b""), sizes)
    if made_by >> 8 == _UNIX and stat.S_ISLNK(fields[15] >> 16):
        raise Refusal(Code.ARCHIVE_PATH, f"{name!r} is a symbolic link")
    part = Part(name, flags, method, fields[7], packed, size, offset)
    part.data_at = _local_data(data, part, raw_name)
    _refuse_coding(part)
    return part, name_at + name_size + extra_size + comment_size


def _extras(extra: bytes) -> dict[int, bytes]:
    """The extra fields of an entry by their number."""
    found = {}
    while len(extra) >= 4:  # noqa: PLR2004 - id and length
        kind, length = struct.unpack_from("<2H", extra)
        found[kind] = extra[4 : 4 + length]
        extra = extra[4 + length :]
    return found


def _wide_sizes(wide: bytes, sizes: tuple[int, int, int]) -> tuple[int, ...]:
    """Size, packed size and offset; those that do not fit stand in an extra field."""
    result = []
    for size in sizes:
        if size == _WIDE and len(wide) >= 8:  # noqa: PLR2004 - one number
            result.append(int.from_bytes(wide[:8], "little"))
            wide = wide[8:]
        else:
            result.append(size)
    return tuple(result)


def _decoded(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError as error:
        raise Refusal(Code.ARCHIVE_PATH, "a name that is not UTF-8") from error


def _local_data(data: bytes, part: Part, raw_name: bytes) -> int:
    """Where the part's bytes begin; refuses a local header that says otherwise."""
    at, name = part.offset, part.name
    if at + _LOCAL.size > len(data) or data[at : at + 4] != b"PK\x03\x04":
        raise Refusal(Code.CORRUPT, f"{name!r} does not begin where it should")
    fields: tuple[int, ...] = _LOCAL.unpack_from(data, at)
    name_at = at + _LOCAL.size
    if data[name_at : name_at + fields[9]] != raw_name:
        raise Refusal(Code.ARCHIVE_PATH, f"{name!r} has a second name")
    if part.method != fields[3] or (part.flags ^ fields[2]) & _ENCRYPTED:
        raise Refusal(Code.CORRUPT, f"{name!r} is described in two ways")
    # Sizes may be left to the record behind the part, or to an extra field.
    stated = zip(fields[6:9], (part.crc, part.packed, part.size), strict=True)
    is_later = fields[2] & _DESCRIPTOR
    if not is_later and any(own not in {size, _WIDE} for own, size in stated):
        raise Refusal(Code.CORRUPT, f"{name!r} has two sizes")
    return name_at + fields[9] + fields[10]


def _refuse_coding(part: Part) -> None:
    if part.flags & (_ENCRYPTED | _STRONG | _MASKED):
        raise Refusal(Code.ENCRYPTED, f"{part.name!r} is encrypted")
    if part.method not in {_STORED, _DEFLATED}:
        raise Refusal(Code.CORRUPT, f"{part.name!r} has packing {part.method}")


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
    return all(segment.strip(". ") for segment in segments)


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
        if part.flags & _DESCRIPTOR:
            reached += _descriptor_size(data, part, reached)
    if reached > directory_at:
        raise Refusal(Code.ARCHIVE_BOMB, "a part overlaps the directory")
    _refuse_gap(data, reached, directory_at, is_first=False)


def _descriptor_size(data: bytes, part: Part, at: int) -> int:
    """The record behind a part that was written before its size was known."""
    is_signed = data[at : at + 4] == b"PK\x07\x08"
    crc_at = at + 4 if is_signed else at
    if int.from_bytes(data[crc_at : crc_at + 4], "little") != part.crc:
        return 0
    for width in (4, 8):
        sizes = data[crc_at + 4 : crc_at + 4 + 2 * width]
        packed = int.from_bytes(sizes[:width], "little")
        size = int.from_bytes(sizes[width:], "little")
        if (packed, size) == (part.packed, part.size):
            return crc_at + 4 + 2 * width - at
    return 0


def _refuse_gap(data: bytes, start: int, end: int, *, is_first: bool) -> None:
    if start == end:
        return
    if is_first:
        raise Refusal(Code.POLYGLOT, f"{end} bytes before the archive")
    if data[start:end].strip(b"\x00"):
        raise Refusal(Code.TRAILING_DATA, f"{end - start} bytes between the parts")
