"""Django's admin site: open to programme admins, through the product's own door."""

import pytest
from django.test import Client

from accounts import actions
from accounts.models import User
from tests.accounts.conftest import logged_in

PERSON = {
    "email": "Lea@cpor.example",
    "name": "Lea Leitung",
    "language": "de",
    "time_zone": "Europe/Berlin",
    "partner": "",
    "title": "",
    "staff_role": "lead",
    "is_active": "on",
}


def test_a_stranger_is_sent_to_the_one_log_in(db):
    answer = Client().get("/site/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("who", ["nordwind", "reviewer"])
def test_nobody_but_a_programme_admin_gets_in(request, who):
    person = request.getfixturevalue(who)
    browser = logged_in(getattr(person, "admin", person))
    assert browser.get("/site/login/").status_code == 403
    assert browser.get("/site/accounts/user/").status_code == 302


@pytest.mark.parametrize("model", ["partner", "partnerlocation", "user", "invitation"])
def test_every_list_opens(nordwind, programme_admin, model):
    actions.add_location(partner=nordwind.partner, partner_id="1234567", name="Kiel")
    page = logged_in(programme_admin).get(f"/site/accounts/{model}/")
    assert page.status_code == 200


def test_a_programme_admin_creates_a_person_without_a_password(programme_admin):
    logged_in(programme_admin).post("/site/accounts/user/add/", PERSON)
    created = User.objects.get(email="lea@cpor.example")
    assert created.is_lead
    assert not created.has_usable_password()


def test_a_person_on_both_sides_is_refused_with_a_sentence(nordwind, programme_admin):
    both = {**PERSON, "partner": nordwind.partner.pk, "title": "partner_user"}
    page = logged_in(programme_admin).post("/site/accounts/user/add/", both)
    assert "never for both" in page.text
    taken = {**PERSON, "email": "REVIEWER1@cpor.example"}
    actions.create_person(email="reviewer1@cpor.example", name="Rita")
    page = logged_in(programme_admin).post("/site/accounts/user/add/", taken)
    assert "Somebody already logs in with this e-mail." in page.text


def test_an_invitation_is_not_made_by_hand(programme_admin):
    browser = logged_in(programme_admin)
    assert browser.get("/site/accounts/invitation/add/").status_code == 403
