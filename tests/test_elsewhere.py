"""Dates and deadlines again, with process, worker and database at the world's ends.

The first zone is a day ahead of the other for most of the day. Whatever asks the
machine instead of the calendar gives another date in one of them.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = [
    "tests/elsewhere/check_zone.py",
    "tests/test_calendar.py",
    "tests/test_own_days.py",
    "tests/test_day_rules.py",
    "tests/test_due_dates.py",
    "tests/test_local_time.py",
    "tests/claims/test_deadlines.py",
    "tests/claims/test_deadlines_announced.py",
    "tests/claims/test_deadlines_extended.py",
    "tests/claims/test_due_second.py",
    "tests/claims/test_postponements.py",
    "tests/claims/test_reminders.py",
]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/St_Johns"])
def test_every_date_is_the_same_elsewhere(zone):
    environment = {**os.environ, "CPOR_TEST_ZONE": zone, "TZ": zone}
    words = [sys.executable, "-m", "pytest", "-q", "-x"]
    run = subprocess.run(
        [*words, *FILES],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:]
