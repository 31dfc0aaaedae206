"""How tests go through the doors between companies, and round them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from psycopg import sql
from rest_framework.request import ForcedAuthentication, Request

from accounts import scopes
from accounts.scopes import Scope

if TYPE_CHECKING:
    from accounts.models import User

type Handler = Callable[[HttpRequest], HttpResponse]


class FromOutside:
    """The outermost middleware: every request of a test begins at the entrance."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with scopes.at_home_in(Scope.ENTRANCE):
            return self.get_response(request)


def set_up_in_the_system_scope() -> None:
    """Let this process begin in the system scope, and requests at the entrance."""
    scopes.HOME = Scope.SYSTEM
    settings.MIDDLEWARE.insert(0, "tests.doors.FromOutside")
    ForcedAuthentication.authenticate = _sign_in_within_scope  # type: ignore[method-assign,assignment]


def _sign_in_within_scope(
    forced: ForcedAuthentication, request: Request
) -> tuple[Any, Any]:
    """Let `force_authenticate` do what a token does, the scope included."""
    scopes.become(scopes.standing_of(cast("User", forced.force_user)))
    return (forced.force_user, forced.force_token)


def owner_address() -> str:
    """Return how the owner reaches the database that the tests use."""
    given, name = settings.OWNER_DATABASE, connection.settings_dict["NAME"]
    login = f"{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}"
    return f"postgresql://{login}/{name}"


def let_tests_go_round() -> None:
    """Let the application's role become the owner, in this throw-away cluster only."""
    statement = sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
        sql.Identifier(settings.OWNER_DATABASE["USER"]),
        sql.Identifier(settings.APPLICATION_DATABASE["USER"]),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)


def let_the_trail_be_emptied() -> None:
    """Its triggers say no to everybody, however the session is set."""
    with connection.cursor() as cursor:
        for table in ("accounts_trailentry", "accounts_trailhead"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER never_truncated")


@contextmanager
def as_owner() -> Iterator[None]:
    """Go round every door, within the test's transaction: to try what else holds."""
    _be(settings.OWNER_DATABASE["USER"])
    yield
    _be(scopes.current().scope.role)


def _be(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
