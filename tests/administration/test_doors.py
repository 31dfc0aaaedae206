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


def administration():
    return [route for route in routes() if route["path"].startswith(OVERVIEW)]


def address(route):
    """Return a route's address, with keys that there are none of."""
    path = route["path"].replace("<int:pk>", "1")
    return path.replace("<slug:name>", "review_days").replace("<str:code>", "EXO")


def addresses():
    return sorted(map(address, administration()))


def refusal(route, method):
    """Return how a stranger to the administration is answered (cpor/methods.py)."""
    if method in route["methods"]:
        return 403
    return 404 if "<" in route["path"] else 405


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
    refused = set()
    for route in administration():
        for method in ("GET", "POST"):
            answer = browser.generic(method, address(route))
            assert answer.status_code == refusal(route, method), (method, route)
            refused |= {words(answer)} if answer.status_code == 403 else set()
    assert len(refused) == 1
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
