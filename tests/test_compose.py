"""What docker-compose.yml makes of an empty database is what the product starts with.

There need be no container engine: the file is read, its variables are filled in, and
the very command of `prepare` runs against a Postgres made as its image makes one.
"""

import os
import re
import shlex
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml

from cpor.embedded import services
from cpor.embedded.postgres import DATABASE, USER
from cpor.embedded.services import ROOT
from tests.doors import owner_address

VARIABLE = re.compile(r"\$\{(\w+)(?::[-?]([^}]*))?\}")
ROLES = """
SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
    rolreplication, rolbypassrls FROM pg_roles WHERE rolname LIKE 'cpor%' ORDER BY 1
"""
MEMBERS = """
SELECT roleid::regrole::text, member::regrole::text, admin_option, inherit_option,
    set_option FROM pg_auth_members
WHERE roleid::regrole::text LIKE 'cpor\\_%' ORDER BY 1, 2
"""
OWNERS = "SELECT count(*) FROM pg_auth_members WHERE roleid = 'cpor'::regrole"
GRANTS = """
SELECT relname, grantee::regrole::text, privilege_type
FROM pg_class, LATERAL aclexplode(relacl)
WHERE relnamespace = 'public'::regnamespace ORDER BY 1, 2, 3
"""
COLUMNS = """
SELECT attrelid::regclass::text, attname, attacl::text FROM pg_attribute
WHERE attacl IS NOT NULL ORDER BY 1, 2
"""
POLICIES = "SELECT * FROM pg_policies ORDER BY tablename, policyname"
FORCED = """
SELECT relname, relrowsecurity, relforcerowsecurity, relowner::regrole::text
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1
"""
FACTS = (ROLES, MEMBERS, GRANTS, COLUMNS, POLICIES, FORCED)


def composed(**given):
    """Return the services of the file, its variables filled in as compose does."""

    def value(match):
        return given.get(match[1], match[2] or "")

    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    return yaml.safe_load(VARIABLE.sub(value, text))["services"]


def facts_of(address):
    with psycopg.connect(address) as raw:
        return [raw.execute(fact).fetchall() for fact in FACTS]


@pytest.fixture(scope="module")
def prepared():
    """Run what `prepare` runs; return the owner's address and the services."""
    with services.throwaway() as named:
        owner = urlsplit(named["DATABASE_OWNER_URL"])
        made = composed(
            SECRET_KEY="k" * 60,
            POSTGRES_PASSWORD=owner.password,
            APPLICATION_PASSWORD=urlsplit(named["DATABASE_URL"]).password,
        )
        here = {
            name: str(text).replace("@postgres:5432/", f"@127.0.0.1:{owner.port}/")
            for name, text in made["prepare"]["environment"].items()
        }
        migrate, _and, _static = made["prepare"]["command"].partition(" && ")
        program = shlex.split(migrate.removeprefix('sh -c "'))
        subprocess.run(
            [sys.executable, *program[1:]],
            env={"PATH": os.environ["PATH"], **here, "CPOR_DATA": named["CPOR_DATA"]},
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        yield named["DATABASE_OWNER_URL"], made


@pytest.mark.django_db
def test_the_roles_and_doors_are_those_of_the_embedded_start(prepared):
    address, _services = prepared
    assert facts_of(address) == facts_of(owner_address())
    with psycopg.connect(address) as raw:
        assert raw.execute(OWNERS).fetchone() == (0,), "nobody becomes the owner"


def test_only_what_prepares_the_database_knows_its_owner(prepared):
    _address, made = prepared
    knowing = {
        name
        for name, service in made.items()
        if "DATABASE_OWNER_URL" in service.get("environment", {})
    }
    assert knowing == {"prepare"}
    image = made["postgres"]["environment"]
    assert (image["POSTGRES_USER"], image["POSTGRES_DB"]) == (USER, DATABASE)
