"""A data folder of the time when one role owned the tables and did everything."""

import json
import tempfile
from pathlib import Path

import psycopg
import pytest

from accounts.scopes import Scope
from cpor.embedded import services
from cpor.embedded.folder import Folder

COMPANY = (
    "INSERT INTO accounts_partner (name, slug, is_active, created_at)"
    " VALUES ('Nordwind', 'nordwind', true, now())"
)
WITHOUT_DOORS = """
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT tablename, policyname FROM pg_policies LOOP
    EXECUTE format('DROP POLICY %I ON %I', found.policyname, found.tablename);
  END LOOP;
  FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', found.tablename);
    EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', found.tablename);
  END LOOP;
  FOR found IN SELECT rolname FROM pg_roles WHERE rolname LIKE 'cpor\\_%' LOOP
    EXECUTE format('DROP OWNED BY %I', found.rolname);
    EXECUTE format('DROP ROLE %I', found.rolname);
  END LOOP;
END $$
"""


@pytest.fixture
def folder():
    """A folder into which root's Postgres can walk; pytest's own are closed."""
    with tempfile.TemporaryDirectory(prefix="cpor-") as name:
        Path(name).chmod(0o711)
        made = Folder(Path(name))
        made.prepare()
        yield made


def make_it_old(folder, running):
    """Take from database and folder what has come since."""
    services.migrate(folder, running)
    with psycopg.connect(running.owner_url) as owner:
        owner.execute(COMPANY)
        owner.execute(WITHOUT_DOORS)
    keys = json.loads((folder.path / "keys.json").read_text())
    del keys["application_password"]
    (folder.path / "keys.json").write_text(json.dumps(keys))


def test_an_older_folder_gets_its_roles_and_keeps_its_data(folder):
    with services.started(folder) as before:
        make_it_old(folder, before.running())
        assert not before.postgres.admits_application()

    with services.started(folder) as after:
        services.migrate(folder, after.running())

        assert after.postgres.admits_application()
        assert seen_as(after, Scope.STAFF) == ["Nordwind"]
        assert seen_as(after, Scope.PARTNER) == []
        own = services.environment(folder, after.running())
        log = folder.log("manage")
        said = services.command(["verify"], log=log, environment=own)
        assert said.strip() == "Every claim is in a possible state."


def seen_as(running, scope):
    """Return the companies that the application sees in a scope."""
    options = f"-c role={scope.role}"
    with psycopg.connect(running.postgres.url, options=options) as application:
        found = application.execute("SELECT name FROM accounts_partner").fetchall()
    return [name for (name,) in found]
