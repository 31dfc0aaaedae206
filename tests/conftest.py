"""What every test stands on: the application's role, and the scopes it enters.

A test sets up in the system scope. Its client's requests begin at the entrance, as in
life, and go on in the scope of whoever is signed in. Nothing runs as the owner but
making, emptying and dropping the database, and what `as_owner` marks.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

from cpor import owner
from tests import doors

doors.set_up_in_the_system_scope()


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[ExitStack]:
    """Be the owner from here on, until what is handed out is closed."""
    with ExitStack() as stack:
        stack.enter_context(owner.connected())
        yield stack


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_modify_db_settings, django_db_setup, django_db_blocker
) -> Iterator[None]:
    """Make and drop the database as its owner; in between nobody is."""
    with django_db_blocker.unblock():
        doors.let_tests_go_round()
        doors.let_the_trail_be_emptied()
        django_db_modify_db_settings.close()
        yield
        django_db_modify_db_settings.enter_context(owner.connected())


@pytest.fixture(scope="session", autouse=True)
def _empty_as_owner() -> Iterator[None]:
    """Tests that commit empty the tables afterwards, history included."""
    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseOperations, "execute_sql_flush", _execute_as_owner)
    yield
    patch.undo()


def _execute_as_owner(_operations: object, statements: list[str]) -> None:
    connection.close()
    for last in (False, False, True):
        try:
            _emptied(statements)
        except psycopg.errors.DeadlockDetected:  # a browser's last request ends now
            if last:
                raise
        else:
            return


def _emptied(statements: list[str]) -> None:
    with psycopg.connect(doors.owner_address()) as raw:
        raw.execute("SET session_replication_role = replica")  # no trigger says no
        for statement in statements:
            raw.execute(statement)
