"""Hostile PDF files."""

import io
import zlib

from pypdf import PdfReader, PdfWriter

from claims.inspection import Code
from tests.inspection.pdfs import (
    attaching,
    bodies,
    flate,
    object_stream,
    packed,
    plain,
    stream,
    table,
    updated,
    with_action,
    with_annotation,
)
from tests.inspection.samples import PROGRAM, Sample, hostile
from tests.inspection.zips import zipped

SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
ACTIVE, OUTSIDE = Code.ACTIVE_CONTENT, Code.EXTERNAL_REFERENCE


def _locked(user: str, owner: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(plain(bodies()))))
    writer.encrypt(user, owner, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _bomb(times: int) -> bytes:
    return zlib.compress(bytes(1_000_000) * times, 9)


def _nested_bomb() -> bytes:
    content = zlib.compress(_bomb(40), 9)
    return plain(bodies(stream(content, b"/Filter[/FlateDecode/FlateDecode]")))


def _many_bombs() -> bytes:
    piece = zlib.compress(bytes(15_000_000), 9)
    return plain(bodies(*[stream(piece, b"/Filter/FlateDecode")] * 40))


def _run_length_bomb() -> bytes:
    content = zlib.compress(b"\x81\x00" * 2_000_000, 9)
    return plain(bodies(stream(content, b"/Filter[/FlateDecode/RunLengthDecode]")))


def _hidden_in_old_revision() -> bytes:
    first = plain(bodies(SCRIPT, catalog=b"/OpenAction 10 0 R"))
    return updated(first, {1: b"<</Type/Catalog/Pages 2 0 R>>"})


def _script_behind_reference() -> bytes:
    return plain(
        bodies(b"<</S 11 0 R/JS 12 0 R>>", b"/JavaScript", stream(b"app.alert(1)"))
    )


def _launch_behind_reference() -> bytes:
    objects = bodies(b"<</S 11 0 R/F(cmd.exe)>>", b"/Launch", catalog=b"/X 10 0 R")
    return packed(objects)


def _predicted_object_stream() -> bytes:
    inner = b"10 0 " + SCRIPT
    rows = [inner[at : at + 8].ljust(8) for at in range(0, len(inner), 8)]
    data = zlib.compress(b"".join(b"\x00" + row for row in rows))
    entries = (
        b"/Type/ObjStm/N 1/First 5/Filter/FlateDecode"
        b"/DecodeParms<</Predictor 12/Columns 8>>"
    )
    return plain(bodies() | {20: stream(data, entries)})


def _nested_in_stream() -> bytes:
    """The table points into a stream that the eye takes for a picture's bytes."""
    hidden = b"\n30 0 obj\n" + SCRIPT + b"\nendobj\n"
    data = plain(bodies(stream(hidden), catalog=b"/OpenAction 30 0 R"))
    at = data.index(b"30 0 obj")
    return data + table({30: at}, len(data), b"/Prev 9")


def _ambiguous_object_stream() -> bytes:
    """A script for viewers that take the first /N, nothing for the others."""
    return object_stream({21: SCRIPT}).replace(b"/N 1", b"/N 1/N 0")


def _forged_revision() -> bytes:
    return plain(bodies()) + zipped({"a.txt": b"hello"}) + b"\n%%EOF\n"


HOSTILE: list[Sample] = [
    hostile(f"pdf: {title}", "proof.pdf", build, *codes)
    for title, build, *codes in (
        ("script on opening", with_action(SCRIPT), ACTIVE),
        (
            "script in escaped names",
            with_action(b"<</#53/J#61vaScript/J#53(x)>>"),
            ACTIVE,
        ),
        (
            "script in a stream",
            plain(bodies(b"<</S/JavaScript/JS 11 0 R>>", flate(b"x"))),
            ACTIVE,
        ),
        ("script nothing refers to", plain(bodies(SCRIPT)), ACTIVE),
        ("script in an object stream", packed(bodies(SCRIPT)), ACTIVE),
        (
            "script in an object stream in two codings",
            packed(bodies(SCRIPT), b"/ASCIIHexDecode/FlateDecode"),
            ACTIVE,
        ),
        ("script in a predicted object stream", _predicted_object_stream(), ACTIVE),
        ("script in an old revision", _hidden_in_old_revision(), ACTIVE),
        (
            "script in a new revision",
            updated(plain(bodies()), {20: SCRIPT}),
            ACTIVE,
        ),
        ("script behind references", _script_behind_reference(), ACTIVE),
        ("script hidden within a stream", _nested_in_stream(), ACTIVE),
        (
            "script in the name tree",
            plain(
                bodies(SCRIPT, catalog=b"/Names<</JavaScript<</Names[(a)10 0 R]>>>>")
            ),
            ACTIVE,
        ),
        ("script of a page", plain(bodies(page=b"/AA<</O %s>>" % SCRIPT)), ACTIVE),
        (
            "script of a field",
            plain(bodies(b"<</FT/Tx/T(a)/AA<</K %s>>>>" % SCRIPT)),
            ACTIVE,
        ),
        ("script of a bookmark", plain(bodies(b"<</Title(a)/A %s>>" % SCRIPT)), ACTIVE),
        (
            "script between comments",
            with_action(b"<</S%x\n/JavaScript%y\n/JS(x)>>"),
            ACTIVE,
        ),
        (
            "script in the trailer",
            plain(bodies(), trailer=b"/X<</A %s>>" % SCRIPT),
            ACTIVE,
        ),
        (
            "script in a chain",
            with_action(b"<</S/GoTo/D[3 0 R/Fit]/Next %s>>" % SCRIPT),
            ACTIVE,
        ),
        (
            "script with a key out of step",
            with_action(b"<</A/S/JavaScript/JS(x)>>"),
            ACTIVE,
        ),
        ("script given twice", with_action(b"<</S/JavaScript/S/GoTo/JS(x)>>"), ACTIVE),
        ("rendition with a script", with_action(b"<</S/Rendition/JS(x)>>"), ACTIVE),
        ("launch", with_action(b"<</S/Launch/F(cmd.exe)>>"), ACTIVE),
        (
            "launch with Windows words",
            with_action(b"<</S/Launch/Win<</F(cmd)>>>>"),
            ACTIVE,
        ),
        ("launch behind a reference", _launch_behind_reference(), ACTIVE),
        ("form sent away", with_action(b"<</S/SubmitForm/F(http://e.test)>>"), ACTIVE),
        ("form data fetched", with_action(b"<</S/ImportData/F(a.fdf)>>"), ACTIVE),
        (
            "remote go-to",
            with_action(b"<</S/GoToR/F(\\\\\\\\host\\\\a.pdf)/D[0/Fit]>>"),
            OUTSIDE,
        ),
        ("go-to into an attachment", with_action(b"<</S/GoToE/T<</R/C>>>>"), OUTSIDE),
        ("web page on opening", with_action(b"<</S/URI/URI(http://e.test)>>"), OUTSIDE),
        (
            "script link",
            with_annotation(b"<</Subtype/Link/A<</S/URI/URI(java\\nscript:x)>>>>"),
            ACTIVE,
        ),
        (
            "thread in another file",
            with_action(b"<</S/Thread/F(a.pdf)/D 0>>"),
            ACTIVE,
            OUTSIDE,
        ),
        (
            "XFA form",
            plain(bodies(catalog=b"/AcroForm<</XFA[(t) 4 0 R]/Fields[]>>")),
            ACTIVE,
        ),
        ("sound", with_action(b"<</S/Sound/Sound 4 0 R>>"), ACTIVE),
        ("rendition", with_action(b"<</S/Rendition/R<<>>/OP 0>>"), ACTIVE),
        ("script of an unknown action", with_action(b"<</S/Odd/JS(x)>>"), ACTIVE),
        (
            "settings of rich media",
            with_annotation(b"<</Subtype/Odd/RichMediaSettings<<>>>>"),
            ACTIVE,
        ),
        (
            "PostScript of old",
            plain(bodies(stream(b"x", b"/Subtype/Form/Subtype2/PS"))),
            ACTIVE,
        ),
        (
            "tree of scripts without scripts of a kind",
            plain(bodies(catalog=b"/Names<</JavaScript<</Names[(a)4 0 R]>>>>")),
            ACTIVE,
        ),
        (
            "rich media",
            with_annotation(b"<</Subtype/RichMedia/RichMediaContent<<>>>>"),
            ACTIVE,
        ),
        ("3D scene", with_annotation(b"<</Subtype/3D/3DD 4 0 R>>"), ACTIVE),
        ("film", with_annotation(b"<</Subtype/Movie/Movie<</F(a.avi)>>>>"), ACTIVE),
        (
            "PostScript",
            plain(bodies(stream(b"x", b"/Type/XObject/Subtype/PS"))),
            ACTIVE,
        ),
        ("attached program", attaching(b"setup.exe", PROGRAM), Code.EMBEDDED_OBJECT),
        ("attached program as PDF", attaching(b"a.pdf", PROGRAM), Code.TYPE_MISMATCH),
        ("attached batch file", attaching(b"a.bat", b"del *"), Code.EMBEDDED_OBJECT),
        ("attached page", attaching(b"a.html", b"<html>x"), Code.EMBEDDED_OBJECT),
        (
            "attached archive",
            attaching(b"a.zip", zipped({"a": b"x"})),
            Code.EMBEDDED_OBJECT,
        ),
        (
            "attached PDF with a script",
            attaching(b"a.pdf", with_action(SCRIPT)),
            ACTIVE,
        ),
        (
            "attached program without a name",
            plain(bodies(flate(PROGRAM, b"/Type/EmbeddedFile"))),
            Code.EMBEDDED_OBJECT,
        ),
        (
            "attached page in XML",
            attaching(b"a.xml", b"<a xmlns='http://www.w3.org/1999/xhtm&#108;'/>"),
            ACTIVE,
        ),
        (
            "attached XML with a DTD",
            attaching(b"a.xml", b"<!DOCTYPE a><a/>"),
            Code.XML_DTD,
        ),
        ("file on the web", plain(bodies(b"<</FS/URL/F(http://e.test)>>")), OUTSIDE),
        (
            "stream kept in another file",
            plain(bodies(b"<</F(http://e.test/a)/Length 0>>\nstream\n\nendstream")),
            OUTSIDE,
        ),
        (
            "page of another file",
            plain(bodies(stream(b"", b"/Subtype/Form/Ref<</F(a.pdf)/Page 0>>"))),
            OUTSIDE,
        ),
        ("password", lambda: _locked("secret", "secret"), Code.ENCRYPTED),
        ("rights protected", lambda: _locked("", "secret"), Code.ENCRYPTED),
        (
            "metadata with a DTD",
            plain(
                bodies(flate(b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", b"/Type/Metadata"))
            ),
            Code.XML_DTD,
        ),
        (
            "program before the header",
            PROGRAM + plain(bodies()),
            Code.POLYGLOT,
            Code.TYPE_MISMATCH,
        ),
        ("page before the header", b"<html>" + plain(bodies()), Code.POLYGLOT),
        (
            "page behind the header",
            plain(bodies()).replace(b"\n%\xe2", b"\n%<script>x</script>\n%\xe2", 1),
            Code.POLYGLOT,
        ),
        (
            "archive behind the end",
            plain(bodies()) + zipped({"a": b"x"}),
            Code.POLYGLOT,
        ),
        (
            "sealed stream",
            plain(bodies(stream(b"abc", b"/Filter/Crypt"))),
            Code.ENCRYPTED,
        ),
        (
            "objects in a sealed stream",
            plain(
                bodies(stream(b"9 0 <<>>", b"/Type/ObjStm/N 1/First 4/Filter/Crypt"))
            ),
            Code.ENCRYPTED,
        ),
        (
            "file packed as a picture",
            plain(bodies(stream(b"abc", b"/Type/EmbeddedFile/Filter/DCTDecode"))),
            Code.CORRUPT,
        ),
        (
            "stream in an unknown coding",
            plain(bodies(stream(b"abc", b"/Filter/Rot13Decode"))),
            Code.CORRUPT,
        ),
        (
            "program in a stream of its own",
            plain(bodies(flate(PROGRAM))),
            Code.EMBEDDED_OBJECT,
        ),
        (
            "archive in a stream of its own",
            plain(bodies(stream(zipped({"a.exe": PROGRAM})))),
            Code.POLYGLOT,
        ),
        (
            "archive behind the end, closed again",
            _forged_revision(),
            Code.POLYGLOT,
            Code.TRAILING_DATA,
        ),
        ("text behind the end", plain(bodies()) + b"<?php x ?>", Code.TRAILING_DATA),
        ("comment behind the end", plain(bodies()) + b"%secret\n", Code.TRAILING_DATA),
        (
            "bytes between two ends",
            plain(bodies()) + b"\x7fELF\x02secret\n%%EOF\n",
            Code.TRAILING_DATA,
        ),
        (
            "bomb",
            lambda: plain(bodies(stream(_bomb(40), b"/Filter/FlateDecode"))),
            Code.ARCHIVE_BOMB,
        ),
        ("bomb in a bomb", _nested_bomb, Code.ARCHIVE_BOMB),
        ("many small bombs", _many_bombs, Code.ARCHIVE_BOMB),
        ("bomb of run lengths", _run_length_bomb, Code.ARCHIVE_BOMB),
        (
            "bomb of objects",
            lambda: plain(bodies() | {20: object_stream({21: bytes(80_000_000)})}),
            Code.ARCHIVE_BOMB,
        ),
        (
            "giant picture",
            plain(bodies(stream(b"", b"/Subtype/Image/Width 60000/Height 60000"))),
            Code.IMAGE_TOO_MANY_PIXELS,
        ),
        ("no end mark", plain(bodies()).removesuffix(b"%%EOF\n"), Code.CORRUPT),
        (
            "object stream read in two ways",
            plain(bodies() | {20: _ambiguous_object_stream()}),
            Code.CORRUPT,
        ),
        (
            "object stream in LZW of another kind",
            plain(
                bodies()
                | {
                    20: stream(
                        bytes.fromhex("800B6050220C0C8501"),
                        b"/Type/ObjStm/N 0/First 0/Filter/LZWDecode"
                        b"/DecodeParms<</EarlyChange 0>>",
                    )
                }
            ),
            Code.CORRUPT,
        ),
        (
            "object behind the end of its stream",
            plain(bodies() | {20: stream(b"10 99 x", b"/Type/ObjStm/N 1/First 6")}),
            Code.CORRUPT,
        ),
        ("half a file", plain(bodies())[:300], Code.CORRUPT),
        ("no pages", plain({1: b"<</Type/Catalog>>"}), Code.CORRUPT),
        ("a header and nothing", b"%PDF-1.7\n%%EOF\n", Code.CORRUPT),
        (
            "object stream that cannot be read",
            plain(bodies() | {20: stream(b"@@@@", b"/Type/ObjStm/N 3/First 20")}),
            Code.CORRUPT,
        ),
        (
            "object stream in an unknown coding",
            plain(
                bodies()
                | {20: stream(b"10 0 x", b"/Type/ObjStm/N 1/First 5/Filter/Odd")}
            ),
            Code.CORRUPT,
        ),
        ("nested without end", plain(bodies(b"[" * 5000)), Code.CORRUPT),
    )
]
