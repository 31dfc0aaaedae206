"""Everybody who logs in: found, invited, given another role, let go."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from accounts.actions import create_person
from accounts.changes import seal
from accounts.models import Invitation, StaffRole, TrailEntry, User
from accounts.registry import people as registry
from accounts.rules import Refused
from tests.accounts.conftest import PASSWORD, is_logged_in, logged_in
from tests.administration.conftest import WHY, deeds, seen_on, send
from tests.claims.pages import words
from tests.factories import NOW

LIST = "/administration/people/"


@pytest.fixture
def reviewer(db):
    return create_person(
        email="rita@cpor.example",
        name="Rita Prüfer",
        password=PASSWORD,
        staff_role=StaffRole.REVIEWER,
    )


def page_of(person):
    return f"{LIST}{person.pk}/"


def found(browser, **asked):
    return [row.name for row in browser.get(LIST, asked).context["page"].rows]


def test_people_are_found_by_the_beginning_of_name_or_address(
    browser, nordwind, reviewer
):
    assert found(browser, q="prü") == ["Rita Prüfer"]
    assert found(browser, q="uwe NORD") == ["Uwe Nordwind"]
    assert found(browser, q="nordwind.example", only="active") == [
        "Ada Nordwind",
        "Uwe Nordwind",
    ]
    assert found(browser, q="' | ! & :*") == found(browser)
    assert found(browser, only="staff") == ["Pia Amt", "Rita Prüfer"]
    assert found(browser, company=nordwind.partner.pk, q="uwe") == ["Uwe Nordwind"]


def test_staff_are_invited_with_a_role_and_join_by_the_link(browser, letters):
    send(
        browser, f"{LIST}invite/", email="Neu@cpor.example", role="lead", language="de"
    )
    (letter,) = letters
    assert (letter.topic, letter.audience) == ("invitation", "neu@cpor.example")
    assert letter.context["staff_role"] == "lead"
    path = letter.context["url"].partition("://")[2].partition("/")[2]
    stranger = Client()
    assert (
        "Prüfleitung"
        in stranger.get(f"/{path}", headers={"Accept-Language": "de"}).text
    )
    typed = {"name": "Lea", "password1": PASSWORD, "password2": PASSWORD}
    stranger.post(f"/{path}", typed)
    joined = User.objects.get(email="neu@cpor.example")
    assert (joined.staff_role, joined.partner, joined.title) == ("lead", None, "")
    assert deeds()[0][1:5] == (
        "rights_changed",
        "invited",
        {},
        {"email": "neu@cpor.example", "role": "lead"},
    )


def test_an_address_that_logs_in_already_is_refused(browser, reviewer, letters):
    page = send(
        browser, f"{LIST}invite/", email=reviewer.email, role="lead", language="de"
    )
    assert page.context["form"].errors == {
        "email": ["Somebody already logs in with this e-mail."]
    }
    assert not letters


def test_a_second_invitation_ends_the_first_and_can_be_revoked(browser, letters):
    for role in ("lead", "auditor"):
        send(
            browser, f"{LIST}invite/", email="x@cpor.example", role=role, language="en"
        )
    waiting = Invitation.objects.get(revoked_at=None)
    assert waiting.staff_role == "auditor"
    assert "x@cpor.example Auditor" in words(browser.get(LIST))
    send(browser, f"/administration/invitations/{waiting.pk}/revoke/")
    assert not Invitation.objects.filter(revoked_at=None).exists()
    gone = browser.get(f"/administration/invitations/{waiting.pk}/revoke/")
    assert gone.status_code == 404


def test_a_companys_first_admin_is_invited_by_the_programme(browser, nordwind, letters):
    path = f"/administration/partners/{nordwind.partner.pk}/invite/"
    send(browser, path, email="b@x.example", role="billing_admin", language="en")
    waiting = Invitation.objects.get()
    assert (waiting.partner, waiting.title) == (nordwind.partner, "billing_admin")
    assert "b@x.example" in words(
        browser.get(f"/administration/partners/{nordwind.partner.pk}/")
    )


def test_another_role_logs_out_within_one_request(browser, reviewer):
    at_work = logged_in(reviewer)
    assert is_logged_in(at_work)
    send(browser, f"{page_of(reviewer)}role/", role="lead")
    assert not is_logged_in(at_work)
    reviewer.refresh_from_db()
    assert reviewer.is_lead
    assert deeds() == [
        (
            f"person {reviewer.pk}",
            "rights_changed",
            "changed",
            {"role": "reviewer"},
            {"role": "lead"},
            WHY,
        )
    ]
    assert "Role Reviewer Lead reviewer" in words(browser.get(page_of(reviewer)))


@pytest.mark.parametrize("page", ["role/", "access/", "second-factor/"])
def test_rights_are_changed_only_by_somebody_who_has_just_proved_who_they_are(
    admin, reviewer, page
):
    unsure = Client()
    unsure.force_login(admin)
    path = f"{page_of(reviewer)}{page}"
    typed = {"role": "lead", "why": WHY, "seen": seal({"role": "reviewer"})}
    for answer in (unsure.get(path), unsure.post(path, typed)):
        assert answer.status_code == 302
        assert "reauthenticate" in answer.url
    reviewer.refresh_from_db()
    assert (reviewer.staff_role, reviewer.is_active) == ("reviewer", True)
    assert deeds() == []


def with_app(person):
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)


def test_a_lost_second_factor_is_forgotten_for_a_reason_and_its_owner_is_told(
    browser, nordwind, rheinwerk, letters
):
    for person in (nordwind.user, rheinwerk.user):
        with_app(person)
    at_work = logged_in(nordwind.user)
    page = send(browser, f"{page_of(nordwind.user)}second-factor/")
    assert "The second factor of Uwe Nordwind is forgotten." in words(page)
    assert not is_logged_in(at_work)
    left = Authenticator.objects.values_list("user", flat=True).distinct()
    assert list(left) == [rheinwerk.user.pk]
    (letter,) = letters
    assert (letter.topic, letter.audience) == (
        "second_factor_forgotten",
        nordwind.user,
    )
    assert deeds() == [
        (
            f"person {nordwind.user.pk}",
            "rights_changed",
            "forgotten",
            {},
            {},
            WHY,
        )
    ]
    assert TrailEntry.objects.get(details__did="forgotten").partner == nordwind.partner
    assert "Second factor forgotten" in words(browser.get(page_of(nordwind.user)))


def test_a_second_factor_is_not_forgotten_without_a_reason(browser, reviewer, letters):
    with_app(reviewer)
    page = send(browser, f"{page_of(reviewer)}second-factor/", why="")
    assert page.status_code == 422
    assert "why" in page.context["form"].errors
    assert Authenticator.objects.filter(user=reviewer).count() == 2
    assert not letters


def test_where_there_is_no_second_factor_nothing_happens(browser, reviewer, letters):
    at_work = logged_in(reviewer)
    page = send(browser, f"{page_of(reviewer)}second-factor/")
    assert "has set up no second factor, so nothing was changed" in words(page)
    assert is_logged_in(at_work)
    assert (letters, deeds()) == ([], [])


def test_nobody_forgets_their_own_second_factor(browser, admin, colleague, letters):
    with_app(admin)
    sentence = "You cannot forget your own second factor."
    assert sentence in words(browser.get(page_of(admin)))
    assert sentence in words(send(browser, f"{page_of(admin)}second-factor/"))
    assert Authenticator.objects.filter(user=admin).count() == 2
    assert (letters, deeds()) == ([], [])


def test_nobody_changes_sides(browser, nordwind, reviewer):
    for person, role in ((reviewer, "global_admin"), (nordwind.user, "lead")):
        page = send(browser, f"{page_of(person)}role/", role=role)
        assert "role" in page.context["form"].errors


def test_access_ends_at_once_and_comes_back_with_the_old_password(browser, reviewer):
    at_work = logged_in(reviewer)
    send(browser, f"{page_of(reviewer)}access/")
    assert not is_logged_in(at_work)
    send(browser, f"{page_of(reviewer)}access/")
    again = Client()
    typed = {"login": reviewer.email, "password": PASSWORD}
    again.post("/accounts/login/", typed)
    assert is_logged_in(again)
    assert [deed[2] for deed in deeds()] == ["deactivated", "reactivated"]


def test_nobody_changes_their_own_role_or_access(browser, admin, colleague):
    shown = words(browser.get(page_of(admin)))
    assert "You cannot change your own role." in shown
    assert "You cannot end your own access." in shown
    page = send(browser, f"{page_of(admin)}role/", role="auditor")
    assert "You cannot change your own role." in words(page)
    page = send(browser, f"{page_of(admin)}access/")
    assert "You cannot end your own access." in words(page)
    admin.refresh_from_db()
    assert admin.is_programme_admin


def test_two_admins_who_remove_each_other_leave_one(admin, colleague):
    change = {"why": WHY, "now": NOW}
    registry.end_access(person=colleague, actor=admin, **change)
    with pytest.raises(Refused, match="Only a programme admin"):
        registry.end_access(person=admin, actor=colleague, **change)
    admin.refresh_from_db()
    assert admin.is_active


def test_the_last_programme_admin_stays_one(admin, colleague, reviewer):
    change = {"why": WHY, "now": NOW}
    User.objects.filter(pk=admin.pk).update(is_active=False)
    # Somebody who lost the right in between is refused, whatever they ask.
    with pytest.raises(Refused, match="Only a programme admin"):
        registry.end_access(person=colleague, actor=admin, **change)
    last = registry.why_not_end_access(reviewer, colleague)
    assert last == "Paul Amt is the last programme admin. Make somebody else one first."
    assert registry.why_not_give_role(reviewer, colleague, "auditor") == last
    assert registry.why_not_give_role(reviewer, colleague, "programme_admin") is None


def test_the_last_admin_of_a_company_stays_one(browser, nordwind):
    page = send(browser, f"{page_of(nordwind.admin)}role/", role="partner_user")
    assert "the last admin of this company" in words(page)


def test_a_role_that_somebody_else_just_changed_is_told(browser, colleague, reviewer):
    path = f"{page_of(reviewer)}role/"
    seen = seen_on(browser.get(path))
    assert seen == seal({"role": "reviewer"})
    send(logged_in(colleague), path, role="auditor")
    late = browser.post(path, {"role": "lead", "why": WHY, "seen": seen})
    assert late.status_code == 409
    reviewer.refresh_from_db()
    assert reviewer.is_auditor


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    browser, nordwind, count, django_assert_num_queries
):
    for number in range(count):
        create_person(
            email=f"zz{number}@x.example",
            name="Zoe",
            partner=nordwind.partner,
            title="partner_user",
        )
    browser.get(LIST)
    with django_assert_num_queries(7):
        assert found(browser)[3:] == ["Zoe"] * count
