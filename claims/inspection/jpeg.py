"""Walks the segments of a JPEG, and what cameras and phones put behind it.

Phones write more than one picture into a file: a gain map for bright screens
(Ultra HDR, ISO 21496-1), a depth map, a larger preview (CIPA DC-007), Samsung's
record of facts. These pass when the first picture announces them. Films do not.
"""

import re
import struct
from dataclasses import dataclass, field

from claims.inspection.finding import Code, Refusal
from claims.inspection.programs import refuse_hidden_program
from claims.inspection.sniff import refuse_hidden_page

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_BARE = {0x01, *range(0xD0, 0xD8)}
_APP1, _APP2 = 0xE1, 0xE2
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_ANNOUNCED = re.compile(
    rb"GainMap|hdrgm:Version|HDRGainMap|urn:iso:std:iso:ts:21496"
    rb"|Semantic=\"(?:Depth|Confidence|Original)\"|AuxiliaryImageType|apple:photo:20"
    rb"|GDepth:|GImage:"
)
_PICTURES = 6
_SEGMENTS = 20_000
# Progressive pictures have some ten; each is gone through for every pixel.
_SCANS = 200
_PADDING = b"\x00\xff\r\n "


@dataclass(slots=True)
class Picture:
    """One picture of the file: where it ends and what its segments say."""

    end: int
    frames: int = 0
    scans: int = 0
    announcement: bytes = b""
    # Where the pictures begin that its own index lists, by what they are.
    listed: list[tuple[int, int]] = field(default_factory=list)

    def previews(self) -> set[int]:
        return {start for kind, start in self.listed if kind in _PREVIEW_TYPES}


def inspect_jpeg(data: bytes, *, takes_listed: bool = False) -> int:
    """Refuse a JPEG that is damaged or followed by anything unannounced.

    With `takes_listed` whatever its index lists is announced: documents keep what a
    camera wrote as it is. Returns where the first picture ends.
    """
    first = _walk(data, 0)
    listed = {start for _, start in first.listed} if takes_listed else first.previews()
    position = _behind_pictures(data, first, listed)
    _refuse_remainder(data[position:])
    return first.end


def _walk(data: bytes, start: int) -> Picture:
    position = start + 2
    picture = Picture(end=0)
    for _ in range(_SEGMENTS):
        if position + 2 > len(data) or data[position] != 0xFF:  # noqa: PLR2004
            raise Refusal(Code.CORRUPT, f"no segment at {position}")
        marker = data[position + 1]
        if marker == 0xFF:  # noqa: PLR2004 - any number of fill bytes
            position += 1
        elif marker == _END:
            picture.end = position + 2
            return picture
        elif marker in _BARE:
            position += 2
        else:
            position = _segment(data, position, marker, picture)
    raise Refusal(Code.TOO_MANY_PARTS, "too many segments")


def _segment(data: bytes, position: int, marker: int, picture: Picture) -> int:
    length = int.from_bytes(data[position + 2 : position + 4])
    end = position + 2 + length
    if length < 2 or end > len(data) or marker in {0x00, _START}:  # noqa: PLR2004
        raise Refusal(Code.CORRUPT, f"a damaged segment at {position}")
    content = data[position + 4 : end]
    refuse_hidden_page(content, f"segment {marker:#x}")
    refuse_hidden_program(content, f"segment {marker:#x}")
    if marker in {_APP1, _APP2}:
        _note_announcement(content, position + 4, picture)
    if marker in _FRAMES:
        picture.frames += 1
        if picture.frames > 1:
            raise Refusal(Code.TOO_MANY_PARTS, "more than one frame")
    if marker == _SCAN:
        picture.scans += 1
        if picture.scans > _SCANS:
            raise Refusal(Code.TOO_MANY_PARTS, f"more than {_SCANS} scans")
        found = _MARKER_IN_SCAN.search(data, end)
        if not found:
            raise Refusal(Code.CORRUPT, "the picture has no end")
        return found.start()
    return end


def _note_announcement(content: bytes, position: int, picture: Picture) -> None:
    if content.startswith(b"MPF\x00"):
        picture.listed = _listed(content[4:], position + 4)
    elif not content.startswith(b"ICC_PROFILE\x00"):
        picture.announcement += content if _ANNOUNCED.search(content) else b""


_PREVIEW_TYPES = {0x010001, 0x010002}
_ENTRIES_TAG = 0xB002
_ENTRY = struct.Struct("4s2L2H")


def _listed(content: bytes, base: int) -> list[tuple[int, int]]:
    """What the pictures are that an MPF index lists, and where (CIPA DC-007, 5.2.3)."""
    order = "<" if content.startswith(b"II") else ">"
    try:
        (at,) = struct.unpack_from(order + "L", content, 4)
        (count,) = struct.unpack_from(order + "H", content, at)
        for index in range(min(count, 20)):
            tag, _, size, offset = struct.unpack_from(
                order + "2H2L", content, at + 2 + 12 * index
            )
            if tag == _ENTRIES_TAG:
                return _pictures(content[offset : offset + size], base, order)
    except struct.error:
        pass
    return []


def _pictures(entries: bytes, base: int, order: str) -> list[tuple[int, int]]:
    pictures = []
    for at in range(0, len(entries) - 15, 16):
        attribute, _, offset = struct.unpack_from(order + "3L", entries, at)
        pictures.append((attribute & 0xFFFFFF, base + offset))
    return pictures


def _behind_pictures(data: bytes, first: Picture, listed: set[int]) -> int:
    """Where the announced pictures end."""
    position = first.end
    for _ in range(_PICTURES):
        start = position + len(data[position:]) - len(data[position:].lstrip(b"\x00"))
        if data[start : start + 3] != b"\xff\xd8\xff":
            return position
        following = _walk(data, start)
        is_announced = first.announcement or following.announcement
        if not is_announced and start not in listed:
            raise Refusal(Code.TOO_MANY_PARTS, f"a second picture at {start}")
        position = following.end
    raise Refusal(Code.TOO_MANY_PARTS, "too many pictures")


def _refuse_remainder(rest: bytes) -> None:
    if rest.endswith(b"SEFT"):
        rest = _without_samsung_record(rest)
    if rest.strip(_PADDING):
        raise Refusal(Code.TRAILING_DATA, f"{len(rest)} bytes behind the picture")


# Facts about the picture, such as the time it was taken; films have other numbers.
_SAMSUNG_BYTES = 64 * 1024
_SAMSUNG_ENTRY = struct.Struct("<2H2L")


def _without_samsung_record(rest: bytes) -> bytes:
    """Cut Samsung's record off if it is what its own directory says: small facts."""
    size = int.from_bytes(rest[-8:-4], "little")
    directory = rest[-8 - size : -8]
    if not directory.startswith(b"SEFH") or len(rest) > _SAMSUNG_BYTES:
        return rest
    count = int.from_bytes(directory[8:12], "little")
    if len(directory) != 12 + count * _SAMSUNG_ENTRY.size:
        return rest
    start = len(rest) - 8 - size
    lengths = 0
    for at in range(12, len(directory), _SAMSUNG_ENTRY.size):
        lengths += _SAMSUNG_ENTRY.unpack_from(directory, at)[3]
    records = rest[start - lengths : start]
    refuse_hidden_program(records, "Samsung's record")
    is_film = b"ftyp" in records or b"PK\x03\x04" in records
    return rest if is_film or lengths > start else rest[: start - lengths]
