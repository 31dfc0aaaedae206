"""In whose name the database is asked: one Postgres role for each kind of reader.

The application logs in as a role that owns nothing and may do nothing. What it sees is
decided by the scope it has entered, which ends with the transaction. Which table stands
under which policy in which scope is declared in cpor/doors.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any

from asgiref.local import Local
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.pq import TransactionStatus

if TYPE_CHECKING:  # used before the apps are loaded, too
    from accounts.models import User


class Scope(StrEnum):
    """Who asks. Each is a role of Postgres that nobody can log in as."""

    ENTRANCE = "entrance"  # nobody known yet: sign-in, sessions, invitations
    PARTNER = "partner"  # somebody of one company; without a company there are no rows
    STAFF = "staff"  # the programme's people
    CUSTOMER = "customer"  # whoever holds the signed link to one claim
    SYSTEM = "system"  # the clock, tasks, commands, and the sections named below

    @property
    def role(self) -> str:
        return f"cpor_{self.value}"


class Across(StrEnum):
    """Why something done for a person looks further than that person may.

    Each is one section of the code, in the system scope, and tells the person nothing
    but what its comment says.
    """

    EFFECTS = "effects"  # what a step leaves behind: rivals and leads are told
    CLOCK = "clock"  # time that has run out acts, whoever asks; and whether it warned
    RIVALS = "rivals"  # whether another partner is on the key; never who
    OUTBOX = "outbox"  # a message to somebody else; nothing of it is read back
    TRAIL = "trail"  # a deed is written down; nothing of the trail is read back
    ADDRESSES = "addresses"  # whether an address logs in; told only to that mailbox
    CONTENTS = "contents"  # whether any file still needs a content; told to nobody
    ERASURE = "erasure"  # contents and people go, with all that was read from them
    SIGN_OFF = "sign-off"  # what somebody logs in with ends; nothing of it is read
    HEALTH = "health"  # whether the scanner works; nothing of any file
    DRAFTS = "drafts"  # a draft goes with all that hangs on it
    CALENDAR = "calendar"  # the programme's calendar, made when it is first needed


@dataclass(frozen=True, slots=True)
class Standing:
    """A scope and whom it is for, as keys: company, person, or one claim."""

    scope: Scope
    partner: int | None = None
    person: int | None = None
    claim: int | None = None


AT_ENTRANCE = Standing(Scope.ENTRANCE)
# Where every thread begins, outside of any transaction. Tests begin elsewhere.
HOME = Scope.ENTRANCE
MOVE = (
    "SELECT set_config('role', %s, %s), set_config('cpor.partner', %s, %s),"
    " set_config('cpor.person', %s, %s), set_config('cpor.claim', %s, %s)"
)
_thread = Local()


def standing_of(person: User) -> Standing:
    """Return where a signed-in person stands; one without a role sees nothing."""
    is_staff = person.is_active and person.is_staff_member
    return Standing(
        Scope.STAFF if is_staff else Scope.PARTNER,
        partner=person.partner_id if person.is_active else None,
        person=person.pk,
    )


def current() -> Standing:
    """Return where this thread stands now."""
    found: Standing = getattr(_thread, "standing", None) or home()
    return found


def is_within() -> bool:
    """Return whether this thread stands where a person may read their own."""
    return current().scope in {Scope.PARTNER, Scope.STAFF, Scope.SYSTEM}


def home() -> Standing:
    """Return where this thread stands outside of transactions."""
    return Standing(getattr(_thread, "home", None) or HOME)


@contextmanager
def entered(standing: Standing) -> Iterator[None]:
    """Stand somewhere for one transaction, or for a part of it.

    Nothing is left behind: the scope ends with the transaction, and within a larger one
    the former scope comes back. An error undoes it together with what was written.
    """
    before, is_part = current(), connection.in_atomic_block
    with transaction.atomic(savepoint=False):
        become(standing)
        try:
            yield
        except BaseException:
            _thread.standing = before  # the database goes back when it rolls back
            raise
        if is_part and current() != before:
            _move(before)
    _thread.standing = before


def become(standing: Standing) -> None:
    """Stand somewhere from here to the end of the transaction around."""
    if not connection.in_atomic_block:
        raise RuntimeError("A scope is entered within a transaction.")
    if standing != current():
        _move(standing)


@contextmanager
def kept() -> Iterator[None]:
    """End with this block whatever `become` has begun in it."""
    before = current()
    try:
        yield
    finally:
        if connection.in_atomic_block and current() != before:
            _move(before)
        _thread.standing = before


@contextmanager
def across(why: Across) -> Iterator[None]:
    """Do one of the few things that look further than the person who causes them."""
    if current().scope is Scope.SYSTEM:
        yield
        return
    with entered(Standing(Scope.SYSTEM)):
        yield


@contextmanager
def at_home_in(scope: Scope) -> Iterator[None]:
    """Stand somewhere for all transactions of this thread: for tasks and commands."""
    before, standing = home(), current()
    _dwell(Standing(scope))
    try:
        yield
    finally:
        try:
            _dwell(before)
            if standing != before:  # only where a test calls from within a scope
                _move(standing)
        except DatabaseError:  # the server is away: the next connection begins anew
            connection.close()


def at_entrance[**P, R](view: Callable[P, R]) -> Callable[P, R]:
    """Let a page for people not known yet work the same for whoever is signed in."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        with entered(AT_ENTRANCE):
            return view(*args, **kwargs)

    return guarded


def _dwell(standing: Standing) -> None:
    _thread.home = standing.scope
    if connection.connection is None:
        _thread.standing = standing
    elif _is_bound_to_scopes(connection):
        _move(standing, local=False)


def _move(standing: Standing, *, local: bool = True) -> None:
    """Tell Postgres; one that has failed forgets by itself when it rolls back."""
    connection.ensure_connection()
    raw: Any = connection.connection
    if raw.info.transaction_status != TransactionStatus.INERROR:
        keys = (standing.partner, standing.person, standing.claim)
        values = [
            standing.scope.role,
            *("" if key is None else str(key) for key in keys),
        ]
        with connection.wrap_database_errors:
            raw.execute(MOVE, [each for value in values for each in (value, local)])
    _thread.standing = standing


def _is_bound_to_scopes(found: BaseDatabaseWrapper) -> bool:
    """Return whether this is the application's connection and not the owner's."""
    # The owner's connection has no options (cpor/owner.py).
    return found.alias == DEFAULT_DB_ALIAS and bool(found.settings_dict["OPTIONS"])


def _arrive(sender: object, connection: BaseDatabaseWrapper, **signal: object) -> None:
    """A new connection stands in the entrance; this thread may live elsewhere."""
    if _is_bound_to_scopes(connection):
        _thread.standing = home()
        if home().scope is not Scope.ENTRANCE:
            _move(home(), local=False)


connection_created.connect(_arrive, dispatch_uid="accounts.scopes")
