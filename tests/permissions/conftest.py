"""One world for all cells of the matrix; each request is rolled back."""

from unittest import mock

import pytest
from django.db import transaction
from django.utils import timezone

from tests.permissions.making import build


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    # Django's test client copies the context of every template: too slow for thousands.
    no_copies = mock.patch("django.test.client.store_rendered_templates")
    with django_db_blocker.unblock(), no_copies, transaction.atomic():
        yield build(timezone.now())
        transaction.set_rollback(True)
