"""Where sessions are kept: read and written at the entrance, whoever asks.

A session's row says nothing of whose it is, so no policy could part them: behind the
entrance the table is closed, also while a page of somebody signed in is made.
"""

from contextlib import AbstractContextManager, nullcontext

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from accounts import scopes
from accounts.scopes import Scope


class SessionStore(db.SessionStore):
    """Django's sessions in the database, through the one door that leads to them."""

    def _get_session_from_db(self) -> Session | None:
        with _at_entrance():
            found: Session | None = super()._get_session_from_db()  # type: ignore[misc]
            return found

    def exists(self, session_key: str) -> bool:
        with _at_entrance():
            return bool(super().exists(session_key))

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002
        with _at_entrance():
            super().save(must_create)

    def delete(self, session_key: str | None = None) -> None:
        with _at_entrance():
            super().delete(session_key)


def _at_entrance() -> AbstractContextManager[None]:
    """Cost nothing where the table is open: before the view and after it."""
    if scopes.current().scope in (Scope.ENTRANCE, Scope.SYSTEM):
        return nullcontext()
    return scopes.entered(scopes.AT_ENTRANCE)
