#!/usr/bin/env python3
"""The one command: finds or installs what the product needs, then starts it.

Needs nothing but some Python 3.8 or newer, and the network on the first start.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

try:
    import fcntl
except ImportError:
    sys.exit("CPOR Claims starts on Linux and macOS; elsewhere use docker compose.")

ROOT = Path(__file__).resolve().parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "lock-hash"
LOCKS = ROOT / "cpor" / "locks"
OLDEST, TOO_NEW = (3, 12), (3, 15)  # Postgres' wheel says how new
NEEDS_NODE = 3  # exit code of cpor.assets
INTERRUPTED = 130

USAGE = """\
usage: python3 run.py [COMMAND] …

  run [--port N] [--data DIR] [--empty]   start the product (the default)
  manage ARGS… [--data DIR]               one of Django's commands
  test [--zone ZONE] [ARGS…]              the tests, with what pytest is told
  check                                   every check but the tests
  fix                                     what a tool can mend
  bench [ARGS…]                           the measurements
"""

# Command: which lock file it needs, the module it hands over to, the first words.
TARGETS = {
    "run": ("run", "cpor.embedded", ["run"]),
    "manage": ("run", "cpor.embedded", ["manage"]),
    "test": ("dev", "cpor.checks", ["test"]),
    "check": ("dev", "cpor.checks", ["check"]),
    "fix": ("dev", "cpor.checks", ["fix"]),
    "bench": ("dev", "tests.bench", []),
}
# Where systems keep the authorities they trust, a company's own among them.
AUTHORITIES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)
WITH_ASSETS = ("run", "test", "bench")


class Trouble(Exception):
    """Its text is a whole sentence for the person at the terminal."""


def main(arguments: list[str]) -> None:
    """Prepare what the command needs and hand over to it."""
    if arguments[:1] in (["-h"], ["--help"], ["help"]):
        print(USAGE, end="")
        return
    name, rest = "run", arguments
    if arguments and not arguments[0].startswith("-"):
        name, rest = arguments[0], arguments[1:]
    if name not in TARGETS:
        raise Trouble(f"There is no command {name}.\n\n{USAGE.rstrip()}")
    kind, module, words = TARGETS[name]
    with one_at_a_time():
        prepare_python(kind)
        if name in WITH_ASSETS:
            prepare_assets()
    command = [str(PYTHON), "-m", module, *words, *rest]
    os.execve(command[0], command, {**environment(), "PYTHONPATH": str(ROOT)})


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let one run.py prepare at a time; a second one waits."""
    try:
        TOOLS.mkdir(exist_ok=True)
        lock = (TOOLS / "lock").open("w")
    except OSError as failed:
        why = (failed.strerror or "no access").lower()
        raise Trouble(f"{TOOLS} can't be written: {why}.") from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def environment() -> dict[str, str]:
    """Return the environment without what would point to another Python."""
    left_out = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "UV_PYTHON")
    return {name: value for name, value in os.environ.items() if name not in left_out}


def tools_environment() -> dict[str, str]:
    """Return the environment in which uv and npm trust what the system trusts."""
    here = environment()
    for bundle in filter(os.path.exists, AUTHORITIES):
        here.setdefault("SSL_CERT_FILE", bundle)
        here.setdefault("NODE_EXTRA_CA_CERTS", bundle)
    return here


def prepare_python(kind: str) -> None:
    """Make .venv hold what the lock file says; quick when it already does."""
    stamp = read(STAMP).split()
    wanted = hash_of(LOCKS / "run.txt", LOCKS / "dev.txt")
    ready = version_of(PYTHON) is not None
    if ready and stamp[1:] == [wanted] and stamp[0] in (kind, "dev"):
        return
    uv = find_uv()
    if not ready:
        make_venv(uv)
    if ready and stamp[:1] == ["dev"]:
        kind = "dev"  # what the tests need is not taken away again
    say("Installing the Python packages …")
    sync = ["pip", "sync", "-q", "--require-hashes", "--compile-bytecode"]
    call(
        [uv, *sync, "--python", PYTHON, LOCKS / f"{kind}.txt"],
        "The Python packages could not be installed",
    )
    STAMP.write_text(f"{kind} {wanted}\n", encoding="utf-8")


def make_venv(uv: str | Path) -> None:
    """Make .venv with a Python that the product runs on."""
    say("Preparing .venv …")
    wanted = "from {}.{} to below {}.{}".format(*OLDEST, *TOO_NEW)
    python = find_python() or ">={}.{},<{}.{}".format(*OLDEST, *TOO_NEW)
    call(
        [uv, "venv", "-q", "--clear", "--no-project", "--python", python, VENV],
        f"No Python {wanted} was found here, and none could be downloaded: install one",
    )


def find_python() -> str | Path | None:
    """Return a fitting Python of this machine, or None."""
    minors = reversed(range(OLDEST[1], TOO_NEW[1]))
    named = [shutil.which(f"python3.{minor}") for minor in minors]
    pyenv = Path("~/.pyenv/versions").expanduser().glob("3.*/bin/python")
    for candidate in [sys.executable, *named, *sorted(pyenv, reverse=True)]:
        version = version_of(candidate) if candidate else None
        if version and OLDEST <= version < TOO_NEW:
            return candidate
    return None


def version_of(python: str | Path) -> tuple[int, ...] | None:
    """Return a Python's version as (major, minor); None if it does not start."""
    code = "import sys; print(*sys.version_info[:2])"
    try:
        said = subprocess.check_output(
            [str(python), "-c", code],
            stderr=subprocess.DEVNULL,
            timeout=30,
            env=environment(),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return tuple(int(part) for part in said.split())


def find_uv() -> str | Path:
    """Return a uv that starts: of this machine, or one of our own in .tools."""
    own = TOOLS / "uv" / "bin" / "uv"
    for candidate in (shutil.which("uv"), own):
        if candidate and succeeds([candidate, "--version"]):
            return candidate
    say("Installing uv …")
    install_uv(TOOLS / "uv")
    return own


def install_uv(folder: Path) -> None:
    """Install uv with whatever pip this Python has."""
    shutil.rmtree(folder, ignore_errors=True)
    pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "uv>=0.9"]
    failure = "uv, which installs the Python packages, could not be installed"
    if succeeds([sys.executable, "-m", "venv", folder]):
        call([folder / "bin" / "python", *pip], failure)
    else:  # Debian's Python may lack venv but have pip
        call([sys.executable, *pip, "--target", folder], failure)


def prepare_assets() -> None:
    """Bring the front end's files up to date, with the machine's Node or a wheel's."""
    command = [str(PYTHON), "-m", "cpor.assets"]
    code = subprocess.call(command, cwd=ROOT, env=tools_environment())
    if code == NEEDS_NODE:
        say("Installing Node.js …")
        install: list[str | Path] = ["pip", "install", "-q", "--require-hashes"]
        install += ["--python", PYTHON, "--target", TOOLS / "node"]
        call(
            [find_uv(), *install, "-r", LOCKS / "assets.txt"],
            "Node.js, which installs the front end, could not be installed",
        )
        code = subprocess.call(command, cwd=ROOT, env=tools_environment())
    if code:
        sys.exit(code)  # it has said why


def succeeds(command: Sequence[str | Path]) -> bool:
    """Say whether a command runs and ends well."""
    try:
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def call(command: Sequence[str | Path], failure: str) -> None:
    """Run a command; raise Trouble with the reason it gives if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=tools_environment(),
        check=False,
    )
    if done.returncode:
        lines = done.stdout.decode(errors="replace").splitlines()
        said = [
            line.lstrip(" \u2500\u251c\u2570\u25b6\u00d7")
            for line in lines
            if line.strip()
        ]
        why = said[-1].rstrip(".") if said else "no reason given"
        raise Trouble(f"{failure}; the first start needs the network ({why}).")


def hash_of(*files: Path) -> str:
    """Return one hash over several files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def read(file: Path) -> str:
    """Return a file's text; nothing if there is no file."""
    return file.read_text(encoding="utf-8") if file.exists() else ""


def say(text: str) -> None:
    """Tell the person at the terminal, at once."""
    print(text, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
