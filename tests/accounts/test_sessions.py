"""Sessions and tokens: what ends them, what they survive, and what their owner sees."""

import re
from datetime import timedelta

import pytest
import redis
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from accounts import actions
from accounts.browsers import device_of
from accounts.models import Budget, Deed, StaffRole, Title, TrailEntry, User
from accounts.opaque import opaque
from accounts.tasks import clear_out
from tests.accounts.conftest import PASSWORD, is_logged_in, logged_in
from tests.accounts.test_log_in import WRONG, attempt
from tests.accounts.test_passwords import NEW, ask_for_reset, path_of
from tests.permissions.ask import CHANGING, text_of
from tests.signing_in import confirm

SESSIONS = "/accounts/sessions/"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"


def browser_of(person, user_agent=CHROME):
    client = Client(headers={"user-agent": user_agent})
    attempt(person.email, PASSWORD, client=client)
    return client


def program_of(person):
    """Return something that asks the API with a token whether it is let in."""
    header = f"Token {actions.issue_token(person=person)}"

    def is_let_in():
        answer = Client().get("/api/v1/me/", headers={"authorization": header})
        return answer.status_code == 200

    assert is_let_in()
    return is_let_in


def test_a_session_survives_an_emptied_cache(nordwind):
    client = browser_of(nordwind.user)
    redis.from_url(project.REDIS_URL).flushall()
    assert is_logged_in(client)


def test_a_session_begins_under_a_new_key(nordwind):
    client = Client()
    client.get("/accounts/login/")
    client.session["seen"] = "before"
    before = client.session.session_key
    attempt(nordwind.user.email, PASSWORD, client=client)
    assert is_logged_in(client)
    assert client.session.session_key != before


def test_a_session_ends_after_a_night_without_use(nordwind):
    client = browser_of(nordwind.user)
    with time_machine.travel(timezone.now() + timedelta(hours=11)):
        assert is_logged_in(client)
    with time_machine.travel(timezone.now() + timedelta(hours=24)):
        assert not is_logged_in(client)


def test_a_session_in_use_ends_after_a_day(nordwind):
    begun, client = timezone.now(), browser_of(nordwind.user)
    for hours in range(4, 24, 4):
        with time_machine.travel(begun + timedelta(hours=hours)):
            assert is_logged_in(client), hours
    with time_machine.travel(begun + timedelta(hours=24, minutes=1)):
        answer = client.get("/claims/")
        assert not is_logged_in(client)
    assert "Clear-Site-Data" not in answer.headers, "what was typed is kept"


def test_the_list_names_device_and_last_use_the_latest_first(nordwind):
    old, new = browser_of(nordwind.user, FIREFOX), browser_of(nordwind.user)
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        old.get("/account/", REMOTE_ADDR="203.0.113.9")
        page = new.get(SESSIONS)
    shown = page.context["sessions"]
    assert {(each.device, each.ip) for each in shown} == {
        ("Chrome on Windows", "127.0.0.1"),
        ("Firefox on Linux", "203.0.113.9"),
    }
    assert page.text.count("this device") == 1
    later = [each.last_seen_at - each.created_at for each in shown]
    assert min(later) > timedelta(minutes=29)


def test_a_session_in_use_is_written_down_once_in_ten_minutes(
    nordwind, django_assert_num_queries
):
    client = browser_of(nordwind.user)
    client.get("/healthz")
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        client.get("/accounts/inactive/")
        with django_assert_num_queries(4):  # session and person, in a savepoint
            client.get("/accounts/inactive/")


@pytest.mark.parametrize(
    ("user_agent", "named"),
    [
        (CHROME, "Chrome on Windows"),
        (FIREFOX, "Firefox on Linux"),
        (CHROME + " Edg/141.0", "Edge on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("curl/8.5", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_device_is_called_what_its_owner_calls_it(user_agent, named):
    assert device_of(user_agent) == named


def test_log_out_everywhere_else_ends_the_others_and_every_token(nordwind):
    here, there = browser_of(nordwind.user), browser_of(nordwind.user)
    program = program_of(nordwind.user)
    page = here.post(SESSIONS, follow=True)
    assert "All other devices are logged out." in page.text
    assert is_logged_in(here)
    assert not is_logged_in(there)
    assert not program()


def address_of_other(client):
    """Return where the only button of the list beside a session leads to."""
    (address,) = re.findall(r'action="([^"]+/end/)"', client.get(SESSIONS).text)
    return address


def test_a_button_ends_exactly_the_session_beside_it(nordwind):
    phone = browser_of(nordwind.user, IPHONE)
    here = browser_of(nordwind.user)
    address = address_of_other(here)
    third, program = browser_of(nordwind.user, FIREFOX), program_of(nordwind.user)
    page = here.post(address, follow=True)
    assert "Safari on iPhone is logged out." in page.text
    assert not is_logged_in(phone)
    assert is_logged_in(here)
    assert is_logged_in(third)
    assert program(), "tokens belong to no device"
    assert [each.device for each in page.context["sessions"]] == [
        "Firefox on Linux",
        "Chrome on Windows",
    ]
    assert deeds(nordwind.partner)[-1] == (
        Deed.LOG_OUT,
        nordwind.user.email,
        {"where": "one other device"},
    )


def test_the_end_of_a_session_is_asked_by_a_button_that_carries_nothing(nordwind):
    phone, here = browser_of(nordwind.user, IPHONE), browser_of(nordwind.user)
    address = address_of_other(here)
    assert here.get(address).status_code == 404
    assert here.post(address, {"user": "1"}).status_code == 422
    assert is_logged_in(phone)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = here.cookies
    assert strict.post(address).status_code == 403
    assert is_logged_in(phone)


def test_no_session_but_ones_own_others_is_there_to_end(nordwind, rheinwerk):
    here, rival = browser_of(nordwind.user), browser_of(rheinwerk.user)
    colleague = browser_of(nordwind.admin)
    keys = dict(UserSession.objects.values_list("session_key", "pk"))
    ended = opaque("session", max(keys.values()) + 1)
    names = [
        opaque("session", keys[each.session.session_key])
        for each in (rival, colleague, here)
    ]
    a_person = opaque("person", keys[rival.session.session_key])
    paths = [
        f"{SESSIONS}{name}/end/" for name in (*names, ended, a_person, "1", "nonsense")
    ]
    answers = {path: here.post(path) for path in paths}
    assert {answer.status_code for answer in answers.values()} == {404}
    bodies = [text_of(answer).replace(path, "") for path, answer in answers.items()]
    assert len({CHANGING.sub("", body) for body in bodies}) == 1
    assert all(map(is_logged_in, (here, rival, colleague)))
    assert Deed.LOG_OUT not in [deed for deed, *_ in deeds(nordwind.partner)]


def test_a_session_ended_twice_at_once_is_one_log_out(nordwind):
    browser_of(nordwind.user)
    seen = UserSession.objects.get()
    for _press in range(2):
        actions.end_session(session=seen, person=nordwind.user, now=timezone.now())
    assert [deed for deed, *_ in deeds(nordwind.partner)].count(Deed.LOG_OUT) == 1


def end_by_removal(company, person):
    actions.remove_person(person=person, actor=company.admin, now=timezone.now())


def end_by_title(company, person):
    actions.change_title(
        person=person,
        title=Title.BILLING_ADMIN,
        actor=company.admin,
        now=timezone.now(),
    )


@pytest.mark.parametrize("end", [end_by_removal, end_by_title])
def test_a_change_of_rights_ends_sessions_and_tokens_within_one_request(nordwind, end):
    client, program = browser_of(nordwind.user), program_of(nordwind.user)
    end(nordwind, nordwind.user)
    assert not is_logged_in(client)
    assert not program()


def test_a_role_changed_behind_the_applications_back_ends_sessions_too(reviewer):
    client = browser_of(reviewer)
    User.objects.filter(pk=reviewer.pk).update(staff_role=StaffRole.PROGRAMME_ADMIN)
    assert not is_logged_in(client)


def test_a_changed_password_ends_tokens(nordwind):
    program = program_of(nordwind.user)
    given = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    logged_in(nordwind.user).post("/accounts/password/change/", given)
    assert not program()


def test_a_password_set_by_the_link_ends_sessions_and_tokens(nordwind, letters):
    client, program = browser_of(nordwind.user), program_of(nordwind.user)
    ask_for_reset(nordwind.user.email)
    browser = Client()
    form = browser.get(path_of(letters[0]), follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert not is_logged_in(client)
    assert not program()


def test_a_token_expires_by_itself(nordwind):
    program = program_of(nordwind.user)
    with time_machine.travel(timezone.now() + timedelta(days=89)):
        assert program()
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert not program()


def test_ended_sessions_and_tokens_are_thrown_away_and_no_others(nordwind):
    browser_of(nordwind.user)
    program_of(nordwind.user)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        here, program = browser_of(nordwind.user), program_of(nordwind.user)
        assert clear_out() == 1  # logging in took the old one off the owner's list
        assert is_logged_in(here)
        assert program()
    assert (Session.objects.count(), AuthToken.objects.count()) == (1, 2)
    with time_machine.travel(timezone.now() + timedelta(days=90, hours=1)):
        clear_out()
    assert (Session.objects.count(), AuthToken.objects.count()) == (0, 1)
    assert (UserSession.objects.count(), Budget.objects.count()) == (0, 0)


def stale(person):
    """Return a browser whose owner logged in long ago."""
    client = Client()
    client.force_login(person)
    return client


def test_a_role_is_changed_only_after_a_fresh_proof_and_what_was_asked_is_done(
    nordwind,
):
    client = stale(nordwind.admin)
    path = f"/company/people/{opaque('person', nordwind.user.pk)}/"
    assert client.get(path).status_code == 200
    asked = client.post(path, {"title": Title.BILLING_ADMIN})
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    nordwind.user.refresh_from_db()
    assert nordwind.user.title == Title.PARTNER_USER
    client.post(asked["Location"], {"password": WRONG})
    client.post(asked["Location"], {"password": PASSWORD})
    nordwind.user.refresh_from_db()
    assert nordwind.user.title == Title.BILLING_ADMIN


@pytest.mark.parametrize("deed", ["remove", "bring-back"])
def test_access_is_ended_and_given_back_only_after_a_fresh_proof(nordwind, deed):
    path = f"/company/people/{opaque('person', nordwind.user.pk)}/{deed}/"
    asked = stale(nordwind.admin).post(path)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert logged_in(nordwind.admin).post(path)["Location"] == "/company/people/"


def test_staff_takes_all_claims_away_only_after_a_fresh_proof(reviewer, settings):
    client = stale(reviewer)
    asked = client.get("/claims/export.csv?rows=lines")
    assert asked["Location"] == (
        "/accounts/reauthenticate/?next=%2Fclaims%2Fexport.csv%3Frows%3Dlines"
    )
    back = client.post(asked["Location"], {"password": PASSWORD})
    assert back["Location"] == "/claims/export.csv?rows=lines"
    assert client.get(back["Location"]).status_code == 200
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    assert client.get(back["Location"]).status_code == 302


def test_log_in_itself_is_a_fresh_proof(reviewer):
    assert browser_of(reviewer).get("/claims/export.csv").status_code == 200


def test_a_partner_takes_their_own_claims_away_unasked(nordwind):
    assert stale(nordwind.user).get("/claims/export.csv").status_code == 200


def test_somebody_elses_proof_is_none_of_mine(reviewer, nordwind):
    client = confirm(stale(reviewer), nordwind.user)
    assert client.get("/claims/export.csv").status_code == 302


def test_whoever_has_nothing_to_confirm_with_logs_in_anew(reviewer):
    reviewer.set_unusable_password()
    reviewer.save()
    client = stale(reviewer)
    asked = client.get("/claims/export.csv")
    assert asked["Location"] == "/accounts/login/?next=/claims/export.csv"
    assert not is_logged_in(client)


@pytest.mark.parametrize(
    "page", ["2fa/totp/activate/", "2fa/webauthn/add/", "password/set/"]
)
def test_nobody_adds_a_way_in_on_the_strength_of_an_old_company_log_in(nordwind, page):
    nordwind.user.set_unusable_password()
    nordwind.user.save()
    path = f"/accounts/{page}"
    fresh = confirm(stale(nordwind.user), nordwind.user)
    assert fresh.get(path).status_code == 200
    client = stale(nordwind.user)
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
    assert not is_logged_in(client)


def deeds(partner=None):
    entries = TrailEntry.objects.filter(partner=partner).order_by("number")
    return [(entry.deed, entry.about, entry.details) for entry in entries]


def test_the_trail_knows_who_came_who_failed_and_who_went(nordwind):
    email = nordwind.user.email
    attempt(email, WRONG)
    browser_of(nordwind.user).post("/accounts/logout/")
    assert deeds(nordwind.partner) == [
        (Deed.LOG_IN_FAILED, email, {}),
        (Deed.LOG_IN, email, {"by": ["password"]}),
        (Deed.LOG_OUT, email, {}),
    ]


def test_the_trail_keeps_no_address_that_nobody_logs_in_with(db):
    attempt("meinpasswort@geheim.example", WRONG)
    (entry,) = deeds()
    assert entry == (Deed.LOG_IN_FAILED, "an address that nobody logs in with", {})


def test_the_trail_knows_changed_rights(nordwind):
    end_by_title(nordwind, nordwind.user)
    end_by_removal(nordwind, nordwind.user)
    email = nordwind.user.email
    assert deeds(nordwind.partner) == [
        (Deed.RIGHTS_CHANGED, email, {"role": ["partner_user", "billing_admin"]}),
        (Deed.RIGHTS_CHANGED, email, {"access": "ended"}),
    ]
