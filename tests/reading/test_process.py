"""Files are read and drawn in a throw-away process that harms nobody."""

import io
import sys
import zipfile

import pypdfium2
import pytest
from PIL import ExifTags, Image
from reportlab.pdfgen.canvas import Canvas

from claims.inspection.sniff import KIND_OF_EXTENSION, Kind
from claims.reading import limits, process
from claims.reading.process import (
    CannotRead,
    Document,
    Page,
    ReaderUnavailable,
    page_image,
    read_document,
)
from claims.reading.sizes import scale_of
from tests.inspection.files import HONEST

WORD = '<w:document xmlns:w="urn:w"><w:body>{}</w:body></w:document>'
SHEET = '<worksheet xmlns="urn:x"><sheetData><row>{}</row></sheetData></worksheet>'
MAIL = """From: Jane <jane@contoso.example>
Date: Mon, 02 Nov 2026 10:00:00 +0100
Subject: =?utf-8?q?Best=C3=A4tigung?=
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><head><title>no</title></head><style>no</style><p>We &lt;confirm&gt;.</p></html>
"""


def archive(**parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name.replace("__", "/") + ".xml", text)
    return made.getvalue()


def blank_pdf(*sizes):
    document = pypdfium2.PdfDocument.new()
    for size in sizes:
        document.new_page(*size)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def image(mode, size, colour, form="PNG"):
    made = io.BytesIO()
    Image.new(mode, size, colour).save(made, form)
    return made.getvalue()


def form(value):
    """Return a PDF whose one field says this, in no stream of the page."""
    made = io.BytesIO()
    paper = Canvas(made, pagesize=(300, 200))
    paper.acroForm.textfield(value=value, x=20, y=100, width=200, height=30)
    paper.showPage()
    paper.save()
    return made.getvalue()


def read(data, kind):
    return read_document(io.BytesIO(data), kind)


def draw(data, kind, number=1, width=700):
    made = page_image(io.BytesIO(data), kind, number=number, width=width)
    return Image.open(io.BytesIO(made))


# --- Text ---------------------------------------------------------------------


def test_a_word_document_is_one_text_with_its_headers():
    body = WORD.format("<w:p><w:r><w:t>Con</w:t></w:r><w:r><w:t>toso</w:t></w:r></w:p>")
    data = archive(
        word__header1=WORD.format("<w:t>2 Nov 2026</w:t>"), word__document=body
    )
    assert read(data, Kind.DOCX) == Document("", [Page("\nContoso\n2 Nov 2026")], 1)


def test_a_workbook_gives_its_values_sheet_by_sheet_and_its_days_as_days():
    cells = (
        '<c t="s"><v>0</v></c><c s="1"><v>46328</v></c><c><v>46328</v></c>'
        '<c t="inlineStr"><is><t>EXO</t></is></c>'
    )
    data = archive(
        xl__sharedStrings='<sst xmlns="urn:x"><si><t>Contoso</t></si></sst>',
        xl__styles='<styleSheet xmlns="urn:x"><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
        xl__worksheets__sheet10=SHEET.format("<c><v>7</v></c>"),
        xl__worksheets__sheet1=SHEET.format(cells),
    )
    pages = [Page("Contoso\n2026-11-02\n46328\nEXO"), Page("7")]
    assert read(data, Kind.XLSX) == Document("sheet", pages, 2)


def test_slides_come_in_the_order_of_their_numbers():
    slide = '<p:sld xmlns:p="urn:p" xmlns:a="urn:a"><a:t>{}</a:t></p:sld>'
    data = archive(
        ppt__slides__slide10=slide.format("last"), ppt__slides__slide2=slide.format("2")
    )
    assert read(data, Kind.PPTX) == Document("slide", [Page("2"), Page("last")], 2)


def test_a_mail_tells_who_and_when_and_what_without_markup():
    text = read(MAIL.encode(), Kind.EML).pages[0].text
    assert text.split("\n")[:3] == [
        "from: Jane <jane@contoso.example>",
        "date: Mon, 02 Nov 2026 10:00:00 +0100",
        "subject: Bestätigung",
    ]
    assert text.split("\n")[-2].strip() == "We <confirm>."


@pytest.mark.parametrize("title", ["eml: PDF", "msg: PDF and document"])
def test_what_a_mail_encloses_is_read_with_it(title):
    sample = next(one for one in HONEST if one.title == title)
    kind = KIND_OF_EXTENSION[title[:3]]
    assert "Proof of execution" in read(sample.data, kind).pages[0].text


def test_pages_of_a_pdf_have_their_sizes_and_a_picture_has_no_text():
    document = read(blank_pdf((300, 400), (500, 200)), Kind.PDF)
    assert [(page.width, page.height) for page in document.pages] == [
        (300, 400),
        (500, 200),
    ]
    assert read(image("L", (30, 40), 0), Kind.PNG) == Document(
        "page", [Page("", 30, 40)], 1
    )


def test_a_long_text_is_cut_where_nobody_would_read_on():
    run = f"<w:t>{'x' * (limits.PAGE_CHARACTERS + 10)}</w:t>"
    page = read(archive(word__document=WORD.format(run)), Kind.DOCX).pages[0]
    assert len(page.text) == limits.PAGE_CHARACTERS


# --- Pictures -----------------------------------------------------------------


def test_a_page_is_drawn_as_wide_as_wanted():
    assert draw(blank_pdf((300, 400), (500, 200)), Kind.PDF, 2, 1000).size == (
        1000,
        400,
    )


def test_what_shines_through_is_seen_on_white():
    picture = draw(image("RGBA", (40, 20), (0, 0, 0, 0)), Kind.PNG)
    assert (picture.size, picture.getpixel((5, 5))) == ((40, 20), (255, 255, 255))


def test_a_photo_stands_upright_as_it_was_taken():
    made, turned = io.BytesIO(), Image.Exif()
    turned[ExifTags.Base.Orientation] = 6  # the camera lay on its side
    Image.new("RGB", (400, 200), "white").save(made, "JPEG", exif=turned)
    assert draw(made.getvalue(), Kind.JPEG).size == (200, 400)


def test_what_was_typed_into_a_form_is_drawn():
    drawn = [draw(form(value), Kind.PDF).convert("L") for value in ("", "X" * 12)]
    empty, filled = [sum(picture.histogram()[:90]) for picture in drawn]
    assert filled > empty + 50


def test_a_photo_is_shrunk_never_blown_up():
    assert draw(image("RGB", (2800, 1400), "red", "JPEG"), Kind.JPEG).size == (700, 350)
    assert draw(image("RGB", (70, 30), "red", "JPEG"), Kind.JPEG).size == (70, 30)


@pytest.mark.parametrize("size", [(10, 14_000), (14_000, 10), (1_000, 8_000)])
def test_no_page_becomes_more_pixels_than_allowed(size):
    width, height = size
    scale = scale_of(Kind.PDF, width, height, limits.WIDTHS["l"])
    assert width * height * scale**2 <= limits.PIXELS * 1.001
    assert draw(blank_pdf(size), Kind.PDF).size[0] >= 1


@pytest.mark.parametrize("number", [0, -1, 2, 10**6])
def test_there_is_no_picture_of_a_page_that_is_not_there(number):
    for data, kind in (
        (blank_pdf((9, 9)), Kind.PDF),
        (image("L", (9, 9), 0), Kind.PNG),
    ):
        with pytest.raises(CannotRead):
            page_image(io.BytesIO(data), kind, number=number, width=700)


# --- What goes wrong ----------------------------------------------------------


@pytest.mark.parametrize("kind", list(Kind))
def test_a_broken_file_is_an_answer(kind):
    with pytest.raises(CannotRead):
        page_image(io.BytesIO(b"\x00nonsense" * 99), kind, number=1, width=700)


def test_a_picture_that_is_too_large_is_none(monkeypatch):
    monkeypatch.setattr(limits, "IMAGE_BYTES", 100)
    with pytest.raises(CannotRead):
        draw(blank_pdf((300, 400)), Kind.PDF)


def test_a_file_that_needs_too_much_memory_is_an_answer():
    bomb = "<w:p/>" * 9_000_000
    with pytest.raises(CannotRead):
        read(archive(word__document=WORD.format(bomb)), Kind.DOCX)


def test_a_reader_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(limits, "WALL_SECONDS", 0.01)
    with pytest.raises(ReaderUnavailable):
        read(MAIL.encode(), Kind.EML)


def test_a_reader_that_cannot_start_says_nothing_about_the_file(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ReaderUnavailable):
        read(MAIL.encode(), Kind.EML)
    monkeypatch.setattr(sys, "executable", "/no/such/program")
    with pytest.raises(ReaderUnavailable):
        read(MAIL.encode(), Kind.EML)


def test_the_environment_stays_outside(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secret")
    telling = (
        "import json, os; os.write(1, b'ready\\n'); names = ' '.join(os.environ);"
        "os.write(1, json.dumps({'unit': names, 'pages': [], 'count': 0}).encode())"
    )
    monkeypatch.setattr(process, "_START", telling)
    assert read(MAIL.encode(), Kind.EML).unit in {"", "LC_CTYPE"}
