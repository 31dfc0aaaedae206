"""Whose language and whose clock a page speaks."""

from datetime import UTC, datetime

import pytest
from django.conf import settings as project
from django.http import HttpResponse
from django.template import engines
from django.test import Client
from django.utils import translation

from accounts import actions
from accounts.middleware import ReaderLanguageMiddleware
from tests.accounts.conftest import logged_in

SWITCH = "/account/language/"


def page_language(client, **headers):
    return client.get("/accounts/login/", headers=headers)["Content-Language"]


def test_the_signed_in_persons_language_beats_browser_and_cookie(nordwind):
    actions.set_language(person=nordwind.user, language="de")
    browser = logged_in(nordwind.user)
    browser.cookies[project.LANGUAGE_COOKIE_NAME] = "en"
    response = browser.get("/account/", headers={"Accept-Language": "en"})
    assert response["Content-Language"] == "de"


def test_a_stranger_gets_the_browsers_language_until_they_choose(db):
    browser = Client()
    assert page_language(browser, **{"Accept-Language": "de-AT,en;q=0.5"}) == "de"
    browser.post(SWITCH, {"language": "en", "next": "/accounts/login/"})
    assert page_language(browser, **{"Accept-Language": "de-AT,en;q=0.5"}) == "en"


def test_caches_keep_the_languages_of_strangers_apart(db):
    assert "Accept-Language" in Client().get("/accounts/login/")["Vary"]


def test_a_signed_in_switch_is_kept_with_the_account(nordwind):
    browser = logged_in(nordwind.user)
    response = browser.post(SWITCH, {"language": "de", "next": "/account/"})
    assert response["Location"] == "/account/"
    nordwind.user.refresh_from_db()
    assert nordwind.user.language == "de"
    assert browser.get("/account/")["Content-Language"] == "de"


def test_switching_takes_a_button(nordwind):
    assert logged_in(nordwind.user).get(SWITCH).status_code == 405


@pytest.mark.parametrize("language", ["fr", "", "de\r\nX-Evil: 1"])
def test_a_language_we_do_not_speak_changes_nothing(nordwind, language):
    browser = logged_in(nordwind.user)
    response = browser.post(SWITCH, {"language": language, "next": "/account/"})
    assert response["Location"] == "/account/"
    assert project.LANGUAGE_COOKIE_NAME not in response.cookies
    nordwind.user.refresh_from_db()
    assert nordwind.user.language == "en"


@pytest.mark.parametrize(
    "target",
    [
        *("https://evil.example/", "//evil.example/", "javascript:alert(1)", ""),
        *("\\\\evil", "@evil", "[]", "=@x", "٣", "9" * 400, "%0d%0aSet-Cookie:x=1"),
    ],
)
def test_the_switch_leads_to_no_other_site(db, target):
    response = Client().post(SWITCH, {"language": "de", "next": target})
    assert response["Location"] == "/"


def test_times_are_shown_by_the_readers_clock(nordwind, rf):
    actions.update_profile(
        person=nordwind.user, name="Uwe", language="en", time_zone="Asia/Tokyo"
    )
    nordwind.user.refresh_from_db()
    template = engines["django"].from_string("{{ noon|date:'H:i' }}")
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def page(request):
        return HttpResponse(template.render({"noon": noon}))

    request = rf.get("/")
    request.user = nordwind.user
    assert ReaderLanguageMiddleware(page)(request).text == "21:00"


def test_one_readers_language_does_not_linger_for_the_next(nordwind):
    actions.set_language(person=nordwind.user, language="de")
    logged_in(nordwind.user).get("/account/")
    assert page_language(Client(), **{"Accept-Language": "en"}) == "en"
    assert translation.get_language() == "en"
