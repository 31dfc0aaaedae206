"""No log says a secret: not of a link, not of a search, not of a failed function."""

import json
import logging
import os
import re
import subprocess
import sys

import pytest
from django.test import Client

from cpor.checks import PRODUCTION
from cpor.logs import LINKS, Console, Hiding, hidden
from cpor.routes import routes
from tests import factories
from tests.claims.pages import browser

SECRET = "kq3Zs9-w_Xy7TtB4"  # noqa: S105
OPEN = {"language", "name", "number", "page", "part", "pk", "provider_id", "public_id"}
OPEN |= {"format", "size", "slug", "step", "token_id"}


def test_every_address_with_a_secret_is_known():
    """Whoever adds a parameter says here whether it is one."""
    found = set()
    for route in routes():
        path = route["path"].replace("^", "")
        for name in re.findall(r"<(?:\w+:)?(\w+)>", path):
            if name in {"token", "key", "uidb36"}:
                found.add(re.split(r"<|\(\?P", path)[0])
            else:
                assert name in OPEN or name.endswith("_id"), path
    assert found == set(LINKS)


@pytest.mark.parametrize("door", LINKS)
def test_the_secret_of_a_link_is_hidden_and_the_rest_is_not(door):
    said = hidden(f"GET {door}{SECRET}/more/ (404) for 'x'")
    assert said == f"GET {door}…/more/ (404) for 'x'"


def test_what_somebody_looks_for_is_hidden():
    assert hidden("GET /claims/?q=Alster&page=2 HTTP/1.1") == "GET /claims/?… HTTP/1.1"
    assert hidden("Is it so? Yes.") == "Is it so? Yes."


def test_a_record_of_any_library_is_hidden_with_its_arguments_and_its_error():
    try:
        int(f"/c/{SECRET}/")
    except ValueError:
        error = sys.exc_info()
    words = ("Not Found: %s", (f"/c/{SECRET}/",))
    record = logging.LogRecord("django", logging.ERROR, "x.py", 1, *words, error)
    said = Hiding().format(record)
    assert said.startswith("Not Found: /c/…/\nTraceback")
    assert said.endswith("'/c/…/'")


@pytest.mark.django_db
def test_a_request_is_logged_without_its_secret(capsys):
    Client().get(f"/c/{SECRET}/?seen={SECRET}")
    browser(factories.staff("auditor")).get(f"/claims/?q={SECRET}")
    said = capsys.readouterr().err
    assert said.count("request_finished") == 2
    assert "GET /c/…/?…" in said
    assert SECRET not in said


def test_what_cannot_be_written_is_not_told_otherwise(capsys, monkeypatch):
    words = ("Not Found: %s", (f"/c/{SECRET}/",))
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, *words, None)
    monkeypatch.setattr(Console, "format", lambda *_: 1 / 0)
    Console().emit(record)
    assert capsys.readouterr().err == "An entry of x could not be written.\n"


@pytest.mark.django_db
def test_a_line_break_makes_no_second_entry(capsys):
    Client().get("/nothing/%0A2026-11-25%20[info]%20made_up/")
    said = capsys.readouterr().err
    assert "request_finished" in said
    assert not [line for line in said.splitlines() if line.startswith("2026-11-25 [")]


FAIL = f"""
import django, logging
django.setup()
import structlog
def fails(password):
    try:
        raise RuntimeError("It broke.")
    except RuntimeError:
        structlog.get_logger("x").exception("failed", address="/c/{SECRET}/")
        logging.getLogger("x").exception("failed at %s", "/c/{SECRET}/")
fails("{SECRET}")
"""


@pytest.mark.parametrize("environment", [PRODUCTION, {}], ids=["production", "own"])
def test_a_failure_is_logged_without_the_values_that_it_met(environment):
    done = subprocess.run(
        [sys.executable, "-c", FAIL],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "cpor.settings", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    said = done.stderr
    assert said.count("RuntimeError: It broke.") == 2
    assert SECRET not in said
    if environment:
        assert json.loads(done.stderr.splitlines()[0])["address"] == "/c/…/"
