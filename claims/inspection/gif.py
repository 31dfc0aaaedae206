"""Walks the blocks of a GIF (GIF89a specification, CompuServe 1990)."""

from claims.inspection.finding import Code, Refusal

_HEADER = 13
_DESCRIPTOR = 10
_BLOCKS = 100_000
_IMAGE, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B
_PADDING = b"\x00\r\n "


def inspect_gif(data: bytes) -> None:
    """Refuse a GIF with anything behind its end; one that moves or is cut passes."""
    position = _HEADER + _palette(data, _HEADER - 3)
    for _ in range(_BLOCKS):
        if position >= len(data):
            return
        mark = data[position]
        if mark == _TRAILER:
            _refuse_remainder(data[position + 1 :])
            return
        position = _behind_block(data, position, mark)
    raise Refusal(Code.TOO_MANY_PARTS, f"more than {_BLOCKS} blocks")


def _behind_block(data: bytes, position: int, mark: int) -> int:
    if mark == _EXTENSION:
        return _behind_pieces(data, position + 2)
    if mark == _IMAGE:
        palette = _palette(data, position + _DESCRIPTOR - 1)
        return _behind_pieces(data, position + _DESCRIPTOR + palette + 1)
    if not mark:
        return position + 1
    raise Refusal(Code.TRAILING_DATA, f"no block of a GIF at {position}")


def _palette(data: bytes, at: int) -> int:
    """How many bytes of colours follow, by the flags at a position."""
    flags = data[at] if at < len(data) else 0
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _behind_pieces(data: bytes, position: int) -> int:
    while position < len(data) and data[position]:
        position += data[position] + 1
    return position + 1


def _refuse_remainder(rest: bytes) -> None:
    if rest.strip(_PADDING):
        raise Refusal(Code.TRAILING_DATA, f"{len(rest)} bytes behind the picture")
