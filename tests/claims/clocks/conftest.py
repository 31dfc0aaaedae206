"""One moment, and who watches over the clocks."""

import pytest
import time_machine

from accounts.models import StaffRole
from tests import factories


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(factories.NOW, tick=False):
        yield


@pytest.fixture
def lead():
    return factories.staff(StaffRole.LEAD, name="Lea Lead")


@pytest.fixture
def admin():
    return factories.staff(StaffRole.PROGRAMME_ADMIN, name="Adam Admin")
