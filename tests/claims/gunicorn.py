"""The real web server on the database of the tests, and a wire to it that can break."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 60
PIECE = 64 * 1024


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(
    folder: Path, port: int, application: str = "cpor.wsgi:application", **more: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run gunicorn as the Dockerfile does, with contents in a folder."""
    database = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "cpor.settings",
        "CPOR_ENV": "test",
        "CPOR_URL": "http://127.0.0.1",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DEBUG": "1",  # static files as they lie there
        "DATABASE_URL": database._replace(path=f"/{name}").geturl(),
        "REDIS_URL": settings.REDIS_URL,
        "CPOR_DATA": str(folder),
        **more,
    }
    with (folder / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", application),
                *("--bind", f"127.0.0.1:{port}", "--no-control-socket"),
                *("--worker-class", "gthread", "--workers", "1", "--threads", "8"),
                *("--timeout", "60", "--graceful-timeout", "2"),
            ],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for(process, port, folder / "gunicorn.log")
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"gunicorn did not start: {log.read_text()}")


@dataclass
class Wire:
    """Passes bytes on between a browser and a server; can be cut in mid-file.

    `cuts` says by file name how often the connection that carries it is cut after its
    first `after` bytes; `swallows` names the files whose first answer never arrives.
    """

    server: int
    port: int = field(default_factory=free_port)
    after: int = 200_000
    cuts: dict[str, int] = field(default_factory=dict)
    swallows: set[str] = field(default_factory=set)
    delay: float = 0
    most_at_once: int = 0
    _at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def laid(self) -> Iterator["Wire"]:
        with socket.create_server(("127.0.0.1", self.port)) as entry:
            threading.Thread(target=self._accept, args=[entry], daemon=True).start()
            try:
                yield self
            finally:
                entry.shutdown(socket.SHUT_RDWR)

    def _accept(self, entry: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _address = entry.accept()
                far = socket.create_connection(("127.0.0.1", self.server))
                state = {"uploading": False}
                for args in ((near, far, state), (far, near, state)):
                    carry = self._carry if args[0] is near else self._carry_back
                    threading.Thread(target=carry, args=args, daemon=True).start()

    def _carry(
        self, near: socket.socket, far: socket.socket, state: dict[str, Any]
    ) -> None:
        name, sent = "", 0
        with suppress(OSError):
            while piece := near.recv(PIECE):
                if piece.startswith((b"POST", b"GET")):
                    name, sent = "", 0
                if found := re.search(rb'filename="([^"]+)"', piece):
                    name, sent = found[1].decode(), 0
                    state["name"] = name
                    self._count(state, is_uploading=True)
                sent += len(piece)
                if name and sent > self.after and self.cuts.get(name, 0):
                    self.cuts[name] -= 1
                    break
                if name:
                    time.sleep(self.delay)
                far.sendall(piece)
        self._close(near, far, state)

    def _carry_back(
        self, far: socket.socket, near: socket.socket, state: dict[str, Any]
    ) -> None:
        with suppress(OSError):
            while piece := far.recv(PIECE):
                self._count(state, is_uploading=False)
                if state.get("name") in self.swallows:
                    self.swallows.discard(state["name"])
                    break
                near.sendall(piece)
        self._close(near, far, state)

    def _count(self, state: dict[str, Any], *, is_uploading: bool) -> None:
        with self._lock:
            if state["uploading"] != is_uploading:
                self._at_once += 1 if is_uploading else -1
            state["uploading"] = is_uploading
            self.most_at_once = max(self.most_at_once, self._at_once)

    def _close(
        self, near: socket.socket, far: socket.socket, state: dict[str, Any]
    ) -> None:
        self._count(state, is_uploading=False)
        for end in (near, far):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
