"""Pictures, films and other parts of Office files, and what hides in them."""

import gzip
import io

from PIL import Image

from claims.inspection import Code
from tests.inspection.offices import docx, override, pptx, xlsx
from tests.inspection.samples import PROGRAM, Rows, Sample, honest, hostile
from tests.inspection.zips import zipped

_HIDDEN = frozenset({Code.TRAILING_DATA, Code.POLYGLOT, Code.EMBEDDED_OBJECT})
_ARCHIVE = zipped({"a.txt": b"x"})
_PAGE = b"<script>x</script>"
_DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>'
_EMF = b"\x01\0\0\0" + bytes(84)
_LONG_PROGRAM = b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(40)


def _picture(kind: str, *more: Image.Image, mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    rows = {"save_all": True, "append_images": list(more)} if more else {}
    Image.new(mode, (40, 30), 3).save(out, kind, **rows)
    return out.getvalue()


def _small() -> Image.Image:
    return Image.new("RGB", (9, 9), "navy")


def _part(name: str, content: bytes, content_type: str = "") -> bytes:
    types = override(name, content_type) if content_type else ""
    return docx({name: content}, types)


def _media(extension: str, content: bytes) -> bytes:
    return _part(f"word/media/image1.{extension}", content, f"image/{extension}")


_KINDS = (
    *(("png", "PNG"), ("jpeg", "JPEG"), ("gif", "GIF"), ("bmp", "BMP")),
    *(("tiff", "TIFF"), ("webp", "WEBP")),
)
_EXCEL = "application/vnd.ms-excel."
_ROWS: Rows = (
    *(
        (f"archive behind a {kind}", _media(extension, _picture(kind) + _ARCHIVE))
        for extension, kind in _KINDS
    ),
    *(
        (f"program behind a {kind}", _media(extension, _picture(kind) + _LONG_PROGRAM))
        for extension, kind in _KINDS
    ),
    *(
        (f"page behind a {kind}", _media(extension, _picture(kind) + _PAGE))
        for extension, kind in _KINDS[:3]
    ),
    ("page behind two pictures", _media("jpg", _picture("MPO", _small()) + _PAGE)),
    ("archive behind an EMF", _media("emf", _EMF + _ARCHIVE)),
    ("data behind an EMZ", _media("emz", gzip.compress(_EMF) + _PAGE)),
    ("archive behind a font", _part("word/fonts/f.odttf", bytes(99) + _ARCHIVE)),
    ("archive behind a film", _part("word/media/a.mp4", bytes(99) + _ARCHIVE)),
    ("script under a picture's name", _media("png", _PAGE)),
    ("script of an unknown kind", _part("word/part.dat", _PAGE, "application/x-bar")),
    ("unknown part", _part("word/a.qqq", bytes(99), "application/x-foo")),
    (
        "program behind a thumbnail",
        _part("docProps/t.jpeg", _picture("JPEG") + PROGRAM),
    ),
)

HOSTILE: list[Sample] = [
    *(hostile(f"docx: {title}", "a.docx", data, *_HIDDEN) for title, data in _ROWS),
    hostile(
        "docx: no picture under a picture's name",
        "a.docx",
        _media("png", b"rm -rf /"),
        Code.TYPE_MISMATCH,
    ),
    *(
        hostile(
            f"xlsx: binary {kind}",
            "a.xlsx",
            xlsx(
                {"xl/worksheets/s.bin": b"\x81\1\0"},
                override("xl/worksheets/s.bin", _EXCEL + kind),
            ),
            Code.EMBEDDED_OBJECT,
        )
        for kind in ("worksheet", "sheet.binary")
    ),
]

_HONEST: Rows = (
    *((f"{kind} picture", _media(end, _picture(kind))) for end, kind in _KINDS),
    ("padded JPEG", _media("jpeg", _picture("JPEG") + bytes(512))),
    ("JPEG under another name", _media("png", _picture("JPEG"))),
    ("moving GIF", _media("gif", _picture("GIF", _small(), _small()))),
    ("GIF cut short", _media("gif", _picture("GIF")[:-1])),
    ("GIF with colours of its own", _media("gif", _picture("GIF", mode="P") + b"\0")),
    ("packed EMF", _media("emz", gzip.compress(_EMF))),
    ("placeable WMF", _media("wmf", b"\xd7\xcd\xc6\x9a" + bytes(40))),
    ("JPEG XR", _part("word/media/hdphoto1.wdp", b"II\xbc\1" + bytes(40))),
    ("icon", _media("ico", b"\0\0\1\0\1\0" + bytes(40))),
    ("EMF under a picture's name", _media("png", _EMF)),
    ("drawing under a picture's name", _media("png", _DRAWING)),
    ("empty picture", _media("png", b"")),
    ("true type font", _part("word/fonts/f.fntdata", bytes(range(99)))),
    ("film", _part("word/media/a.mp4", b"\0\0\0\x18ftypmp42" + bytes(99))),
    ("sound", _part("word/media/a.wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(40))),
    ("printer", _part("word/printerSettings1.bin", b"\\\0\\\0P\0" + bytes(99))),
    ("data model", _part("xl/model/item.data", bytes(99))),
    ("thumbnail", _part("docProps/thumbnail.jpeg", _picture("JPEG"))),
    ("model", _part("word/media/model3d1.glb", b"glTF" + bytes(9), "model/gltf")),
)

HONEST: list[Sample] = [
    *(honest(f"docx: media, {title}", "a.docx", data) for title, data in _HONEST),
    honest(
        "pptx: two pictures of a camera in one",
        "a.pptx",
        pptx({"ppt/media/image9.jpeg": _picture("MPO", _small())}),
    ),
]
