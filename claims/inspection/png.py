"""Walks the chunks of a PNG (W3C PNG, third edition)."""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from claims.inspection import limits
from claims.inspection.case import Budget
from claims.inspection.finding import Code, Refusal
from claims.inspection.sniff import PNG_MAGIC, refuse_hidden_page

_HEADER = struct.Struct(">2L5B")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_KNOWN_CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
_ANIMATION = {b"acTL", b"fcTL", b"fdAT"}
_TEXTS = {b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf"}
_TYPE = re.compile(rb"[A-Za-z]{4}")
_CHUNKS = 50_000
_TEXT_BYTES = 16 * limits.MIB
# A row has one byte for its filter; an interlaced picture has more and shorter rows.
_ROW_SLACK = 4


class Chunk(NamedTuple):
    type: bytes
    data: bytes


def inspect_png(data: bytes, budget: Budget) -> None:
    """Refuse a PNG that is damaged, animated, oversized or followed by anything."""
    pixels = zlib.decompressobj()
    size, most = 0, 0
    for chunk in _chunks(data):
        if chunk.type == b"IHDR":
            most = _pixel_bytes(chunk.data)
        elif chunk.type == b"IDAT":
            size += _inflated_size(pixels, chunk.data, most - size)
        elif chunk.type in _ANIMATION:
            raise Refusal(Code.TOO_MANY_PARTS, "an animated picture")
        elif chunk.type in _TEXTS:
            _inspect_text(chunk, budget)


def _chunks(data: bytes) -> Iterator[Chunk]:
    position = len(PNG_MAGIC)
    for index in range(_CHUNKS):
        length = int.from_bytes(data[position : position + 4])
        end = position + 12 + length
        if end > len(data) or position + 12 > len(data):
            raise Refusal(Code.CORRUPT, "a chunk ends behind the file")
        chunk = Chunk(data[position + 4 : position + 8], data[position + 8 : end - 4])
        crc = int.from_bytes(data[end - 4 : end])
        _refuse_odd_chunk(chunk, crc, index)
        yield chunk
        position = end
        if chunk.type == b"IEND":
            break
    else:
        raise Refusal(Code.TOO_MANY_PARTS, f"more than {_CHUNKS} chunks")
    if position != len(data):
        raise Refusal(Code.TRAILING_DATA, f"{len(data) - position} bytes behind IEND")


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
    row = (width * depth * _CHANNELS[colour] + 7) // 8
    return height * (row + _ROW_SLACK) + 64 * 1024


def _inflated_size(unzip: "zlib._Decompress", packed: bytes, most: int) -> int:
    size = 0
    try:
        while packed and not unzip.eof:
            size += len(unzip.decompress(packed, limits.MIB))
            packed = unzip.unconsumed_tail
            if size > most:
                raise Refusal(Code.ARCHIVE_BOMB, "more pixels than the header says")
    except zlib.error as error:
        raise Refusal(Code.CORRUPT, "the pixels do not unpack") from error
    return size


def _inspect_text(chunk: Chunk, budget: Budget) -> None:
    """Texts, profiles and EXIF: bounded when unpacked, and never a web page."""
    content = chunk.data
    keyword, _, rest = content.partition(b"\x00")
    if chunk.type in {b"zTXt", b"iCCP"}:
        content = _unpacked_text(rest[1:], budget)
    elif chunk.type == b"iTXt" and rest[:1] == b"\x01":
        content = _unpacked_text(rest[2:].split(b"\x00", 2)[-1], budget)
    refuse_hidden_page(keyword + content, f"a {chunk.type.decode()} chunk")


def _unpacked_text(packed: bytes, budget: Budget) -> bytes:
    try:
        text = zlib.decompressobj().decompress(packed, _TEXT_BYTES)
    except zlib.error as error:
        raise Refusal(Code.CORRUPT, "a text chunk does not unpack") from error
    if len(text) == _TEXT_BYTES:
        raise Refusal(Code.ARCHIVE_BOMB, "a text chunk unpacks to too much")
    budget.inflate(len(text))
    return text
