"""What the scripts do for a reader, and that every fragment can be read by everyone.

In a real browser, since nothing else runs scripts or knows a contrast.
"""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template import engines
from django.test import Client
from django.urls import path
from playwright.sync_api import expect, sync_playwright

from cpor import views
from tests import factories

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
]
FORM = """{% extends "base.html" %}{% load static %}{% block content %}
<form method="post" data-once data-unsaved="test" {{ mark }}>{% csrf_token %}
<label for="text">Text</label><textarea id="text" name="text">{{ text }}</textarea>
<label for="pin">Pin</label><input id="pin" name="pin" type="{{ pin }}">
<p hidden><span data-saved-at="Saved at [time]"></span></p>
<button type="submit" name="how" value="well">Send</button></form>
<div data-files></div>{% endblock %}
{% block scripts %}<script src="{% static 'js/autosave.js' %}" type="module"></script>
{% endblock %}"""
LOG_IN = '{% extends "base_outside.html" %}{% block content %}\
<label for="p">Password</label><input id="p" type="password">{% endblock %}'
UPLOAD = """{% extends "base.html" %}{% load static %}{% block content %}
<div data-files></div><form method="post" enctype="multipart/form-data">{% csrf_token %}
{% include "parts/_upload.html" with url="/keep/" max_bytes=20 types=types %}
</form>{% endblock %}{% block scripts %}
<script src="{% static 'js/upload.js' %}" type="module"></script>{% endblock %}"""
received: list[str] = []


def page_of(request, source, **context):
    template = engines["django"].from_string(source)
    return HttpResponse(template.render({"pin": "text", **context}, request))


def form(request):
    """Answer as the test asked for: by the first word of the text."""
    if request.method == "GET":
        return page_of(request, FORM)
    received.append(request.POST.dict())
    time.sleep(0.2)
    text = request.POST["text"]
    if text.startswith("expired"):
        return redirect("/log-in/")
    if text.startswith("conflict"):
        return render(request, "409.html", {"sentence": "Too late."}, status=409)
    if text.startswith("stay"):
        return HttpResponse(status=204)
    return redirect("/form/" if text.startswith("again") else "/done/")


def quiet_form(request):
    if request.method == "POST":
        received.append((request.headers["X-Autosave"], request.POST["text"]))
        return JsonResponse({"saved_at": "2027-01-12T09:30:00Z", "errors": {}})
    return page_of(request, FORM, mark="data-autosave")


def keep(request):
    file = request.FILES["file"]
    received.append(file.name)
    if file.name.startswith("macro"):
        return JsonResponse({"message": "It contains a macro."}, status=422)
    if received.count(file.name) == 1 and file.name.startswith("flaky"):
        return HttpResponse("<h1>Bad gateway</h1>", status=502)
    html = f"<p class='kept'>{file.name}</p>"
    return JsonResponse({"name": file.name, "label": "Clean", "html": html})


def upload(request):
    return page_of(request, UPLOAD, types=".pdf,.docx", pauses="60")


def pin(request):
    return page_of(request, FORM, pin="password")


urlpatterns = [
    path("", views.design, name="start"),
    path("design/", views.design, name="design"),
    path("claims/", views.design, name="claims"),
    path("inbox/", views.design, name="inbox"),
    path("people/", views.design, name="people"),
    path("administration/", views.design, name="administration"),
    path("form/", form),
    path("quiet/", quiet_form),
    path("pin/", pin),
    path("done/", lambda request: page_of(request, LOG_IN.replace("password", "text"))),
    path("log-in/", lambda request: page_of(request, LOG_IN)),
    path("upload/", upload),
    # Under this name the product lets files in (cpor/buttons.py).
    path("keep/", keep, name="evidence-upload"),
]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls(__name__),
]


# Playwright's loop makes Django refuse the database to the thread it runs in: the
# browser gets a thread of its own, and these tests run there.
beside = ThreadPoolExecutor(1)


def apart(test):
    """Run a test in the browser's thread."""

    @wraps(test)
    def run(*args, **fixtures):
        return beside.submit(test, *args, **fixtures).result()

    return run


@pytest.fixture(scope="module")
def chromium():
    """Lend the machine's browser."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"Install Debian's chromium ({CHROMIUM}).")
    playwright = beside.submit(sync_playwright().start).result()
    launch = partial(playwright.chromium.launch, executable_path=CHROMIUM, args=FLAGS)
    browser = beside.submit(launch).result()
    yield browser
    beside.submit(browser.close).result()
    beside.submit(playwright.stop).result()


@pytest.fixture
def visit(chromium, live_server, client, settings):
    """Open an address as a company's admin; return the page."""
    received.clear()
    client.force_login(factories.person(factories.partner("Überlandwerke & Söhne")))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    session = {"name": cookie.key, "value": cookie.value, "url": live_server.url}
    troubles, contexts = [], []

    def go(address, size=None, **more):
        context = chromium.new_context(viewport=size or WIDE, **more)
        contexts.append(context)
        context.add_cookies([session])
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(live_server.url + address)
        return page

    yield go
    for context in contexts:
        beside.submit(context.close).result()
    assert troubles == []


@pytest.fixture
def rivals_session(settings):
    rival = Client()
    rival.force_login(factories.person(factories.partner("Rivalen AG")))
    return rival.cookies[settings.SESSION_COOKIE_NAME].value


def kept_in(page):
    """Return the names under which the browser keeps what was typed."""
    names = page.evaluate("Object.keys(sessionStorage)")
    return [name for name in names if name.startswith("cpor-unsaved:")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "390"])
@apart
def test_every_fragment_can_be_read_by_everyone(visit, size, scheme):
    page = visit("/design/", size, color_scheme=scheme)

    found = Axe().run(page).response["violations"]

    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


@apart
def test_a_phone_without_scripts_opens_and_closes_the_menu(visit):
    page = visit("/design/", NARROW, java_script_enabled=False)
    start = page.get_by_role("link", name="Start", exact=True)
    expect(start).to_be_hidden()

    page.get_by_role("link", name="Open the menu").click()
    expect(start).to_be_visible()

    page.get_by_role("link", name="Close the menu").click()
    expect(start).to_be_hidden()


@apart
def test_a_chart_without_scripts_is_a_table(visit):
    with_scripts = visit("/design/")
    expect(with_scripts.locator("canvas")).to_be_visible()
    expect(with_scripts.locator(".chart table")).to_be_hidden()

    without = visit("/design/", java_script_enabled=False)
    expect(without.locator("canvas")).to_be_hidden()
    expect(without.locator(".chart table")).to_be_visible()


@apart
def test_a_double_click_sends_once(visit):
    page = visit("/form/")
    page.get_by_label("Text").fill("fine")

    box = page.get_by_role("button", name="Send").bounding_box()
    for _ in range(2):
        page.mouse.click(box["x"] + 5, box["y"] + 5)
        page.wait_for_timeout(60)
    page.wait_for_url("**/done/")

    assert [each["how"] for each in received] == ["well"]


@apart
def test_the_back_button_brings_a_form_that_can_be_sent_again(visit):
    page = visit("/form/")
    button = page.get_by_role("button", name="Send")
    page.get_by_label("Text").fill("stay")
    button.click()
    expect(button).to_be_disabled()

    # What browsers say when somebody comes back; without answer the page stayed.
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow'))")

    expect(button).to_be_enabled()


@pytest.mark.parametrize("text", ["expired Ä", "conflict Ä"])
@apart
def test_what_was_typed_outlives_a_step_that_failed(visit, live_server, text):
    page = visit("/form/")
    page.get_by_label("Text").fill(text)
    with page.expect_navigation():
        page.get_by_role("button", name="Send").click()

    page.goto(f"{live_server.url}/form/")

    expect(page.get_by_label("Text")).to_have_value(text)


@apart
def test_whoever_logs_in_next_finds_nothing_of_what_was_typed(
    visit, live_server, rivals_session
):
    page = visit("/form/")
    page.get_by_label("Text").fill("Only mine")
    mine = page.context.cookies()
    page.context.add_cookies([{**mine[0], "value": rivals_session}])

    page.goto(f"{live_server.url}/form/")
    expect(page.get_by_label("Text")).to_have_value("")

    page.context.add_cookies(mine)
    page.goto(f"{live_server.url}/form/")
    expect(page.get_by_label("Text")).to_have_value("Only mine")


@pytest.mark.urls("cpor.urls")
@apart
def test_a_log_out_forgets_what_was_typed(visit, live_server):
    page = visit("/account/")
    page.get_by_label("Name").fill("Only mine")
    assert len(kept_in(page)) == 1
    page.goto(f"{live_server.url}/accounts/logout/")
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name="Log out").click()
    assert kept_in(page) == []


@pytest.mark.parametrize("text", ["fine", "again"])
@apart
def test_what_the_server_has_is_not_typed_again(visit, live_server, text):
    page = visit("/form/")
    page.get_by_label("Text").fill(text)
    with page.expect_navigation():
        page.get_by_role("button", name="Send").click()
    assert kept_in(page) == []

    page.goto(f"{live_server.url}/form/")

    expect(page.get_by_label("Text")).to_have_value("")


@apart
def test_a_password_is_never_kept(visit):
    page = visit("/pin/")
    page.get_by_label("Text").fill("kept")
    page.get_by_label("Pin").fill("hunter2")

    kept = page.evaluate("JSON.stringify(sessionStorage)")

    assert "kept" in kept
    assert "hunter2" not in kept


@apart
def test_a_change_is_saved_quietly(visit):
    page = visit("/quiet/")
    page.get_by_label("Text").press_sequentially("Zoë", delay=20)

    expect(page.locator("[data-saved-at]")).to_have_text(re.compile(r"^Saved at \d"))
    assert received == [("1", "Zoë")]


@apart
def test_each_file_tells_how_it_fares(visit):
    page = visit("/upload/")
    page.set_input_files(
        "[data-upload] input",
        [
            {"name": "tool.exe", "mimeType": "", "buffer": b"MZ"},
            {"name": "empty.pdf", "mimeType": "", "buffer": b""},
            {"name": "big.pdf", "mimeType": "", "buffer": b"%PDF" * 6},
            {"name": "macro.docx", "mimeType": "", "buffer": b"PK"},
            {"name": "flaky.pdf", "mimeType": "", "buffer": b"%PDF"},
            {"name": "fine.pdf", "mimeType": "", "buffer": b"%PDF"},
        ],
    )
    rows = page.locator(".upload-item")

    expect(page.locator(".kept")).to_have_text(["fine.pdf"])
    expect(rows.locator("[data-state]")).to_have_text(
        [
            "This type cannot be read here. Save the document as PDF and add it again.",
            "The file is empty. Choose the finished document.",
            re.compile("larger than 20"),
            "It contains a macro.",
            "The connection broke. Next try in 60 seconds.",
        ]
    )
    assert sorted(received) == ["fine.pdf", "flaky.pdf", "macro.docx"]

    page.get_by_role("button", name="Try again").click()

    expect(page.locator(".kept")).to_have_text(["fine.pdf", "flaky.pdf"])
    expect(rows).to_have_count(4)


@apart
def test_escape_and_a_click_elsewhere_close_what_is_unfolded(visit):
    page = visit("/design/")
    menu, due = page.locator("[data-menu]"), page.locator(".next-line details").first

    page.locator(".menu-open").click()
    expect(menu).to_have_attribute("open", "")
    page.get_by_role("heading", level=1).click()
    expect(menu).not_to_have_attribute("open", "")

    due.locator("summary").click()
    expect(due).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(due).not_to_have_attribute("open", "")
