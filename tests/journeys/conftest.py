"""The whole product on a port of its own, and people in real browsers."""

import signal
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import IO

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.people import (
    CHROMIUM,
    EMBEDDED,
    FLAGS,
    Product,
    Stage,
    environment,
)

ROOT = Path(__file__).resolve().parent.parent.parent
STARTS_WITHIN = 120
SETUP = "from cpor.demo.people import *; from django.utils import timezone as t; "


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """Start everything that `run.py` starts: web, worker, beat, Postgres, Valkey."""
    with tempfile.TemporaryDirectory(prefix="cpor-journeys-") as folder:
        data = Path(folder)
        data.chmod(0o711)  # as root, Postgres runs as somebody else
        running = Product(ROOT, data, free_port())
        with (data / "start.log").open("wb") as log:
            process = start(running, data, log)
        try:
            wait_for(running, process, data / "start.log")
            running.manage("shell", "-v0", "-c", SETUP + "invite_everybody(t.now())")
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail(
            f"The journeys need a browser: install Debian's chromium ({CHROMIUM})."
        )
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


@pytest.fixture(scope="module")
def logins() -> dict[str, object]:
    """Sessions by person: everybody logs in once, as in life."""
    return {}


@pytest.fixture(params=[1440, 390], ids=["wide", "phone"])
def stage(request, product, browser, logins) -> Iterator[Stage]:
    """A window of the given width for everybody who takes part."""
    acting = Stage(product, browser, request.param, logins)
    yield acting
    acting.close()
    assert acting.forbidden == []


def start(running: Product, data: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*EMBEDDED, "run", "--empty", "--data", data, "--port", str(running.port)],
        cwd=ROOT,
        env=environment(),
        stdout=log,
        stderr=log,
    )


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(running: Product, process: subprocess.Popen[bytes], log: Path) -> None:
    end = monotonic() + STARTS_WITHIN
    while monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(running.url("/healthz"), timeout=2)  # noqa: S310
        except (urllib.error.URLError, OSError):
            sleep(0.2)
        else:
            return
    pytest.fail(f"The product did not start: {log.read_text()}")
