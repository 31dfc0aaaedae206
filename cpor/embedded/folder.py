"""The data folder: its lock, its secrets, and who runs on it at this moment."""

import contextlib
import fcntl
import json
import os
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TextIO

from cpor.embedded.trouble import Trouble

LOG_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Keys:
    """What is drawn once for each data folder."""

    secret_key: str
    database_password: str
    broker_password: str
    application_password: str


@dataclass(frozen=True)
class Running:
    """How to reach what runs on the folder; `address` is empty until it answers."""

    database_url: str
    redis_url: str
    address: str = ""
    owner_url: str = ""


@dataclass
class Folder:
    """Everything one installation keeps lies below `path`."""

    path: Path
    left_over: Running | None = None  # what a killed run has written about itself
    _lock: TextIO | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.path = self.path.absolute()

    def prepare(self) -> None:
        """Make the folder and those in it; raise Trouble if that is not possible."""
        # Root's Postgres runs as somebody else, who must be able to walk in.
        mode = 0o711 if os.geteuid() == 0 else 0o700
        try:
            self.path.mkdir(mode=mode, parents=True, exist_ok=True)
            for name in ("logs", "media", "mail"):
                (self.path / name).mkdir(mode=0o700, exist_ok=True)
            (self.path / "lock").touch(mode=0o600)
        except OSError as failed:
            raise self._not_writable(failed) from None

    def log(self, name: str) -> Path:
        """Return the log file of a process; a long one of earlier days is put aside."""
        log = self.path / "logs" / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".old.log"))
        return log

    def take_lock(self) -> bool:
        """Claim the folder for this process, until it ends; False if it is taken."""
        try:
            self._lock = (self.path / "lock").open("w")
        except OSError as failed:
            raise self._not_writable(failed) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            return False
        self.left_over = self.running()
        return True

    def keys(self) -> Keys:
        """Return the folder's secrets, drawn on the first call."""
        file = self.path / "keys.json"
        known = json.loads(file.read_text()) if file.exists() else {}
        # A folder of an earlier version lacks what was not needed then.
        missing = [each.name for each in fields(Keys) if each.name not in known]
        if missing:
            known |= {name: secrets.token_urlsafe(50) for name in missing}
            self._write(file.name, json.dumps(known))
        return Keys(**known)

    def running(self) -> Running | None:
        """Return what the holder of the lock has written about itself."""
        try:
            return Running(**json.loads((self.path / "running.json").read_text()))
        except FileNotFoundError:
            return None
        except PermissionError as failed:
            raise self._not_writable(failed) from None

    def set_running(self, running: Running) -> None:
        """Tell later commands how to reach what runs here."""
        self._write("running.json", json.dumps(asdict(running)))

    def clear_running(self) -> None:
        """Tell later commands that nothing runs here any more."""
        with contextlib.suppress(FileNotFoundError):
            (self.path / "running.json").unlink()

    def _write(self, name: str, text: str) -> None:
        """Write a file that only its owner reads, whole or not at all."""
        new = self.path / f"{name}.new"
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        new.write_text(text)
        new.replace(self.path / name)

    # What the first start decided about demo data stays decided: a later start must
    # not pour demo claims into a folder that was begun without them.

    def demo_accounts(self) -> str | None:
        """Return what the demo command printed; empty if there is to be none."""
        file = self.path / "demo.txt"
        return file.read_text() if file.exists() else None

    def set_demo_accounts(self, text: str) -> None:
        """Keep what the demo command printed, to be shown at each start."""
        self._write("demo.txt", text)

    def _not_writable(self, failed: OSError) -> Trouble:
        why = failed.strerror or "no access"
        return Trouble(f"The data folder {self.path} can't be used: {why.lower()}.")
