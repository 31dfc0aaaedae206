"""A sheet of paper: its type, headings with bookmarks, facts, fields, page numbers."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor, black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from claims.papers.letters import PLAIN, STRONG, load, set_in_type

INK, QUIET, RULE = HexColor("#1b2430"), HexColor("#55606e"), HexColor("#c9d0d8")
MARGIN, FOOT = 20 * mm, 14 * mm
WIDTH = A4[0] - 2 * MARGIN
LABEL_WIDTH = 42 * mm

TEXT = ParagraphStyle(
    "text", fontName=PLAIN, fontSize=9.5, leading=13, textColor=INK, splitLongWords=1
)
NOTE = ParagraphStyle("note", TEXT, fontSize=8, leading=11, textColor=QUIET)
LABEL = ParagraphStyle("label", NOTE, keepWithNext=1, spaceBefore=3, spaceAfter=2)
CODE = ParagraphStyle("code", TEXT, fontSize=7.5, leading=10.5)
TITLE = ParagraphStyle("title", TEXT, fontName=STRONG, fontSize=18, leading=23)
HEADING = ParagraphStyle(
    "heading",
    TEXT,
    fontName=STRONG,
    fontSize=11.5,
    leading=15,
    spaceBefore=12,
    spaceAfter=4,
    keepWithNext=1,
)


class Heading(Paragraph):
    """A heading that the reader of the file finds among its bookmarks."""

    def __init__(self, text: str, style: ParagraphStyle = HEADING) -> None:
        super().__init__(set_in_type(text), style)
        self.bookmark = text


class Blank(Flowable):
    """Room to write in, on screen or by hand."""

    def __init__(
        self, name: str, label: str, *, height: float, value: str = "", lines: int = 1
    ) -> None:
        super().__init__()
        self.name, self.label, self.value = name, label, value
        self.height, self.lines = height, lines

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width = width
        return width, self.height

    def draw(self) -> None:
        self.canv.acroForm.textfield(
            name=self.name,
            tooltip=self.label,
            value=self.value,
            width=int(self.width),
            height=int(self.height),
            fieldFlags="multiline" if self.lines > 1 else "",
            maxlen=4000,
            fontName="Helvetica",
            fontSize=9.5,
            borderWidth=1,
            borderColor=RULE,
            fillColor=white,
            textColor=black,
            relative=True,
        )


class Signature(Flowable):
    """A line to sign on."""

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width = width
        return width, 18 * mm

    def draw(self) -> None:
        self.canv.setStrokeColor(QUIET)
        self.canv.line(0, 1, self.width, 1)


def text(words: str, style: ParagraphStyle = TEXT) -> Paragraph:
    return Paragraph(set_in_type(words), style)


def gap(height: float = 2 * mm) -> Spacer:
    return Spacer(0, height)


def facts(pairs: Iterable[tuple[str, Sequence[str] | Flowable]]) -> Table:
    """Return labels with what stands beside them; what is not known stays a dash."""
    rows = [
        [text(label, NOTE), told if isinstance(told, Flowable) else _told(told)]
        for label, told in pairs
    ]
    return Table(rows, [LABEL_WIDTH, WIDTH - LABEL_WIDTH], style=GRID, splitByRow=1)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widths: Any) -> Table:
    """Return a table whose head comes again on each page."""
    cells = [[text(each) for each in row] for row in rows]
    heads = [[text(each, NOTE) for each in head]]
    return Table(heads + cells, widths, style=GRID, repeatRows=1)


GRID: Any = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 6),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
]


def print_sheet(
    *, title: str, subject: str, about: str, story: list[Flowable]
) -> bytes:
    """Return a PDF in the language spoken now; the same story, the same bytes.

    :param about: what stands at the foot of each page, such as the claim's number
    """
    load()
    made = BytesIO()
    sheet = _Sheet(
        made,
        pagesize=A4,
        title=title,
        subject=subject,
        author="CPOR Claims",
        creator="CPOR Claims",
        lang=get_language(),
        displayDocTitle=True,
        invariant=1,
    )
    frame = Frame(MARGIN, MARGIN, WIDTH, A4[1] - 2 * MARGIN, 0, 0, 0, 0)
    sheet.addPageTemplates(PageTemplate(frames=[frame]))
    sheet.build(story, canvasmaker=lambda *args, **kw: _Pages(*args, about=about, **kw))
    return made.getvalue()


class _Sheet(BaseDocTemplate):
    _headings = 0

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab's name
        words = getattr(flowable, "bookmark", None)
        if words is not None:
            self._headings += 1
            key = f"part-{self._headings}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(words, key, level=0)


class _Pages(Canvas):
    """Writes "page 1 of 3" at the foot, once it is known how many there are."""

    def __init__(self, *args: Any, about: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._about, self._done = about, list[dict[str, Any]]()

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self._done.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]  # the stubs lack it

    def save(self) -> None:
        for number, page in enumerate(self._done, 1):
            self.__dict__.update(page)
            self._write_foot(number, len(self._done))
            super().showPage()
        super().save()

    def _write_foot(self, number: int, count: int) -> None:
        self.setFont(PLAIN, 8)
        self.setFillColor(QUIET)
        self.drawString(MARGIN, FOOT, self._about)
        place = _("Page %(number)d of %(count)d") % {"number": number, "count": count}
        self.drawRightString(A4[0] - MARGIN, FOOT, place)


def _told(values: Sequence[str]) -> list[Paragraph]:
    known = [value for value in values if value]
    return [text(value) for value in known or ["–"]]


def fits_a_field(value: str) -> bool:
    """Whether the fonts of form fields, which can't be embedded, have the letters."""
    try:
        value.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
