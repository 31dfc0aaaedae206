"""One moment, and a draft that has no file yet."""

import pytest
import time_machine

from tests import factories

NOW = factories.NOW


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def claim():
    return factories.draft(files=0)
