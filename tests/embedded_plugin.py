"""A Postgres and a Valkey of their own for each test run, gone afterwards.

Named by `-p` in pytest's options, since pytest-django reads the settings before any
conftest.py is read. CPOR_TEST_DATABASE_URL names another Postgres to test against.
"""

import atexit
import os
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import pytest

from cpor.embedded import services
from cpor.translations import compile_translations


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Set the environment; a wrapper runs before pytest-django's own hook."""
    stack = ExitStack()
    atexit.register(stack.close)
    os.environ.update(stack.enter_context(services.throwaway()))
    os.environ.update(CPOR_ENV="test", CPOR_URL="http://testserver")
    os.environ["CPOR_EVEN_ANSWER_SECONDS"] = "0"  # nobody measures here
    # Tests of anything else need not set up a second factor first.
    os.environ.update(CPOR_SECOND_FACTOR_ROLES="")
    # WhiteNoise warns of a missing folder, and a warning fails a test.
    (Path(os.environ["CPOR_DATA"]) / "staticfiles").mkdir(exist_ok=True)
    given = os.environ.get("CPOR_TEST_DATABASE_URL")
    if given:
        owner = urlsplit(given)
        login = f"cpor_app:{token_hex()}@{owner.netloc.rpartition('@')[2]}"
        os.environ["DATABASE_OWNER_URL"] = given
        os.environ["DATABASE_URL"] = owner._replace(netloc=login).geturl()
    compile_translations()
    yield
