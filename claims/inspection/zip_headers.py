"""Reads the headers of one entry of a zip archive, and refuses two stories.

An entry is described in the central directory and before its bytes; its sizes perhaps
also in an extra field (ZIP64) and in a record behind the bytes. Readers differ in what
they believe, so all of it must agree. What writers leave open until later is 0.
"""

import stat
import struct
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from claims.inspection.finding import Code, Refusal

_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED, _DESCRIPTOR, _STRONG, _UTF8, _MASKED = 0x1, 0x8, 0x40, 0x800, 0x2000
# What both headers must say alike; how hard the writer packed is its own affair.
_SHARED = _ENCRYPTED | _DESCRIPTOR | _STRONG | _MASKED
STORED, _DEFLATED = 0, 8
WIDE = 0xFFFFFFFF
_WIDE_EXTRA, _UNICODE_NAME = 1, 0x7075
_NAME_AT = 5
# "Not known yet", as different writers say it in an extra field.
_OPEN = {0, 0xFFFFFFFFFFFFFFFF}
_UNIX = 3
_PLAIN = {0, stat.S_IFREG, stat.S_IFDIR}


@dataclass(slots=True)
class Part:
    """One entry of the archive, as its central directory describes it.

    `is_stated` tells whether the header before the bytes has the sizes as well.
    """

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    data_at: int = 0
    is_stated: bool = True

    @property
    def key(self) -> str:
        """The name as Office compares it: unescaped, in no case."""
        return unicodedata.normalize("NFC", unquote(self.name)).casefold()

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


def central_part(data: bytes, at: int) -> tuple[Part, int]:
    """The entry the directory has at a place, checked, and where the next one is."""
    if at + _CENTRAL.size > len(data) or data[at : at + 4] != b"PK\x01\x02":
        raise Refusal(Code.CORRUPT, "the central directory is damaged")
    fields: tuple[int, ...] = _CENTRAL.unpack_from(data, at)
    name_size, extra_size, comment_size = fields[10:13]
    name_at = at + _CENTRAL.size
    extra_at = name_at + name_size
    raw_name = data[name_at:extra_at]
    name = _decoded(raw_name, fields[3])
    extras = _extras(data[extra_at : extra_at + extra_size], raw_name, name)
    sizes = (fields[9], fields[8], fields[16])
    size, packed, offset = _central_sizes(extras, sizes, name)
    if fields[1] >> 8 == _UNIX and stat.S_IFMT(fields[15] >> 16) not in _PLAIN:
        raise Refusal(Code.ARCHIVE_PATH, f"{name!r} is a link or no file")
    part = Part(name, fields[3], fields[4], fields[7], packed, size, offset)
    _read_local_header(data, part, raw_name)
    _refuse_coding(part)
    return part, extra_at + extra_size + comment_size


def _decoded(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError as error:
        raise Refusal(Code.ARCHIVE_PATH, "a name that is not UTF-8") from error


def _extras(extra: bytes, raw_name: bytes, name: str) -> dict[int, bytes]:
    """The extra fields of an entry by their number; fewer than 4 bytes are padding."""
    found: dict[int, bytes] = {}
    while len(extra) >= 4:  # noqa: PLR2004 - id and length
        kind, length = struct.unpack_from("<2H", extra)
        if length + 4 > len(extra):
            raise Refusal(Code.CORRUPT, f"{name!r} has a damaged extra field")
        if kind in found and kind in {_WIDE_EXTRA, _UNICODE_NAME}:
            raise Refusal(Code.CORRUPT, f"{name!r} has an extra field twice")
        found[kind] = extra[4 : 4 + length]
        extra = extra[4 + length :]
    second = found.get(_UNICODE_NAME, bytes(_NAME_AT) + raw_name)[_NAME_AT:]
    if second not in {raw_name, name.encode()}:
        raise Refusal(Code.ARCHIVE_PATH, f"{name!r} has a second name")
    return found


def _numbers(extras: dict[int, bytes]) -> list[int]:
    """The 64-bit numbers of an entry."""
    wide = extras.get(_WIDE_EXTRA, b"")
    whole = wide[: len(wide) // 8 * 8]
    return [number for (number,) in struct.iter_unpack("<Q", whole)]


def _central_sizes(
    extras: dict[int, bytes], sizes: Sequence[int], name: str
) -> list[int]:
    """Size, packed size and offset; those that do not fit stand in an extra field.

    Some writers repeat there what fits. Some readers then take the first number for
    the first that does not fit, so it must be the same either way.
    """
    numbers = _numbers(extras)
    missing = [place for place, size in enumerate(sizes) if size == WIDE]
    places = missing if len(numbers) <= len(missing) else [0, 1, 2]
    result = list(sizes)
    for place, number in zip(places, numbers, strict=False):
        result[place] = number
    is_same = all(own in {WIDE, new} for own, new in zip(sizes, result, strict=True))
    is_same &= [result[place] for place in missing] == numbers[: len(missing)]
    if not is_same:
        raise Refusal(Code.CORRUPT, f"{name!r} has two sizes in the directory")
    return result


def _read_local_header(data: bytes, part: Part, raw_name: bytes) -> None:
    """Find where the bytes begin; refuses a header before them that says otherwise."""
    at, name = part.offset, part.name
    if at + _LOCAL.size > len(data) or data[at : at + 4] != b"PK\x03\x04":
        raise Refusal(Code.CORRUPT, f"{name!r} does not begin where it should")
    fields: tuple[int, ...] = _LOCAL.unpack_from(data, at)
    extra_at = at + _LOCAL.size + fields[9]
    part.data_at = extra_at + fields[10]
    own_name = data[at + _LOCAL.size : extra_at]
    if own_name != raw_name or _decoded(own_name, fields[2]) != name:
        raise Refusal(Code.ARCHIVE_PATH, f"{name!r} has a second name")
    if part.method != fields[3] or (part.flags ^ fields[2]) & _SHARED:
        raise Refusal(Code.CORRUPT, f"{name!r} is described in two ways")
    extras = _extras(data[extra_at : part.data_at], raw_name, name)
    _refuse_other_sizes(part, fields, extras)
    part.is_stated = fields[6:9] == (part.crc, part.packed, part.size)


def _refuse_other_sizes(
    part: Part, fields: tuple[int, ...], extras: dict[int, bytes]
) -> None:
    is_later = bool(fields[2] & _DESCRIPTOR)
    pairs = _local_sizes(extras, fields[8], fields[7])
    is_true = all(
        _agrees(own, wide, truth, is_later=is_later)
        for (own, wide), truth in zip(pairs, (part.size, part.packed), strict=True)
    )
    if not is_true or fields[6] not in ({part.crc, 0} if is_later else {part.crc}):
        raise Refusal(Code.CORRUPT, f"{part.name!r} has two sizes")


def _local_sizes(
    extras: dict[int, bytes], size: int, packed: int
) -> tuple[tuple[int, int | None], tuple[int, int | None]]:
    """Size and packed size, each with the number an extra field has for it."""
    first, second = (*_numbers(extras), None, None)[:2]
    if second is None and size != WIDE and packed == WIDE:
        first, second = None, first
    return (size, first), (packed, second)


def _agrees(own: int, wide: int | None, truth: int, *, is_later: bool) -> bool:
    """Is what stands before the bytes true, or left open where it may be?"""
    if own != WIDE:
        is_own_true = own == truth or (is_later and own == 0)
        return is_own_true and (wide is None or wide in {truth, *_OPEN})
    if is_later:
        return wide is None or wide in {truth, *_OPEN}
    return wide == truth


def _refuse_coding(part: Part) -> None:
    if part.flags & (_ENCRYPTED | _STRONG | _MASKED):
        raise Refusal(Code.ENCRYPTED, f"{part.name!r} is encrypted")
    if part.method not in {STORED, _DEFLATED}:
        raise Refusal(Code.CORRUPT, f"{part.name!r} has packing {part.method}")


def descriptor_size(data: bytes, part: Part, at: int) -> int:
    """The size of the record behind a part whose sizes were not known before.

    Old .NET leaves it out when it changes a file, but then states the sizes before.
    """
    if not part.flags & _DESCRIPTOR:
        return 0
    is_signed = data[at : at + 4] == b"PK\x07\x08"
    crc_at = at + 4 if is_signed else at
    crc = int.from_bytes(data[crc_at : crc_at + 4], "little")
    for width in (4, 8):
        end = crc_at + 4 + 2 * width
        packed = int.from_bytes(data[crc_at + 4 : end - width], "little")
        size = int.from_bytes(data[end - width : end], "little")
        if (crc, packed, size) == (part.crc, part.packed, part.size):
            return end - at
    if is_signed or not part.is_stated:
        raise Refusal(Code.CORRUPT, f"no true record behind {part.name!r}")
    return 0
