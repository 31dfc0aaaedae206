"""Writes DOCX, XLSX and PPTX part by part, as Office does and as attackers do."""

from tests.inspection.zips import zipped

TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
VENDOR = "application/vnd.openxmlformats-officedocument."
EXTERNAL = "External"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}


def content_types(kind: str, extra: str = "", main: str = "") -> bytes:
    name, subtype = MAIN[kind]
    text = (
        f'{HEAD}<Types xmlns="{TYPES}">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        '<Default Extension="jpeg" ContentType="image/jpeg"/>'
        '<Default Extension="emf" ContentType="image/x-emf"/>'
        '<Default Extension="bin" ContentType="application/octet-stream"/>'
        '<Default Extension="vml" ContentType='
        '"application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
        f'<Override PartName="/{name}" ContentType="{main or VENDOR + subtype}"/>'
        f"{extra}</Types>"
    )
    return text.encode()


def override(name: str, content_type: str) -> str:
    return f'<Override PartName="/{name}" ContentType="{content_type}"/>'


def links(*items: tuple[str, str] | tuple[str, str, str]) -> bytes:
    """A relationships part: (type, target) or (type, target, mode)."""
    rows = ""
    for number, (kind, target, *mode) in enumerate(items, 1):
        address = kind if "://" in kind else f"{OFFICE}/{kind}"
        outside = f' TargetMode="{mode[0]}"' if mode else ""
        rows += (
            f'<Relationship Id="rId{number}" Type="{address}" '
            f'Target="{target}"{outside}/>'
        )
    return f'{HEAD}<Relationships xmlns="{LINKS}">{rows}</Relationships>'.encode()


def document(body: str = "<w:p><w:r><w:t>Proof</w:t></w:r></w:p>") -> bytes:
    names = f'xmlns:w="{WORD}" xmlns:r="{OFFICE}" xmlns:a="{DRAWING}"'
    return f"{HEAD}<w:document {names}><w:body>{body}</w:body></w:document>".encode()


def sheet(
    rows: str = "<row r='1'><c r='A1'><v>1</v></c></row>", after: str = ""
) -> bytes:
    names = f'xmlns="{SHEET}" xmlns:r="{OFFICE}"'
    data = f"<sheetData>{rows}</sheetData>{after}"
    return f"{HEAD}<worksheet {names}>{data}</worksheet>".encode()


def slide(body: str = "") -> bytes:
    names = f'xmlns:p="{SLIDES}" xmlns:a="{DRAWING}" xmlns:r="{OFFICE}"'
    return f"{HEAD}<p:sld {names}><p:cSld>{body}</p:cSld></p:sld>".encode()


def parts(kind: str, extra_types: str = "", main_type: str = "") -> dict[str, bytes]:
    """The least a file of the kind has."""
    main, _ = MAIN[kind]
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata"
    common = {
        "[Content_Types].xml": content_types(kind, extra_types, main_type),
        "_rels/.rels": links(
            ("officeDocument", main),
            (f"{core}/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": b"<coreProperties/>",
    }
    if kind == "docx":
        return common | {main: document(), "word/styles.xml": b"<styles/>"}
    if kind == "xlsx":
        book = f'<workbook xmlns="{SHEET}"><sheets/></workbook>'.encode()
        return common | {
            main: book,
            "xl/_rels/workbook.xml.rels": links(("worksheet", "worksheets/sheet1.xml")),
            "xl/worksheets/sheet1.xml": sheet(),
        }
    show = f'<p:presentation xmlns:p="{SLIDES}"/>'.encode()
    return common | {
        main: show,
        "ppt/_rels/presentation.xml.rels": links(("slide", "slides/slide1.xml")),
        "ppt/slides/slide1.xml": slide(),
    }


def office(kind: str, extra: dict[str, bytes] | None = None, types: str = "") -> bytes:
    """A whole file: the least there is, and `extra` parts added or replaced."""
    return zipped(parts(kind, types) | (extra or {}))


def docx(extra: dict[str, bytes] | None = None, types: str = "") -> bytes:
    return office("docx", extra, types)


def xlsx(extra: dict[str, bytes] | None = None, types: str = "") -> bytes:
    return office("xlsx", extra, types)


def pptx(extra: dict[str, bytes] | None = None, types: str = "") -> bytes:
    return office("pptx", extra, types)


def docx_saying(body: str) -> bytes:
    return docx({"word/document.xml": document(body)})


def docx_linked(*items: tuple[str, str] | tuple[str, str, str]) -> bytes:
    return docx({"word/_rels/document.xml.rels": links(*items)})


def xlsx_saying(formula: str) -> bytes:
    cell = f"<row r='1'><c r='A1'><f>{formula}</f><v>0</v></c></row>"
    return xlsx({"xl/worksheets/sheet1.xml": sheet(cell)})


def pptx_saying(body: str) -> bytes:
    return pptx({"ppt/slides/slide1.xml": slide(body)})


def field_runs(*pieces: str) -> str:
    """A field whose code is cut into runs."""
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    code = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    return f"<w:p>{begin}{code}{end}</w:p>"


def external_book(target: str) -> bytes:
    return xlsx(
        {
            "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
            "xl/externalLinks/_rels/externalLink1.xml.rels": links(
                ("externalLinkPath", target, EXTERNAL)
            ),
        }
    )


def link_click(action: str) -> bytes:
    return pptx_saying(f'<p:sp><a:hlinkClick r:id="rId1" action="{action}"/></p:sp>')
