"""A proof at the company's provider as a browser walks it, with its policies."""
# ruff: noqa: F811 -- fixtures

import pytest
from allauth.socialaccount.models import SocialAccount
from playwright.sync_api import expect

from tests.accounts.company import BEGIN, NAME
from tests.accounts.test_passkeys import (  # noqa: F401 -- fixtures
    apart,
    chromium,
    here,
    page,
    serious,
)
from tests.administration.conftest import WHY

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("entra"),
]


@pytest.fixture
def role(programme_admin, reviewer, settings):
    """Return where the admin, who came by their company alone, gives a role."""
    settings.SECOND_FACTOR_ROLES = []
    programme_admin.set_unusable_password()
    programme_admin.save()
    SocialAccount.objects.create(user=programme_admin, provider=NAME, uid="known")
    return f"/administration/people/{reviewer.pk}/role/"


def come_in(page, memory):
    page.goto(BEGIN)
    page.get_by_role("button", name="Log in with").click()
    page.get_by_role("button", name="Authorize as known").click()
    page.wait_for_url("**/")
    memory.be_honest()


def forbidden(page):
    """Return what a policy of ours forbade; the provider's own page says more."""
    return [text for text in page.complaints if "Content Security Policy" in text]


def prove(page):
    page.get_by_role("button", name="Confirm with Nordwind Entra ID").click()
    page.get_by_role("button", name="Authorize as known").click()


@apart
def test_what_was_typed_is_there_after_the_proof(
    page, memory, role, reviewer, settings
):
    come_in(page, memory)
    page.goto(role)
    page.locator("[name=role][value=lead]").check()
    page.get_by_label("Reason for the change").fill(WHY)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    page.get_by_role("button", name="Change the role").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    assert serious(page) == []
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
    prove(page)
    expect(page.get_by_text("Nothing is done yet: send it once more.")).to_be_visible()
    expect(page.get_by_label("Reason for the change")).to_have_value(WHY)
    assert serious(page) == []
    page.get_by_role("button", name="Change the role").click()
    expect(page.get_by_text("The role is changed.")).to_be_visible()
    assert forbidden(page) == []


@apart
def test_a_file_is_downloaded_from_a_page_that_stays(page, memory, role):
    memory.tell = lambda logged_in_at: logged_in_at - 1200
    come_in(page, memory)
    page.goto("/claims/export.csv")
    prove(page)
    assert serious(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the file").click()
    assert download.value.suggested_filename.endswith(".csv")
    page.get_by_role("link", name="Back to the start").click()
    page.wait_for_url("**/")
    assert forbidden(page) == []


@apart
def test_a_silent_provider_is_told_apart(page, memory, role):
    memory.tell = lambda logged_in_at: logged_in_at - 1200
    come_in(page, memory)
    memory.is_deaf, memory.tell = True, lambda logged_in_at: logged_in_at - 1200
    page.goto("/claims/export.csv")
    page.get_by_role("button", name="Confirm with Nordwind Entra ID").click()
    expect(page.get_by_text("let you through without asking")).to_be_visible()
    assert serious(page) == []
    memory.be_honest()
    page.get_by_role("link", name="Try again").click()
    prove(page)
    expect(page.get_by_role("link", name="Download the file")).to_be_visible()
    assert forbidden(page) == []
