"""Hostile and honest PNG and JPEG files."""

import zlib

from claims.inspection import Code
from tests.inspection.offices import docx
from tests.inspection.pdfs import bodies, plain
from tests.inspection.pictures import (
    MAGIC,
    animated_png,
    blank,
    bright_photo,
    camera_photo,
    chunk,
    header,
    jpeg,
    packed_png,
    phone_photo,
    png,
    png_header,
    samsung_photo,
    saved,
    segment,
    two_pictures,
)
from tests.inspection.samples import Sample, honest, hostile
from tests.inspection.zips import zipped

PIXELS = Code.IMAGE_TOO_MANY_PIXELS
ARCHIVE = zipped({"a.txt": b"hello"})


def _pixel_bomb() -> bytes:
    pixels = zlib.compress(bytes(60_000_000), 9)
    return MAGIC + header(100, 100) + chunk(b"IDAT", pixels) + chunk(b"IEND")


def _with_scans(data: bytes, count: int) -> bytes:
    """A picture whose last scan is there again and again."""
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * count + data[-2:]


def _jpeg_of(width: int, height: int) -> bytes:
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = height.to_bytes(2) + width.to_bytes(2)
    return bytes(data)


HOSTILE: list[Sample] = [
    hostile(f"{name.partition('.')[2]}: {title}", name, build, *codes)
    for title, name, build, *codes in (
        ("text behind the end", "a.png", png() + b"secret", Code.TRAILING_DATA),
        ("program behind the end", "a.png", png() + b"MZ\x90\0", Code.TRAILING_DATA),
        ("archive behind the end", "a.png", png() + ARCHIVE, Code.POLYGLOT),
        ("archive in a chunk", "a.png", png(chunk(b"prVt", ARCHIVE)), Code.POLYGLOT),
        (
            "PDF in a chunk",
            "a.png",
            png(chunk(b"tEXt", b"a\0" + plain(bodies()))),
            Code.POLYGLOT,
        ),
        (
            "server script in a text",
            "a.png",
            png(chunk(b"tEXt", b"Comment\0<?php x();?>")),
            Code.POLYGLOT,
        ),
        (
            "script in a packed text",
            "a.png",
            png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"<script>x</script>"))),
            Code.POLYGLOT,
        ),
        ("animated", "a.png", animated_png, Code.TOO_MANY_PARTS),
        ("giant", "a.png", png_header(50_000, 50_000), PIXELS),
        ("giant in one direction", "a.png", png_header(2_000_000_000, 1), PIXELS),
        ("bomb of pixels", "a.png", _pixel_bomb, Code.ARCHIVE_BOMB),
        (
            "bomb of text",
            "a.png",
            lambda: png(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(90_000_000)))),
            Code.ARCHIVE_BOMB,
        ),
        (
            "bomb of a profile",
            "a.png",
            lambda: png(chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(90_000_000)))),
            Code.ARCHIVE_BOMB,
        ),
        (
            "wrong sum of a chunk",
            "a.png",
            png()[:40] + bytes([png()[40] ^ 1]) + png()[41:],
            Code.CORRUPT,
        ),
        (
            "another chunk first",
            "a.png",
            MAGIC + chunk(b"tEXt", b"a\0b") + png()[8:],
            Code.CORRUPT,
        ),
        ("no width", "a.png", png_header(0, 40), Code.CORRUPT),
        (
            "short header",
            "a.png",
            MAGIC + chunk(b"IHDR", b"abc") + chunk(b"IEND"),
            Code.CORRUPT,
        ),
        (
            "chunks without end",
            "a.png",
            lambda: png(chunk(b"prVt") * 50_001),
            Code.TOO_MANY_PARTS,
        ),
        ("half", "a.png", lambda: png(size=(300, 300))[:5000], Code.CORRUPT),
        ("damaged chunk", "a.png", png().replace(b"IDAT", b"IDAX", 1), Code.CORRUPT),
        (
            "damaged pixels",
            "a.png",
            MAGIC + header(60, 40) + chunk(b"IDAT", b"x" * 90) + chunk(b"IEND"),
            Code.CORRUPT,
        ),
        (
            "rows missing, well packed",
            "a.png",
            packed_png((b"\0" + bytes(180)) * 10),
            Code.CORRUPT,
        ),
        (
            "scan after scan",
            "a.jpg",
            lambda: _with_scans(jpeg(progressive=True), 300),
            Code.TOO_MANY_PARTS,
        ),
        ("too few pixels", "a.png", png_header(60, 40), Code.CORRUPT),
        ("unknown chunk", "a.png", png(chunk(b"CgBI", b"\0" * 4)), Code.CORRUPT),
        ("no pixels", "a.png", MAGIC + header(60, 40) + chunk(b"IEND"), Code.CORRUPT),
        ("JPEG under the name", "a.png", jpeg(), Code.TYPE_MISMATCH),
        (
            "program under the name",
            "a.png",
            b"MZ\x90\0" + bytes(99),
            Code.TYPE_MISMATCH,
        ),
        ("drawing under the name", "a.png", b"<svg onload='x'/>", Code.TYPE_MISMATCH),
        ("text behind the end", "a.jpg", jpeg() + b"secret", Code.TRAILING_DATA),
        (
            "film behind the end",
            "a.jpg",
            jpeg() + b"\0\0\0\x18ftypmp42" + bytes(99),
            Code.TRAILING_DATA,
        ),
        (
            "film in Samsung's record",
            "a.jpg",
            samsung_photo(b"\0\0\0\x18ftypmp42"),
            Code.TRAILING_DATA,
        ),
        ("archive behind the end", "a.jpg", jpeg() + ARCHIVE, Code.POLYGLOT),
        ("document behind the end", "a.jpg", jpeg() + docx(), Code.POLYGLOT),
        ("archive in a comment", "a.jpg", jpeg(segment(0xFE, ARCHIVE)), Code.POLYGLOT),
        (
            "PDF in a comment",
            "a.jpg",
            jpeg(segment(0xFE, plain(bodies()))),
            Code.POLYGLOT,
        ),
        (
            "page in a comment",
            "a.jpg",
            jpeg(segment(0xFE, b"<html><script>x")),
            Code.POLYGLOT,
        ),
        (
            "server script in EXIF",
            "a.jpg",
            jpeg(segment(0xE1, b"Exif\0\0<?php x ?>")),
            Code.POLYGLOT,
        ),
        (
            "second picture",
            "a.jpg",
            jpeg() + jpeg(),
            Code.TOO_MANY_PARTS,
            Code.TRAILING_DATA,
        ),
        ("second picture in an index", "a.jpg", two_pictures, Code.TOO_MANY_PARTS),
        ("giant", "a.jpg", lambda: _jpeg_of(65_000, 65_000), PIXELS),
        (
            "panorama of two pictures",
            "a.jpg",
            lambda: camera_photo(0x020001),
            Code.TOO_MANY_PARTS,
        ),
        (
            "two frames",
            "a.jpg",
            jpeg(segment(0xC0, bytes.fromhex("08002800c801011100"))),
            Code.TOO_MANY_PARTS,
        ),
        (
            "segments without end",
            "a.jpg",
            lambda: jpeg(segment(0xFE, b"") * 20_001),
            Code.TOO_MANY_PARTS,
        ),
        ("half", "a.jpg", lambda: jpeg(size=(300, 300))[:4000], Code.CORRUPT),
        ("only a head", "a.jpg", b"\xff\xd8\xff\xe0" + bytes(99), Code.CORRUPT),
        ("PNG under the name", "a.jpg", png(), Code.TYPE_MISMATCH),
        (
            "page under the name",
            "a.jpeg",
            b"<html><script>x</script>",
            Code.TYPE_MISMATCH,
        ),
        (
            "moving picture under the name",
            "a.jpg",
            lambda: saved("GIF"),
            Code.TYPE_MISMATCH,
        ),
    )
]

HONEST: list[Sample] = [
    honest(f"{name.partition('.')[2]}: {title}", name, build)
    for title, name, build in (
        ("colours", "a.png", png),
        ("transparent", "a.png", lambda: saved("PNG", mode="RGBA")),
        ("palette", "a.png", lambda: saved("PNG", mode="P")),
        ("black and white", "a.png", lambda: saved("PNG", mode="1")),
        ("sixteen bits", "a.png", lambda: saved("PNG", mode="I;16")),
        (
            "screenshot of Windows",
            "a.png",
            png(chunk(b"sRGB", b"\0"), chunk(b"pHYs", bytes(9))),
        ),
        (
            "screenshot of a Mac",
            "a.png",
            png(
                chunk(b"iDOT", bytes(28)),
                chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta/>"),
            ),
        ),
        ("empty page", "a.png", lambda: blank("PNG", mode="1", size=(3000, 3000))),
        ("by Pillow", "a.jpg", jpeg),
        ("progressive", "a.jpg", lambda: jpeg(progressive=True, size=(200, 200))),
        ("grey", "a.jpeg", lambda: jpeg(mode="L")),
        ("four colours", "a.jpg", lambda: jpeg(mode="CMYK")),
        ("with a profile", "a.jpg", lambda: jpeg(icc_profile=bytes(70_000))),
        ("of a phone with a thumbnail", "a.JPG", phone_photo),
        ("of a phone with a gain map", "a.jpg", bright_photo),
        ("of a camera with a preview", "a.jpg", camera_photo),
        ("of a Samsung phone", "a.jpg", samsung_photo),
        ("padded by a camera", "a.jpg", lambda: jpeg() + bytes(300)),
        ("large scan", "a.jpg", lambda: blank("JPEG", mode="L", size=(4960, 7016))),
    )
]
