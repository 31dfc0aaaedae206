"""Guessing ends, whoever is guessed at; and no guesser keeps the true person out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import redis
import time_machine
from django.conf import settings as project
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import actions, attempts
from accounts.models import Budget
from tests.accounts.conftest import PASSWORD, is_logged_in
from tests.accounts.test_log_in import WRONG, attempt, visible
from tests.accounts.test_passwords import NEW, ask_for_reset, path_of

HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"
TOO_MANY = "Too many attempts. Wait five minutes"


def guess(email, times, network=ELSEWHERE, client=None):
    """Type wrong passwords and return the last answer."""
    for _ in range(times):
        answer = attempt(email, WRONG, client=client, REMOTE_ADDR=network)
    return answer


def comes_in(email, *, network=HOME, client=None, password=PASSWORD):
    client = client or Client()
    attempt(email, password, client=client, REMOTE_ADDR=network)
    return is_logged_in(client)


@pytest.fixture(autouse=True)
def no_storm_limit(settings):
    """Look at the budgets alone, not at what calms storms before them."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": ""}


def test_guessing_ends_after_five_attempts_from_one_network(nordwind):
    email = nordwind.admin.email
    assert TOO_MANY not in guess(email, 5).text
    refused = attempt(email, PASSWORD, REMOTE_ADDR=ELSEWHERE)
    assert refused.status_code == 200
    assert TOO_MANY in refused.text


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_made_up_origin_gives_no_further_guesses(nordwind, settings, proxies):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    for number in range(6):
        # The proxy adds where the request came from behind what the client claims.
        claimed = f"203.0.113.{number}" + f", {ELSEWHERE}" * proxies
        answer = attempt(
            nordwind.admin.email,
            WRONG,
            REMOTE_ADDR=ELSEWHERE,
            HTTP_X_FORWARDED_FOR=claimed,
        )
    assert TOO_MANY in answer.text


def test_the_wait_ends_although_the_guessing_goes_on(nordwind):
    begun = timezone.now()
    guess(nordwind.admin.email, 5)
    with time_machine.travel(begun + timedelta(minutes=4)):
        assert TOO_MANY in guess(nordwind.admin.email, 1).text
    with time_machine.travel(begun + timedelta(minutes=5, seconds=10)):
        assert comes_in(nordwind.admin.email, network=ELSEWHERE)


def test_unknown_addresses_are_limited_in_the_same_words(nordwind):
    unknown = guess("nobody@nordwind.example", 6)
    known = guess(nordwind.admin.email, 6)
    assert TOO_MANY in unknown.text
    assert visible(unknown, "nobody@nordwind.example") == visible(
        known, nordwind.admin.email
    )


def test_a_rival_cannot_lock_somebody_out(nordwind):
    guess(nordwind.admin.email, 6)
    assert comes_in(nordwind.admin.email)


def test_right_passwords_do_not_buy_further_guesses(nordwind):
    own, guesser = nordwind.user.email, Client()
    for _ in range(4):
        guess(nordwind.admin.email, 1, client=guesser)
        assert comes_in(own, network=ELSEWHERE)
    guess(nordwind.admin.email, 1)
    assert TOO_MANY in guess(nordwind.admin.email, 1).text


def test_an_emptied_cache_gives_no_further_guesses(nordwind):
    guess(nordwind.admin.email, 5)
    redis.from_url(project.REDIS_URL).flushall()
    assert TOO_MANY in guess(nordwind.admin.email, 1).text


def test_guesses_from_many_networks_end_and_the_owners_browser_still_opens(nordwind):
    email, own_browser = nordwind.admin.email, Client()
    assert comes_in(email, client=own_browser)
    own_browser.post("/accounts/logout/")
    for number in range(51):
        answer = guess(email, 1, network=f"203.0.113.{number}")
    assert TOO_MANY in answer.text
    assert not comes_in(email)
    assert comes_in(email, client=own_browser)


def test_whoever_is_kept_out_comes_in_by_the_link_in_the_mail(nordwind, letters):
    email, browser = nordwind.admin.email, Client()
    for number in range(51):
        guess(email, 1, network=f"203.0.113.{number}")
    ask_for_reset(email)
    form = browser.get(path_of(letters[0]), follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert comes_in(email, client=browser, password=NEW)


def test_somebody_elses_known_browser_has_no_budget_for_me(nordwind, rheinwerk):
    browser = Client()
    assert comes_in(rheinwerk.admin.email, client=browser, network=ELSEWHERE)
    browser.post("/accounts/logout/")
    guess(nordwind.admin.email, 5, client=browser)
    assert TOO_MANY in guess(nordwind.admin.email, 1, client=browser).text


@pytest.mark.parametrize("cookie", ["", "x", "e30:1:forged"])
def test_a_forged_browser_is_a_strange_one(nordwind, cookie):
    browser = Client()
    browser.cookies["cpor_device"] = cookie
    guess(nordwind.admin.email, 5, client=browser)
    assert TOO_MANY in guess(nordwind.admin.email, 1, client=browser).text


def test_a_stolen_browser_cookie_gives_ten_guesses_and_then_those_of_strangers(
    nordwind,
):
    browser = Client()
    comes_in(nordwind.admin.email, client=browser)
    browser.post("/accounts/logout/")
    assert TOO_MANY not in guess(nordwind.admin.email, 15, client=browser).text
    assert TOO_MANY in guess(nordwind.admin.email, 1, client=browser).text


def test_one_network_cannot_try_one_password_on_everybody(db):
    for number in range(100):
        guess(f"{number}@x.example", 1)
    assert TOO_MANY in guess("101@x.example", 1).text
    assert TOO_MANY not in guess("101@x.example", 1, network=HOME).text


def test_the_table_of_tries_tells_no_addresses(nordwind):
    guess(nordwind.admin.email, 1)
    assert Budget.objects.count() == 3
    stored = str(list(Budget.objects.values()))
    assert "nordwind" not in stored
    assert ELSEWHERE not in stored


def test_what_limits_nothing_any_more_is_thrown_away(nordwind):
    guess(nordwind.admin.email, 1)
    later = timezone.now() + timedelta(minutes=6)
    assert actions.clear_out(now=later) == 1
    assert actions.clear_out(now=later + timedelta(hours=1)) == 2


def test_reset_mails_end_after_five_and_earlier_links_work(nordwind, letters):
    for number in range(7):
        ask_for_reset(nordwind.user.email, REMOTE_ADDR=f"203.0.113.{number}")
    assert len(letters) == 5
    assert "Set a new password" in Client().get(path_of(letters[0]), follow=True).text


def test_hammering_at_a_rivals_reset_does_not_close_it(nordwind, letters):
    for _ in range(7):
        assert ask_for_reset(nordwind.user.email).status_code == 302
    assert len(letters) == 5


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_only_as_many_as_there_are_are_judged():
    def one(_number):
        try:
            with transaction.atomic():
                return attempts.use_code_once(
                    person_id=1, code="123456", now=timezone.now()
                )
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(one, range(8))) == [False] * 7 + [True]


def test_the_api_gives_no_further_guesses(nordwind):
    guess(nordwind.admin.email, 5)
    given = {"email": nordwind.admin.email, "password": PASSWORD}
    refused = Client().post("/api/v1/token/", given, REMOTE_ADDR=ELSEWHERE)
    assert refused.status_code == 429
    assert TOO_MANY in refused.json()["detail"]
    assert Client().post("/api/v1/token/", given, REMOTE_ADDR=HOME).status_code == 200


def test_confirming_a_password_is_counted_too(nordwind):
    browser = Client()
    comes_in(nordwind.admin.email, client=browser)
    browser.cookies.pop("cpor_device")
    answers = [
        browser.post("/accounts/reauthenticate/", {"password": WRONG}) for _ in range(6)
    ]
    assert TOO_MANY in answers[5].text
