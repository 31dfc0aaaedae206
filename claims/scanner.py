"""Talking to ClamAV over its stream protocol, and finding out whether to believe it.

Plain Python: no setting and no row. A file is sent in pieces (INSTREAM); clamd answers
with one line. What it could not read to its end never counts as clean.
"""

import io
import socket
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import IO

CHUNK = 64 * 1024
_ANSWER_BYTES = 4096
_LONGEST_NEST = 101  # clamd takes no MaxRecursion above 100
_FIXED = (1980, 1, 1, 0, 0, 0)
# The industry's test file, in pieces so that no scanner stops at this source.
_EICAR = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}", "EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!")
# clamd writes its own local time: up to a day may be the zone's.
_ZONES = timedelta(days=1)


class ScannerDown(Exception):
    """The scanner cannot be reached or does not speak: nothing is known of the file."""


class ScannerBroke(Exception):
    """The scanner broke off in the middle of a file."""


class Result(StrEnum):
    """What the scanner says of a file."""

    CLEAN = "clean"
    INFECTED = "infected"
    ENCRYPTED = "encrypted"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result, and what the scanner found, in its own words."""

    result: Result
    what: str = ""


class Distrust(StrEnum):
    """Why a scanner that answers is not to be believed."""

    BLIND = "blind"
    LAX = "lax"
    OLD = "old"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Scanner:
    """One clamd, by host and port or by the path of its socket; times in seconds."""

    host: str = ""
    port: int = 3310
    path: str = ""
    patience: float = 120.0

    def version(self) -> str:
        """Return clamd's version line; raises ScannerDown."""
        with self._connected(5.0) as line:
            line.sendall(b"zVERSION\0")
            return _answer(line)

    def scan(self, content: IO[bytes]) -> Verdict:
        """Send a content from where it stands to its end, and read the verdict.

        :raises ScannerDown: if there is no scanner to talk to
        :raises ScannerBroke: if it broke off before it answered
        """
        with self._connected(self.patience) as line:
            try:
                _send(line, content)
                answer = _answer(line)
            except OSError as error:
                raise ScannerBroke(str(error)) from error
        return _verdict(answer)

    @contextmanager
    def _connected(self, patience: float) -> Iterator[socket.socket]:
        try:
            line = self._connect()
        except OSError as error:
            raise ScannerDown(str(error)) from error
        with line:
            line.settimeout(patience)
            try:
                yield line
            except OSError as error:
                raise ScannerDown(str(error)) from error

    def _connect(self) -> socket.socket:
        if not self.path:
            return socket.create_connection((self.host, self.port), timeout=5.0)
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(5.0)
        try:
            line.connect(self.path)
        except OSError:
            line.close()
            raise
        return line


def distrust(
    scanner: Scanner, version: str, *, most_days: int, now: datetime
) -> Distrust | None:
    """Return why this scanner is not to be believed, or None.

    It must find the test virus plain and packed, must report what it does not read to
    its end, and its signatures must be at most `most_days` old (0: of any age).

    :raises ScannerDown: if it does not answer
    """
    if most_days and (no := _too_old(version, most_days, now)):
        return no
    try:
        for content in (eicar(), packed(eicar(), 1)):
            if scanner.scan(io.BytesIO(content)).result is not Result.INFECTED:
                return Distrust.BLIND
        deep = scanner.scan(io.BytesIO(packed(b"harmless", _LONGEST_NEST)))
    except ScannerBroke as error:
        raise ScannerDown(str(error)) from error
    return Distrust.LAX if deep.result is Result.CLEAN else None


def eicar() -> bytes:
    """Return the harmless file that every scanner must find."""
    return "$".join((_EICAR[0], _EICAR[1] + _EICAR[2], "H+H*")).encode()


@cache
def packed(content: bytes, times: int) -> bytes:
    """Return the content in a zip in a zip …"""
    for number in range(times):
        out = io.BytesIO()
        # Not deflated: zlib would leave so short a text as it stands.
        with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
            entry = zipfile.ZipInfo(f"{number}.zip", _FIXED)
            archive.writestr(entry, content, zipfile.ZIP_BZIP2)
        content = out.getvalue()
    return content


def made_at(version: str) -> datetime | None:
    """Return when the signatures were made: "ClamAV 1.4.6/27777/Sun Nov 22 …"."""
    parts = version.split("/")
    try:
        # Without a zone: clamd's own, which `_ZONES` allows for.
        made = datetime.strptime(parts[2], "%a %b %d %H:%M:%S %Y")  # noqa: DTZ007
    except (IndexError, ValueError):
        return None
    return made.replace(tzinfo=UTC)


def _too_old(version: str, most_days: int, now: datetime) -> Distrust | None:
    made = made_at(version)
    if made is None:
        return Distrust.UNDATED
    return Distrust.OLD if now - made > timedelta(days=most_days) + _ZONES else None


def _send(line: socket.socket, content: IO[bytes]) -> None:
    """Send the stream; clamd closes it early when the file is too large for it."""
    line.sendall(b"zINSTREAM\0")
    try:
        while piece := content.read(CHUNK):
            line.sendall(struct.pack("!I", len(piece)) + piece)
        line.sendall(bytes(4))
    except (BrokenPipeError, ConnectionResetError):
        return  # the answer says why


def _answer(line: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _ANSWER_BYTES:
        piece = line.recv(_ANSWER_BYTES)
        if not piece:
            break
        answer += piece
    if not answer.endswith(b"\0"):
        raise ConnectionError("no answer")
    return answer.rstrip(b"\0").decode(errors="replace").strip()


def _verdict(answer: str) -> Verdict:
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict(Result.CLEAN)
    if said.endswith(" FOUND"):
        return _found(said.removesuffix(" FOUND"))
    if "size limit exceeded" in said:
        return Verdict(Result.INCOMPLETE, said)
    raise ScannerBroke(said)


def _found(what: str) -> Verdict:
    if what.startswith("Heuristics.Limits.Exceeded"):
        return Verdict(Result.INCOMPLETE, what)
    if what.startswith("Heuristics.Encrypted"):
        return Verdict(Result.ENCRYPTED, what)
    return Verdict(Result.INFECTED, what)
