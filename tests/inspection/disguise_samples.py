"""Parts of Office files that are not what they seem, and calls of macros elsewhere."""

from claims.inspection import Code
from tests.inspection.offices import (
    MAIN,
    VENDOR,
    document,
    docx,
    docx_saying,
    field_runs,
    office,
    override,
)
from tests.inspection.samples import Rows, Sample, honest, hostile

_FIELD = field_runs("DDE a b")
_HEADER = VENDOR + "wordprocessingml.header+xml"
_APP = VENDOR + "extended-properties+xml"
_KEYS = "application/vnd.ms-word.keyMapCustomizations+xml"


def _header(name: str, comment: str = "", more: str = "") -> bytes:
    content = document(comment + _FIELD)
    return docx({name: content}, override(name, _HEADER + more))


def _form(inner: str) -> bytes:
    begin = f'<w:fldChar w:fldCharType="begin"><w:ffData>{inner}</w:ffData></w:fldChar>'
    return docx_saying(f"<w:p><w:r>{begin}</w:r></w:p>")


def _base(base: str) -> bytes:
    part = f"<Properties><HyperlinkBase>{base}</HyperlinkBase></Properties>"
    return docx({"docProps/app.xml": part.encode()}, override("docProps/app.xml", _APP))


def _library(attributes: str) -> bytes:
    part = f"<settings><schemaLibrary><schema {attributes}/></schemaLibrary></settings>"
    return docx({"word/settings.xml": part.encode()})


def _keys(inner: str) -> bytes:
    part = f"<tcg><keymaps><keymap>{inner}</keymap></keymaps></tcg>".encode()
    name = "word/customizations.xml"
    return docx({name: part}, override(name, _KEYS))


def _nested(depth: int) -> bytes:
    return docx_saying("<w:sdt>" * depth + "</w:sdt>" * depth)


ACTIVE, MACRO, CORRUPT = Code.ACTIVE_CONTENT, Code.MACRO, Code.CORRUPT
OUTSIDE = Code.EXTERNAL_REFERENCE
_ROWS: Rows = (
    ("header called a drawing", _header("word/header1.svg"), ACTIVE),
    ("header called links", _header("word/_rels/header1.rels"), ACTIVE),
    ("header called data", _header("word/header1.dat", more=";a=b"), ACTIVE),
    (
        "header that speaks of a drawing",
        _header("word/header1.xml", "<!-- <svg > -->"),
        ACTIVE,
    ),
    ("macro on entering a field", _form('<w:entryMacro w:val="A"/>'), MACRO),
    ("macro on leaving a field", _form('<w:exitMacro w:val="A"/>'), MACRO),
    ("macro of a key", _keys('<macro macroName="A.B"/>'), MACRO),
    ("base of links on a share", _base("\\\\h\\s\\"), OUTSIDE),
    ("schema on a share", _library('schemaLocation="\\\\h\\s\\a.xsd"'), OUTSIDE),
    ("schema on the web", _library('manifestLocation="http://e.test/a"'), OUTSIDE),
    ("elements nested by the thousand", _nested(1000), CORRUPT),
)

HOSTILE: list[Sample] = [
    *(hostile(f"disguise: {title}", "a.docx", *rest) for title, *rest in _ROWS),
    *(
        hostile(f"{kind}: main part of another kind", f"a.{kind}", data, CORRUPT)
        for kind, data in (
            (kind, office(kind, {main: b"<a/>"})) for kind, (main, _) in MAIN.items()
        )
    ),
]

HONEST: list[Sample] = [
    honest(f"docx: undisguised, {title}", "a.docx", data)
    for title, data in (
        ("form", _form('<w:name w:val="a"/><w:entryMacro w:val=""/>')),
        ("key", _keys('<fci fciName="Bold"/>')),
        ("base of links", _base("https://example.com/")),
        ("base on a disk", _base("C:\\Users\\jane\\")),
        ("schema by its name", _library('uri="http://example.com/a"')),
        ("nested elements", _nested(900)),
        ("words about a drawing", docx_saying("<!-- <svg > -->")),
    )
]
