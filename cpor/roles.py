"""The roles, grants and policies of the database, made from the declaration.

Everything here may be run again at any time: it leaves exactly what cpor/doors.py says.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection, transaction
from psycopg import Connection, sql
from psycopg.sql import SQL, Composed, Identifier, Literal

from accounts.scopes import Scope
from cpor.doors import SEE_EVERY_ROW, SEQUENCES, TABLES, Door, Table

POWERLESS = SQL(
    "NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS"
)
# Two starts at once wait for each other.
LOCK = 7_241_003


def apply() -> None:
    """Bring the database to what is declared; the connection must be the owner's.

    :raises CommandError: if the owner would be held up by the policies itself
    """
    with transaction.atomic():
        connection.ensure_connection()
        raw: Connection[Any] = connection.connection
        raw.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        _demand_sight(raw)
        for statement in (*_roles(raw), *_everything(raw)):
            raw.execute(statement)


def _demand_sight(raw: Connection[Any]) -> None:
    sees = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    if raw.execute(sees).fetchone() != (True,):
        raise CommandError(
            "The owner of the tables must see every row to migrate them: "
            "ALTER ROLE … BYPASSRLS."
        )


def _everything(raw: Connection[Any]) -> Iterator[SQL | Composed]:
    yield SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    # A table for the time being would outlive the scope that made it.
    yield SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(
        Identifier(raw.info.dbname)
    )
    yield SQL("GRANT USAGE ON SCHEMA public TO {}").format(_scopes())
    yield SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(_anybody())
    yield SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}").format(_anybody())
    for (table,) in raw.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall():
        yield from _closed(raw, table)
        if table in TABLES:
            yield from _opened(table, TABLES[table])
    known = raw.execute(
        "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
    ).fetchall()
    for name, scopes in SEQUENCES.items():
        if (name,) in known:
            roles = SQL(", ").join(Identifier(scope.role) for scope in scopes)
            yield SQL("GRANT USAGE ON SEQUENCE {} TO {}").format(
                Identifier(name), roles
            )

    for trigger in SEE_EVERY_ROW:
        yield from _seeing(raw, trigger)


def _seeing(raw: Connection[Any], trigger: str) -> Iterator[SQL | Composed]:
    found = raw.execute(
        "SELECT proname FROM pg_proc JOIN pg_trigger ON tgfoid = pg_proc.oid"
        " WHERE tgname ~ %s",
        [f"^pgtrigger_{trigger}_[0-9a-f]+$"],
    ).fetchall()
    for (function,) in found:
        yield SQL(
            "ALTER FUNCTION {}() SECURITY DEFINER SET search_path = public, pg_temp"
        ).format(Identifier(function))


# --- Roles -------------------------------------------------------------------


def _roles(raw: Connection[Any]) -> Iterator[SQL | Composed]:
    """Make the roles that are missing, and let the application enter the scopes."""
    known = {name for (name,) in raw.execute("SELECT rolname FROM pg_roles").fetchall()}
    for scope in Scope:
        if scope.role not in known:
            yield SQL("CREATE ROLE {} NOLOGIN {}").format(
                Identifier(scope.role), POWERLESS
            )
    login, password = _application()
    name = Identifier(login)
    if login not in known:
        yield SQL("CREATE ROLE {} LOGIN {}").format(name, POWERLESS)
    secret = raw.pgconn.encrypt_password(password.encode(), login.encode()).decode()
    yield SQL("ALTER ROLE {} PASSWORD {}").format(name, Literal(secret))
    yield SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(_scopes(), name)


def _application() -> tuple[str, str]:
    """Return name and password with which web and worker log in."""
    given = settings.APPLICATION_DATABASE
    return given["USER"], given["PASSWORD"]


def _scopes() -> SQL | Composed:
    return SQL(", ").join(Identifier(scope.role) for scope in Scope)


def _anybody() -> SQL | Composed:
    login, _password = _application()
    return SQL("{}, {}, PUBLIC").format(_scopes(), Identifier(login))


# --- Tables ------------------------------------------------------------------


def _closed(raw: Connection[Any], table: str) -> Iterator[SQL | Composed]:
    """Take away every policy; a table left so is closed to all but its owner."""
    found = raw.execute(
        "SELECT policyname FROM pg_policies"
        " WHERE schemaname = 'public' AND tablename = %s",
        [table],
    ).fetchall()
    for (policy,) in found:
        yield SQL("DROP POLICY {} ON {}").format(Identifier(policy), Identifier(table))


def _opened(table: str, declared: Table) -> Iterator[SQL | Composed]:
    name = Identifier(table)
    for word in ("ENABLE", "FORCE") if declared.policies else ("NO FORCE", "DISABLE"):
        yield SQL("ALTER TABLE {} {} ROW LEVEL SECURITY").format(name, SQL(word))
    for scope, door in declared.doors.items():
        yield _grant(name, scope, door)
        if declared.policies:
            yield from _policies(name, scope, door)


def _grant(table: Identifier, scope: Scope, door: Door) -> SQL | Composed:
    # The declaration's own words, no input.
    rights = SQL(", ").join(map(sql.SQL, door.may.split()))
    return SQL("GRANT {} ON {} TO {}").format(rights, table, Identifier(scope.role))


def _policies(table: Identifier, scope: Scope, door: Door) -> Iterator[SQL | Composed]:
    rows, reads, born = map(SQL, (door.rows, door.reads, door.born))
    role = Identifier(scope.role)
    yield SQL("CREATE POLICY {} ON {} TO {} USING ({}) WITH CHECK ({})").format(
        Identifier(scope.value), table, role, rows, rows
    )
    if door.reads:
        yield SQL("CREATE POLICY {} ON {} FOR SELECT TO {} USING ({})").format(
            Identifier(f"{scope.value}_reads"), table, role, reads
        )
    if door.born:
        yield SQL(
            "CREATE POLICY {} ON {} AS RESTRICTIVE FOR INSERT TO {} WITH CHECK ({})"
        ).format(Identifier(f"{scope.value}_born"), table, role, born)
