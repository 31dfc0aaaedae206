"""Run by tests/test_elsewhere.py: whether a test run is where it should be."""

import os
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from tests import factories


@pytest.mark.django_db
def test_process_django_and_database_are_in_the_other_zone():
    zone = os.environ["CPOR_TEST_ZONE"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('TimeZone')")
        assert cursor.fetchone() == (zone,)
    there = factories.NOW.astimezone(ZoneInfo(zone))
    here = datetime.fromtimestamp(factories.NOW.timestamp())  # noqa: DTZ006
    assert here == there.replace(tzinfo=None)
    assert timezone.localtime(factories.NOW).utcoffset() == there.utcoffset()
