"""A company with an admin, and a rival of whom nothing may be seen."""

import pytest

from tests import factories


@pytest.fixture
def company():
    return factories.partner("Nordwind")


@pytest.fixture
def admin(company):
    return factories.person(company)


@pytest.fixture
def rival_claim():
    """A claim of another company that any leak would bring to light."""
    rival = factories.person(factories.partner("Spionage GmbH"))
    return factories.claim(
        "in_review",
        by=rival,
        name="Geheimrat Logistik",
        customer_name="Geheimrat Logistik",
        domain="geheimrat.example",
    )
