"""Run by tests/test_elsewhere.py: whether a test run is where it should be."""

import os
import subprocess
import sys
from datetime import UTC, datetime
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


WHERE = """
import time
from django.conf import settings
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_setting('TimeZone')")
    print(settings.TIME_ZONE, cursor.fetchone()[0], time.localtime(0).tm_gmtoff)
"""


def test_a_program_that_a_test_starts_is_there_too():
    zone = os.environ["CPOR_TEST_ZONE"]
    words = [sys.executable, "manage.py", "shell", "-v0", "-c", WHERE]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    beginning = datetime.fromtimestamp(0, UTC).astimezone(ZoneInfo(zone))
    seconds = int(beginning.utcoffset().total_seconds())
    assert told.split() == [zone, zone, str(seconds)]
