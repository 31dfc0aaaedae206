"""What people say about themselves."""

import pytest
from django.test import Client

from tests.accounts.conftest import logged_in

PROFILE = "/account/"
NEW = {"name": "Uwe von Nordwind", "language": "de", "time_zone": "Europe/Vienna"}


def test_a_person_changes_their_name_language_and_clock(nordwind):
    browser = logged_in(nordwind.user)
    response = browser.post(PROFILE, NEW)
    assert response["Location"] == PROFILE
    nordwind.user.refresh_from_db()
    assert (nordwind.user.name, nordwind.user.language, nordwind.user.time_zone) == (
        "Uwe von Nordwind",
        "de",
        "Europe/Vienna",
    )


def test_nobody_gives_themselves_another_address_title_or_company(nordwind, rheinwerk):
    logged_in(nordwind.user).post(
        PROFILE,
        {
            **NEW,
            "email": "other@nordwind.example",
            "title": "global_admin",
            "staff_role": "lead",
            "partner": rheinwerk.partner.pk,
            "is_active": "",
        },
    )
    nordwind.user.refresh_from_db()
    assert nordwind.user.email == "user@nordwind.example"
    assert (nordwind.user.title, nordwind.user.staff_role) == ("partner_user", "")
    assert nordwind.user.partner == nordwind.partner
    assert nordwind.user.is_active


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 5000),
        ("name", "\u202e\r\n"),
        ("language", "fr"),
        ("time_zone", "Mars/Phobos"),
    ],
)
def test_what_makes_no_sense_is_refused_and_what_was_typed_stays(
    nordwind, field, value
):
    page = logged_in(nordwind.user).post(PROFILE, {**NEW, field: value})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    nordwind.user.refresh_from_db()
    assert nordwind.user.language == "en"
    if field != "name":
        assert "Uwe von Nordwind" in page.text


def test_a_strange_profile_asks_for_log_in(db):
    assert Client().get(PROFILE)["Location"] == "/accounts/login/?next=/account/"


@pytest.mark.parametrize(
    "path",
    ["password/change/", "2fa/", "sessions/", "logout/"],
)
def test_the_pages_around_an_account_open(nordwind, path):
    assert logged_in(nordwind.user).get(f"/accounts/{path}").status_code == 200


def test_the_other_devices_are_logged_out_with_one_button(nordwind):
    here, there = Client(), Client()
    for browser in (here, there):
        browser.post(
            "/accounts/login/",
            {"login": nordwind.user.email, "password": "vier stille wale tauchen"},
        )
    page = here.get("/accounts/sessions/")
    assert len(page.context["sessions"]) == 2
    here.post("/accounts/sessions/")
    assert here.get(PROFILE).status_code == 200
    assert there.get(PROFILE).status_code == 302
