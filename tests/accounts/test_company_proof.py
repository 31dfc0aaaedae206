"""A fresh proof at the company's provider, for whoever has nothing else to show."""

import time
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests
import time_machine
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Deed, Title, TrailEntry
from accounts.opaque import opaque
from cpor.identity import allauth_apps
from tests.accounts.company import BEGIN, NAME, at_the_provider, come, provider
from tests.accounts.conftest import is_logged_in
from tests.accounts.test_passwords import NEW
from tests.accounts.test_second_factor import ACTIVATE, NEEDED, code_of
from tests.administration.conftest import WHY

pytestmark = pytest.mark.usefixtures("entra", "spared")

ASK = "/accounts/reauthenticate/company/"
EXPORT = "/claims/export.csv?rows=lines"
UNASKED = "let you through without asking who you are"
UNDATED = "does not tell when you logged in there"
SOMEBODY_ELSE = "Somebody else is logged in to Nordwind Entra ID"
NOT_YET = "Nothing is done yet: send it once more."


@pytest.fixture
def spared(settings):
    """Second factors are asked of nobody but where a test says so."""
    settings.SECOND_FACTOR_ROLES = []


class Desk:
    """Somebody's browser, twenty minutes after they came in through their company."""

    def __init__(self, person, sub="known"):
        person.set_unusable_password()
        person.save()
        SocialAccount.objects.create(user=person, provider=NAME, uid=sub)
        self.person, self.sub, self.there = person, sub, requests.Session()
        self.client = come(sub, there=self.there)[0]

    def ask(self, path, typed=None):
        """Do what needs a proof; return the page that asks for it."""
        do = self.client.get if typed is None else self.client.post
        asked = do(path, *([] if typed is None else [typed]))
        assert asked["Location"].startswith(f"{ASK}?next="), asked["Location"]
        page = self.client.get(asked["Location"])
        assert "Confirm with Nordwind Entra ID" in page.text
        return page

    def confirm(self, page, sub=None):
        """Press the button, log in at the provider; return what we answer then."""
        way = self.client.post(ASK, {"next": page.context["next"]})
        back = at_the_provider(way, sub or self.sub, there=self.there)
        return self.client.get(back)

    def is_asked(self, path=EXPORT):
        answer = self.client.get(path)
        return answer.status_code == 302 and answer["Location"].startswith(ASK)

    def is_mine(self):
        return self.client.session["_auth_user_id"] == str(self.person.pk)


@pytest.fixture
def later():
    """Let twenty minutes pass: a log-in no longer counts as a proof."""
    with time_machine.travel(timezone.now(), tick=True) as clock:
        yield lambda: clock.shift(timedelta(minutes=20))


@pytest.fixture
def desk(reviewer, later):
    found = Desk(reviewer)
    later()
    return found


def test_the_provider_is_asked_to_ask(desk, settings, server):
    sent = parse_qs(urlsplit(desk.client.post(ASK)["Location"]).query)
    assert (sent["prompt"], sent["max_age"]) == (["login"], ["0"])
    plain = parse_qs(urlsplit(Client().post(BEGIN)["Location"]).query)
    assert not {"prompt", "max_age"} & plain.keys()
    apps = allauth_apps([provider(server) | {"max_age": False}])
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps}}
    sent = parse_qs(urlsplit(desk.client.post(ASK)["Location"]).query)
    assert sent["prompt"] == ["login"]
    assert "max_age" not in sent


def test_the_page_that_asks_leads_to_this_provider_only(desk, server):
    page = desk.ask(EXPORT)
    assert f"form-action 'self' {server}" in page["Content-Security-Policy"]
    assert "data-not-saved" in page.text


def test_a_fresh_proof_leads_to_what_was_asked_for(desk):
    answer = desk.confirm(desk.ask(EXPORT))
    page = desk.client.get(answer["Location"])
    assert f'href="{EXPORT}"' in page.text
    assert desk.client.get(EXPORT).status_code == 200
    assert desk.is_mine()


def test_a_session_that_lives_at_the_provider_proves_nothing(desk, memory):
    memory.is_deaf = True
    answer = desk.confirm(desk.ask(EXPORT))
    assert (answer.status_code, UNASKED in answer.text) == (403, True)
    assert f"{ASK}?next=" in answer.text
    assert desk.is_asked()
    assert desk.is_mine()
    entry = TrailEntry.objects.filter(deed=Deed.LOG_IN_FAILED).get()
    assert entry.about == desk.person.email
    assert entry.details == {"Nordwind Entra ID": "an earlier log-in"}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (lambda at: None, UNDATED),  # the claim is not there
        (str, UNDATED),
        (lambda at: True, UNDATED),
        (lambda at: at * 1000, UNDATED),  # thousandths of a second: far to come
        (lambda at: at - 90, UNASKED),
    ],
)
def test_an_answer_without_a_fresh_time_proves_nothing(desk, memory, told, said):
    memory.tell = told
    answer = desk.confirm(desk.ask(EXPORT))
    assert (answer.status_code, said in answer.text) == (403, True)
    assert desk.is_asked()


@pytest.mark.parametrize("seconds", [-50, 50])
def test_clocks_may_differ_a_little(desk, memory, seconds):
    memory.tell = lambda at: at + seconds
    assert desk.confirm(desk.ask(EXPORT)).status_code == 302
    assert not desk.is_asked()


def test_a_refusal_speaks_german_too(desk, memory):
    desk.person.language = "de"
    desk.person.save()
    memory.is_deaf = True
    back = at_the_provider(desk.client.post(ASK), "known", there=desk.there)
    assert "ohne zu fragen, wer Sie sind" in desk.client.get(back).text


def test_somebody_else_at_the_provider_proves_nothing_and_does_not_come_in(
    desk, nordwind
):
    SocialAccount.objects.create(user=nordwind.user, provider=NAME, uid="entra")
    answer = desk.confirm(desk.ask(EXPORT), sub="entra")
    assert (answer.status_code, SOMEBODY_ELSE in answer.text) == (403, True)
    assert desk.is_mine()
    assert desk.is_asked()


def test_nobody_is_linked_by_a_proof(desk, nordwind):
    """Their address is verified and known: at log-in they would come in."""
    answer = desk.confirm(desk.ask(EXPORT), sub="entra")
    assert SOMEBODY_ELSE in answer.text
    assert SocialAccount.objects.get().user == desk.person


def test_another_number_of_the_same_person_is_somebody_else(desk):
    SocialAccount.objects.create(user=desk.person, provider=NAME, uid="entra")
    assert SOMEBODY_ELSE in desk.confirm(desk.ask(EXPORT), sub="entra").text
    assert desk.is_asked()


def test_a_person_no_longer_linked_proves_nothing(desk):
    page = desk.ask(EXPORT)
    SocialAccount.objects.all().delete()
    assert SOMEBODY_ELSE in desk.confirm(page).text


def test_an_answer_proves_once_and_for_its_own_session_only(desk, later):
    way = desk.client.post(ASK)
    back = at_the_provider(way, "known", there=desk.there)
    stranger = Client()
    assert stranger.get(back).status_code == 401
    assert not is_logged_in(stranger)
    desk.client.get(back)
    assert not desk.is_asked()
    later()
    assert desk.client.get(back).status_code == 401
    assert desk.is_asked()


def test_a_silent_log_in_is_a_log_in_and_no_proof(desk):
    """Otherwise whoever finds the browser open would log in anew, unasked."""
    desk.client, answer = come("known", client=desk.client, there=desk.there)
    assert answer["Location"] == "/"
    assert is_logged_in(desk.client)
    assert desk.is_asked()


def test_a_log_in_whose_time_is_not_told_is_no_proof(desk, memory):
    memory.tell = lambda at: None
    desk.client = come("known")[0]
    assert is_logged_in(desk.client)
    assert desk.is_asked()


def test_a_log_in_at_which_the_provider_asked_is_a_proof(desk):
    desk.client = come("known")[0]
    assert desk.client.get(EXPORT).status_code == 200


def page_of(person):
    return f"/company/people/{opaque('person', person.pk)}/"


def test_a_role_is_changed_by_a_click_after_the_proof_with_what_was_chosen(
    nordwind, later
):
    desk, path = Desk(nordwind.admin), page_of(nordwind.user)
    later()
    page = desk.ask(path, {"title": Title.BILLING_ADMIN})
    answer = desk.confirm(page)
    assert answer["Location"] == path
    form = desk.client.get(path)
    nordwind.user.refresh_from_db()
    assert nordwind.user.title == Title.PARTNER_USER
    assert form.context["form"]["title"].value() == Title.BILLING_ADMIN
    assert NOT_YET in form.text
    assert NOT_YET not in desk.client.get(path).text  # it is offered once
    desk.client.post(path, {"title": Title.BILLING_ADMIN})
    nordwind.user.refresh_from_db()
    assert nordwind.user.title == Title.BILLING_ADMIN


def test_what_was_typed_is_offered_again_and_saved_by_a_click(
    programme_admin, reviewer, later
):
    desk = Desk(programme_admin)
    path = f"/administration/people/{reviewer.pk}/role/"
    seen = desk.client.get(path).context["form"]["seen"].value()
    later()
    typed = {"role": "lead", "why": WHY, "seen": seen}
    answer = desk.confirm(desk.ask(path, typed))
    form = desk.client.get(answer["Location"])
    assert {name: form.context["form"][name].value() for name in typed} == typed
    assert WHY in form.text
    reviewer.refresh_from_db()
    assert reviewer.staff_role == "reviewer"
    desk.client.post(path, typed)
    reviewer.refresh_from_db()
    assert reviewer.staff_role == "lead"


SHEETS = [
    ("role", "reviewer"),
    ("access", "reviewer"),
    ("factor", "reviewer"),
    ("invite", None),
    ("company-invite", "company"),
    ("company-standing", "company"),
]


@pytest.fixture
def keys(reviewer, nordwind):
    return {"reviewer": [reviewer.pk], "company": [nordwind.partner.pk], None: []}


@pytest.mark.parametrize(("sheet", "about"), SHEETS)
def test_no_form_of_the_administration_loses_what_was_typed(
    programme_admin, keys, later, sheet, about
):
    path = reverse(f"administration-{sheet}", args=keys[about])
    desk = Desk(programme_admin)
    later()
    answer = desk.confirm(desk.ask(path, {"why": WHY}))
    assert WHY in desk.client.get(answer["Location"]).text


def test_a_refused_proof_loses_nothing_that_was_typed(nordwind, later, memory):
    desk, path = Desk(nordwind.admin), page_of(nordwind.user)
    later()
    page = desk.ask(path, {"title": Title.BILLING_ADMIN})
    memory.is_deaf = True
    refused = desk.confirm(page)
    assert f"{ASK}?next={quote(path, safe='')}" in refused.text
    memory.is_deaf = False
    form = desk.client.get(desk.confirm(page)["Location"])
    assert form.context["form"]["title"].value() == Title.BILLING_ADMIN


def test_what_was_typed_is_not_offered_before_the_proof(nordwind, later):
    desk, path = Desk(nordwind.admin), page_of(nordwind.user)
    later()
    desk.ask(path, {"title": Title.BILLING_ADMIN})
    form = desk.client.get(path)  # looking is free
    assert form.context["form"]["title"].value() == Title.PARTNER_USER


@pytest.mark.parametrize(("deed", "then"), [("remove", False), ("bring-back", True)])
def test_access_is_ended_and_given_back_by_a_click_on_the_page_with_the_button(
    nordwind, later, deed, then
):
    desk, path = Desk(nordwind.admin), page_of(nordwind.user)
    type(nordwind.user).objects.filter(pk=nordwind.user.pk).update(is_active=not then)
    later()
    answer = desk.confirm(desk.ask(f"{path}{deed}/", {}))
    assert answer["Location"] == path
    assert NOT_YET in desk.client.get(path).text
    nordwind.user.refresh_from_db()
    assert nordwind.user.is_active != then
    desk.client.post(f"{path}{deed}/")
    nordwind.user.refresh_from_db()
    assert nordwind.user.is_active == then


def test_an_app_is_set_up_after_the_proof(desk):
    assert desk.confirm(desk.ask(ACTIVATE))["Location"] == ACTIVATE
    secret = desk.client.get(ACTIVATE).context["form"].secret
    desk.client.post(ACTIVATE, {"code": code_of(secret)})
    assert Authenticator.objects.filter(user=desk.person, type="totp").exists()


def test_whoever_still_needs_a_second_factor_may_prove_first(desk, settings):
    settings.SECOND_FACTOR_ROLES = ["reviewer"]
    assert desk.client.get("/account/")["Location"] == NEEDED
    assert desk.confirm(desk.ask(ACTIVATE))["Location"] == ACTIVATE
    assert desk.client.get(ACTIVATE).status_code == 200
    assert desk.client.get("/account/")["Location"] == NEEDED


def test_a_password_is_kept_nowhere_while_somebody_proves_who_they_are(desk):
    path = "/accounts/password/set/"
    page = desk.ask(path, {"password1": NEW, "password2": NEW})
    assert "password1" not in str(dict(desk.client.session))
    assert desk.confirm(page)["Location"] == path
    assert not desk.person.has_usable_password()
    assert NEW not in desk.client.get(path).text


def test_whoever_turns_back_at_the_provider_stays_and_is_asked_again(desk):
    for error, sentence in (("access_denied", False), ("server_error", True)):
        way = desk.client.post(ASK, {"next": EXPORT})
        state = parse_qs(urlsplit(way["Location"]).query)["state"][0]
        back = desk.client.get(f"{BEGIN}callback/?error={error}&state={state}")
        assert back["Location"] == f"{ASK}?next={quote(EXPORT, safe='')}"
        page = desk.client.get(back["Location"])
        assert ("gave no answer that fits" in page.text) is sentence
    assert desk.is_mine()


def test_a_provider_that_is_down_is_a_sentence_on_the_page_that_asks(desk, settings):
    apps = allauth_apps([provider("http://localhost:9")])
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps}}
    answer = desk.client.post(ASK, {"next": EXPORT})
    assert "gave no answer that fits" in answer.text
    assert answer.context["next"] == EXPORT
    assert desk.is_mine()


def test_no_proof_leads_to_another_site(desk):
    page = desk.client.get(f"{ASK}?next=https://evil.example/")
    assert desk.confirm(page)["Location"] == "/"
    done = desk.client.get("/accounts/reauthenticate/done/?next=https://evil.example/")
    assert 'href="https://evil' not in done.text


def test_whoever_has_another_way_to_confirm_has_no_page_of_their_companys(nordwind):
    client = Client()
    client.force_login(nordwind.user)
    assert client.get(ASK).status_code == 404


def test_without_their_provider_they_come_in_anew(desk, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    answer = desk.client.get(EXPORT)
    assert answer["Location"] == f"/accounts/login/?next={quote(EXPORT)}"
    assert not is_logged_in(desk.client)


def test_the_providers_own_clock_dates_the_proof(desk, later):
    desk.confirm(desk.ask(EXPORT))
    (record,) = [
        each
        for each in desk.client.session["account_authentication_methods"]
        if each.get("reauthenticated")
    ]
    assert record["at"] <= time.time()
    later()
    assert desk.is_asked()
