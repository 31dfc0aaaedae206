"""Who reads the trail: an admin of a company, and an auditor."""

import pytest

from accounts.models import StaffRole
from tests import factories


@pytest.fixture
def admin():
    """A partner admin; their company's chain has nothing but what tests write."""
    return factories.person(factories.partner())


@pytest.fixture
def auditor():
    return factories.staff(StaffRole.AUDITOR)
