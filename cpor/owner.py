"""The owner of the tables: the one who migrates, and nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

LOGIN = ("USER", "PASSWORD", "HOST", "PORT")


@contextmanager
def connected() -> Iterator[None]:
    """Let Django's connection be the owner's for a while.

    :raises CommandError: if this process was not told how the owner logs in
    """
    if not settings.OWNER_DATABASE:
        raise CommandError(
            "This needs the owner of the tables: set DATABASE_OWNER_URL "
            "(docs/operations.md says how)."
        )
    before = _swapped(settings.OWNER_DATABASE, {})
    try:
        yield
    finally:
        _swapped(before, before["OPTIONS"])


def _swapped(login: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """Log in as somebody else from now on; return who it was before."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # of the Postgres backend
    now = connection.settings_dict
    before = {key: now[key] for key in (*LOGIN, "OPTIONS")}
    now.update({key: login[key] for key in LOGIN}, OPTIONS=options)
    return before
