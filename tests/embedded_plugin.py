"""A Postgres and a Valkey of their own for each test run, gone afterwards.

Named by `-p` in pytest's options, since pytest-django reads the settings before any
conftest.py is read. CPOR_TEST_DATABASE_URL names another Postgres to test against.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from cpor.embedded.postgres import Postgres
from cpor.embedded.valkey import Valkey


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Set the environment; a wrapper runs before pytest-django's own hook."""
    folder = Path(tempfile.mkdtemp(prefix="cpor-test-"))
    folder.chmod(0o711)  # as root, Postgres runs as somebody else
    (folder / "staticfiles").mkdir()  # whitenoise warns about a folder it misses
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.update(
        CPOR_ENV="test", CPOR_DATA=str(folder), CPOR_URL="http://testserver"
    )
    os.environ["DATABASE_URL"] = database_url(folder)
    os.environ["REDIS_URL"] = redis_url(folder)
    yield


def database_url(folder: Path) -> str:
    """Return the address of a Postgres that lives as long as this test run."""
    given = os.environ.get("CPOR_TEST_DATABASE_URL")
    if given:
        return given
    postgres = Postgres(
        folder / "postgres", folder / "postgres.log", secrets.token_hex(), quick=True
    )
    atexit.register(postgres.stop)
    postgres.start()
    return postgres.url


def redis_url(folder: Path) -> str:
    """Return the address of a Valkey that lives as long as this test run."""
    valkey = Valkey(
        folder / "valkey", folder / "valkey.log", secrets.token_hex(), quick=True
    )
    atexit.register(valkey.stop)
    valkey.start()
    return valkey.url
