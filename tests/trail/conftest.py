"""Who reads the trail, and a company whose chain is spoilt."""

import pytest

from accounts.models import StaffRole
from tests import factories
from tests.trail.chain import ROWS, write


@pytest.fixture
def admin():
    """A partner admin; their company's chain has nothing but what tests write."""
    return factories.person(factories.partner())


@pytest.fixture
def auditor():
    return factories.staff(StaffRole.AUDITOR)


@pytest.fixture
def company():
    """A company whose chain has five rows."""
    company = factories.partner()
    admin = factories.person(company)
    for number in range(ROWS):
        write(company, admin, number)
    return company
