"""In every scope, on every table: what may be read and written, of whose rows.

The tables come from the catalogue of the database, the expectation is written by hand.
Whoever adds a table adds its line in expectation.py, and a row for each side in
world.py.
"""

import json
from functools import cache

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from accounts import scopes
from accounts.scopes import Scope, Standing
from tests import doors
from tests.isolation import world
from tests.isolation.expectation import COLUMNS, READABLE, ROWS, SHARED

pytestmark = pytest.mark.django_db


@pytest.fixture
def sides():
    return world.side(), world.side()


def tables():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in cursor.fetchall()}


def reaches(standing, statement, *values):
    """Return how many rows a statement gets at, whatever a key or trigger says then.

    None if the scope may not: by its grants, or since no such row may be written.
    """
    try:
        with transaction.atomic(), scopes.entered(standing):
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                reached = cursor.rowcount
            transaction.set_rollback(True)
    except DatabaseError as refused:
        denied = isinstance(refused.__cause__, InsufficientPrivilege)
        return None if denied else 1
    return reached


class Sample:
    """One row of a table that belongs to one side."""

    def __init__(self, table, whose, side):
        keys = {"company": side.person.partner_id, "person": side.person.pk}
        self.table = table
        where = whose.format(**keys, claim=side.claim.pk)
        with connection.cursor() as cursor:
            found = (
                f"SELECT ctid::text, to_jsonb(t) FROM {table} t WHERE {where} LIMIT 1"  # noqa: S608
            )
            cursor.execute(found)
            row = cursor.fetchone()
        assert row, f"{table} has no row of either side: add one to world.py"
        self.place, self.values = row[0], json.loads(row[1])
        if table == "claims_claim":  # no other is ever born
            self.values |= {"state": "draft", "due_at": None}

    def letters(self, standing):
        return "".join(
            letter
            for letter, (statement, *values) in self._statements(standing).items()
            if statement and reaches(standing, statement, *values)
        )

    def _at(self, standing):
        """A row's place can be named only by whom every column is open to."""
        if (self.table, standing.scope) in READABLE:
            return sql.SQL(" WHERE id = {}").format(self.values["id"])
        return sql.SQL(" WHERE ctid = {}::tid").format(self.place)

    def _statements(self, standing):
        t, at = sql.Identifier(self.table), self._at(standing)
        names = columns(self.table, "is_generated = 'NEVER'")
        listed = sql.SQL(", ").join(map(sql.Identifier, names))
        changed = updatable(self.table, standing.scope)[:1]
        return {
            "S": (sql.SQL("SELECT 1 FROM {}").format(t) + at,),
            "I": (
                sql.SQL(
                    "INSERT INTO {} ({}) SELECT {} FROM"
                    " jsonb_populate_record(NULL::{}, %s)"
                ).format(t, listed, listed, t),
                json.dumps(self.values),
            ),
            "U": (
                changed
                and sql.SQL("UPDATE {} SET {} = {}").format(
                    t, *map(sql.Identifier, changed * 2)
                )
                + at,
            ),
            "D": (sql.SQL("DELETE FROM {}").format(t) + at,),
        }


@cache
def columns(table, condition="true"):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"  # noqa: S608
            f" WHERE table_schema = 'public' AND table_name = %s AND {condition}"
            " ORDER BY ordinal_position",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


@cache
def allowed(table, scope, privilege):
    """Return the columns that a scope may read or change."""
    with doors.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass"
            " AND attnum > 0 AND NOT attisdropped"
            " AND (attgenerated = '' OR %s = 'SELECT')"
            " AND has_column_privilege(%s, attrelid, attnum, %s)"
            " ORDER BY attnum DESC",
            [table, privilege, scope.role, privilege],
        )
        return [column for (column,) in cursor.fetchall()]


def updatable(table, scope):
    return allowed(table, scope, "UPDATE")


def test_the_expectation_names_every_table():
    assert tables() == {*ROWS, *SHARED}


@pytest.mark.parametrize("scope", list(Scope))
def test_each_scope_gets_at_the_rows_it_is_for(scope, sides):
    own, foreign = sides
    standing, place = own.standings()[scope], list(Scope).index(scope)

    found = {
        table: "/".join(
            Sample(table, whose, side).letters(standing) for side in (own, foreign)
        )
        for table, (whose, *_) in ROWS.items()
    }

    assert found == {table: letters[place] for table, (_, *letters) in ROWS.items()}


@pytest.mark.parametrize("scope", [Scope.PARTNER, Scope.CUSTOMER])
def test_without_a_setting_there_are_no_rows(scope, sides):
    found = {
        table: "/".join(
            Sample(table, whose, side).letters(Standing(scope)) for side in sides
        )
        for table, (whose, *_) in ROWS.items()
    }

    assert found == dict.fromkeys(ROWS, "/")


@pytest.mark.parametrize("scope", list(Scope))
def test_what_is_nobodys_is_open_by_command_alone(scope, sides):
    standing, place = sides[0].standings()[scope], list(Scope).index(scope)

    found = {
        table: "".join(
            letter
            for letter, statement in {
                "S": f"SELECT 1 FROM {table} LIMIT 0",  # noqa: S608
                "I": f"INSERT INTO {table} DEFAULT VALUES",
                "U": f"UPDATE {table} SET {same(table)} WHERE false",  # noqa: S608
                "D": f"DELETE FROM {table} WHERE false",  # noqa: S608
            }.items()
            if reaches(standing, statement) is not None
        )
        for table in SHARED
    }

    assert found == {table: letters[place] for table, letters in SHARED.items()}


def same(table):
    name = columns(table)[0]
    return f"{name} = {name}"


@pytest.mark.parametrize("scope", list(Scope))
def test_only_the_named_columns_can_be_changed(scope):
    found = {}
    for table in sorted(tables()):
        some = set(updatable(table, scope))
        if some and some != set(columns(table, "is_generated = 'NEVER'")):
            found[table, scope] = some

    assert found == {key: some for key, some in COLUMNS.items() if key[1] == scope}


@pytest.mark.parametrize("scope", list(Scope))
def test_only_the_named_columns_can_be_read(scope):
    found = {}
    for table in sorted(tables()):
        some = set(allowed(table, scope, "SELECT"))
        if some and some != set(columns(table)):
            found[table, scope] = some

    assert found == {key: some for key, some in READABLE.items() if key[1] == scope}


@pytest.mark.parametrize("scope", list(Scope))
def test_nobody_empties_a_table(scope):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(%s, oid, 'TRUNCATE, REFERENCES, TRIGGER')",
            [scope.role],
        )
        assert cursor.fetchall() == []
