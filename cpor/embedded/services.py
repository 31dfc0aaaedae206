"""Postgres and Valkey of one data folder, and the environment that names them."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cpor.embedded import children
from cpor.embedded.folder import Folder, Running
from cpor.embedded.postgres import Postgres
from cpor.embedded.trouble import Trouble
from cpor.embedded.valkey import Valkey, stop_orphan

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = "production"


@dataclass(frozen=True)
class Services:
    """Both, started."""

    postgres: Postgres
    valkey: Valkey

    def running(self, address: str = "") -> Running:
        """Return how to reach them."""
        return Running(
            self.postgres.url, self.valkey.url, address, self.postgres.owner_url
        )

    def demand_alive(self) -> None:
        """Raise Trouble if one of them has ended by itself."""
        for name, service in (("Postgres", self.postgres), ("Valkey", self.valkey)):
            if service.process and service.process.poll() is not None:
                raise Trouble(f"{name} ended; {children.last_words(service.log)}")


@contextmanager
def started(folder: Folder) -> Iterator[Services]:
    """Start both and stop them at the end, Valkey first."""
    keys = folder.keys()
    if folder.left_over:
        stop_orphan(folder.left_over.redis_url)
    services = Services(
        Postgres(
            folder.path / "postgres",
            folder.log("postgres"),
            keys.database_password,
            keys.application_password,
        ),
        Valkey(folder.path / "valkey", folder.log("valkey"), keys.broker_password),
    )
    with ExitStack() as stack:
        stack.callback(folder.clear_running)
        stack.callback(services.postgres.stop)
        services.postgres.start()
        stack.callback(services.valkey.stop)
        services.valkey.start()
        folder.set_running(services.running())
        yield services


@contextmanager
def throwaway() -> Iterator[dict[str, str]]:
    """Start both in a temporary folder, quick and unsafe; yield what names them."""
    with tempfile.TemporaryDirectory(prefix="cpor-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o711)  # root's Postgres runs as somebody else
        password, own = secrets.token_hex(), secrets.token_hex()
        postgres = Postgres(
            folder / "postgres", folder / "postgres.log", password, own, quick=True
        )
        valkey = Valkey(folder / "valkey", folder / "valkey.log", password, quick=True)
        for service in (postgres, valkey):
            stack.callback(service.stop)
            service.start()
        yield {
            "CPOR_DATA": name,
            "DATABASE_URL": postgres.url,
            "DATABASE_OWNER_URL": postgres.owner_url,
            "REDIS_URL": valkey.url,
        }


def environment(folder: Folder, running: Running) -> dict[str, str]:
    """Return the environment of a process of this installation.

    What the person at the terminal has set stays, but for what names the services.
    """
    given = dict(os.environ)
    given.setdefault("CPOR_ENV", "development")
    given.setdefault("SECRET_KEY", folder.keys().secret_key)
    if running.address:
        given.setdefault("CPOR_URL", running.address)
    if folder.demo_accounts() and given["CPOR_ENV"] != PRODUCTION:
        given.setdefault("CPOR_DEMO", "1")
    given.pop("DATABASE_OWNER_URL", None)
    return given | {
        "CPOR_DATA": str(folder.path),
        "DATABASE_URL": running.database_url,
        "REDIS_URL": running.redis_url,
        "DJANGO_SETTINGS_MODULE": "cpor.settings",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }


def owners_environment(folder: Folder, running: Running) -> dict[str, str]:
    """Return the environment of a command that may migrate."""
    own = {"DATABASE_OWNER_URL": running.owner_url}
    return environment(folder, running) | own


def migrate(folder: Folder, running: Running) -> None:
    """Bring the database up to date, its roles and policies included."""
    words = ["migrate", "--no-input", "--skip-checks"]
    own = owners_environment(folder, running)
    command(words, log=folder.log("manage"), environment=own)


def command(arguments: Sequence[str], *, log: Path, environment: dict[str, str]) -> str:
    """Run one of Django's commands to its end and return what it printed."""
    with log.open("ab") as errors:
        done = subprocess.run(
            [sys.executable, ROOT / "manage.py", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            check=False,
            env=environment,
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=children.ends_with_parent(signal.SIGTERM),
        )
    if done.returncode:
        raise Trouble(f"manage.py {arguments[0]} failed; {children.last_words(log)}")
    return done.stdout
