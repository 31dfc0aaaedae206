"""What the trail's page says of its own state: only what can be believed."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Deed, StaffRole, TrailEntry
from tests import factories
from tests.claims.pages import browser, words
from tests.trail.chain import around_the_triggers, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    company = factories.partner()
    for number in range(3):
        write(company, None, number)
    return company


def state():
    """Return what an auditor reads above the trail."""
    return words(browser(factories.staff(StaffRole.AUDITOR)).get("/trail/"))


def checks():
    return TrailEntry.objects.filter(deed=Deed.TRAIL_VERIFIED)


def test_before_the_first_check_the_page_promises_nothing(company):
    assert "Not checked yet" in state()


def test_a_check_that_found_nothing_is_a_row_and_stands_on_the_page(company):
    rows = TrailEntry.objects.count()

    call_command("verify_audit")

    assert checks().get().details == {"rows": rows, "faults": 0, "first": ""}
    assert f": {rows} rows, nothing changed, removed or inserted." in state()
    call_command("verify_audit")  # the row of the check breaks nothing


def test_a_check_that_found_something_says_so_until_the_next(company):
    spoil("UPDATE accounts_trailentry SET about = '' WHERE partner_id IS NOT NULL")

    with pytest.raises(CommandError):
        call_command("verify_audit")

    first = f"company {company.pk}, row 1: it was changed or inserted"
    assert checks().get().details["faults"] == 3
    assert f": 3 faults, the first: {first}." in state()


@pytest.mark.parametrize(
    "statement",
    [
        # The row of the check itself was turned into a success.
        (
            "UPDATE accounts_trailentry SET details = jsonb_set(details, '{rows}', '9')"
            " WHERE deed = 'trail_verified'"
        ),
        # It, or what came after it, was cut off.
        (
            "DELETE FROM accounts_trailentry WHERE id ="
            " (SELECT max(id) FROM accounts_trailentry WHERE partner_id IS NULL)"
        ),
        "UPDATE accounts_trailhead SET count = count + 1 WHERE partner_id IS NULL",
        "UPDATE accounts_trailhead SET seal = '' WHERE partner_id IS NULL",
        "UPDATE accounts_trailhead SET last_hash = '' WHERE partner_id IS NULL",
        "DELETE FROM accounts_trailhead WHERE partner_id IS NULL",
    ],
)
def test_a_success_that_cannot_be_believed_is_not_shown(company, statement):
    reader = factories.staff(StaffRole.AUDITOR)
    client = browser(reader)
    call_command("verify_audit")
    spoil(statement)

    page = words(client.get("/trail/"))

    assert "Broken" in page
    assert "nothing changed" not in page


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM accounts_trailhead WHERE partner_id IS NULL",
        (
            "UPDATE accounts_trailhead SET count = 0, last_hash = ''"
            " WHERE partner_id IS NULL"
        ),
    ],
)
def test_a_check_ends_properly_where_no_row_can_tell_of_it(company, statement, capsys):
    heads = TrailEntry.objects.count()
    spoil(statement)

    with pytest.raises(CommandError, match="faults in the audit trail"):
        call_command("verify_audit")

    assert "The trail takes no row" in capsys.readouterr().out
    assert TrailEntry.objects.count() == heads


def spoil(statement):
    with around_the_triggers() as cursor:
        cursor.execute(statement)
