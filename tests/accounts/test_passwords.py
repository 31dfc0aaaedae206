"""Passwords: which are good enough, and how somebody gets a new one."""

import re
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as project
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import remove_person
from tests.accounts.conftest import PASSWORD, is_logged_in, logged_in

NEW = "sieben flinke enten schlafen"
RESET = "/accounts/password/reset/"
CHANGE = "/accounts/password/change/"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("elf zeichen", "too short"),
        ("qwerty123456", "too common"),
        ("Password2026!", "too common"),
        ("!!Sunshine1234", "too common"),
        ("passwordpassword", "too common"),
        ("user@nordwind.example", "too similar"),
        ("Nordwind-Claims-2026", "names that others know"),
        ("cpor.partner.2026!", "names that others know"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(nordwind, password, why):
    with pytest.raises(ValidationError, match=why):
        validate_password(password, nordwind.user)


@pytest.mark.parametrize(
    "password",
    [
        "nur kleine buchstaben",
        "739105884217",
        "ein partner weint um drei",
        "a password I made up 7",
        "ß" * 300,
    ],
)
def test_a_long_password_needs_no_mixture_of_signs(nordwind, password):
    validate_password(password, nordwind.user)


def ask_for_reset(email, **extra):
    return Client().post(RESET, {"email": email}, **extra)


def path_of(letter):
    assert letter.context["url"].startswith(project.PUBLIC_URL)
    return letter.context["url"].removeprefix(project.PUBLIC_URL)


def test_a_reset_link_sets_a_new_password_once(nordwind, letters):
    ask_for_reset("User@Nordwind.example")
    (letter,) = letters
    browser = Client()
    form = browser.get(path_of(letter), follow=True)
    given = {"password1": NEW, "password2": NEW}
    done = browser.post(form.request["PATH_INFO"], given, follow=True)
    assert "Log in with your new password" in done.text
    nordwind.user.refresh_from_db()
    assert nordwind.user.check_password(NEW)
    again = Client().get(path_of(letter), follow=True)
    assert "This link no longer works" in again.text


def test_somebody_who_never_had_a_password_sets_one_by_the_link(reviewer, letters):
    reviewer.set_unusable_password()
    reviewer.save()
    ask_for_reset(reviewer.email)
    browser = Client()
    form = browser.get(path_of(letters[0]), follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert browser.login(email=reviewer.email, password=NEW)


def test_the_reset_mail_says_for_whom_and_how_long(nordwind, letters):
    ask_for_reset(nordwind.user.email)
    (letter,) = letters
    assert (letter.topic, letter.audience) == ("password_reset", nordwind.user)
    assert set(letter.context) == {"url", "name", "expires_at"}
    assert letter.language == "en"
    left = datetime.fromisoformat(letter.context["expires_at"]) - timezone.now()
    assert timedelta(days=2, hours=23) < left <= timedelta(days=3)


def test_opening_the_reset_link_changes_nothing(nordwind, letters):
    ask_for_reset(nordwind.user.email)
    Client().get(path_of(letters[0]), follow=True)
    nordwind.user.refresh_from_db()
    assert nordwind.user.check_password(PASSWORD)


def test_a_reset_of_an_unknown_address_answers_the_same(nordwind, letters):
    pages = {}
    for email in (nordwind.user.email, "nobody@nordwind.example"):
        response = Client().post(RESET, {"email": email}, follow=True)
        pages[email] = re.sub(r"[A-Za-z0-9]{64}", "", response.text)
    known, unknown = pages.values()
    assert known == unknown
    assert "Look into your mailbox" in known
    assert [letter.audience for letter in letters] == [nordwind.user]


def test_a_removed_person_gets_no_reset_mail_and_the_same_answer(nordwind, letters):
    remove_person(person=nordwind.user, actor=nordwind.admin, now=timezone.now())
    response = ask_for_reset(nordwind.user.email)
    assert response["Location"] == reverse("account_reset_password_done")
    assert letters == []


def test_the_reset_link_does_not_follow_a_forged_host(nordwind, letters):
    ask_for_reset(nordwind.user.email, HTTP_HOST="evil.example")
    assert letters[0].context["url"].startswith(f"{project.PUBLIC_URL}/accounts/")


def test_a_reset_keeps_no_second_list_of_addresses(nordwind, letters):
    ask_for_reset(nordwind.user.email)
    assert not EmailAddress.objects.exists()


def test_a_common_password_is_refused_at_the_field(nordwind, letters):
    ask_for_reset(nordwind.user.email)
    browser = Client()
    form = browser.get(path_of(letters[0]), follow=True)
    given = {"password1": "qwerty123456", "password2": "qwerty123456"}
    page = browser.post(form.request["PATH_INFO"], given)
    assert page.context["form"].errors == {
        "password1": ["This password is too common."]
    }


def test_changing_the_password_takes_the_current_one(nordwind):
    browser = logged_in(nordwind.user)
    given = {"oldpassword": NEW, "password1": NEW, "password2": NEW}
    page = browser.post(CHANGE, given)
    assert page.context["form"].errors == {
        "oldpassword": ["This is not your current password."]
    }


def test_two_different_new_passwords_are_refused(nordwind):
    browser = logged_in(nordwind.user)
    given = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW + "!"}
    page = browser.post(CHANGE, given)
    assert page.context["form"].errors == {"password2": ["The two passwords differ."]}


def test_a_changed_password_logs_out_everywhere(nordwind):
    browser, elsewhere = logged_in(nordwind.user), logged_in(nordwind.user)
    given = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    response = browser.post(CHANGE, given, follow=True)
    assert "Your new password is set." in response.text
    assert not is_logged_in(browser)
    assert not is_logged_in(elsewhere)
    assert browser.login(email=nordwind.user.email, password=NEW)
