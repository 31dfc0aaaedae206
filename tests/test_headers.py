"""Headers of what is no page: errors, refusals, files; and those of production.

The matrix (tests/permissions) looks at the headers of every route for every person.
"""

import json
import os
import subprocess
import sys

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import path

from cpor import urls, views
from cpor.checks import PRODUCTION
from tests import factories
from tests.claims.pages import browser
from tests.headers import header_faults

pytestmark = pytest.mark.django_db


def broken(request):
    raise RuntimeError


urlpatterns = [*urls.urlpatterns, path("broken/", broken), path("api/broken/", broken)]
handler400, handler403 = views.bad_request, views.permission_denied
handler404, handler500 = views.not_found, views.server_error


def too_often(address, **data):
    """Ask until it is too often."""
    for _ in range(60):
        answer = Client().post(address, data)
        if answer.status_code == 429:
            break
    return answer


def too_large():
    body = b"x" * (2 * 1024 * 1024)
    return Client().post("/account/language/", body, content_type="text/plain")


ERRORS = {
    "bad host": (
        400,
        lambda: Client().get("/accounts/login/", headers={"host": "evil.example"}),
    ),
    "bad JSON": (
        400,
        lambda: Client().post("/api/v1/token/", "{", content_type="application/json"),
    ),
    "no token": (401, lambda: Client().get("/api/v1/me/")),
    "no CSRF token": (
        403,
        lambda: Client(enforce_csrf_checks=True).post("/accounts/login/"),
    ),
    "no such page": (404, lambda: Client().get("/nothing/")),
    "no such address of the API": (404, lambda: Client().get("/api/v1/nothing/")),
    "no such static file": (404, lambda: Client().get("/static/nothing.css")),
    "method": (405, lambda: Client().delete("/healthz")),
    "method of the API": (401, lambda: Client().put("/api/v1/me/")),
    "too often": (
        429,
        lambda: too_often("/api/v1/token/", email="x@y.example"),
    ),
    "a static file": (200, lambda: Client().get("/static/css/cpor.css")),
    "health": (200, lambda: Client().get("/healthz")),
}


@pytest.mark.parametrize("what", ERRORS)
def test_each_error_has_the_headers_of_a_page(what, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    cache.clear()
    status, ask = ERRORS[what]

    answer = ask()

    answer.close()  # a static file is open

    assert (answer.status_code, header_faults(answer)) == (status, [])


@pytest.mark.urls("tests.test_headers")
@pytest.mark.parametrize("address", ["/broken/", "/api/broken/"])
def test_a_failure_of_the_server_has_them_too(address):
    client = browser(factories.staff("auditor"))
    client.raise_request_exception = False

    answer = client.get(address)

    assert (answer.status_code, header_faults(answer)) == (500, [])


def test_a_form_that_is_too_large_has_them_too():
    answer = too_large()

    assert answer.status_code in {302, 400, 413}
    assert header_faults(answer) == []


ASK = """
import json, django
django.setup()
from django.test import Client
def shown(answer):
    cookies = {name: [morsel["secure"], morsel["path"], morsel["domain"],
        morsel["samesite"]] for name, morsel in answer.cookies.items()}
    return {"status": answer.status_code, "headers": dict(answer.headers),
        "cookies": cookies}
host = {"headers": {"host": "cpor.example"}}
plain, safe = Client(), Client()
print(json.dumps({
    "http": shown(plain.get("/healthz", **host)),
    "api": shown(plain.get("/api/v1/claims/", **host)),
    "https": shown(safe.get("/healthz", secure=True, **host)),
    "language": shown(safe.post("/account/language/", {"language": "de"},
        secure=True, **host)),
    "admin": shown(safe.get("/site/", secure=True, **host)),
    "design": shown(safe.get("/design/", secure=True, **host)),
    "mailbox": shown(safe.get("/dev/mail/", secure=True, **host)),
    "mail": shown(safe.get("/dev/mail/x/html/", secure=True, **host)),
}))
from django.conf import settings
print(json.dumps([settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME,
    settings.LANGUAGE_COOKIE_NAME, settings.DEVICE_COOKIE_NAME,
    settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,
    settings.SESSION_COOKIE_DOMAIN, settings.SESSION_COOKIE_HTTPONLY]))
from django.contrib.messages.storage import default_storage
from cpor.flash import HostCookieStorage
print(json.dumps(HostCookieStorage.cookie_name))
"""


@pytest.fixture(scope="module")
def production():
    """What the product answers when it is set up for production."""
    environment = {
        **os.environ,
        **PRODUCTION,
        "DJANGO_SETTINGS_MODULE": "tests.production",
        "PYTHONWARNINGS": "default",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line[:1] in '{["']


def test_production_answers_by_https_only(production):
    answers = production[0]

    assert answers["http"]["status"] == 301
    assert answers["http"]["headers"]["Location"] == "https://cpor.example/healthz"
    assert answers["http"]["headers"]["Content-Security-Policy"]
    assert answers["https"]["headers"]["Strict-Transport-Security"] == (
        "max-age=31536000; includeSubDomains; preload"
    )


def test_a_program_without_encryption_is_refused_and_not_led_on(production):
    answer = production[0]["api"]

    assert answer["status"] == 403
    assert "Location" not in answer["headers"]
    assert answer["headers"]["Content-Security-Policy"]


def test_cookies_of_production_belong_to_this_host_alone(production):
    answers, names, messages = production

    assert answers["language"]["cookies"] == {"__Host-language": [True, "/", "", "Lax"]}
    assert names == [
        "__Host-session",
        "__Host-csrf",
        "__Host-language",
        "__Host-device",
        True,
        True,
        None,
        True,
    ]
    assert messages == "__Host-messages"


@pytest.mark.parametrize("page", ["admin", "design", "mailbox", "mail"])
def test_what_is_for_development_is_not_there_in_production(production, page):
    answer = production[0][page]

    assert answer["status"] == 404
    assert "unsafe" not in answer["headers"]["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_request_that_cannot_be_read_is_no_failure_of_the_server():
    client = Client()
    client.force_login(factories.person(factories.partner()))
    answer = client.post("/account/", b"x", content_type="multipart/form-data")
    assert answer.status_code == 400
    assert header_faults(answer, private=True) == []
