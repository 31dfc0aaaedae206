"""Log-in through a company's own identity provider: a real one, over HTTP."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.core.checks import Error
from django.test import Client
from django.utils import timezone

from accounts.actions import remove_person
from accounts.checks import check_identity_providers
from accounts.models import Deed, Invitation, Title, TrailEntry, User
from cpor.identity import allauth_apps, origin
from tests.accounts.company import BEGIN, NAME, at_the_provider, come, provider
from tests.accounts.conftest import PASSWORD, is_logged_in, logged_in
from tests.accounts.test_invitations import NEWCOMER, invite, link

REFUSED = "nobody here belongs to this log-in"

pytestmark = pytest.mark.usefixtures("entra")


def test_whoever_is_known_by_a_verified_address_comes_in(nordwind):
    client, answer = come("known")
    assert answer["Location"] == "/"
    assert is_logged_in(client)
    linked = SocialAccount.objects.get()
    assert (linked.user, linked.provider, linked.uid) == (
        nordwind.user,
        NAME,
        "known",
    )


def test_entra_says_in_its_own_word_that_an_address_is_verified(nordwind):
    assert is_logged_in(come("entra")[0])


@pytest.mark.parametrize(
    "sub", ["unverified", "denied", "noauth", "nobody", "odd", "none"]
)
def test_everybody_else_is_refused_in_the_same_words(nordwind, rheinwerk, sub):
    client, answer = come(sub)
    assert answer.status_code == 403
    assert REFUSED in answer.text
    assert not is_logged_in(client)
    assert not SocialAccount.objects.exists()


def test_a_companys_provider_cannot_speak_for_a_rivals_address(nordwind, rheinwerk):
    """The takeover called nOAuth: a tenant's admin writes any address into a claim."""
    client, _answer = come("noauth")
    assert not is_logged_in(client)
    (entry,) = TrailEntry.objects.filter(partner=None, deed=Deed.LOG_IN_FAILED)
    assert entry.details == {"Nordwind Entra ID": "refused"}


def test_once_known_a_person_is_known_by_the_providers_number(nordwind, settings):
    come("known")
    User.objects.filter(pk=nordwind.user.pk).update(email="new@elsewhere.example")
    assert is_logged_in(come("known")[0])
    assert SocialAccount.objects.count() == 1


def test_two_people_at_the_provider_are_not_one_because_of_an_address(nordwind):
    come("known")
    User.objects.filter(pk=nordwind.user.pk).update(email="new@nordwind.example")
    assert not is_logged_in(come("entra")[0])


def test_a_removed_person_does_not_come_in(nordwind):
    come("known")
    remove_person(person=nordwind.user, actor=nordwind.admin, now=timezone.now())
    client, answer = come("known")
    assert answer["Location"] == "/accounts/inactive/"
    assert not is_logged_in(client)


def test_staff_still_needs_a_second_factor(nordwind, settings):
    settings.SECOND_FACTOR_ROLES = [Title.PARTNER_USER]
    client, _answer = come("known")
    assert client.get("/account/")["Location"] == "/accounts/2fa/needed/"


def test_log_in_leads_back_to_the_page_that_asked_and_to_no_other_site(nordwind):
    assert come("known", next="/account/")[1]["Location"] == "/account/"
    assert come("known", next="https://evil.example/")[1]["Location"] == "/"


def test_no_link_begins_a_log_in(nordwind, server):
    page = Client().get(f"{BEGIN}?next=/account/")
    assert page.status_code == 200
    assert "Log in with Nordwind Entra ID" in page.text
    assert f'action="{BEGIN}"' in page.text
    assert 'name="next" value="/account/"' in page.text
    assert server in page["Content-Security-Policy"]
    assert not SocialAccount.objects.exists()


def test_a_stranger_reads_no_companys_name_and_finds_no_server(nordwind, server):
    page = Client().get("/accounts/login/")
    assert "Nordwind" not in page.text
    assert NAME not in page.text
    assert "form-action 'self';" in page["Content-Security-Policy"]
    told = "Does your company have a log-in of its own? Its admins know the address."
    assert told in page.text


def test_a_guess_at_a_companys_address_is_a_missing_page(nordwind):
    missing = Client().get("/accounts/nothing/")
    for guess in ("nordwind", "entra", NAME[:-1], NAME.upper(), "0" * 32):
        for ask in (Client().get, Client().post):
            answer = ask(f"/accounts/company/{guess}/")
            assert answer.status_code == 404, guess
            assert nameless(answer) == nameless(missing), guess


def nameless(answer):
    """Return the page without what is drawn for each, and where it was asked for."""
    return re.sub(r'(nonce=|Token": |value=)"[^"]+"', "", answer.text)


def test_a_provider_that_says_so_stands_on_the_log_in_page(nordwind, server, settings):
    apps = allauth_apps([provider(server) | {"public": True}])
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps}}
    page = Client().get("/accounts/login/?next=/account/")
    assert "Log in with Nordwind Entra ID" in page.text
    assert f'action="{BEGIN}"' in page.text
    assert server in page["Content-Security-Policy"]


def test_only_its_own_companys_admins_are_told_the_address(nordwind, rheinwerk):
    told = logged_in(nordwind.admin).get("/company/people/").text
    assert f"{BEGIN}" in told
    assert "Nordwind Entra ID" in told
    other = logged_in(rheinwerk.admin).get("/company/people/")
    assert other.status_code == 200
    assert NAME not in other.text


@pytest.mark.parametrize("process", ["connect", "redirect"])
def test_nobody_links_what_does_not_prove_their_address(nordwind, rheinwerk, process):
    client = Client()
    client.login(email=rheinwerk.user.email, password=PASSWORD)
    _client, answer = come(
        "known", client=client, begin=f"{BEGIN}?process={process}", process=process
    )
    assert not SocialAccount.objects.exists()
    assert (answer.status_code, REFUSED in answer.text) == (403, True)


def test_an_answer_to_nobodys_question_opens_nothing(nordwind):
    way = Client().post(BEGIN)
    back = at_the_provider(way, "known")
    victim = Client()
    answer = victim.get(back)
    assert answer.status_code == 401
    assert "did not come through" in answer.text
    assert not is_logged_in(victim)


def test_an_answer_works_once(nordwind):
    client = Client()
    back = at_the_provider(client.post(BEGIN), "known")
    client.get(back)
    client.post("/accounts/logout/")
    assert client.get(back).status_code == 401
    assert not is_logged_in(client)


def test_the_code_is_bound_to_the_browser_that_asked(nordwind):
    sent = parse_qs(urlsplit(Client().post(BEGIN)["Location"]).query)
    assert sent["code_challenge_method"] == ["S256"]
    assert len(sent["state"][0]) >= 16


def test_a_cancelled_log_in_ends_at_log_in(nordwind):
    client = Client()
    state = parse_qs(urlsplit(client.post(BEGIN)["Location"]).query)["state"][0]
    path = f"{BEGIN}callback/?error=access_denied&state={state}"
    assert client.get(path, follow=True).redirect_chain[-1][0] == "/accounts/login/"


def test_a_provider_that_is_down_is_a_sentence(nordwind, settings):
    apps = allauth_apps([provider("http://localhost:9")])
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps}}
    answer = Client().post(BEGIN)
    assert answer.status_code == 401
    assert "gave no answer that fits" in answer.text


def test_an_unknown_provider_is_a_missing_page(db):
    assert Client().post("/accounts/company/okta/").status_code == 404
    assert Client().get("/accounts/company/okta/callback/").status_code == 404


def join(letter, sub, client=None):
    return come(sub, client=client, begin=f"{link(letter)}company/{NAME}/")


def test_an_invited_person_joins_without_a_password(nordwind, letters):
    invite(nordwind.admin, title=Title.BILLING_ADMIN)
    page = Client().get(link(letters[0]))
    assert "Without a password: with Nordwind Entra ID" in page.text
    client, answer = join(letters[0], "new")
    assert answer["Location"] == "/"
    assert is_logged_in(client)
    joined = User.objects.get(email=NEWCOMER)
    assert (joined.partner, joined.title, joined.name) == (
        nordwind.partner,
        Title.BILLING_ADMIN,
        "Nele Neu",
    )
    assert not joined.has_usable_password()
    assert Invitation.objects.get().accepted_at is not None
    client.post("/accounts/logout/")
    assert is_logged_in(come("new")[0])


def test_an_invitation_is_for_its_own_address_only(nordwind, letters):
    invite(nordwind.admin)
    client, answer = join(letters[0], "nobody")
    assert answer.status_code == 403
    assert Invitation.objects.get().accepted_at is None
    assert not is_logged_in(client)


def test_being_invited_is_not_enough_without_the_link(nordwind, letters):
    invite(nordwind.admin)
    assert not is_logged_in(come("new")[0])
    assert not User.objects.filter(email=NEWCOMER).exists()


def test_a_link_that_ended_meanwhile_lets_nobody_join(nordwind, letters):
    invite(nordwind.admin)
    client = Client()
    way = client.post(f"{link(letters[0])}company/{NAME}/")
    back = at_the_provider(way, "new")
    Invitation.objects.update(revoked_at=timezone.now())
    assert client.get(back).status_code == 403
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        late = Client().post(f"{link(letters[0])}company/{NAME}/")
        assert late["Location"] == link(letters[0])


def test_a_provider_is_offered_only_for_addresses_it_may_speak_for(nordwind, letters):
    invite(nordwind.admin, email="neu@anderswo.example")
    assert "Nordwind Entra ID" not in Client().get(link(letters[0])).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"domains": []}, "domains must be given"),
        ({"secret": ""}, "secret must be given"),
        (
            {"server": "https://login.microsoftonline.com/common/v2.0"},
            "name one tenant",
        ),
        (
            {"server": "https://login.microsoftonline.com/organizations/v2.0"},
            "name one tenant",
        ),
    ],
)
def test_a_setup_that_opens_the_door_is_an_error(settings, wrong, said):
    settings.OIDC_PROVIDERS = [provider("https://id.nordwind.example") | wrong]
    (error,) = check_identity_providers()
    assert isinstance(error, Error)
    assert said in error.msg


def test_in_production_a_provider_speaks_https(settings, server):
    settings.PRODUCTION = True
    assert "begin with https" in check_identity_providers()[0].msg
    settings.OIDC_PROVIDERS = [provider("https://id.nordwind.example")]
    assert check_identity_providers() == []


def test_where_a_form_leads_is_the_servers_origin():
    assert origin("https://login.microsoftonline.com/0000-1/v2.0") == (
        "https://login.microsoftonline.com"
    )


def test_in_production_a_hidden_address_cannot_be_guessed(settings):
    settings.PRODUCTION = True
    short = provider("https://id.nordwind.example") | {"id": "nordwind"}
    settings.OIDC_PROVIDERS = [short]
    (error,) = check_identity_providers()
    assert "openssl rand -hex 16" in error.msg
    settings.OIDC_PROVIDERS = [short | {"public": True}]
    assert check_identity_providers() == []
