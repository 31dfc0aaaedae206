"""Files from a real browser to the real server, over a wire that breaks."""

import re

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.urls import reverse
from playwright.sync_api import expect, sync_playwright

from tests import factories
from tests.claims.gunicorn import Wire, free_port, served
from tests.claims.pages import browser
from tests.test_shell_in_browser import CHROMIUM, FLAGS

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = 1024 * 1024
WORDS = ".upload-item [data-state]"


@pytest.fixture
def claim():
    return factories.draft(files=0)


@pytest.fixture(scope="module")
def server(django_db_setup, tmp_path_factory):
    port = free_port()
    with served(tmp_path_factory.mktemp("served"), port):
        yield port


@pytest.fixture
def wire(server):
    with Wire(server).laid() as laid:
        yield laid


@pytest.fixture
def tab(wire, claim, monkeypatch):
    """A browser in which the partner is signed in, on the page for the files."""
    # The browser's loop runs in this thread; nothing of it touches the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = chromium.new_context()
        sign_in(context, wire, session_of(claim.created_by))
        page = context.new_page()
        page.goto(at(wire, part(claim)))
        yield page
        chromium.close()
        connections.close_all()  # those of the loop


def session_of(person):
    return browser(person).cookies[django_settings.SESSION_COOKIE_NAME].value


def sign_in(context, wire, session):
    url = f"http://127.0.0.1:{wire.port}"
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": session, "url": url}])


def at(wire, address):
    return f"http://127.0.0.1:{wire.port}{address}"


def part(claim):
    return reverse("claim-wizard", args=[claim.number, "evidence"])


def proofs(folder, *names, size=MEGABYTE):
    for number, name in enumerate(names):
        filling = b"%" + bytes([65 + number]) * size + b"\n"
        (folder / name).write_bytes(factories.PDF + filling)
    return [str(folder / name) for name in names]


def choose(page, files):
    page.set_input_files("[data-upload] input", files)


def stored(claim):
    return sorted(claim.evidence.values_list("original_name", flat=True))


def test_eight_files_go_three_at_once_and_a_cut_one_goes_again(
    tab, wire, claim, tmp_path
):
    names = [f"{letter}.pdf" for letter in "abcdefgh"]
    wire.cuts, wire.delay = {"c.pdf": 3}, 0.005
    tab.eval_on_selector("[data-upload]", "zone => zone.dataset.pauses = '0.1,0.1,0.1'")

    choose(tab, proofs(tmp_path, *names))
    expect(tab.locator(WORDS, has_text="Waiting for its turn").first).to_be_visible()
    expect(tab.locator(".proof")).to_have_count(8, timeout=30_000)

    expect(tab.locator(".upload-item")).to_have_count(0)
    assert stored(claim) == names
    assert wire.cuts == {"c.pdf": 0}
    assert wire.most_at_once == 3


def test_a_file_far_too_large_is_told_so_by_the_server(tab, wire, claim, tmp_path):
    tab.goto(f"http://127.0.0.1:{wire.server}{part(claim)}")  # nothing in between
    large = proofs(tmp_path, "large.pdf", size=40 * MEGABYTE)
    choose(tab, large)
    expect(tab.locator(WORDS)).to_have_text(re.compile("^The file is larger than 25"))

    # As a page would that was opened before the bound was lowered.
    tab.eval_on_selector("[data-upload]", "zone => zone.dataset.maxBytes = '1e9'")
    tab.get_by_role("button", name="Remove from this list: large.pdf").click()
    choose(tab, [*large, *proofs(tmp_path, "small.pdf")])

    expect(tab.locator(".proof")).to_have_count(1)
    told = "This file is larger than 25 MB. Save a smaller copy or split it"
    expect(tab.locator(WORDS)).to_have_text(re.compile(told))
    assert stored(claim) == ["small.pdf"]


def test_a_wire_that_stays_cut_leaves_a_button_and_the_file(tab, wire, claim, tmp_path):
    wire.cuts = {"a.pdf": 99}
    tab.eval_on_selector("[data-upload]", "zone => zone.dataset.pauses = '0.1,0.1'")
    choose(tab, proofs(tmp_path, "a.pdf"))

    expect(tab.locator(WORDS)).to_have_text("The connection broke. Nothing was stored.")
    assert stored(claim) == []
    expect(tab.locator("#uploads-said")).to_have_text(re.compile("^a.pdf: The conn"))
    wire.cuts.clear()
    tab.get_by_role("button", name="Try again").click()
    expect(tab.locator(".proof")).to_have_count(1)


def test_a_session_that_ended_costs_no_file(tab, wire, claim, tmp_path):
    session = next(c for c in tab.context.cookies() if "session" in c["name"])
    tab.context.clear_cookies(name=session["name"])
    choose(tab, proofs(tmp_path, "a.pdf"))

    expect(tab.locator(WORDS)).to_have_text(re.compile("^You were logged out. Log in"))
    log_in = tab.get_by_role("link", name="Log in in a new tab")
    with tab.context.expect_page() as opened:
        log_in.click()
    expect(opened.value.get_by_label("Password")).to_be_visible()
    # A log-in makes the page's old secret worthless.
    tab.context.clear_cookies()
    sign_in(tab.context, wire, session_of(claim.created_by))
    opened.value.goto(at(wire, part(claim)))
    tab.get_by_role("button", name="Try again").click()

    expect(tab.locator(".proof")).to_have_count(1)
    assert stored(claim) == ["a.pdf"]


def test_an_upload_is_cancelled_and_leaving_during_one_asks_first(
    tab, wire, claim, tmp_path
):
    wire.delay = 0.05
    asked = []
    tab.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    choose(tab, proofs(tmp_path, "a.pdf", size=4 * MEGABYTE))
    bar = tab.get_by_role("progressbar", name="a.pdf")
    expect(bar).to_be_visible()
    tab.evaluate("location.assign('/')")
    expect(bar).to_be_visible()
    assert asked == ["beforeunload"]

    tab.get_by_role("button", name="Cancel: a.pdf").click()
    expect(tab.locator(".upload-item")).to_have_count(0)
    tab.goto(at(wire, part(claim)))
    assert asked == ["beforeunload"]
    assert stored(claim) == []


def test_an_answer_that_was_lost_makes_no_second_file(tab, wire, claim, tmp_path):
    wire.swallows = {"a.pdf"}
    tab.eval_on_selector("[data-upload]", "zone => zone.dataset.pauses = '0.1,0.1'")
    choose(tab, proofs(tmp_path, "a.pdf"))

    expect(tab.locator(".proof")).to_have_count(1)
    expect(tab.locator(".upload-item")).to_have_count(0)
    assert wire.swallows == set()
    assert stored(claim) == ["a.pdf"]
