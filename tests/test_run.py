"""The one command, before and after it has handed over."""

import ast
import contextlib
import http.client
import importlib.machinery
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import types
from pathlib import Path

import coverage
import psutil
import pytest

from cpor.embedded import children

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted((ROOT / "cpor" / "locks").glob("*.txt"))
STARTS_WITHIN = 120


@pytest.fixture
def run_py():
    """run.py as a module; it is a script that no package holds."""
    loader = importlib.machinery.SourceFileLoader("run_py", str(ROOT / "run.py"))
    module = types.ModuleType(loader.name)
    module.__file__ = loader.path
    loader.exec_module(module)
    return module


# --- What stands in the tree ------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_packages_and_hashes_but_no_address(lock):
    line = re.compile(
        r"[a-z0-9-]+==[\w.]+( ; [^/@]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?"
    )

    odd = [text for text in lock.read_text().splitlines() if not line.fullmatch(text)]

    assert odd == []


def test_every_package_that_is_asked_for_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    run = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["embedded"],
    ]
    development = [word for name in groups if name != "assets" for word in groups[name]]

    assert missing(run, "run.txt") == []
    assert missing(run + development, "dev.txt") == []
    assert missing(groups["assets"], "assets.txt") == []


def missing(wanted, lock):
    names = {re.split(r"[^\w.-]", word)[0].lower() for word in wanted}
    text = (ROOT / "cpor" / "locks" / lock).read_text()
    return sorted(names - set(re.findall(r"^([\w-]+)==", text, re.MULTILINE)))


def test_what_runs_is_locked_to_the_same_versions_as_what_is_tested():
    pins = [
        set(re.findall(r"^\S+==\S+", lock.read_text(), re.MULTILINE))
        for lock in LOCKS
        if lock.name in ("run.txt", "dev.txt")
    ]

    development, run = pins

    assert run - development == set()


def test_the_front_ends_lock_names_no_address_of_a_package():
    lock = json.loads((ROOT / "package-lock.json").read_text())

    assert [
        name for name, facts in lock["packages"].items() if "resolved" in facts
    ] == []


def test_every_icon_a_page_names_is_drawn():
    listed = set((ROOT / "static" / "icons.txt").read_text().split())
    named = {
        name
        for page in ROOT.glob("templates/**/*.html")
        for name in re.findall(r'{% icon "([a-z0-9-]+)"', page.read_text())
    }

    assert named - listed == set()


# --- Before it hands over ---------------------------------------------------------


def test_run_py_is_understood_by_the_oldest_python_it_promises():
    ast.parse((ROOT / "run.py").read_text(), feature_version=(3, 8))


def test_an_unknown_command_is_told_with_the_known_ones():
    done = subprocess.run(
        [sys.executable, ROOT / "run.py", "fly"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("There is no command fly.\n\nusage:")
    assert "Traceback" not in done.stderr


def test_a_python_that_does_not_start_has_no_version(run_py, tmp_path):
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)

    assert run_py.version_of(broken) is None
    assert run_py.version_of(tmp_path / "nothing") is None
    assert run_py.version_of(sys.executable) == sys.version_info[:2]


def test_the_reason_of_a_failed_tool_is_its_last_line(run_py):
    tool = [sys.executable, "-c", "print('one\\n  ╰─▶ no route'); raise SystemExit(2)"]

    with pytest.raises(run_py.Trouble) as told:
        run_py.call(tool, "The packages could not be installed")

    assert str(told.value) == (
        "The packages could not be installed; the first start needs the network"
        " (no route)."
    )


def test_packages_are_installed_again_only_when_a_lock_changed(
    run_py, tmp_path, monkeypatch
):
    calls = []
    for name in ("run.txt", "dev.txt"):
        (tmp_path / name).write_text("first")
    monkeypatch.setattr(run_py, "LOCKS", tmp_path)
    monkeypatch.setattr(run_py, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(run_py, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(run_py, "find_uv", lambda: "uv")
    monkeypatch.setattr(run_py, "call", lambda words, _: calls.append(words[-1].name))

    run_py.prepare_python("run")
    run_py.prepare_python("run")
    run_py.prepare_python("dev")
    run_py.prepare_python("run")
    (tmp_path / "run.txt").write_text("second")
    run_py.prepare_python("run")

    # What the tests need is not taken away again by a mere start.
    assert calls == ["run.txt", "dev.txt", "dev.txt"]


# --- After it has handed over -----------------------------------------------------


KEEP_AND_READ = """
import os, psycopg
cursor = psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True).cursor()
cursor.execute("create table if not exists kept (word text)")
for word in {kept}:
    cursor.execute("insert into kept values (%s)", [word])
cursor.execute("select word from kept")
print(cursor.fetchall())
raise SystemExit(7)
"""


class Terminal:
    """Somebody who starts the product in a folder of their own and looks at it."""

    def __init__(self, folder):
        self.data = folder / "data"
        self.log = folder / "terminal.log"
        self.port = children.free_port()
        own = ("CPOR_", "DATABASE_", "REDIS_", "DJANGO_")
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(own)
        }

    def words(self, *words):
        measured = coverage.Coverage.current()
        measure = ["-m", "coverage", "run", "--branch", "--parallel-mode"]
        if measured:
            # This process only: what it starts would take minutes.
            measure += ["--rcfile", os.devnull, "--source", "cpor.embedded"]
            measure += ["--data-file", str(measured.get_option("run:data_file"))]
        return [
            *(sys.executable, *(measure if measured else ()), "-m", "cpor.embedded"),
            *(*words, "--data", str(self.data)),
        ]

    def start(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.words("run", "--empty", "--port", str(self.port)),
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        ends = time.monotonic() + STARTS_WITHIN
        while f"Open {self.address}" not in self.told():
            assert self.process.poll() is None, self.told()
            assert time.monotonic() < ends, self.told()
            time.sleep(0.1)

    def told(self):
        return self.log.read_text()

    @property
    def address(self):
        return f"http://localhost:{self.port}"

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status

    def call(self, *words):
        return subprocess.run(
            self.words(*words),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def set_and_read(self, word=""):
        """Keep a word in the database, or read it back, through `manage shell`."""
        code = KEEP_AND_READ.format(kept=[word] if word else [])
        done = self.call("manage", "shell", "-v", "0", "-c", code)
        assert done.returncode == 7, done.stderr
        return done.stdout.strip()

    def family(self):
        """Every process the product has started, and theirs."""
        return psutil.Process(self.process.pid).children(recursive=True)


def survivors(family):
    """Those who have not ended by themselves a little later."""
    return psutil.wait_procs(family, timeout=15)[1]


@pytest.fixture
def terminal():
    with tempfile.TemporaryDirectory(
        prefix="cpor-", ignore_cleanup_errors=True
    ) as name:
        Path(name).chmod(0o711)  # root's Postgres runs as somebody else
        terminal = Terminal(Path(name))
        yield terminal
        terminal.process.terminate()
        terminal.process.wait()


def test_the_product_starts_stops_and_comes_back_with_everything(terminal):
    terminal.start()
    assert terminal.get("/healthz") == 200

    # Whoever starts it a second time is told where it already is.
    second = terminal.call("run")
    assert second.stderr == f"CPOR Claims is already running at {terminal.address}.\n"
    assert second.returncode == 1

    # Another folder cannot have the same port.
    other = Terminal(terminal.data.parent / "other")
    other.data.parent.mkdir()
    refused = other.call("run", "--port", str(terminal.port))
    assert refused.stderr.startswith(f"Port {terminal.port} can't be used")
    assert refused.returncode == 1

    # A command reaches the database of the running product.
    assert terminal.set_and_read("kept") == "[('kept',)]"

    # Ctrl-C ends all of it, and says so.
    family = terminal.family()
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.process.wait(60) == 0
    assert terminal.told().endswith("Stopped.\n")
    assert survivors(family) == []

    # A command finds the same data while nothing runs.
    assert terminal.set_and_read() == "[('kept',)]"

    # A killed run leaves no process, and the next start has everything.
    terminal.start()
    family = terminal.family()
    terminal.process.kill()
    terminal.process.wait()
    assert survivors(family) == []
    terminal.start()
    assert terminal.set_and_read() == "[('kept',)]"

    # A dead process is started again.
    web = one_of(terminal, "gunicorn")
    web.kill()
    ends = time.monotonic() + STARTS_WITHIN
    while one_of(terminal, "gunicorn") in (None, web) or not answers(terminal):
        assert time.monotonic() < ends, terminal.told()
        time.sleep(0.1)
    assert "web ended and is started again." in terminal.told()

    # Without its database it can only end, and say why.
    family = terminal.family()
    one_of(terminal, "bin/postgres").kill()
    assert terminal.process.wait(60) == 1
    assert "Postgres ended; the end of" in terminal.told()
    assert survivors(family) == []


def one_of(terminal, word):
    """The product's own living process whose command holds the word."""
    for each in psutil.Process(terminal.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):  # or a zombie
            if word in " ".join(each.cmdline()):
                return each
    return None


def answers(terminal):
    try:
        return terminal.get("/healthz") == 200
    except OSError:
        return False
