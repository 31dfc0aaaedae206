"""What opens an account is read at the entrance, and behind it by its owner at most."""

import re

import pytest
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts import scopes
from accounts.models import Invitation, User
from accounts.models.hashes import UNREAD, HashUnread
from accounts.scopes import Scope
from notifications.models import Message
from tests import doors
from tests.factories import PASSWORD
from tests.isolation import world
from tests.isolation.columns import COLUMNS, NO_SECRETS, OWN_SECRETS
from tests.isolation.expectation import READABLE

pytestmark = pytest.mark.django_db

SCOPES = {scope.role: scope for scope in Scope if scope is not Scope.SYSTEM}
# What the catalogue says of the right to read, table by table and column by column.
READ = """
SELECT grantee, table_name, column_name FROM information_schema.column_privileges
WHERE table_schema = 'public' AND privilege_type = 'SELECT'
  AND grantee LIKE 'cpor\\_%' ORDER BY table_name, column_name
"""
LIKE_A_SECRET = re.compile(
    r"password|passwd|secret|token|digest|hash|salt|session|key|code|credential|cookie"
    r"|^data$|extra_data"
)


def readable():
    """Return what a scope may read, the system apart: scope, table and column."""
    with doors.as_owner(), connection.cursor() as cursor:
        cursor.execute(READ)
        found = cursor.fetchall()
    return {(SCOPES[role], *rest) for role, *rest in found if role in SCOPES}


def test_every_column_that_somebody_reads_is_listed():
    """A new one is red here until it is written down, so that somebody thinks of it."""
    listed = {(table, name) for table, names in COLUMNS.items() for name in names}

    assert {(table, name) for _, table, name in readable()} == listed


@pytest.mark.parametrize("scope", list(SCOPES.values()))
def test_of_a_table_with_fewer_columns_for_a_scope_no_more_are_read(scope):
    found = readable()
    for (table, whose), names in READABLE.items():
        if whose is scope:
            open_ones = {name for who, of, name in found if (who, of) == (scope, table)}
            assert open_ones == names, table


@pytest.mark.parametrize("scope", [Scope.PARTNER, Scope.STAFF, Scope.CUSTOMER])
def test_behind_the_entrance_no_column_like_a_secret_is_read_but_ones_own(scope):
    found = {
        (table, name)
        for who, table, name in readable()
        if who is scope and LIKE_A_SECRET.search(name)
    }

    named = {*OWN_SECRETS, *NO_SECRETS}
    assert found - named == set()
    assert scope is not Scope.PARTNER or set(OWN_SECRETS) - found == set()


def seen(standing, statement):
    """Return what a scope reads; None where it is not let to the column at all."""
    try:
        with (
            transaction.atomic(),
            scopes.entered(standing),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
            return cursor.fetchall()
    except DatabaseError as refused:
        assert "permission denied" in str(refused)  # noqa: PT017
        return None


@pytest.mark.parametrize("scope", [Scope.PARTNER, Scope.STAFF])
def test_of_what_opens_an_account_one_reads_ones_own_and_no_colleagues(scope):
    own = world.side()
    colleague = world.side()
    with doors.as_owner():
        User.objects.filter(pk=colleague.person.pk).update(
            partner_id=own.person.partner_id
        )
    standing = own.standings()[scope]

    for table, name in OWN_SECRETS:
        asked = f"SELECT user_id, {name} FROM {table}"  # noqa: S608
        both = seen(own.standings()[Scope.SYSTEM], asked)
        assert {own.person.pk, colleague.person.pk} <= {who for who, _ in both}
        assert {who for who, _ in seen(standing, asked)} == {own.person.pk}, table


@pytest.mark.parametrize("scope", [Scope.PARTNER, Scope.STAFF, Scope.CUSTOMER])
@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("accounts_user", "password"),
        ("accounts_invitation", "token_hash"),
        ("django_session", "session_data"),
        ("django_session", "session_key"),
        ("socialaccount_socialapp", "secret"),
        ("socialaccount_socialtoken", "token"),
        ("account_emailconfirmation", "key"),
    ],
)
def test_what_is_compared_at_the_entrance_is_read_by_nobody_behind_it(
    scope, table, name
):
    side = world.side()
    SocialApp.objects.create(provider="x", name="x", client_id="x", secret="?")  # noqa: S106
    Session.objects.create(
        session_key="k", session_data="?", expire_date="2099-01-01 00:00+00"
    )
    asked = f"SELECT {name} FROM {table}"  # noqa: S608

    assert seen(side.standings()[Scope.SYSTEM], asked)
    assert seen(side.standings()[scope], asked) is None


def test_people_and_invitations_are_read_without_their_hashes():
    side = world.side()
    with scopes.entered(side.standings()[Scope.PARTNER]):
        person = User.objects.get(pk=side.person.pk)
        joined = User.objects.select_related("partner").filter(pk=person.pk)[0]
        offer = Invitation.objects.select_related("invited_by").get()

    assert {
        *(person.password, joined.password, offer.token_hash),
        offer.invited_by.password,
    } == {UNREAD}
    assert person.name == side.person.name


def test_a_hash_that_was_not_read_is_neither_compared_nor_written():
    side = world.side()
    with scopes.entered(side.standings()[Scope.PARTNER]):
        person = User.objects.get(pk=side.person.pk)
        for deed in (
            person.save,
            person.get_session_auth_hash,
            lambda: person.check_password(PASSWORD),
        ):
            with pytest.raises(HashUnread), transaction.atomic():
                deed()
        person.save(update_fields=["name"])
    assert User.objects.get(pk=person.pk).check_password(PASSWORD)


def test_whoever_is_signed_in_gets_a_link_for_a_new_password_that_works():
    """The link is made of the hash, so the page for it stands at the entrance."""
    person = world.side().person
    client = Client()
    client.force_login(person)
    client.post("/accounts/password/reset/", {"email": person.email})
    link = Message.objects.get(topic="password_reset").context["url"]

    page = Client().get(link.removeprefix(settings.PUBLIC_URL), follow=True)

    assert 'name="password1"' in page.text
