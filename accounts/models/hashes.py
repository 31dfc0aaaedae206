"""A column that is asked for at the entrance, and nowhere behind it."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from accounts import scopes
from accounts.scopes import Scope

# What stands in a hash's place where it may not be read. It fits no password: Django
# takes what begins so for the mark of somebody who has none.
UNREAD = "!unread"
READERS = (Scope.ENTRANCE, Scope.SYSTEM)


class HashUnread(RuntimeError):
    """Somebody asks for a hash in a scope that does not read it."""


def read(value: str) -> str:
    """Return a hash as it is stored.

    :raises HashUnread: if the row was read where its hash is hidden
    """
    if value == UNREAD:
        raise HashUnread("Read the person or invitation at the entrance.")
    return value


class HashField(models.CharField):  # type: ignore[type-arg]
    """The hash of a secret: a query of any other scope doesn't name its column.

    Postgres grants the column to the entrance and the system alone (cpor/doors.py), so
    whatever names it elsewhere, to filter or to order by, is refused.
    """

    def select_format(
        self, compiler: SQLCompiler, sql: str, params: Any
    ) -> tuple[str, Any]:
        """Ask for the column where it may be read, and else for the mark."""
        if scopes.current().scope in READERS:
            return sql, params
        return f"'{UNREAD}'::varchar", ()

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Let nobody overwrite a hash with what stood in its place.

        :raises HashUnread: if the row was read where its hash is hidden
        """
        return super().get_db_prep_save(read(value), connection)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Stand in migrations as what it is to the database: plain text."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options
