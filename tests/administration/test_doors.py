"""Who gets in: programme admins, and nobody else, whatever they name."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.actions import create_person
from accounts.models import StaffRole
from cpor.routes import routes
from tests.accounts.conftest import logged_in
from tests.claims.pages import words

OVERVIEW = "/administration/"


def addresses():
    """Every address of the administration, with keys that there are none of."""
    return sorted(
        route["path"]
        .replace("<int:pk>", "1")
        .replace("<slug:name>", "review_days")
        .replace("<str:code>", "EXO")
        for route in routes()
        if route["path"].startswith(OVERVIEW)
    )


def test_the_resolver_knows_the_administration():
    assert get_resolver().resolve(OVERVIEW).view_name == "administration"
    assert len(addresses()) > 15


@pytest.mark.parametrize("path", addresses())
def test_a_stranger_is_sent_to_log_in(db, path):
    answer = Client().get(path)
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={path}")


@pytest.mark.parametrize(
    "role", [StaffRole.REVIEWER, StaffRole.LEAD, StaffRole.AUDITOR, "partner"]
)
def test_no_other_role_gets_in_and_all_answers_are_alike(nordwind, role):
    person = nordwind.admin
    if role != "partner":
        person = create_person(email="x@cpor.example", name="X", staff_role=role)
    browser = logged_in(person)
    answers = [browser.get(path) for path in addresses()]
    answers += [browser.post(path, {"why": "x"}) for path in addresses()]
    assert {answer.status_code for answer in answers} <= {403, 405}
    assert len({words(answer) for answer in answers if answer.status_code == 403}) == 1
    assert "Administration" not in words(browser.get("/"))


def test_a_programme_admin_finds_the_way(browser):
    navigation = browser.get("/").context["navigation"]
    (entry,) = (entry for entry in navigation if entry.url == OVERVIEW)
    assert (str(entry.label), entry.active) == ("Administration", False)
    page = browser.get(OVERVIEW)
    for part in ("Settings", "Partners", "People"):
        assert part in words(page)
    assert [e.url for e in page.context["navigation"] if e.active] == [OVERVIEW]


@pytest.mark.parametrize(
    "page", ["partners", "people", "calendars", "catalogue", "customers"]
)
@pytest.mark.parametrize("typed", ["\0", "a\0b", "\ud800", "\u202e"])
def test_letters_that_nobody_can_type_find_what_the_rest_finds(browser, page, typed):
    query = urlencode({"q": typed}, errors="surrogatepass")
    assert browser.get(f"/administration/{page}/?{query}").status_code == 200
