"""Walks the chunks of a PNG (W3C PNG, third edition)."""

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from claims.inspection import limits
from claims.inspection.case import Budget
from claims.inspection.finding import Code, Refusal
from claims.inspection.programs import refuse_hidden_program
from claims.inspection.sniff import PNG_MAGIC, refuse_hidden_page

_HEADER = struct.Struct(">2L5B")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_KNOWN_CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
_ONCE = {b"PLTE", b"IDAT"}
_ANIMATION = {b"acTL", b"fcTL", b"fdAT"}
_PACKED = {b"zTXt", b"iCCP"}
_TYPE = re.compile(rb"[A-Za-z]{4}")
_CHUNKS = 50_000
_TEXT_BYTES = 16 * limits.MIB
# A few bytes too many are no bomb.
_EXCESS = 64 * 1024
# Where the passes of an interlaced picture begin, and how far their pixels are apart.
_WHOLE = ((0, 0, 1, 1),)
_PASSES = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)


class Chunk(NamedTuple):
    type: bytes
    data: bytes


def inspect_png(data: bytes, budget: Budget) -> None:
    """Refuse a PNG that is damaged, animated, oversized, or that carries anything."""
    pixels = zlib.decompressobj()
    size, most = 0, 0
    for chunk in _chunks(data):
        if chunk.type == b"IHDR":
            most = _pixel_bytes(chunk.data)
        elif chunk.type == b"IDAT":
            size += _inflated_size(pixels, chunk.data, most - size + _EXCESS)
        elif chunk.type in _ANIMATION:
            raise Refusal(Code.TOO_MANY_PARTS, "an animated picture")
        else:
            _inspect_notes(chunk, budget)
    size += len(pixels.flush())
    if size > most:
        raise Refusal(Code.TRAILING_DATA, "data behind the last pixel")
    if size < most:
        raise Refusal(Code.CORRUPT, "the pixels end early")


def _chunks(data: bytes) -> Iterator[Chunk]:
    position = len(PNG_MAGIC)
    seen, last = set[bytes](), b""
    for index in range(_CHUNKS):
        chunk, position = _chunk(data, position, index)
        # Readers differ in which of two they take.
        if chunk.type in _ONCE & seen and (chunk.type, last) != (b"IDAT", b"IDAT"):
            raise Refusal(Code.CORRUPT, f"{chunk.type!r} in two places")
        yield chunk
        last = chunk.type
        seen.add(last)
        if last == b"IEND":
            break
    else:
        raise Refusal(Code.TOO_MANY_PARTS, f"more than {_CHUNKS} chunks")
    if rest := len(chunk.data) + len(data) - position:
        raise Refusal(Code.TRAILING_DATA, f"{rest} bytes in or behind IEND")


def _chunk(data: bytes, position: int, index: int) -> tuple[Chunk, int]:
    """The chunk at a position, and where the next one begins."""
    length = int.from_bytes(data[position : position + 4])
    end = position + 12 + length
    if end > len(data) or position + 12 > len(data):
        raise Refusal(Code.CORRUPT, "a chunk ends behind the file")
    chunk = Chunk(data[position + 4 : position + 8], data[position + 8 : end - 4])
    _refuse_odd_chunk(chunk, int.from_bytes(data[end - 4 : end]), index)
    return chunk, end


def _refuse_odd_chunk(chunk: Chunk, crc: int, index: int) -> None:
    if not _TYPE.fullmatch(chunk.type) or zlib.crc32(chunk.type + chunk.data) != crc:
        raise Refusal(Code.CORRUPT, f"chunk {index} is damaged")
    if (index == 0) != (chunk.type == b"IHDR"):
        raise Refusal(Code.CORRUPT, "IHDR is not the first chunk")
    if chunk.type[:1].isupper() and chunk.type not in _KNOWN_CRITICAL:
        raise Refusal(Code.CORRUPT, f"unknown chunk {chunk.type!r}")


def _pixel_bytes(header: bytes) -> int:
    """How many bytes the pixels unpack to; refuses too many pixels."""
    if len(header) != _HEADER.size:
        raise Refusal(Code.CORRUPT, "IHDR is damaged")
    sizes: tuple[int, ...] = _HEADER.unpack(header)
    width, height, depth, colour = sizes[:4]
    if not (width and height and colour in _CHANNELS and depth <= 16):  # noqa: PLR2004
        raise Refusal(Code.CORRUPT, "IHDR is damaged")
    if width * height > limits.PIXELS:
        raise Refusal(Code.IMAGE_TOO_MANY_PIXELS, f"{width} x {height} pixels")
    passes = _PASSES if sizes[6] else _WHOLE
    return _rows_bytes(width, height, depth * _CHANNELS[colour], passes)


def _rows_bytes(
    width: int, height: int, bits: int, passes: Sequence[tuple[int, ...]]
) -> int:
    """A row has one byte for its filter; a pass without columns has no rows."""
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0:
            total += max(0, rows) * (1 + (columns * bits + 7) // 8)
    return total


def _inflated_size(unzip: "zlib._Decompress", packed: bytes, most: int) -> int:
    size = 0
    try:
        while packed:
            size += len(unzip.decompress(packed, limits.MIB))
            packed = unzip.unconsumed_tail
            if size > most:
                raise Refusal(Code.ARCHIVE_BOMB, "more pixels than the header says")
    except zlib.error as error:
        raise Refusal(Code.CORRUPT, "the pixels do not unpack") from error
    if unzip.unused_data:
        raise Refusal(Code.TRAILING_DATA, "data behind the packed pixels")
    return size


def _inspect_notes(chunk: Chunk, budget: Budget) -> None:
    """Texts, profiles, EXIF and the notes of programs: no page, no program, no bomb."""
    where = f"a {chunk.type.decode()} chunk"
    notes = chunk.data
    _refuse_hidden(notes, where)
    _, _, rest = notes.partition(b"\x00")
    packed = b""
    if chunk.type in _PACKED:
        packed = rest[1:]
    elif chunk.type == b"iTXt":
        text = rest[2:].split(b"\x00", 2)[-1]
        packed, notes = (text, b"") if rest[:1] != b"\x00" else (b"", text)
    if packed:
        notes = _unpacked_text(packed, budget)
    _refuse_hidden(notes, where)


def _refuse_hidden(notes: bytes, where: str) -> None:
    refuse_hidden_page(notes, where)
    refuse_hidden_program(notes, where)


def _unpacked_text(packed: bytes, budget: Budget) -> bytes:
    unzip = zlib.decompressobj()
    try:
        text = unzip.decompress(packed, _TEXT_BYTES)
    except zlib.error as error:
        raise Refusal(Code.CORRUPT, "a text chunk does not unpack") from error
    if len(text) == _TEXT_BYTES:
        raise Refusal(Code.ARCHIVE_BOMB, "a text chunk unpacks to too much")
    if unzip.unused_data:
        raise Refusal(Code.TRAILING_DATA, "data behind the text of a chunk")
    budget.inflate(len(text))
    return text
