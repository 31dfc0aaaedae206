"""Unpacks the streams of a PDF piece by piece, counting every byte."""

import base64
import re
import zlib
from collections.abc import Callable, Iterable, Iterator

from claims.inspection.finding import Code, Refusal
from claims.inspection.pdf_syntax import BLANKS

_PIECE = 256 * 1024
# What is kept whole while it is unpacked: object streams, attachments, text codings.
WHOLE_BYTES = 64 * 1024 * 1024

type Pieces = Iterable[bytes]


class UnknownFilter(Exception):
    """A picture's own coding, or one no viewer knows: the stream stays packed."""


def unpacked(data: bytes, filters: list[str]) -> Iterator[bytes]:
    """The stream's content in pieces. Damaged data ends early, as in viewers.

    Raises UnknownFilter where a filter is none of the general ones.
    """
    pieces: Pieces = [data]
    for name in filters:
        if name not in _FILTERS:
            raise UnknownFilter(name)
        pieces = _FILTERS[name](pieces)
    return iter(pieces)


def whole(pieces: Pieces, most: int = WHOLE_BYTES) -> bytes:
    """All pieces together; refuses more than `most` bytes."""
    joined = bytearray()
    for piece in pieces:
        joined += piece
        if len(joined) > most:
            raise Refusal(Code.ARCHIVE_BOMB, f"a stream of more than {most} bytes")
    return bytes(joined)


def _inflate(pieces: Pieces) -> Iterator[bytes]:
    data = whole(pieces)
    seen = False
    # Viewers also read data whose two header bytes are wrong.
    for start, bits in ((0, zlib.MAX_WBITS), (2, -zlib.MAX_WBITS)):
        for piece in _inflate_from(data, start, bits):
            seen = True
            yield piece
        if seen:
            return


def _inflate_from(data: bytes, start: int, bits: int) -> Iterator[bytes]:
    unzip = zlib.decompressobj(bits)
    try:
        for at in range(start, len(data), _PIECE):
            waiting = data[at : at + _PIECE]
            while waiting and not unzip.eof:
                yield unzip.decompress(waiting, _PIECE)
                waiting = unzip.unconsumed_tail
        yield unzip.flush()
    except zlib.error:
        return


def _ascii_hex(pieces: Pieces) -> Iterator[bytes]:
    digits = whole(pieces).partition(b">")[0]
    digits = re.sub(rb"[^0-9A-Fa-f]+", b"", digits)
    yield bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _ascii_85(pieces: Pieces) -> Iterator[bytes]:
    text = whole(pieces).strip(BLANKS).removeprefix(b"<~").partition(b"~")[0]
    text = re.sub(rb"[^!-uz]+", b"", text)
    try:
        yield base64.a85decode(text)
    except ValueError as error:
        raise Refusal(Code.CORRUPT, "a stream with broken ASCII85") from error


def _run_length(pieces: Pieces) -> Iterator[bytes]:
    data, position, end_of_data = whole(pieces), 0, 128
    out = bytearray()
    while position < len(data) and (length := data[position]) != end_of_data:
        if length < end_of_data:
            out += data[position + 1 : position + 2 + length]
            position += length + 2
        else:
            out += data[position + 1 : position + 2] * (257 - length)
            position += 2
        if len(out) > _PIECE:
            yield bytes(out)
            out.clear()
    yield bytes(out)


_CLEAR, _END, _FIRST, _WIDEST = 256, 257, 258, 12


def _lzw(pieces: Pieces) -> Iterator[bytes]:
    table: list[bytes] = []
    previous = b""
    out = bytearray()
    for code in _lzw_codes(whole(pieces), table):
        if code == _CLEAR:
            table[:] = [bytes([i]) for i in range(_CLEAR)] + [b"", b""]
            previous = b""
            continue
        if code < len(table):
            entry = table[code]
        elif previous:
            entry = previous + previous[:1]
        else:
            break
        if previous:
            table.append(previous + entry[:1])
        out += entry
        previous = entry
        if len(out) > _PIECE:
            yield bytes(out)
            out.clear()
    yield bytes(out)


def _lzw_codes(data: bytes, table: list[bytes]) -> Iterator[int]:
    """Codes of 9 to 12 bits; the table's length says how wide the next one is."""
    table[:] = [bytes([i]) for i in range(_CLEAR)] + [b"", b""]
    bits, count = 0, 0
    for byte in data:
        bits, count = (bits << 8) | byte, count + 8
        # "Early change": a code grows one entry before the table is full.
        width = max(9, min(_WIDEST, (len(table) + 1).bit_length()))
        if count >= width:
            count -= width
            code = bits >> count
            bits &= (1 << count) - 1
            if code == _END:
                return
            yield code


_FILTERS: dict[str, Callable[[Pieces], Iterator[bytes]]] = {
    "FlateDecode": _inflate,
    "Fl": _inflate,
    "LZWDecode": _lzw,
    "LZW": _lzw,
    "ASCIIHexDecode": _ascii_hex,
    "AHx": _ascii_hex,
    "ASCII85Decode": _ascii_85,
    "A85": _ascii_85,
    "RunLengthDecode": _run_length,
    "RL": _run_length,
}


def without_predictor(data: bytes, predictor: int, columns: int, size: int) -> bytes:
    """Undo the PNG or TIFF prediction that object streams may be stored with.

    `size` is bytes per pixel; `columns` times `size` are the bytes of one row.
    """
    row_bytes = max(1, columns * size)
    if predictor == 2:  # noqa: PLR2004 - TIFF's own number
        return b"".join(
            _undone(1, data[at : at + row_bytes], b"", size)
            for at in range(0, len(data), row_bytes)
        )
    rows, above = [], bytes(row_bytes)
    for at in range(0, len(data), row_bytes + 1):
        above = _undone(data[at], data[at + 1 : at + 1 + row_bytes], above, size)
        rows.append(above)
    return b"".join(rows)


def _undone(method: int, row: bytes, above: bytes, size: int) -> bytes:
    out = bytearray(row)
    above = above.ljust(len(row), b"\x00")
    for i, value in enumerate(row):
        left = out[i - size] if i >= size else 0
        corner = above[i - size] if i >= size else 0
        guesses = (0, left, above[i], (left + above[i]) // 2)
        if method < len(guesses):
            guess = guesses[method]
        else:
            guess = _nearest(left, above[i], corner)
        out[i] = (value + guess) & 0xFF
    return bytes(out)


def _nearest(left: int, up: int, corner: int) -> int:
    """PNG's Paeth predictor."""
    estimate = left + up - corner
    return min((left, up, corner), key=lambda value: abs(estimate - value))
