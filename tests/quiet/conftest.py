"""One world for what two rivals could learn of each other; requests are rolled back."""

from unittest import mock

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from tests.permissions.making import build
from tests.quiet.running import raise_sequences


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The matrix's two companies, with keys that nothing else looks like."""
    no_copies = mock.patch("django.test.client.store_rendered_templates")
    with django_db_blocker.unblock(), no_copies, transaction.atomic():
        raise_sequences()
        yield build(timezone.now())
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


@pytest.fixture
def undone(world):
    """Take back what one test does to the world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
