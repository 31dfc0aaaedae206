"""Two programme admins, two rival companies, and a caught outbox."""

import pytest

from accounts.actions import create_person
from accounts.models import StaffRole, TrailEntry
from tests.accounts.conftest import (  # noqa: F401 -- fixtures
    PASSWORD,
    company,
    forgotten_attempts,
    letters,
    logged_in,
    nordwind,
    rheinwerk,
)

WHY = "Decided by the board on 3 March."


@pytest.fixture
def admin(db):
    return create_person(
        email="admin@cpor.example",
        name="Pia Amt",
        password=PASSWORD,
        staff_role=StaffRole.PROGRAMME_ADMIN,
    )


@pytest.fixture
def colleague(db):
    return create_person(
        email="second@cpor.example",
        name="Paul Amt",
        password=PASSWORD,
        staff_role=StaffRole.PROGRAMME_ADMIN,
    )


@pytest.fixture
def browser(admin):
    return logged_in(admin)


def seen_on(page):
    """The seal of what the admin sees: it goes back with the form."""
    return page.context["form"]["seen"].value()


def send(browser, path, *, follow=True, **typed):
    """Open a page, type, give the reason, and send."""
    seen = seen_on(browser.get(path)) or ""
    return browser.post(path, {"seen": seen, "why": WHY, **typed}, follow=follow)


def deeds():
    """What the trail says was changed: about what, what was done, old, new, why."""
    return [
        (
            row.about,
            row.deed,
            row.details["did"],
            row.details["old"],
            row.details["new"],
            row.details["why"],
        )
        for row in TrailEntry.objects.filter(details__has_key="did").order_by("id")
    ]
