"""What an inspection says: the refusal codes, the finding, the refusal itself."""

from dataclasses import dataclass
from enum import StrEnum

_DETAIL_CHARACTERS = 200


class Code(StrEnum):
    """Why a file is refused (issue "Proof that is safe", point 2).

    Lives apart from `codes`, which holds the sentences: the throw-away process
    needs the codes and has no use for Django.
    """

    EMPTY = "EMPTY"
    TOO_LARGE = "TOO_LARGE"
    TYPE_NOT_ALLOWED = "TYPE_NOT_ALLOWED"
    TYPE_MISMATCH = "TYPE_MISMATCH"
    CORRUPT = "CORRUPT"
    ENCRYPTED = "ENCRYPTED"
    MACRO = "MACRO"
    ACTIVE_CONTENT = "ACTIVE_CONTENT"
    EXTERNAL_REFERENCE = "EXTERNAL_REFERENCE"
    EMBEDDED_OBJECT = "EMBEDDED_OBJECT"
    POLYGLOT = "POLYGLOT"
    TRAILING_DATA = "TRAILING_DATA"
    ARCHIVE_BOMB = "ARCHIVE_BOMB"
    ARCHIVE_PATH = "ARCHIVE_PATH"
    XML_DTD = "XML_DTD"
    IMAGE_TOO_MANY_PIXELS = "IMAGE_TOO_MANY_PIXELS"
    TOO_MANY_PARTS = "TOO_MANY_PARTS"
    MALWARE = "MALWARE"
    SCAN_INCOMPLETE = "SCAN_INCOMPLETE"
    NAME_INVALID = "NAME_INVALID"
    QUOTA = "QUOTA"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer about one file.

    `content_type` is the type by content, or "" where none was recognised.
    `code` is None when nothing speaks against the file.
    `detail` is for logs and auditors: technical English, printable, never shown
    to the person who uploaded the file.
    """

    content_type: str
    code: str | None
    detail: str

    @property
    def is_accepted(self) -> bool:
        return self.code is None


class Refusal(Exception):
    """Raised at the first thing that speaks against a file."""

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = printable(detail)


def printable(text: str) -> str:
    """Text of a stranger's file, safe to stand in a log line."""
    kept = "".join(c if c.isascii() and c.isprintable() else "?" for c in text)
    return kept[:_DETAIL_CHARACTERS]
