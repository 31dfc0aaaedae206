"""DOCX, XLSX and PPTX files as Office and others write them."""

import io
import zipfile

from PIL import Image

from tests.inspection.offices import (
    EXTERNAL,
    OFFICE,
    VENDOR,
    docx,
    docx_linked,
    docx_saying,
    external_book,
    field_runs,
    link_click,
    links,
    override,
    parts,
    pptx,
    pptx_saying,
    sheet,
    xlsx,
    xlsx_saying,
)
from tests.inspection.pdfs import bodies, plain
from tests.inspection.samples import Sample, honest
from tests.inspection.zips import streamed, zipped


def _picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, kind)
    return out.getvalue()


def _with_chart() -> bytes:
    return pptx(
        {
            "ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": xlsx(),
            "ppt/charts/_rels/chart1.xml.rels": links(
                ("package", "../embeddings/Microsoft_Excel_Sheet1.xlsx")
            ),
            "ppt/charts/chart1.xml": b"<c xmlns:c='c'><c:f>Sheet1!$A$1</c:f></c>",
        }
    )


def _mac_printer() -> bytes:
    plist = b'<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD" "http://a"><plist/>'
    return xlsx(
        {"xl/printerSettings/printerSettings1.bin": plist},
        override(
            "xl/printerSettings/printerSettings1.bin",
            VENDOR + "spreadsheetml.printerSettings",
        ),
    )


def _with_folders() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("word")
        for name, content in parts("docx").items():
            archive.writestr(name, content)
    return out.getvalue()


WORD_TEMPLATE = (
    "file:///C:\\Users\\jane\\AppData\\Roaming\\Microsoft\\Templates\\Acme.dotm"
)
CHANGES = (
    '<w:p><w:ins w:author="A"><w:r><w:t>new</w:t></w:r></w:ins>'
    '<w:del w:author="A"><w:r><w:delText>old</w:delText></w:r></w:del></w:p>'
)
CONTENTS = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    + field_runs("PAGEREF _Toc1")
    + "<w:r><w:instrText>stray</w:instrText>"
    '<w:fldChar w:fldCharType="end"/></w:r></w:p>'
)
EQUATION = (
    '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">'
    "<m:f><m:num><m:r><m:t>|x|</m:t></m:r></m:num></m:f></m:oMath>"
)
ILL_FORMED = b"<xml xmlns:v='v'><v:textbox><div>a<br>b</div></v:textbox></xml>"
PUBLIC_DRAWING = (
    b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
    b'"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg/>'
)
SHARED = "<row r='1'><c r='A1'><f t='shared' ref='A1:A9' si='0'>B1*2</f></c></row>"
PIVOT = (
    b"<pivotCacheDefinition refreshOnLoad='1'><cacheSource type='worksheet'/>"
    b"</pivotCacheDefinition>"
)
QUICK_ACCESS = (
    b"<mso:customUI xmlns:mso='m'><mso:control idQ='mso:Save' visible='true'/>"
    b"</mso:customUI>"
)

HONEST: list[Sample] = [
    honest(f"{name.partition('.')[2]}: {title}", name, build)
    for title, name, build in (
        ("plain", "proof.docx", docx),
        ("plain", "proof.xlsx", xlsx),
        ("plain", "proof.pptx", pptx),
        ("capital letters in the name", "PROOF.DOCX", docx),
        ("written to a pipe", "proof.docx", lambda: streamed(parts("docx"))),
        ("not compressed", "proof.docx", lambda: zipped(parts("docx"), method=0)),
        ("folders as entries", "proof.docx", _with_folders),
        (
            "links, mail and web",
            "proof.docx",
            docx_linked(
                ("hyperlink", "https://example.com/", EXTERNAL),
                ("hyperlink", "mailto:a@example.com", EXTERNAL),
            ),
        ),
        (
            "link to a file",
            "proof.docx",
            docx_linked(("hyperlink", "file:///C:\\a%20b.pdf", EXTERNAL)),
        ),
        (
            "template on the author's disk",
            "proof.docx",
            docx_linked(("attachedTemplate", WORD_TEMPLATE, EXTERNAL)),
        ),
        (
            "template on a Mac",
            "proof.docx",
            docx_linked(("attachedTemplate", "file:///Users/jane/Acme.dotx", EXTERNAL)),
        ),
        (
            "picture pasted from a mail",
            "proof.docx",
            docx_linked(("image", "cid:image001.png@01D9", EXTERNAL)),
        ),
        (
            "picture pasted from a page",
            "proof.docx",
            docx_saying(
                field_runs(
                    'INCLUDEPICTURE "https://example.com/a.png" \\* MERGEFORMATINET'
                )
            ),
        ),
        (
            "page numbers and contents",
            "proof.docx",
            docx_saying(
                field_runs("PAGE \\* MERGEFORMAT") + field_runs('TOC \\o "1-3" \\h')
            ),
        ),
        (
            "contents of linked lines",
            "proof.docx",
            docx_saying(CONTENTS),
        ),
        (
            "link field",
            "proof.docx",
            docx_saying(field_runs(' HYPERLINK "https://example.com/DDE" ')),
        ),
        (
            "the word DDE in a reference",
            "proof.docx",
            docx_saying(field_runs("REF DDEAUTO \\h")),
        ),
        (
            "fill-in fields",
            "proof.docx",
            docx_saying(field_runs("MACROBUTTON DoFieldClick [name]")),
        ),
        ("tracked changes", "proof.docx", docx_saying(CHANGES)),
        ("equation", "proof.docx", docx_saying(EQUATION)),
        (
            "pictures",
            "proof.docx",
            docx(
                {
                    "word/media/image1.png": _picture("PNG"),
                    "word/media/image2.jpeg": _picture("JPEG"),
                    "word/media/image3.emf": b"\x01\0\0\0" + bytes(84),
                }
            ),
        ),
        (
            "drawing by a drawing program",
            "proof.docx",
            docx({"word/media/image1.svg": PUBLIC_DRAWING}),
        ),
        (
            "embedded font",
            "proof.docx",
            docx({"word/fonts/font1.odttf": bytes(range(256)) * 8}),
        ),
        (
            "own XML",
            "proof.docx",
            docx(
                {
                    "customXml/item1.xml": b"<b:Sources xmlns:b='b'/>",
                    "customXml/_rels/item1.xml.rels": links(
                        ("customXmlProps", "itemProps1.xml")
                    ),
                }
            ),
        ),
        (
            "embedded workbook",
            "proof.docx",
            docx(
                {
                    "word/embeddings/a.xlsx": xlsx(),
                    "word/_rels/document.xml.rels": links(
                        ("package", "embeddings/a.xlsx")
                    ),
                }
            ),
        ),
        (
            "signed",
            "proof.docx",
            docx(
                {
                    "_xmlsignatures/sig1.xml": b"<Signature/>",
                    "_xmlsignatures/origin.sigs": b"",
                }
            ),
        ),
        (
            "strict",
            "proof.docx",
            docx(
                {
                    "_rels/.rels": links(
                        (
                            "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument",
                            "word/document.xml",
                        )
                    )
                }
            ),
        ),
        (
            "waste basket of old Office",
            "proof.docx",
            docx({"[trash]/0000.dat": bytes(100)}),
        ),
        (
            "PDF picture on a Mac",
            "proof.pptx",
            pptx({"ppt/media/image1.pdf": plain(bodies())}),
        ),
        ("chart with its workbook", "proof.pptx", _with_chart),
        (
            "click to the next slide",
            "proof.pptx",
            link_click("ppaction://hlinkshowjump?jump=nextslide"),
        ),
        (
            "film that plays",
            "proof.pptx",
            pptx_saying('<p:cmd type="call" cmd="playFrom(0.0)"/>'),
        ),
        (
            "formulas with bars in texts",
            "proof.xlsx",
            xlsx_saying("IF(A1=\"a|b\",'x|y'!A1,Table1[a|b])"),
        ),
        (
            "links and neighbours in formulas",
            "proof.xlsx",
            xlsx_saying(
                'HYPERLINK("https://e.test/?a="&amp;A1,"x")&amp;\'C:\\a\\[b.xlsx]S\'!A1'
            ),
        ),
        (
            "shared formulas",
            "proof.xlsx",
            xlsx({"xl/worksheets/sheet1.xml": sheet(SHARED)}),
        ),
        ("neighbouring workbook", "proof.xlsx", external_book("Budget%202026.xlsx")),
        ("workbook on a drive", "proof.xlsx", external_book("file:///D:\\a\\b.xlsx")),
        ("printer of a Mac", "proof.xlsx", _mac_printer),
        (
            "careless drawing of a comment",
            "proof.xlsx",
            xlsx({"xl/drawings/vmlDrawing1.vml": ILL_FORMED}),
        ),
        (
            "pivot table",
            "proof.xlsx",
            xlsx({"xl/pivotCache/pivotCacheDefinition1.xml": PIVOT}),
        ),
        (
            "thousand rows",
            "proof.xlsx",
            lambda: xlsx(
                {
                    "xl/worksheets/sheet1.xml": sheet(
                        "".join(
                            f"<row r='{i}'><c r='A{i}'><v>{i}</v></c></row>"
                            for i in range(1, 20_000)
                        )
                    )
                }
            ),
        ),
        (
            "changed quick access bar",
            "proof.xlsx",
            xlsx({"userCustomization/customUI.xml": QUICK_ACCESS}),
        ),
        (
            "links in types of Microsoft",
            "proof.xlsx",
            xlsx(
                {
                    "xl/_rels/workbook.xml.rels": links(
                        (f"{OFFICE}/theme", "theme/theme1.xml"),
                        (
                            "http://schemas.microsoft.com/office/2017/10/relationships/person",
                            "persons/person.xml",
                        ),
                    )
                }
            ),
        ),
    )
]
