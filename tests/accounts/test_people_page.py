"""A company's admin and the company's people."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from accounts import actions
from accounts.models import Title, User
from accounts.opaque import opaque
from accounts.rules import Refused
from tests.accounts.conftest import PASSWORD, is_logged_in, logged_in

PEOPLE = "/company/people/"


def page_of(person):
    return f"{PEOPLE}{opaque('person', person.pk)}/"


def second_admin(company):
    return actions.create_person(
        email=f"second@{company.partner.slug}.example",
        name="Zoe Zwei",
        password=PASSWORD,
        partner=company.partner,
        title=Title.BILLING_ADMIN,
    )


def test_an_admin_sees_exactly_their_own_company(nordwind, rheinwerk):
    page = logged_in(nordwind.admin).get(PEOPLE)
    assert page.context["active"] == [nordwind.admin, nordwind.user]
    assert "Uwe Nordwind" in page.text
    assert "Rheinwerk" not in page.text


@pytest.mark.parametrize("company_size", [1, 3])
def test_the_page_asks_as_often_for_three_people_as_for_one(
    nordwind, letters, company_size, django_assert_num_queries
):
    browser = logged_in(nordwind.admin)
    for number in range(company_size):
        actions.create_person(
            email=f"more{number}@nordwind.example",
            name=f"More {number}",
            partner=nordwind.partner,
            title=Title.PARTNER_USER,
        )
        browser.post(
            f"{PEOPLE}invite/",
            {
                "email": f"new{number}@elsewhere.example",
                "title": Title.PARTNER_USER,
                "language": "en",
            },
        )
    browser.get(PEOPLE)
    # the transaction (2), session, reader, company, people, invitations, unread mail
    with django_assert_num_queries(8):
        browser.get(PEOPLE)


@pytest.mark.parametrize("who", ["user", "reviewer", "programme_admin"])
@pytest.mark.parametrize("path", ["", "invite/"])
def test_everybody_else_is_told_who_manages_people(nordwind, request, who, path):
    person = nordwind.user if who == "user" else request.getfixturevalue(who)
    response = logged_in(person).get(PEOPLE + path)
    assert response.status_code == 403
    assert "can manage" in response.text
    assert "Ada Nordwind" not in response.text


@pytest.mark.parametrize("who", ["user", "reviewer", "programme_admin"])
def test_nobody_else_learns_whether_there_is_such_a_person(nordwind, request, who):
    person = nordwind.user if who == "user" else request.getfixturevalue(who)
    there, missing = (
        logged_in(person).get(f"{PEOPLE}{opaque('person', pk)}/")
        for pk in (nordwind.admin.pk, 987_654)
    )
    assert (there.status_code, missing.status_code) == (404, 404)
    assert "Ada Nordwind" not in there.text


def test_strangers_are_asked_to_log_in(db):
    assert Client().get(PEOPLE)["Location"] == f"/accounts/login/?next={PEOPLE}"


def test_an_admin_changes_a_title(nordwind):
    response = logged_in(nordwind.admin).post(
        page_of(nordwind.user), {"title": Title.INCENTIVES_ADMIN}, follow=True
    )
    assert "now has the role “Incentives admin”" in response.text
    nordwind.user.refresh_from_db()
    assert nordwind.user.is_partner_admin


def test_a_new_role_ends_the_sessions_of_the_old_one(nordwind):
    browser = logged_in(nordwind.user)
    actions.change_title(
        person=nordwind.user,
        title=Title.GLOBAL_ADMIN,
        actor=nordwind.admin,
        now=timezone.now(),
    )
    assert not is_logged_in(browser)


def test_an_unknown_title_is_refused(nordwind):
    page = logged_in(nordwind.admin).post(page_of(nordwind.user), {"title": "owner"})
    assert page.status_code == 422
    nordwind.user.refresh_from_db()
    assert nordwind.user.title == Title.PARTNER_USER


def test_removing_somebody_ends_sessions_tokens_and_access(nordwind):
    browser = logged_in(nordwind.user)
    actions.issue_token(person=nordwind.user)
    response = logged_in(nordwind.admin).post(f"{page_of(nordwind.user)}remove/")
    assert response["Location"] == PEOPLE
    assert not is_logged_in(browser)
    assert not AuthToken.objects.filter(user=nordwind.user).exists()
    assert not Client().login(email=nordwind.user.email, password=PASSWORD)


def test_looking_at_somebody_does_not_remove_them(nordwind):
    response = logged_in(nordwind.admin).get(f"{page_of(nordwind.user)}remove/")
    assert response.status_code == 404
    nordwind.user.refresh_from_db()
    assert nordwind.user.is_active


def test_somebody_brought_back_logs_in_but_old_sessions_stay_ended(nordwind):
    old = logged_in(nordwind.user)
    admin = logged_in(nordwind.admin)
    admin.post(f"{page_of(nordwind.user)}remove/")
    page = admin.get(PEOPLE)
    assert page.context["removed"] == [nordwind.user]
    admin.post(f"{page_of(nordwind.user)}bring-back/")
    assert not is_logged_in(old)
    assert Client().login(email=nordwind.user.email, password=PASSWORD)


def test_nobody_removes_or_demotes_themselves(nordwind):
    second_admin(nordwind)
    browser = logged_in(nordwind.admin)
    removed = browser.post(f"{page_of(nordwind.admin)}remove/", follow=True)
    assert "You cannot remove yourself." in removed.text
    demoted = browser.post(page_of(nordwind.admin), {"title": Title.PARTNER_USER})
    assert "You cannot change your own role." in demoted.text
    nordwind.admin.refresh_from_db()
    assert nordwind.admin.is_active
    assert nordwind.admin.is_partner_admin


def test_a_company_keeps_its_last_admin(nordwind, programme_admin):
    with pytest.raises(Refused, match="is the last admin of this company"):
        actions.remove_person(
            person=nordwind.admin, actor=programme_admin, now=timezone.now()
        )
    with pytest.raises(Refused, match="is the last admin of this company"):
        actions.change_title(
            person=nordwind.admin,
            title=Title.PARTNER_USER,
            actor=programme_admin,
            now=timezone.now(),
        )
    second_admin(nordwind)
    actions.remove_person(
        person=nordwind.admin, actor=programme_admin, now=timezone.now()
    )
    nordwind.admin.refresh_from_db()
    assert not nordwind.admin.is_active


def test_the_last_admin_may_become_another_kind_of_admin(nordwind, programme_admin):
    actions.change_title(
        person=nordwind.admin,
        title=Title.BILLING_ADMIN,
        actor=programme_admin,
        now=timezone.now(),
    )
    nordwind.admin.refresh_from_db()
    assert nordwind.admin.title == Title.BILLING_ADMIN


@pytest.mark.parametrize("step", ["", "remove/", "bring-back/"])
def test_another_company_is_as_absent_as_nobody(nordwind, rheinwerk, step):
    browser = logged_in(nordwind.admin)
    given = {} if step else {"title": Title.GLOBAL_ADMIN}
    foreign = browser.post(f"{page_of(rheinwerk.user)}{step}", given)
    missing = browser.post(f"{PEOPLE}999999/{step}", given)
    assert foreign.status_code == missing.status_code == 404
    rheinwerk.user.refresh_from_db()
    assert (rheinwerk.user.is_active, rheinwerk.user.title) == (
        True,
        Title.PARTNER_USER,
    )
    own = browser.post(f"{page_of(nordwind.user)}{step}", given)
    assert own.status_code == 302


def test_the_actions_themselves_refuse_a_foreign_admin(nordwind, rheinwerk):
    for act in (actions.remove_person, actions.bring_back):
        with pytest.raises(Refused, match="Only an admin of your company"):
            act(person=rheinwerk.user, actor=nordwind.admin, now=timezone.now())
    with pytest.raises(Refused, match="Only an admin of your company"):
        actions.change_title(
            person=rheinwerk.user,
            title=Title.GLOBAL_ADMIN,
            actor=nordwind.admin,
            now=timezone.now(),
        )


def test_people_of_the_programme_are_not_managed_here(nordwind, reviewer):
    with pytest.raises(Refused, match="Only the people of a partner company"):
        actions.remove_person(person=reviewer, actor=nordwind.admin, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_remove_each_other_leave_one(nordwind):
    second = second_admin(nordwind)
    start = threading.Barrier(2)
    refusals = []

    def remove(person, actor):
        start.wait()
        try:
            actions.remove_person(person=person, actor=actor, now=timezone.now())
        except Refused as refused:
            refusals.append(str(refused))
        finally:
            connection.close()

    pairs = [(nordwind.admin.pk, second.pk), (second.pk, nordwind.admin.pk)]
    threads = [
        threading.Thread(target=remove, args=[User.objects.get(pk=pk) for pk in pair])
        for pair in pairs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refusals == ["Your access has ended."]
    assert nordwind.partner.people.filter(is_active=True).count() == 2
