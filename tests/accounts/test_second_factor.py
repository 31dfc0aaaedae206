"""The second factor: who must have one, how it is set up, what it lets through."""

from datetime import timedelta

import pytest
import redis
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Title
from accounts.opaque import opaque
from tests.accounts.conftest import PASSWORD, is_logged_in, logged_in
from tests.accounts.test_log_in import attempt
from tests.accounts.test_passwords import NEW, ask_for_reset, path_of
from tests.signing_in import confirm

ACTIVATE, DEACTIVATE = (
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/totp/deactivate/",
)
CODES = "/accounts/2fa/recovery-codes/"
INDEX = "/accounts/2fa/"
NEEDED = "/accounts/2fa/needed/"
TOKEN = "/api/v1/token/"  # noqa: S105 -- an address


def code_of(secret, later=0):
    counter = list(yield_hotp_counters_from_time())[1] + later
    return format_hotp_value(hotp_value(secret, counter))


def set_up_app(client):
    """Set up the app through the pages; return its secret and the page of codes."""
    secret = client.get(ACTIVATE).context["form"].secret
    shown = client.post(ACTIVATE, {"code": code_of(secret)}, follow=True)
    return secret, shown


def with_app(person):
    return set_up_app(logged_in(person))[0]


def second_step(person, code):
    """Log in with the password and this code."""
    client = Client()
    asked = attempt(person.email, PASSWORD, client=client)
    assert asked["Location"] == reverse("mfa_authenticate")
    assert not is_logged_in(client)
    answer = client.post(asked["Location"], {"code": code})
    return is_logged_in(client), answer


@pytest.fixture
def obliged(settings):
    """As in production: staff needs a second factor."""
    settings.SECOND_FACTOR_ROLES = ["reviewer", "lead", "auditor", "programme_admin"]


def test_log_in_asks_for_a_code_of_the_app(nordwind):
    secret = with_app(nordwind.user)
    came_in, page = second_step(nordwind.user, "000000")
    assert not came_in
    assert "This code is not right, or was used before." in page.text
    came_in, _answer = second_step(nordwind.user, code_of(secret))
    assert came_in


def test_a_new_password_by_the_link_still_asks_for_the_code(nordwind, letters):
    with_app(nordwind.user)
    ask_for_reset(nordwind.user.email)
    client = Client()
    form = client.get(path_of(letters[0]), follow=True)
    given = {"password1": NEW, "password2": NEW}
    client.post(form.request["PATH_INFO"], given, follow=True)
    assert not is_logged_in(client)
    asked = attempt(nordwind.user.email, NEW, client=client)
    assert asked["Location"] == reverse("mfa_authenticate")
    assert not is_logged_in(client)


def test_a_code_may_be_typed_with_the_blanks_that_apps_show(nordwind):
    code = code_of(with_app(nordwind.user))
    assert second_step(nordwind.user, f" {code[:3]} {code[3:]} ")[0]


def test_a_code_of_the_app_works_once_although_the_cache_was_emptied(nordwind):
    code = code_of(with_app(nordwind.user))
    assert second_step(nordwind.user, code)[0]
    redis.from_url(project.REDIS_URL).flushall()
    assert not second_step(nordwind.user, code)[0]


def test_a_code_that_is_half_a_minute_old_is_taken_and_an_older_one_is_not(nordwind):
    secret = with_app(nordwind.user)
    assert second_step(nordwind.user, code_of(secret, later=-1))[0]
    assert not second_step(nordwind.user, code_of(secret, later=-2))[0]


def test_recovery_codes_are_shown_once_and_work_once(nordwind):
    client = logged_in(nordwind.user)
    _secret, shown = set_up_app(client)
    codes = shown.context["unused_codes"]
    assert len(codes) == 10
    assert codes[0] in shown.text
    again = client.get(CODES)
    assert all(code not in again.text for code in codes)
    assert second_step(nordwind.user, codes[0])[0]
    assert not second_step(nordwind.user, codes[0])[0]


def test_there_is_no_file_of_recovery_codes(nordwind):
    client = logged_in(nordwind.user)
    set_up_app(client)
    assert client.get(f"{CODES}download/").status_code == 404


def test_the_apps_secret_is_no_plain_text_in_the_database(nordwind):
    secret = with_app(nordwind.user)
    assert secret not in str(list(Authenticator.objects.values()))


def test_guessing_codes_ends(nordwind):
    secret = with_app(nordwind.user)
    for _ in range(20):
        second_step(nordwind.user, "000000")
    came_in, page = second_step(nordwind.user, code_of(secret))
    assert not came_in
    assert "Too many codes." in page.text


def test_whoever_stole_the_password_cannot_use_up_the_owners_codes(nordwind):
    secret, own = with_app(nordwind.user), Client()
    asked = attempt(nordwind.user.email, PASSWORD, client=own)
    own.post(asked["Location"], {"code": code_of(secret)})
    own.post("/accounts/logout/")
    for _ in range(21):
        second_step(nordwind.user, "000000")
    asked = attempt(nordwind.user.email, PASSWORD, client=own)
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        own.post(asked["Location"], {"code": code_of(secret)})
        assert is_logged_in(own)


def test_staff_sets_up_a_second_factor_before_anything_else(obliged, reviewer):
    client = logged_in(reviewer)
    for path in ("/", "/claims/", "/account/", "/claims/export.csv", "/queue/"):
        assert client.get(path)["Location"] == NEEDED
    page = client.get(NEEDED)
    assert "Protect your account first" in page.text
    assert client.get("/api/v1/me/").status_code == 403
    assert client.get("/api/v1/me/").json()["code"] == "second_factor_missing"
    _secret, codes = set_up_app(client)
    assert "You see these codes only now." in codes.text
    assert client.get("/claims/").status_code == 200
    assert client.get("/api/v1/me/").status_code == 200
    assert client.get(NEEDED)["Location"] == INDEX


def test_on_the_way_to_the_second_factor_no_place_is_offered_that_leads_back(
    obliged, reviewer
):
    page = logged_in(reviewer).get(ACTIVATE)
    assert page.context["navigation"] == []


def test_partners_may_go_without(obliged, nordwind):
    assert is_logged_in(logged_in(nordwind.admin))


def test_the_operator_may_demand_it_of_partner_admins_too(settings, nordwind):
    settings.SECOND_FACTOR_ROLES = [Title.GLOBAL_ADMIN]
    assert logged_in(nordwind.admin).get("/account/")["Location"] == NEEDED
    assert is_logged_in(logged_in(nordwind.user))


def test_the_demos_people_log_in_with_the_password_only(obliged, settings, reviewer):
    settings.DEMO = True
    assert is_logged_in(logged_in(reviewer))
    reviewer.email = "somebody@cpor.net"
    reviewer.save()
    assert not is_logged_in(logged_in(reviewer))


def test_what_a_role_demands_cannot_be_turned_off(obliged, reviewer):
    client = logged_in(reviewer)
    set_up_app(client)
    page = client.post(DEACTIVATE)
    assert "Your role needs a second factor." in page.text
    assert Authenticator.objects.filter(type="totp").exists()


def test_a_partner_turns_it_off(nordwind):
    client = logged_in(nordwind.user)
    set_up_app(client)
    client.post(DEACTIVATE)
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("path", [ACTIVATE, CODES, f"{CODES}generate/", DEACTIVATE])
def test_means_of_log_in_are_changed_only_after_a_fresh_proof(nordwind, path):
    client = logged_in(nordwind.user)
    set_up_app(client)
    if path == ACTIVATE:
        client.post(DEACTIVATE)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        asked = client.get(path)
        assert asked["Location"].startswith("/accounts/reauthenticate/")
        confirm(client, nordwind.user)
        assert client.get(path).status_code == 200


def test_a_code_confirms_who_one_is(nordwind):
    client = logged_in(nordwind.user)
    secret, _shown = set_up_app(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        path = "/accounts/2fa/reauthenticate/?next=/accounts/2fa/recovery-codes/"
        wrong = client.post(path, {"code": "000000"})
        assert "This code is not right" in wrong.text
        right = client.post(path, {"code": code_of(secret)})
        assert right["Location"] == CODES


def token_for(person, **given):
    given = {"email": person.email, "password": PASSWORD, **given}
    return Client().post(TOKEN, given)


def test_the_api_asks_for_the_second_factor_too(nordwind):
    secret = with_app(nordwind.user)
    without, wrong = token_for(nordwind.user), token_for(nordwind.user, code="000000")
    assert (without.status_code, wrong.status_code) == (403, 401)
    assert without.json()["code"] == "second_factor_needed"
    right = token_for(nordwind.user, code=code_of(secret))
    assert right.status_code == 200
    assert token_for(nordwind.user, code=code_of(secret)).status_code == 401


def test_the_api_is_no_way_around_what_a_role_demands(obliged, reviewer):
    refused = token_for(reviewer)
    assert refused.status_code == 403
    assert refused.json()["code"] == "second_factor_missing"
    secret = with_app(reviewer)
    assert token_for(reviewer, code=code_of(secret)).status_code == 200


def test_the_api_tells_a_guesser_nothing_about_second_factors(obliged, reviewer):
    with_app(reviewer)
    wrong = token_for(reviewer, password="eine voellig andere reihe")  # noqa: S106
    nobody = Client().post(TOKEN, {"email": "x@x.example", "password": PASSWORD})
    assert (wrong.status_code, wrong.content) == (nobody.status_code, nobody.content)


def test_who_lost_everything_sets_it_up_anew(obliged, reviewer):
    client = logged_in(reviewer)
    set_up_app(client)
    call_command("forget_second_factor", reviewer.email.upper())
    assert not is_logged_in(client)
    reviewer.refresh_from_db()
    assert logged_in(reviewer).get("/")["Location"] == NEEDED
    with pytest.raises(CommandError, match="Nobody logs in as"):
        call_command("forget_second_factor", "nobody@cpor.example")


def test_no_name_is_told_from_nonsense_before_the_second_factor(nordwind, settings):
    settings.SECOND_FACTOR_ROLES = [Title.GLOBAL_ADMIN]
    client = logged_in(nordwind.admin)
    for name in (opaque("person", nordwind.user.pk), "0" * 32):
        assert client.get(f"/company/people/{name}/remove/").status_code == 404
