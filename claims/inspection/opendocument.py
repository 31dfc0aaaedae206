"""Looks into an OpenDocument that LibreOffice keeps in a PDF, so as to edit it again.

Such a "hybrid" opens as an archive, too. What it shows is the PDF; of the document only
what could act is of interest (OASIS OpenDocument 1.3).
"""

import re

from claims.inspection.archive import open_archive
from claims.inspection.case import Budget
from claims.inspection.finding import Code, Refusal
from claims.inspection.markup import refuse_dtd_in_text
from claims.inspection.programs import program_in

_MIME_TYPE = b"mimetypeapplication/vnd.oasis.opendocument."
_NAME_AT = 30  # behind the first header of an archive
_MACROS = ("basic/", "scripts/", "dialogs/")
_ACTING = re.compile(
    rb"<(?:script:event-listener|text:execute-macro|text:dde-connection"
    rb"|office:dde-source|table:dde-link|draw:applet|draw:plugin|draw:object-ole)\b"
)


def is_opendocument(data: bytes) -> bool:
    """Does an OpenDocument begin here? Its type stands first, and unpacked."""
    return data.startswith(b"PK\x03\x04") and data.startswith(_MIME_TYPE, _NAME_AT)


def inspect_opendocument(data: bytes, budget: Budget) -> None:
    """Refuse macros, programs, and elements that run or fetch something."""
    archive = open_archive(data, budget)
    for part in archive.parts.values():
        if part.key.startswith(_MACROS):
            raise Refusal(Code.MACRO, f"{part.name!r} in an OpenDocument")
        content = archive.read(part)
        if what := program_in(content):
            raise Refusal(Code.EMBEDDED_OBJECT, f"{part.name!r}: a {what}")
        if part.key.endswith(".xml"):
            _judge_xml(content, part.name)


def _judge_xml(content: bytes, name: str) -> None:
    refuse_dtd_in_text(content, name)
    if found := _ACTING.search(content):
        raise Refusal(Code.ACTIVE_CONTENT, f"{found[0].decode()} in {name!r}")
