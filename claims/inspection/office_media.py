"""Judges the parts of an Office file that are no XML: pictures, films, fonts, records.

Each is what it says it is, or of a kind that Office writes, and nothing hides in it.
"""

from claims.inspection.case import Case
from claims.inspection.finding import Code, Refusal
from claims.inspection.gif import inspect_gif
from claims.inspection.images import opener_of, refuse_huge_picture
from claims.inspection.jpeg import inspect_jpeg
from claims.inspection.png import inspect_png
from claims.inspection.programs import refuse_hidden_program, refuse_program
from claims.inspection.sniff import EXTENSIONS, PNG_MAGIC, Kind, refuse_hidden_archive

_JPEG_MAGIC = b"\xff\xd8\xff"
# Pictures besides those Pillow opens here: EMF, WMF, icons, JPEG XR, JPEG 2000, DIB,
# PostScript with and without a preview, Photoshop, TIFF of 64 bits.
_OTHER_PICTURES = (
    *(b"\x01\x00\x00\x00", b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09", b"\x02\x00\x09"),
    *(b"\x00\x00\x01\x00", b"\x00\x00\x02\x00", b"II\xbc", b"\x00\x00\x00\x0cjP"),
    *(b"\xff\x4f\xff\x51", b"\x28\x00\x00\x00", b"%!PS", b"\xc5\xd0\xd3\xc6"),
    *(b"8BPS", b"II+\x00", b"MM\x00+"),
)
_FILM_AT = slice(4, 8)
# Apple's and Google's pictures (HEIC, AVIF) are built like films.
_FILM_MAGIC = b"ftyp"
_PICTURE_EXTENSIONS = {"png", "gif", "bmp", "webp", "tif", "tiff"} | {
    *EXTENSIONS[Kind.JPEG]
}
# What Office writes besides pictures.
_KNOWN_TYPES = ("image/", "audio/", "video/", "printersettings", "font")
_EXTENSIONS = """
    bin data sigs odttf fntdata ttf otf emf wmf emz wmz wdp hdp jxr jp2 ico cur dib
    pict pct pcx tga eps psd cgm heic heif avif svm glb
    mp4 m4v mov qt wmv avi asf mpg mpeg mpe m2ts mkv webm 3gp flv
    mp3 m4a wav wma aac aif aiff au snd mid midi ogg flac ac3
"""
_KNOWN_EXTENSIONS = frozenset(_EXTENSIONS.split())
# Where old Office keeps what it has thrown away.
_TRASH = "[trash]/"
# Sheets as XLSB keeps them, whose formulas nobody here can read.
_BINARY_SHEETS = "application/vnd.ms-excel."


def inspect_media(key: str, content_type: str, content: bytes, case: Case) -> None:
    """Refuse a part that hides something or is of no kind that Office writes."""
    refuse_program(content, key)
    refuse_hidden_archive(content)
    if not content:
        return
    if content.startswith(PNG_MAGIC):
        inspect_png(content, case.budget)
    elif content.startswith(_JPEG_MAGIC):
        refuse_huge_picture(content, key)
        inspect_jpeg(content, takes_listed=True)
    elif content.startswith(b"GIF8"):
        refuse_huge_picture(content, key)
        inspect_gif(content)
    elif _is_picture(content):
        refuse_huge_picture(content, key)
        refuse_hidden_program(content, repr(key))
    else:
        _refuse_unknown(key, content_type)


def _is_picture(content: bytes) -> bool:
    is_known = opener_of(content) or content.startswith(_OTHER_PICTURES)
    return bool(is_known) or content[_FILM_AT] == _FILM_MAGIC


def _refuse_unknown(key: str, content_type: str) -> None:
    extension = key.rpartition(".")[2]
    if extension in _PICTURE_EXTENSIONS:
        raise Refusal(Code.TYPE_MISMATCH, f"{key!r} is no picture")
    is_known = extension in _KNOWN_EXTENSIONS or key.startswith(_TRASH)
    is_known = is_known or any(word in content_type for word in _KNOWN_TYPES)
    if not is_known or content_type.startswith(_BINARY_SHEETS):
        raise Refusal(Code.EMBEDDED_OBJECT, f"{key!r} is {content_type!r}")
