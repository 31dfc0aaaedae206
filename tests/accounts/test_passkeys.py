"""Passkeys, with a real browser and an authenticator that only it believes in."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from accounts.opaque import opaque
from tests.accounts.conftest import PASSWORD, logged_in
from tests.accounts.test_second_factor import set_up_app
from tests.test_shell_in_browser import CHROMIUM, FLAGS, NARROW, WIDE

pytestmark = pytest.mark.django_db(transaction=True)
beside = ThreadPoolExecutor(1)
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def apart(test):
    """Run a test in the browser's thread: Django refuses the database to its loop."""

    @wraps(test)
    def run(*args, **fixtures):
        return beside.submit(test, *args, **fixtures).result()

    return run


@pytest.fixture(scope="module")
def chromium():
    if not Path(CHROMIUM).exists():
        pytest.fail(f"Install Debian's chromium ({CHROMIUM}).")
    playwright = beside.submit(sync_playwright().start).result()
    launch = partial(playwright.chromium.launch, executable_path=CHROMIUM, args=FLAGS)
    browser = beside.submit(launch).result()
    yield browser
    beside.submit(browser.close).result()
    beside.submit(playwright.stop).result()


def keep_complaint(page, text):
    """Keep what the browser says, but for the log-out that it obeyed."""
    if not ("Clear-Site-Data" in text and "Cleared data types" in text):
        page.complaints.append(text)


def window(chromium, live_server, size):
    """Open a window whose machine has a fingerprint reader."""
    page = chromium.new_context(
        base_url=live_server.url, viewport=size, locale="en-GB"
    ).new_page()
    page.set_default_timeout(15_000)
    page.complaints = []
    page.on("console", lambda said: keep_complaint(page, said.text))
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def log_in(page, email):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def log_out(page):
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Log out").last.click()
    page.wait_for_url("**/accounts/login/**")


def add_passkey(page, name=""):
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add the passkey").click()


def serious(page):
    found = Axe().run(page).response["violations"]
    return [each["id"] for each in found if each["impact"] in {"serious", "critical"}]


@pytest.fixture
def here(live_server, settings):
    """The site knows itself by the address that the browser opens."""
    settings.PUBLIC_URL = live_server.url
    return live_server


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "phone"])
def page(request, chromium, here):
    page = beside.submit(window, chromium, here, request.param).result()
    yield page
    beside.submit(page.context.close).result()


@apart
def test_a_passkey_is_added_and_logs_in_by_itself(page, nordwind):
    log_in(page, nordwind.user.email)
    page.wait_for_url("**/")
    add_passkey(page, "Laptop")
    expect(page.get_by_text("You see these codes only now.")).to_be_visible()
    assert serious(page) == []
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_role("row", name="Laptop")).to_contain_text("without a password")
    log_out(page)
    page.goto("/accounts/login/?next=/account/")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url("**/account/")
    assert page.complaints == []


@apart
def test_staff_is_led_to_a_passkey_and_then_in(page, reviewer, settings):
    settings.SECOND_FACTOR_ROLES = ["reviewer"]
    log_in(page, reviewer.email)
    expect(
        page.get_by_role("heading", name="Protect your account first")
    ).to_be_visible()
    assert serious(page) == []
    page.get_by_role("link", name="Use a passkey").click()
    assert serious(page) == []
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/")
    page.goto("/claims/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("claims")


@apart
def test_a_passkey_is_the_second_step_after_the_password(page, nordwind):
    log_in(page, nordwind.user.email)
    page.wait_for_url("**/")
    add_passkey(page)
    expect(page.get_by_text("You see these codes only now.")).to_be_visible()
    log_out(page)
    log_in(page, nordwind.user.email)
    assert serious(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/")
    assert page.complaints == []


@apart
def test_a_passkey_confirms_who_one_is(page, nordwind, settings):
    log_in(page, nordwind.user.email)
    page.wait_for_url("**/")
    add_passkey(page)
    expect(page.get_by_text("You see these codes only now.")).to_be_visible()
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 3
    page.goto("/accounts/2fa/webauthn/reauthenticate/?next=/accounts/2fa/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/accounts/2fa/")


@apart
def test_a_device_that_gives_no_passkey_is_told_and_the_password_still_opens(
    chromium, here, nordwind
):
    page = window(chromium, here, NARROW)
    page.goto("/accounts/login/")
    refuse = "navigator.credentials.get = () => Promise.reject(new Error('No.'))"
    page.evaluate(f"() => {{ {refuse} }}")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_text("The device gave no passkey.")).to_be_visible()
    log_in(page, nordwind.user.email)
    page.wait_for_url("**/")
    page.context.close()


def with_passkey(person):
    return Authenticator.objects.create(
        user=person,
        type="webauthn",
        data={"name": "Laptop", "credential": {"clientExtensionResults": {}}},
    )


def test_without_javascript_the_page_says_what_passkeys_need(nordwind):
    page = Client().get("/accounts/login/")
    assert "<noscript>" in page.text
    assert "Passkeys need JavaScript." in page.text


def test_the_last_passkey_of_a_role_that_needs_one_stays(reviewer, settings):
    settings.SECOND_FACTOR_ROLES = ["reviewer"]
    key, client = with_passkey(reviewer), logged_in(reviewer)
    path = f"/accounts/2fa/webauthn/keys/{opaque('passkey', key.pk)}/remove/"
    page = client.post(path, follow=True)
    assert "Your role needs a second factor." in page.text
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_another_factor_lets_it_go(reviewer, settings):
    settings.SECOND_FACTOR_ROLES = ["reviewer"]
    client = logged_in(reviewer)
    set_up_app(client)
    key = with_passkey(reviewer)
    client.post(f"/accounts/2fa/webauthn/keys/{opaque('passkey', key.pk)}/remove/")
    assert not Authenticator.objects.filter(pk=key.pk).exists()


def test_somebody_elses_passkey_is_as_absent_as_none(nordwind, rheinwerk):
    key = with_passkey(rheinwerk.user)
    client = logged_in(nordwind.user)
    for deed, given in (("edit", {"name": "Mine"}), ("remove", {})):
        for pk in (key.pk, key.pk + 1):
            path = f"/accounts/2fa/webauthn/keys/{opaque('passkey', pk)}/{deed}/"
            assert client.get(path).status_code == 404
            assert client.post(path, given).status_code == 404
    assert Authenticator.objects.get(pk=key.pk).wrap().name == "Laptop"


@pytest.mark.parametrize("credential", ["", "x", "{}", "[]", '{"id": 1}'])
def test_a_made_up_passkey_opens_nothing(nordwind, credential):
    client = Client()
    client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})
    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})
    assert answer["Location"] == "/accounts/login/"
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize(
    "credential", ["", "x", "{}", "[]", '{"id": 1}', '{"id": "a", "rawId": "b"}']
)
def test_a_made_up_passkey_is_not_added(nordwind, credential):
    client, path = logged_in(nordwind.user), "/accounts/2fa/webauthn/add/"
    client.get(path)
    page = client.post(path, {"name": "Mine", "credential": credential})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not Authenticator.objects.exists()
