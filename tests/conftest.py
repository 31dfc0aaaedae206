"""What every test stands on."""

import pgtrigger
import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let tests that commit empty the tables afterwards, history included."""
    with django_db_blocker.unblock(), pgtrigger.ignore("claims.Event:never_truncated"):
        yield
