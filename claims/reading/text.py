"""The text of a file, page by page; where there is none, none."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pypdf
import pypdfium2
from PIL import ExifTags, Image

from claims.inspection.sniff import Kind
from claims.reading import limits
from claims.reading.mail import text_of_eml, text_of_msg
from claims.reading.office import sheets, slides, text_of_docx

# Loads the codecs now: later nothing can be opened any more.
Image.init()

# How a photo says that its camera was held upright.
LYING = range(5, 9)

type Pages = list[tuple[str, float, float]]


def document(data: bytes, content_type: str) -> dict[str, Any]:
    """Return unit, count and pages of a file, for process.read_document."""
    unit, read = READERS[Kind(content_type)]
    count, pages = read(data)
    return {"unit": unit, "count": count, "pages": _bounded(pages)}


def _bounded(pages: Pages) -> Pages:
    """Cut the text where a person would have stopped reading long ago."""
    left, kept = limits.CHARACTERS, []
    for text, width, height in pages[: limits.PAGES]:
        cut = text[: min(left, limits.PAGE_CHARACTERS)]
        left -= len(cut)
        kept.append((cut, width, height))
    return kept


def _pdf(data: bytes) -> tuple[int, Pages]:
    document = pypdfium2.PdfDocument(data)
    typed = _typed_in(data)
    pages = []
    for index in range(min(len(document), limits.PAGES)):
        page = document[index]
        text = page.get_textpage().get_text_bounded()
        width, height = page.get_size()
        pages.append((f"{text}\n{typed.get(index, '')}", width, height))
        page.close()
    return len(document), pages


def _typed_in(data: bytes) -> dict[int, str]:
    """Return what was typed into the fields of each page, by its index."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if "/AcroForm" not in reader.root_object:
            return {}
        pages = list(reader.pages)[: limits.PAGES]
        return {index: "\n".join(_values(page)) for index, page in enumerate(pages)}
    except Exception:  # noqa: BLE001 - the page's own text is worth more than none
        return {}


def _values(page: pypdf.PageObject) -> Iterator[str]:
    for note in page.annotations or []:
        field: Any = note.get_object()
        value = field.get("/V") or field.get("/Parent", {}).get_object().get("/V")
        if isinstance(value, str):
            yield value


def _picture(data: bytes) -> tuple[int, Pages]:
    image = Image.open(io.BytesIO(data))
    width, height = image.size
    if image.getexif().get(ExifTags.Base.Orientation, 1) in LYING:
        width, height = height, width
    return 1, [("", width, height)]


def _whole(read: Callable[[bytes], str]) -> Callable[[bytes], tuple[int, Pages]]:
    """Return a reader for what has no pages until it is printed."""
    return lambda data: (1, [(read(data), 0, 0)])


def _parts(read: Callable[[bytes], list[str]]) -> Callable[[bytes], tuple[int, Pages]]:
    def numbered(data: bytes) -> tuple[int, Pages]:
        texts = read(data)
        return len(texts), [(text, 0, 0) for text in texts]

    return numbered


def text_of_enclosed(data: bytes, kind: Kind) -> str:
    """Return the text of a file that a mail encloses."""
    _count, pages = READERS[kind][1](data)
    return "\n".join(text for text, _width, _height in pages)


READERS: dict[Kind, tuple[str, Callable[[bytes], tuple[int, Pages]]]] = {
    Kind.PDF: ("page", _pdf),
    Kind.PNG: ("page", _picture),
    Kind.JPEG: ("page", _picture),
    Kind.DOCX: ("", _whole(text_of_docx)),
    Kind.XLSX: ("sheet", _parts(sheets)),
    Kind.PPTX: ("slide", _parts(slides)),
    Kind.EML: ("", _whole(lambda data: text_of_eml(data, text_of_enclosed))),
    Kind.MSG: ("", _whole(lambda data: text_of_msg(data, text_of_enclosed))),
}
