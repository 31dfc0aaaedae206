"""What every test stands on."""

import pgtrigger
import pytest
from django.db import connection

TRAIL = ("accounts_trailentry", "accounts_trailhead")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let tests that commit empty the tables afterwards, history included."""
    with django_db_blocker.unblock(), pgtrigger.ignore("claims.Event:never_truncated"):
        # As the tables' owner: the application's roles may not.
        with connection.cursor() as cursor:
            for table in TRAIL:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER never_truncated")
        yield
