"""Formulas in odd places, sources of data, and programs named in properties."""

from claims.inspection import Code
from tests.inspection.offices import (
    SHEET,
    docx,
    docx_saying,
    field_runs,
    override,
    sheet,
    xlsx,
)
from tests.inspection.samples import Rows, Sample, honest, hostile

ACTIVE, OUTSIDE = Code.ACTIVE_CONTENT, Code.EXTERNAL_REFERENCE
_CUSTOM = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_DDE = "cmd|'/c calc'!A0"
_INVISIBLE = ("\u00a0\u200b", "\u200b", "\ufeff", "\u00ad", "\u2060", "“\u200b")


def _part(name: str, inner: str) -> bytes:
    return xlsx({name: f"<x xmlns='{SHEET}'>{inner}</x>".encode()})


def _table(tag: str, formula: str) -> bytes:
    column = f"<tableColumn><{tag}>{formula}</{tag}></tableColumn>"
    return _part("xl/tables/table1.xml", column)


def _attribute(tag: str, key: str, formula: str) -> bytes:
    return _part("xl/pivotCache/p.xml", f'<{tag} {key}="{formula}"/>')


def _database(source: str, tag: str = "dbPr") -> bytes:
    text = source.replace('"', "&quot;")
    return _part("xl/connections.xml", f'<{tag} connection="{text}" command="x"/>')


def _pivot(source: str, refresh: str = 'refreshOnLoad="1"') -> bytes:
    inner = f"<cacheSource type='{source}'/>"
    tag = "pivotCacheDefinition"
    return _part("xl/pivotCache/p.xml", f"<{tag} {refresh}>{inner}</{tag}>")


def _published(target: str) -> bytes:
    item = f'<webPublishItem id="1" destinationFile="{target}"/>'
    return xlsx({"xl/worksheets/sheet1.xml": sheet(after=item)})


def _object(attributes: str) -> bytes:
    item = f'<oleObjects><oleObject progId="Paint.Picture" {attributes}/></oleObjects>'
    return xlsx({"xl/worksheets/sheet1.xml": sheet(after=item)})


def _property(name: str, content_type: str = _CUSTOM) -> bytes:
    part = f'<Properties><property name="{name}"><a>x</a></property></Properties>'
    types = override("docProps/custom.xml", content_type)
    return docx({"docProps/custom.xml": part.encode()}, types)


def _nested_field(before: str) -> bytes:
    return docx_saying(
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>{before}'
        '</w:instrText></w:r><w:fldSimple w:instr="DOCPROPERTY Company"/>'
        "<w:r><w:instrText> c:\\cmd.exe</w:instrText></w:r></w:p>"
    )


_EXCEL: Rows = (
    *(
        (f"DDE in {tag}", _table(tag, _DDE), ACTIVE)
        for tag in ("calculatedColumnFormula", "totalsRowFormula", "oldFormula")
    ),
    *(
        (f"DDE in {tag}/@{key}", _attribute(tag, key, _DDE), ACTIVE)
        for tag, key in (
            ("cacheField", "formula"),
            ("calculatedItem", "formula"),
            ("formControlPr", "fmlaRange"),
        )
    ),
    (
        "DDE in a linked picture",
        _part("xl/drawings/a.xml", f"<FmlaPict>{_DDE}</FmlaPict>"),
        ACTIVE,
    ),
    (
        "DDE in an extension",
        _part("xl/a.xml", f"<e:f xmlns:e='xm'>{_DDE}</e:f>"),
        ACTIVE,
    ),
    ("EXEC in a table", _table("calculatedColumnFormula", 'EXEC("calc")'), ACTIVE),
    ("data base on a share", _database("Provider=x;Data Source=\\\\h\\s"), OUTSIDE),
    (
        "data base on a share, quoted",
        _database('Provider=x;Data Source="//h/s/a.mdb"'),
        OUTSIDE,
    ),
    ("cube on the web", _database("Data Source=https://e.test/olap"), OUTSIDE),
    ("data feed", _database("Data Source=http://e.test/f", "dataFeedPr"), OUTSIDE),
    ("pivot table fetched on opening", _pivot("external"), OUTSIDE),
    ("sheet saved to a share", _published("\\\\h\\s\\a.htm"), OUTSIDE),
    ("linked object", _object('link="[1]!x"'), OUTSIDE),
    ("object that is renewed", _object('oleUpdate="OLEUPDATE_ALWAYS"'), OUTSIDE),
)
_WORD: Rows = (
    *(
        (
            f"field behind {before!a}",
            docx_saying(field_runs(f"{before}DDE a b")),
            ACTIVE,
        )
        for before in _INVISIBLE
    ),
    ("computed field behind a blank", _nested_field("\u200b"), ACTIVE),
    ("control of a page", docx_saying(field_runs("HTMLCONTROL x")), ACTIVE),
    (
        "table from a share",
        docx_saying(field_runs('DATABASE \\c "Provider=x;Data Source=\\\\\\\\h\\\\s"')),
        OUTSIDE,
    ),
    ("program in a property", _property("_AssemblyLocation"), ACTIVE),
    ("program's name in a property", _property("_AssemblyName"), ACTIVE),
    (
        "program in a property of plain XML",
        _property("_AssemblyLocation0", "application/xml"),
        ACTIVE,
    ),
)

HOSTILE: list[Sample] = [
    hostile(f"{kind}: {title}", f"proof.{kind}", build, *codes)
    for kind, group in (("xlsx", _EXCEL), ("docx", _WORD))
    for title, build, *codes in group
]

HONEST: list[Sample] = [
    honest(f"{name.partition('.')[2]}: {title}", name, build)
    for title, name, build in (
        ("column", "a.xlsx", _table("calculatedColumnFormula", "T[[#This Row],[a|b]]")),
        ("total", "a.xlsx", _table("totalsRowFormula", 'SUBTOTAL(109,[a])&amp;"|"')),
        ("field", "a.xlsx", _attribute("cacheField", "formula", "Net *1.19")),
        (
            "button",
            "a.xlsx",
            _part("xl/a.xml", "<FmlaMacro>[0]!Button1_Click</FmlaMacro>"),
        ),
        (
            "query",
            "a.xlsx",
            _database(
                "Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;"
                'Location=Q;Extended Properties="UEsDBB//QA//"'
            ),
        ),
        ("server", "a.xlsx", _database("Provider=SQLOLEDB;Data Source=tcp:sql,1433")),
        ("data base on a disk", "a.xlsx", _database("Data Source=C:\\data\\a.mdb")),
        (
            "data base on a disk, as an address",
            "a.xlsx",
            _database('Data Source="file:///C:/a.mdb"'),
        ),
        ("pivot table kept", "a.xlsx", _pivot("external", "")),
        ("pivot table of cells", "a.xlsx", _pivot("worksheet")),
        ("page saved on a disk", "a.xlsx", _published("C:\\Users\\jane\\a.htm")),
        ("symbol", "a.xlsx", _object('shapeId="1025"')),
        ("property", "a.docx", _property("Assembly location")),
        (
            "table from a disk",
            "a.docx",
            docx_saying(field_runs('DATABASE \\d "C:\\\\a.mdb"')),
        ),
        (
            "page number behind a blank",
            "a.docx",
            docx_saying(field_runs("\u00a0PAGE", " \\* MERGEFORMAT")),
        ),
        ("sum", "a.docx", _nested_field("= 2 *")),
    )
]
