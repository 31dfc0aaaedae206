"""Puts process, Django and the database session of a test run into another time zone.

Named by `-p` in tests/test_elsewhere.py; CPOR_TEST_ZONE says which zone.
"""

import os
import time

import pytest


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Django itself has set TZ to its own zone by now, so all of it is set anew."""
    from django.conf import settings  # noqa: PLC0415 -- only now is it ready
    from django.db import connections  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    zone = os.environ["CPOR_TEST_ZONE"]
    os.environ["TZ"] = settings.TIME_ZONE = zone
    time.tzset()
    timezone.get_default_timezone.cache_clear()  # type: ignore[attr-defined]
    connections["default"].settings_dict["TIME_ZONE"] = zone
