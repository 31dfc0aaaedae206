"""Pictures that carry something else: behind their pixels, in chunks and segments."""

import struct
import zlib

from PIL import ImageCms

from claims.inspection import Code
from tests.inspection.pictures import (
    chunk,
    inserted,
    interlaced_png,
    jpeg,
    packed_png,
    png,
    samsung_photo,
    saved,
    segment,
)
from tests.inspection.samples import PROGRAM, Sample, honest, hostile
from tests.inspection.zips import zipped

ROWS = bytes((60 * 3 + 1) * 40)
WINDOWS = b"MZ" + bytes(58) + struct.pack("<L", 64) + b"PE\0\0\x64\x86" + bytes(80)
LINUX = b"\x7fELF\2\1\1" + bytes(80)
PART = zipped({"a.txt": b"hello"})[:40]
PAGE = b"<img src=x onerror=alert(1)>"
SCRIPT = b"#!/bin/sh\nid\n"
CARRIED, POLYGLOT = Code.EMBEDDED_OBJECT, Code.POLYGLOT

# What is carried, and by which code it is refused.
_LOADS = (
    ("program for Windows", PROGRAM, CARRIED),
    ("program for Linux", LINUX, CARRIED),
    ("script", SCRIPT, CARRIED),
    ("part of an archive", PART, CARRIED),
    ("7-Zip archive", b"7z\xbc\xaf\x27\x1c" + bytes(40), CARRIED),
    ("Flash film", b"CWS\x0a\x10\2\0\0" + bytes(40), CARRIED),
    ("page", PAGE, POLYGLOT),
    ("drawing that acts", b"<svg " + b"a='1' " * 200 + b"onload='x'/>", POLYGLOT),
    ("server script", b"<?=`id`?>", POLYGLOT),
)


def _packed(load: bytes) -> bytes:
    return zlib.compress(load, 9)


_CHUNKS = (
    ("an unknown chunk", lambda load: chunk(b"prVt", load)),
    ("a text", lambda load: chunk(b"tEXt", b"Comment\0" + load)),
    ("a packed text", lambda load: chunk(b"zTXt", b"Comment\0\0" + _packed(load))),
    (
        "an international text",
        lambda load: chunk(b"iTXt", b"Comment\0\0\0de\0Notiz\0" + load),
    ),
    (
        "a packed international text",
        lambda load: chunk(b"iTXt", b"Comment\0\1\0de\0Notiz\0" + _packed(load)),
    ),
    ("a profile", lambda load: chunk(b"iCCP", b"icc\0\0" + _packed(load))),
    ("EXIF", lambda load: chunk(b"eXIf", b"II*\0" + load)),
)
_SEGMENTS = (
    ("a comment", 0xFE, b""),
    ("EXIF", 0xE1, b"Exif\0\0"),
    ("XMP", 0xE1, b"http://ns.adobe.com/xap/1.0/\0"),
    ("a profile", 0xE2, b"ICC_PROFILE\0\1\1"),
    ("Photoshop's notes", 0xED, b"Photoshop 3.0\0"),
    ("a segment of its own", 0xE5, b"Own\0"),
)
_EXIF = b"II*\0\x08\0\0\0" + bytes(300)


def _without(data: bytes, kind: bytes) -> tuple[bytes, bytes]:
    """The PNG before and from a chunk on."""
    at = data.index(kind) - 4
    return data[:at], data[at:]


def _split_pixels() -> bytes:
    """A chunk of text between the pixels, which some readers take for their end."""
    data = packed_png(ROWS, b"")
    before, rest = _without(data, b"IEND")
    return before[:-12] + chunk(b"tEXt", b"a\0b") + before[-12:] + rest


def _two_palettes() -> bytes:
    palette = chunk(b"PLTE", bytes(range(48)))
    before, rest = _without(saved("PNG", mode="P"), b"PLTE")
    return before + palette + rest


_PNG = (
    ("text behind the packed pixels", packed_png(ROWS, b"secret"), Code.TRAILING_DATA),
    (
        "program behind the packed pixels",
        packed_png(ROWS, PROGRAM),
        Code.TRAILING_DATA,
    ),
    ("a byte behind the last pixel", packed_png(ROWS + b"x"), Code.TRAILING_DATA),
    *(
        (
            f"a byte behind {width} pixels in seven passes",
            interlaced_png(width, 1, b"x"),
            Code.TRAILING_DATA,
        )
        for width in (1, 4)
    ),
    (
        "page as the name of a packed text",
        png(chunk(b"zTXt", PAGE + b"\0\0" + _packed(b"x"))),
        POLYGLOT,
    ),
    ("data in the end", png()[:-12] + chunk(b"IEND", b"secret"), Code.TRAILING_DATA),
    ("pixels in two places", _split_pixels(), Code.CORRUPT),
    ("two palettes", _two_palettes(), Code.CORRUPT),
    (
        "data behind a packed text",
        png(chunk(b"zTXt", b"a\0\0" + _packed(b"x") + b"secret")),
        Code.TRAILING_DATA,
    ),
    *(
        (
            f"20 MB of {title}",
            png(build(bytes(20_000_000))),
            Code.ARCHIVE_BOMB,
        )
        for title, build in _CHUNKS
        if title in {"a packed text", "a packed international text", "a profile"}
    ),
)

HOSTILE: list[Sample] = [
    *(hostile(f"png: {title}", "a.png", data, *codes) for title, data, *codes in _PNG),
    *(
        hostile(f"png carrying: {what} in {title}", "a.png", png(build(load)), code)
        for title, build in _CHUNKS
        for what, load, code in _LOADS
    ),
    *(
        hostile(
            f"jpg carrying: {what} in {title}",
            "a.jpg",
            jpeg(segment(kind, head + load)),
            code,
        )
        for title, kind, head in _SEGMENTS
        for what, load, code in _LOADS
    ),
    *(
        hostile(
            f"jpg: {what} deep in EXIF",
            "a.jpg",
            jpeg(segment(0xE1, b"Exif\0\0" + _EXIF + load)),
            CARRIED,
        )
        for what, load in (
            ("program for Windows", b"MZ" + WINDOWS),
            ("program for Linux", LINUX),
            ("part of an archive", PART),
        )
    ),
    hostile("jpg: program in Samsung's record", "a.jpg", samsung_photo(LINUX), CARRIED),
]


def _profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


_XMP = (
    b"<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:Description "
    b"photoshop:Instructions='on request=yes; use &lt;img onerror=x&gt;'/></x:xmpmeta>"
)
# Bytes of a thumbnail that are the beginning of a server script by chance.
_CHANCE = b"\xff\xd8\xff\xdb\0<?=\x80\x91\xfe<%@\1\2MZ\x90\0PK\3\4\xff\xd9"
_CHANCE += WINDOWS.replace(b"PE", b"PF")
_PHOTOSHOP = b"Photoshop 3.0\x008BIM\4\4\0\0\0\0\0\x07\x1c\2\0\0\2\0\4\0"

HONEST: list[Sample] = [
    *(
        honest(f"png: {title}", "a.png", build)
        for title, build in (
            ("one pixel in seven passes", interlaced_png(1, 1)),
            ("three pixels in seven passes", interlaced_png(3, 1)),
            ("in seven passes", interlaced_png(61, 43)),
            ("pixels in many chunks", packed_png(ROWS, b"", b"")),
            ("colour profile", lambda: saved("PNG", icc_profile=_profile())),
            (
                "notes of a drawing program",
                png(
                    chunk(b"mkTS", _packed(bytes(range(256)) * 40)),
                    chunk(b"tEXt", b"Software\0Drawer <1.0>"),
                    chunk(b"zTXt", b"mxfile\0\0" + _packed(b"%3Cmxfile%20a%3D%221%22")),
                ),
            ),
            ("a name that begins like Flash", png(chunk(b"tEXt", b"Author\0CWS Ltd"))),
            ("EXIF", inserted(saved("PNG"), chunk(b"eXIf", _EXIF))),
        )
    ),
    *(
        honest(f"jpg: {title}", "a.jpg", jpeg(*segments))
        for title, segments in (
            ("XMP that speaks of pages", (segment(0xE1, _SEGMENTS[2][2] + _XMP),)),
            ("Photoshop's notes", (segment(0xED, _PHOTOSHOP),)),
            ("thumbnail of any bytes", (segment(0xE1, b"Exif\0\0" + _EXIF + _CHANCE),)),
            ("comment of a company", (segment(0xFE, b"FWS scan, MZ 2026, #1 of 3"),)),
        )
    ),
    honest("jpg: colour profile", "a.jpg", lambda: jpeg(icc_profile=_profile())),
]
