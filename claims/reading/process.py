"""Starts the throw-away process that reads one file, and takes its bounded answer.

Unlike an inspection, reading decides nothing: whatever goes wrong, there is no text or
no picture, and people open the file themselves.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import IO, Any

from claims.reading import limits

READY = b"ready\n"
_ROOT = Path(__file__).resolve().parents[2]
# "-I" keeps the environment and the current folder out of the import path.
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from claims.reading.__main__ import main; main(sys.argv[2])"
)


class CannotRead(Exception):
    """The file has no text or page that this house can show."""


class ReaderUnavailable(Exception):
    """The process could not begin. This says nothing about the file: try later."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page, slide or sheet: its text, and its size in points where it has one."""

    text: str
    width: float = 0
    height: float = 0


@dataclass(frozen=True, slots=True)
class Document:
    """What was read: pages, and what to call them ("page", "slide", "sheet" or "")."""

    unit: str
    pages: list[Page] = field(default_factory=list)
    # Of how many; the text of later ones is not read.
    count: int = 0


def read_document(content: IO[bytes], content_type: str) -> Document:
    """Return the text of a file, page by page.

    :raises CannotRead: if the file defeats the reader
    :raises ReaderUnavailable: if no reader can be started now
    """
    job = {"do": "text", "type": content_type}
    answer = _answer(content, job, limits.TEXT_BYTES)
    try:
        said = json.loads(answer)
        pages = [Page(*page) for page in said["pages"]]
        return Document(said["unit"], pages, said["count"])
    except (ValueError, TypeError, KeyError) as error:
        raise CannotRead from error


def page_image(
    content: IO[bytes], content_type: str, *, number: int, width: int
) -> bytes:
    """Return a picture (WebP) of a page; pages count from 1, the width is in pixels.

    :raises CannotRead: if there is no such page, or none of this type
    :raises ReaderUnavailable: if no reader can be started now
    """
    job = {"do": "page", "type": content_type, "number": number, "width": width}
    picture = _answer(content, job, limits.IMAGE_BYTES)
    if not picture.startswith(b"RIFF"):
        raise CannotRead
    return picture


def _answer(content: IO[bytes], job: Mapping[str, Any], most: int) -> bytes:
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, str(_ROOT), json.dumps(job)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise ReaderUnavailable from error
    with process:
        stop = Timer(limits.WALL_SECONDS, _kill, [process])
        stop.start()
        try:
            answer = _spoken(process, content, most)
        finally:
            stop.cancel()
            _kill(process)
    if not answer.startswith(READY):
        raise ReaderUnavailable
    if process.returncode or len(answer) > most:
        raise CannotRead
    return answer.removeprefix(READY)


def _spoken(process: "subprocess.Popen[bytes]", content: IO[bytes], most: int) -> bytes:
    """Hand the content in; return what comes out, and no more than is allowed."""
    if process.stdin is None or process.stdout is None:
        return b""
    # It may end before it has read all: then the answer says so.
    with contextlib.suppress(BrokenPipeError), process.stdin as way_in:
        for piece in iter(lambda: content.read(65_536), b""):
            way_in.write(piece)
    answer: bytes = process.stdout.read(most + 1)
    if len(answer) <= most:
        process.wait()
    return answer


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
