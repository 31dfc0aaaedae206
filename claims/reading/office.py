"""The text of Word, Excel and PowerPoint files that passed the inspection."""

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from claims.inspection.limits import INFLATED_BYTES
from claims.reading import limits

_WORD_PARTS = re.compile(
    r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\d*\.xml"
)
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_BREAKS = {"p", "br", "tab", "cr", "tr"}
# Numbers that Excel shows as a day: its own formats, and own ones with a year in them.
_DAY_FORMATS = {*range(14, 18), 22, *range(27, 32), *range(50, 59)}
_BEGIN, _LAST = date(1899, 12, 30), 80_000


def text_of_docx(data: bytes) -> str:
    """Return the text of a Word document, headers and notes last."""
    with ZipFile(io.BytesIO(data)) as archive:
        names = [n for n in archive.namelist() if _WORD_PARTS.fullmatch(n)]
        names.sort(key=lambda name: "document" not in name)
        return "\n".join(_running_text(_read(archive, name)) for name in names)


def slides(data: bytes) -> list[str]:
    """Return the text of each slide, in the order of their numbers."""
    with ZipFile(io.BytesIO(data)) as archive:
        return [_running_text(_read(archive, n)) for n in _numbered(archive, _SLIDE)]


def sheets(data: bytes) -> list[str]:
    """Return the values of each sheet; a number shown as a day becomes one."""
    with ZipFile(io.BytesIO(data)) as archive:
        shared, days = _shared_texts(archive), _day_styles(archive)
        return [
            "\n".join(_cells(_read(archive, name), shared, days))
            for name in _numbered(archive, _SHEET)
        ]


def _numbered(archive: ZipFile, pattern: "re.Pattern[str]") -> list[str]:
    found = [match for name in archive.namelist() if (match := pattern.fullmatch(name))]
    found.sort(key=lambda match: int(match[1]))
    return [match[0] for match in found][: limits.PAGES]


def _read(archive: ZipFile, name: str) -> ET.Element:
    """Parse a part; the inspection has seen to it that it has no DTD."""
    with archive.open(name) as part:
        return ET.fromstring(part.read(INFLATED_BYTES))  # noqa: S314


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _running_text(root: ET.Element) -> str:
    return "".join(_letters(root))


def _letters(element: ET.Element) -> Iterator[str]:
    for each in element.iter():
        tag = _tag(each)
        if tag in _BREAKS:
            yield "\n"
        elif tag == "t":
            yield each.text or ""


def _shared_texts(archive: ZipFile) -> list[str]:
    name = "xl/sharedStrings.xml"
    if name not in archive.namelist():
        return []
    return [_running_text(each) for each in _read(archive, name) if _tag(each) == "si"]


def _day_styles(archive: ZipFile) -> set[int]:
    """Return the numbers of the cell styles that show a day."""
    name = "xl/styles.xml"
    if name not in archive.namelist():
        return set()
    root = _read(archive, name)
    own = {
        int(each.get("numFmtId", 0))
        for each in root.iter()
        if _tag(each) == "numFmt" and "yy" in each.get("formatCode", "").lower()
    }
    styles = next((each for each in root if _tag(each) == "cellXfs"), ())
    shown = [int(style.get("numFmtId", 0)) for style in styles]
    return {at for at, form in enumerate(shown) if form in _DAY_FORMATS | own}


def _cells(root: ET.Element, shared: list[str], days: set[int]) -> Iterator[str]:
    for cell in root.iter():
        if _tag(cell) != "c":
            continue
        value = next((v.text or "" for v in cell if _tag(v) == "v"), "")
        match cell.get("t", "n"):
            case "s":
                yield shared[int(value)] if value.isdecimal() else ""
            case "inlineStr":
                yield _running_text(cell)
            case "n" if value and int(cell.get("s", 0)) in days:
                yield _as_day(value)
            case _:
                yield value


def _as_day(value: str) -> str:
    number = float(value)
    if not 0 < number < _LAST:
        return value
    return (_BEGIN + timedelta(days=int(number))).isoformat()
