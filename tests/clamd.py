"""A real clamd of the tests' own: a folder, a port, a signature file of one line."""

import hashlib
import io
import shutil
import socket
import subprocess
import tarfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from claims.scanner import eicar

PROGRAM = shutil.which("clamd") or "/usr/sbin/clamd"
# What the tests' malware holds, beside the test virus that every scanner must find.
WORM = b"a worm made for these tests"
REPORTS = ("AlertExceedsMax yes", "MaxFileSize 30M", "StreamMaxLength 30M")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Clamd:
    """One clamd, started and stopped at will."""

    folder: Path
    options: Sequence[str] = REPORTS
    finds: Sequence[bytes] = (eicar(), WORM)
    # When its signatures were made; None for signatures without a date.
    made_at: datetime | None = None
    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Clamd":
        database = self.folder / "database"
        database.mkdir(exist_ok=True)
        _write_signatures(database, self.finds, self.made_at)
        lines = [
            f"DatabaseDirectory {database}",
            "Foreground yes",
            f"TCPSocket {self.port}",
            "TCPAddr 127.0.0.1",
            f"LocalSocket {self.folder / 'clamd.sock'}",
            f"TemporaryDirectory {self.folder}",
            "MaxThreads 2",
            *self.options,
        ]
        config = self.folder / "clamd.conf"
        config.write_text("\n".join([*lines, ""]))
        # LogFile is none, so all it says goes to its output: nobody reads it.
        self.process = subprocess.Popen(
            [PROGRAM, "--config-file", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()
        return self

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            assert self.process is not None
            assert self.process.poll() is None, "clamd did not start"
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.02)
        raise AssertionError("clamd does not answer")


def _write_signatures(
    folder: Path, finds: Sequence[bytes], made_at: datetime | None
) -> None:
    lines = "".join(
        f"Test.Signature-{number}:0:*:{content.hex()}\n"
        for number, content in enumerate(finds)
    ).encode()
    if made_at is None:
        (folder / "own.ndb").write_bytes(lines)
        return
    (folder / "daily.cud").write_bytes(_dated(lines, made_at))


def _dated(lines: bytes, made_at: datetime) -> bytes:
    """A signature file as freshclam brings it, with a date and without a seal."""
    stamp, when = int(made_at.timestamp()), f"{made_at:%d %b %Y %H-%M} -0000"
    start = f"ClamAV-VDB:{when}:27777:1:90"
    digest = hashlib.sha256(lines).hexdigest()
    info = f"{start}:X:X:tests:{stamp}\ndaily.ndb:{len(lines)}:{digest}\n".encode()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in (("daily.info", info), ("daily.ndb", lines)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    head = f"{start}:{'0' * 32}:x:tests:{stamp}".encode().ljust(512)
    return head + out.getvalue()
