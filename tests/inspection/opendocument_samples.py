"""PDF files that hold the OpenDocument they were made from, as LibreOffice does."""

import io
import zipfile

from claims.inspection.finding import Code
from tests.inspection.pdfs import bodies, plain, stream
from tests.inspection.samples import Sample, honest, hostile

_TYPE = "application/vnd.oasis.opendocument.text"
_TEXT = "<office:document-content>%s</office:document-content>"


def _hybrid(inner: str = "", **more: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", _TYPE)
        archive.writestr("content.xml", _TEXT % inner, zipfile.ZIP_DEFLATED)
        for name, content in more.items():
            archive.writestr(name.replace("__", "/"), content)
    return plain(bodies(stream(made.getvalue())))


HONEST: list[Sample] = [honest("pdf: to be edited again", "a.pdf", _hybrid)]
HOSTILE: list[Sample] = [
    hostile(f"pdf to be edited again: {title}", "a.pdf", data, code)
    for title, data, code in (
        ("macro", _hybrid(Basic__script=b"x"), Code.MACRO),
        ("program", _hybrid(Pictures__a=b"MZ\0" + bytes(99)), Code.EMBEDDED_OBJECT),
        ("event", _hybrid("<script:event-listener/>"), Code.ACTIVE_CONTENT),
        ("DDE", _hybrid("<text:dde-connection/>"), Code.ACTIVE_CONTENT),
        ("DTD", _hybrid("<!DOCTYPE a>"), Code.XML_DTD),
    )
]
