"""The door: who gets in, what the others learn, and how long a log-in lasts."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import remove_person
from tests.accounts.conftest import PASSWORD, is_logged_in, logged_in

LOG_IN = "/accounts/login/"
WRONG = "eine voellig andere reihe"


def attempt(email, password, *, client=None, **extra):
    client = client or Client()
    return client.post(LOG_IN, {"login": email, "password": password}, **extra)


def visible(response, *typed):
    """The page without what differs by its nature: tokens and what was typed."""
    text = re.sub(r'"csrfmiddlewaretoken" value="\w+"', "", response.text)
    text = re.sub(r'"X-CSRFToken": "\w+"', "", text)
    for each in typed:
        text = text.replace(each, "…")
    return text


def test_a_person_logs_in_with_their_address_in_any_case(nordwind):
    client = Client()
    response = attempt("ADMIN@Nordwind.example", PASSWORD, client=client)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_logged_in(client)


def test_an_unknown_address_and_a_wrong_password_answer_the_same(nordwind):
    unknown = attempt("nobody@nordwind.example", WRONG)
    wrong = attempt("admin@nordwind.example", WRONG)
    assert unknown.status_code == wrong.status_code == 200
    assert "do not belong together" in wrong.text
    assert visible(unknown, "nobody@nordwind.example") == visible(
        wrong, "admin@nordwind.example"
    )


def test_a_removed_person_does_not_get_in_with_the_right_password(nordwind):
    remove_person(person=nordwind.user, actor=nordwind.admin, now=timezone.now())
    client = Client()
    response = attempt(nordwind.user.email, PASSWORD, client=client)
    assert response["Location"] == reverse("account_inactive")
    assert "Your access has ended" in client.get(response["Location"]).text
    assert not is_logged_in(client)


def test_a_wrong_password_of_a_removed_person_tells_nothing(nordwind):
    remove_person(person=nordwind.user, actor=nordwind.admin, now=timezone.now())
    removed = attempt(nordwind.user.email, WRONG)
    unknown = attempt("nobody@nordwind.example", WRONG)
    assert visible(removed, nordwind.user.email) == visible(
        unknown, "nobody@nordwind.example"
    )


def test_a_network_that_storms_the_door_is_told_to_wait(nordwind):
    answers = [attempt(f"{number}@x.example", WRONG) for number in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {200}
    assert answers[30].status_code == 429
    assert "Wait a minute and try again." in answers[30].text


def test_log_in_leads_to_no_other_site(nordwind):
    response = attempt(
        nordwind.admin.email, PASSWORD, query_params={"next": "https://evil.example/"}
    )
    assert response["Location"] == "/"


def test_log_in_leads_back_to_the_page_that_asked(nordwind):
    client = Client()
    asked = client.get("/account/")
    assert asked["Location"] == "/accounts/login/?next=/account/"
    response = client.post(
        asked["Location"],
        {"login": nordwind.user.email, "password": PASSWORD, "next": "/account/"},
    )
    assert response["Location"] == "/account/"


@pytest.mark.parametrize("path", ["signup/", "email/", "confirm-email/", "3rdparty/"])
def test_nobody_signs_up_or_changes_their_address(nordwind, path):
    client = logged_in(nordwind.user)
    assert client.get(f"/accounts/{path}").status_code == 404
    assert Client().post(f"/accounts/{path}", {}).status_code == 404


def test_logging_out_takes_a_button(nordwind):
    client = logged_in(nordwind.user)
    assert "Log out?" in client.get("/accounts/logout/").text
    assert is_logged_in(client)
    client.post("/accounts/logout/")
    assert not is_logged_in(client)


def test_removal_ends_a_session_before_its_next_request(nordwind):
    client = logged_in(nordwind.user)
    assert is_logged_in(client)
    remove_person(person=nordwind.user, actor=nordwind.admin, now=timezone.now())
    assert not is_logged_in(client)
