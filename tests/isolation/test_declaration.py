"""Every table stands under what cpor/doors.py declares, and nothing else is open."""

import pytest
from django.conf import settings
from django.db import connection

from accounts.scopes import Scope
from cpor import owner, roles
from cpor.doors import TABLES
from tests import doors

pytestmark = pytest.mark.django_db

# Written by hand: tables whose rows are nobody's; cpor/doors.py gives the reasons.
WITHOUT_POLICIES = {
    "accounts_budget",
    "accounts_changednumber",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "claims_brake",
    "claims_brakeentry",
    "claims_customer",
    "claims_customerdomain",
    "claims_keepingrun",
    "claims_product",
    "claims_scannerstate",
    "claims_subscription",
    "django_content_type",
    "django_migrations",
    "django_session",
}
POWERS = (
    "rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit"
)


def rows(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def test_every_table_is_declared():
    there = {
        name
        for (name,) in rows(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
    }
    assert there == set(TABLES)


def test_only_the_named_few_stand_without_policies():
    open_ones = rows(
        "SELECT relname FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'public'::regnamespace"
        " AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    assert {name for (name,) in open_ones} == WITHOUT_POLICIES


def test_every_policy_belongs_to_one_scope_and_staff_see_plainly_all():
    found = rows("SELECT tablename, policyname, roles::text[], qual FROM pg_policies")
    assert all(len(to) == 1 and to[0].startswith("cpor_") for _, _, to, _ in found)
    plain = {name: qual for name, _, to, qual in found if to == ["cpor_staff"]}
    searched = ("claims_claim", "claims_line", "claims_evidence", "accounts_user")
    assert {plain[name] for name in searched} == {"true"}


def test_the_scopes_have_no_power_and_nobody_logs_in_as_them():
    names = [scope.role for scope in Scope]
    found = rows(
        f"SELECT rolcanlogin, {POWERS} FROM pg_roles"  # noqa: S608
        " WHERE rolname = ANY(%s)",
        names,
    )
    assert found == [(False,) * 7] * len(names)


def test_the_application_owns_nothing_and_may_nothing_before_it_enters_a_scope():
    login = settings.APPLICATION_DATABASE["USER"]
    ours = [login, *(scope.role for scope in Scope)]

    powers = rows(f"SELECT {POWERS} FROM pg_roles WHERE rolname = %s", login)  # noqa: S608
    owned = rows(
        "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = ANY(%s)", ours
    )
    granted = rows(
        "SELECT relname FROM pg_class, LATERAL aclexplode(relacl)"
        " WHERE relnamespace = 'public'::regnamespace"
        " AND grantee IN (0, %s::regrole)",
        login,
    )
    inherited = rows(
        "SELECT 1 FROM pg_auth_members"
        " WHERE member = %s::regrole AND (inherit_option OR admin_option)",
        login,
    )

    assert powers == [(False,) * 6]
    assert (owned, granted, inherited) == ([], [], [])


def test_making_it_again_changes_nothing():
    """So what the database has is what is declared, and `migrate` may run any time."""
    before = everything()
    with doors.as_owner():
        roles.apply()
    assert everything() == before


def everything():
    policies = "SELECT * FROM pg_policies ORDER BY tablename, policyname"
    grants = (
        "SELECT relname, grantee::regrole::text, privilege_type"
        " FROM pg_class, LATERAL aclexplode(relacl)"
        " WHERE relnamespace = 'public'::regnamespace ORDER BY 1, 2, 3"
    )
    columns = "SELECT attrelid::regclass::text, attname, attacl::text FROM pg_attribute"
    columns += " WHERE attacl IS NOT NULL ORDER BY 1, 2"
    return rows(policies), rows(grants), rows(columns)


def test_what_was_opened_by_hand_is_closed_again():
    with doors.as_owner(), connection.cursor() as cursor:
        cursor.execute("GRANT SELECT ON reviews_note TO cpor_partner")
        cursor.execute("CREATE POLICY too_much ON claims_claim USING (true)")
        roles.apply()
    assert rows("SELECT 1 FROM pg_policies WHERE policyname = 'too_much'") == []
    may = "SELECT has_table_privilege('cpor_partner', 'reviews_note', 'select')"
    assert rows(may) == [(False,)]


def test_without_the_owners_login_nothing_is_migrated(settings):
    settings.OWNER_DATABASE = {}
    with pytest.raises(owner.CommandError, match="set DATABASE_OWNER_URL"):
        owner.connected().__enter__()
