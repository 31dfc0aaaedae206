"""Writes PNG and JPEG files chunk by chunk, and by Pillow."""

import io
import random
import struct
import zlib

from PIL import Image

MAGIC = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    crc = zlib.crc32(kind + data)
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", crc)


def header(width: int, height: int, colour: int = 2, interlaced: int = 0) -> bytes:
    fields = (width, height, 8, colour, 0, 0, interlaced)
    return chunk(b"IHDR", struct.pack(">2L5B", *fields))


def packed_png(rows: bytes, *behind: bytes, width: int = 60, height: int = 40) -> bytes:
    """A PNG in colours of given rows, with bytes behind them in further chunks."""
    packed = (zlib.compress(rows), *behind)
    pixels = b"".join(chunk(b"IDAT", piece) for piece in packed)
    return MAGIC + header(width, height) + pixels + chunk(b"IEND")


def interlaced_png(width: int, height: int, behind: bytes = b"") -> bytes:
    """A black PNG in seven passes, as the web used it (PNG, 8.1)."""
    rows = b""
    for left, top, across, down in (
        *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
        *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
    ):
        row = bytes(len(range(left, width, across)))
        if row:
            rows += (b"\0" + row) * len(range(top, height, down))
    pixels = chunk(b"IDAT", zlib.compress(rows + behind))
    return MAGIC + header(width, height, 0, 1) + pixels + chunk(b"IEND")


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises much and holds little."""
    pixels = zlib.compress(bytes(1000))
    return MAGIC + header(width, height) + chunk(b"IDAT", pixels) + chunk(b"IEND")


def png(*extra: bytes, mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> bytes:
    """A small PNG with more chunks behind its header."""
    return inserted(saved("PNG", mode=mode, size=size), *extra)


def inserted(data: bytes, *chunks: bytes) -> bytes:
    """The PNG with chunks behind its header."""
    at = len(MAGIC) + 25
    return data[:at] + b"".join(chunks) + data[at:]


def saved(
    kind: str, *, mode: str = "RGB", size: tuple[int, int] = (60, 40), **options: object
) -> bytes:
    out = io.BytesIO()
    noise(size).convert(mode).save(out, kind, **options)
    return out.getvalue()


def noise(size: tuple[int, int]) -> Image.Image:
    """A grey picture that does not compress, the same each time."""
    chance = random.Random(1)  # noqa: S311 - no secret
    return Image.frombytes("L", size, chance.randbytes(size[0] * size[1]))


def blank(kind: str, *, mode: str, size: tuple[int, int], **options: object) -> bytes:
    """A white page of any size, quickly made."""
    out = io.BytesIO()
    Image.new(mode, size, "white").save(out, kind, **options)
    return out.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def jpeg(*segments: bytes, **options: object) -> bytes:
    """A small JPEG with more segments behind its start."""
    data = saved("JPEG", **options)  # type: ignore[arg-type]
    return data[:2] + b"".join(segments) + data[2:]


def animated_png() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("L", (20, 20), shade) for shade in (0, 90, 200)]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def two_pictures() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(out, "MPO", save_all=True, append_images=frames[1:])
    return out.getvalue()


def camera_photo(kind: int = 0x010001) -> bytes:
    """A photo with a larger preview behind it, listed in an index (CIPA DC-007)."""
    size = len(jpeg(_index(kind, 0)))
    start = jpeg(_index(kind, 0)).index(b"MPF\x00") + 4
    preview = saved("JPEG", size=(30, 20))
    return jpeg(_index(kind, size - start)) + preview


def _index(kind: int, offset: int) -> bytes:
    entries = struct.pack("<3LHH", 0x030000, 0, 0, 0, 0)
    entries += struct.pack("<3LHH", kind, 0, offset, 0, 0)
    head = struct.pack("<2sHLH", b"II", 42, 8, 1)
    tag = struct.pack("<2H2LL", 0xB002, 7, len(entries), 26, 0)
    return segment(0xE2, b"MPF\x00" + head + tag + entries)


GAIN_MAP = (
    b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
    b"<rdf:Description hdrgm:Version='1.0'/></x:xmpmeta>"
)


def bright_photo() -> bytes:
    """An Ultra HDR photo: the picture, then its gain map."""
    return jpeg(segment(0xE1, GAIN_MAP)) + saved("JPEG", mode="L", size=(15, 10))


def samsung_photo(record: bytes = b"1700000000000") -> bytes:
    """A photo with the record Samsung's phones put behind the picture."""
    name = b"Image_UTC_Data"
    data = struct.pack("<2HL", 0, 0x0A01, len(name)) + name + record
    directory = b"SEFH" + struct.pack("<2L", 107, 1)
    directory += struct.pack("<2H2L", 0, 0x0A01, len(data), len(data))
    return jpeg() + data + directory + struct.pack("<L", len(directory)) + b"SEFT"


def phone_photo() -> bytes:
    """A photo with EXIF: maker, place, a thumbnail."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Maker", "Model 15", 6
    thumbnail = segment(0xE1, b"Exif\x00\x00" + exif.tobytes()[6:] + saved("JPEG"))
    return jpeg(thumbnail, quality=85, size=(400, 300))
