"""The folder into which development writes its mails, read for the page that shows it.

Django's file backend writes a mail, then a line of dashes; mails of one second may
share a file. A mail is named by its file and its place in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern
from functools import lru_cache
from operator import attrgetter
from pathlib import Path

END_OF_MAIL = re.compile(rb"\n-{79}\n")
FILE_NAME = re.compile(r"[A-Za-z0-9-]+\.log")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail in the folder."""

    name: str
    subject: str
    to: str
    sent_at: datetime
    # The Date header knows only seconds; file and place tell which came first.
    order: tuple[datetime, int, int]
    raw: bytes

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        message = _parsed(self.raw)
        part = message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


def letters(folder: Path, wanted: str = "") -> list[Letter]:
    """Return the mails whose address or subject holds the words, newest first."""
    words = wanted.casefold().split()
    found = [letter for file in _files(folder) for letter in _letters_in(file)]
    if words:
        found = [
            letter
            for letter in found
            if all(word in f"{letter.to} {letter.subject}".casefold() for word in words)
        ]
    return sorted(found, key=attrgetter("order"), reverse=True)


def letter(folder: Path, name: str) -> Letter | None:
    """Return the mail of this name. The name is looked for, never made into a path."""
    file_name = name.rpartition("-")[0] + ".log"
    for file in _files(folder):
        if file.name == file_name:
            return next((each for each in _letters_in(file) if each.name == name), None)
    return None


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [file for file in folder.iterdir() if FILE_NAME.fullmatch(file.name)]


def _letters_in(file: Path) -> tuple[Letter, ...]:
    facts = file.stat()
    return _read(file, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=5000)
def _read(file: Path, changed: int, _size: int) -> tuple[Letter, ...]:
    """Return the mails of one file; the last piece is unfinished or empty."""
    pieces = END_OF_MAIL.split(file.read_bytes())[:-1]
    return tuple(
        _letter(f"{file.stem}-{place}", piece, changed, place)
        for place, piece in enumerate(pieces)
    )


def _letter(name: str, raw: bytes, changed: int, place: int) -> Letter:
    heads = BytesParser(policy=modern).parsebytes(raw, headersonly=True)
    sent_at = heads["Date"].datetime
    return Letter(
        name=name,
        subject=str(heads["Subject"] or ""),
        to=str(heads["To"] or ""),
        sent_at=sent_at,
        order=(sent_at, changed, place),
        raw=raw,
    )


def _parsed(raw: bytes) -> EmailMessage:
    return BytesParser(_class=EmailMessage, policy=modern).parsebytes(raw)
