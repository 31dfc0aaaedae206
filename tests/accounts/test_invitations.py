"""Invitations: links that work once, and tell nobody who else is here."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as project
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import actions, invitation_limits
from accounts.budgets import Limit
from accounts.models import Invitation, Title, User
from accounts.opaque import opaque
from accounts.rules import Refused
from tests.accounts.conftest import PASSWORD, is_logged_in, logged_in

INVITE = "/company/people/invite/"
PEOPLE = "/company/people/"
NEWCOMER = "neu@nordwind.example"
JOINING = {"name": "Nele Neu", "password1": PASSWORD, "password2": PASSWORD}


def invite(admin, email=NEWCOMER, title=Title.PARTNER_USER, language="de"):
    given = {"email": email, "title": title, "language": language}
    return logged_in(admin).post(INVITE, given, follow=True)


def link(letter):
    return letter.context["url"].removeprefix(project.PUBLIC_URL)


def test_an_invited_person_sets_name_and_password_and_is_in(nordwind, letters):
    invite(nordwind.admin, email=" Neu@Nordwind.example ", title=Title.BILLING_ADMIN)
    browser = Client()
    assert "Join Nordwind" in browser.get(link(letters[0])).text
    response = browser.post(link(letters[0]), JOINING)
    assert response["Location"] == "/"
    assert is_logged_in(browser)
    joined = User.objects.get(email=NEWCOMER)
    assert (joined.name, joined.partner, joined.title) == (
        "Nele Neu",
        nordwind.partner,
        Title.BILLING_ADMIN,
    )


def test_the_mail_says_who_invites_where_to_and_until_when(nordwind, letters):
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False):
        page = invite(nordwind.admin)
    (letter,) = letters
    assert (letter.topic, letter.audience, letter.language) == (
        "invitation",
        NEWCOMER,
        "de",
    )
    assert {**letter.context, "url": "…"} == {
        "url": "…",
        "company": "Nordwind",
        "invited_by": "Ada Nordwind",
        "title": "partner_user",
        "staff_role": "",
        "expires_at": "2026-03-16T09:00:00+00:00",
    }
    assert f"An invitation is on its way to {NEWCOMER}." in page.text


def test_only_the_hash_of_a_link_is_kept(nordwind, letters):
    invite(nordwind.admin)
    token = link(letters[0]).split("/")[2]
    stored = Invitation.objects.values().get()
    assert token not in str(stored)
    assert len(token) >= 43


def test_opening_a_link_changes_nothing(nordwind, letters):
    invite(nordwind.admin)
    for method in ("get", "head"):
        assert getattr(Client(), method)(link(letters[0])).status_code == 200
    assert Invitation.objects.get().accepted_at is None
    assert not User.objects.filter(email=NEWCOMER).exists()


def closed(path):
    """The one answer to every link that does not work."""
    opened, used = Client().get(path), Client().post(path, JOINING)
    assert (opened.status_code, used.status_code) == (404, 404)
    assert "This link does not work" in opened.text
    return opened.text.replace(path, "")


def test_a_link_works_once(nordwind, letters):
    invite(nordwind.admin)
    Client().post(link(letters[0]), JOINING)
    closed(link(letters[0]))
    assert User.objects.filter(email=NEWCOMER).count() == 1


def test_a_link_expires_after_its_days(nordwind, letters, settings):
    settings.INVITATION_DAYS = 3
    sent_at = timezone.now()
    invite(nordwind.admin)
    with time_machine.travel(sent_at + timedelta(days=2, hours=23)):
        assert Client().get(link(letters[0])).status_code == 200
    with time_machine.travel(sent_at + timedelta(days=3, minutes=1)):
        closed(link(letters[0]))


def test_a_revoked_link_is_dead(nordwind, letters):
    invite(nordwind.admin)
    waiting = Invitation.objects.get()
    path = f"{PEOPLE}invitations/{opaque('invitation', waiting.pk)}/revoke/"
    page = logged_in(nordwind.admin).post(path, follow=True)
    assert f"The invitation to {NEWCOMER} no longer works." in page.text
    assert page.context["invitations"] == []
    closed(link(letters[0]))


def test_inviting_again_ends_the_earlier_link(nordwind, letters):
    invite(nordwind.admin)
    invite(nordwind.admin, title=Title.GLOBAL_ADMIN)
    closed(link(letters[0]))
    assert Client().get(link(letters[1])).status_code == 200


def test_another_company_cannot_revoke(nordwind, rheinwerk, letters):
    invite(rheinwerk.admin)
    waiting = Invitation.objects.get()
    path = f"{PEOPLE}invitations/{opaque('invitation', waiting.pk)}/revoke/"
    assert logged_in(nordwind.admin).post(path).status_code == 404
    with pytest.raises(Refused):
        actions.revoke_invitation(
            invitation=waiting, actor=nordwind.admin, now=timezone.now()
        )
    assert Client().get(link(letters[0])).status_code == 200
    assert logged_in(rheinwerk.admin).post(path).status_code == 302


@pytest.mark.parametrize("whose", ["rival", "programme", "nobody"])
def test_an_invitation_tells_its_sender_nothing_about_the_address(
    nordwind, rheinwerk, reviewer, letters, whose
):
    email = {
        "rival": rheinwerk.user.email,
        "programme": reviewer.email,
        "nobody": "niemand@irgendwo.example",
    }[whose]
    page = invite(nordwind.admin, email=email)
    assert page.status_code == 200
    assert f"An invitation is on its way to {email}." in page.text
    (waiting,) = page.context["invitations"]
    assert (waiting.email, waiting.accepted_at) == (email, None)
    assert len(letters) == 1


def test_only_the_mailbox_learns_that_it_has_an_account(nordwind, rheinwerk, letters):
    invite(nordwind.admin, email=rheinwerk.user.email)
    (letter,) = letters
    assert (letter.topic, letter.audience) == (
        "already_has_account",
        rheinwerk.user.email,
    )
    assert letter.context["url"].endswith("/accounts/login/")


def test_an_account_made_in_the_meantime_is_not_taken_over(
    nordwind, rheinwerk, letters
):
    invite(nordwind.admin)
    invite(rheinwerk.admin)
    Client().post(link(letters[0]), JOINING)
    browser = Client()
    assert "already has an account here" in browser.get(link(letters[1])).text
    browser.post(link(letters[1]), {**JOINING, "password1": "x" * 12})
    assert not is_logged_in(browser)
    joined = User.objects.get(email=NEWCOMER)
    assert joined.partner == nordwind.partner
    assert joined.check_password(PASSWORD)


def test_accepting_for_a_taken_address_is_refused_by_the_action(
    nordwind, rheinwerk, letters
):
    invite(nordwind.admin)
    invite(rheinwerk.admin)
    Client().post(link(letters[0]), JOINING)
    with pytest.raises(Refused, match="already has an account"):
        actions.accept_invitation(
            token=link(letters[1]).split("/")[2],
            name="Nele",
            password=PASSWORD,
            language="de",
            now=timezone.now(),
        )


def test_a_colleague_is_not_invited_twice(nordwind, letters):
    page = invite(nordwind.admin, email=nordwind.user.email)
    assert page.status_code == 422
    assert "Uwe Nordwind already works here" in page.text
    actions.remove_person(
        person=nordwind.user, actor=nordwind.admin, now=timezone.now()
    )
    page = invite(nordwind.admin, email=nordwind.user.email)
    assert "Bring them back" in page.text
    assert letters == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 5000}, "name"),
        ({"password1": "kurz", "password2": "kurz"}, "password1"),
        ({"password2": "anders als das erste"}, "password2"),
        ({"password1": NEWCOMER, "password2": NEWCOMER}, "password1"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_link_lives_on(
    nordwind, letters, given, field
):
    invite(nordwind.admin)
    page = Client().post(link(letters[0]), {**JOINING, **given})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert Client().post(link(letters[0]), JOINING).status_code == 302


def test_a_name_is_one_line_without_hidden_characters(nordwind, letters):
    invite(nordwind.admin)
    name = "  Nele\r\nBcc: everybody\u202e\x00 Neu "
    Client().post(link(letters[0]), {**JOINING, "name": name})
    assert User.objects.get(email=NEWCOMER).name == "Nele Bcc: everybody Neu"


def test_who_is_logged_in_is_asked_to_log_out_first(nordwind, letters):
    invite(nordwind.admin)
    browser = logged_in(nordwind.admin)
    assert "log out to accept it" in browser.get(link(letters[0])).text
    browser.post(link(letters[0]), JOINING)
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "a" * 5000])
def test_a_made_up_link_is_a_closed_one(db, token):
    assert Client().get(f"/invitation/{token}/").status_code == 404


@pytest.mark.parametrize(
    "given",
    [{"email": "no address"}, {"title": "owner"}, {"title": ""}, {"language": "xx"}],
)
def test_an_invitation_that_makes_no_sense_is_refused(nordwind, letters, given):
    valid = {"email": NEWCOMER, "title": Title.PARTNER_USER, "language": "en"}
    page = logged_in(nordwind.admin).post(INVITE, {**valid, **given})
    assert page.status_code == 422
    assert (letters, Invitation.objects.count()) == ([], 0)


def test_the_database_keeps_one_waiting_invitation_per_address(nordwind, letters):
    invite(nordwind.admin)
    first = Invitation.objects.get()
    first.pk, first.token_hash, first.email = None, "another", NEWCOMER.upper()
    with (
        pytest.raises(IntegrityError, match="one_waiting_invitation_per_email"),
        transaction.atomic(),
    ):
        first.save()


@pytest.mark.parametrize(
    "name",
    [
        "Your access ends. Confirm at https://evil.example/login",
        "www.evil.example",
        "evil.example/login",
        "admin@evil.example",
    ],
)
def test_a_name_carries_no_message_into_a_mail(nordwind, name):
    client = logged_in(nordwind.admin)
    typed = {"name": name, "language": "en", "time_zone": "Europe/Berlin"}
    answer = client.post("/account/", typed)
    assert answer.status_code == 422
    assert "Write only a name, without an address." in answer.text
    nordwind.admin.refresh_from_db()
    assert nordwind.admin.name != name


def test_the_company_stands_before_who_invites(nordwind, letters):
    invite(nordwind.admin)
    (letter,) = letters
    assert letter.context["company"] == nordwind.partner.name


def test_nobody_is_written_to_without_end(nordwind, letters):
    for _ in range(3):
        invite(nordwind.admin)
    refused = invite(nordwind.admin)
    assert "got your invitation today already" in refused.text
    assert len(letters) == 3


def test_a_company_sends_so_many_invitations_a_day(nordwind, letters, monkeypatch):
    few = Limit("invitations", 2, timedelta(days=1))
    monkeypatch.setattr(invitation_limits, "INVITATIONS", few)
    for number in range(2):
        invite(nordwind.admin, email=f"new{number}@nordwind.example")
    refused = invite(nordwind.admin, email="new3@nordwind.example")
    assert "has sent many invitations today" in refused.text
    assert len(letters) == 2
