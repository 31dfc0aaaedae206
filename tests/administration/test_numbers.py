"""The settings pages: bounds, reasons, two admins at once, and what is kept."""

import pytest

from accounts.models import ChangedNumber
from accounts.rulebook import value_of
from claims.rulebook import EVIDENCE_MAX_BYTES, REVIEW_DAYS
from tests.accounts.conftest import logged_in
from tests.administration.conftest import WHY, deeds, seen_on, send
from tests.claims.pages import words

LIST = "/administration/settings/"
PAGE = f"{LIST}review_days/"


def test_a_changed_number_is_in_force_and_in_the_trail(browser):
    page = send(browser, PAGE, value="20")
    assert page.redirect_chain == [(LIST, 302)]
    assert value_of(REVIEW_DAYS) == 20
    assert deeds() == [
        (
            "number review_days",
            "setting_changed",
            "changed",
            {"value": 14},
            {"value": 20},
            WHY,
        )
    ]
    assert "20 business days changed 14" in words(page)


def test_its_page_shows_who_changed_it_when_from_what_to_what_and_why(browser):
    send(browser, PAGE, value="20")
    shown = words(browser.get(PAGE))
    assert "Value 14 20" in shown
    assert WHY in shown
    assert "Pia Amt" in shown


@pytest.mark.parametrize("typed", ["0", "121", "-3", "1.5", "many", "", "9" * 40])
def test_what_is_out_of_bounds_is_told_at_the_field_and_kept(browser, typed):
    page = send(browser, PAGE, value=typed)
    assert page.status_code == 422
    assert page.context["form"].errors == {
        "value": ["Write a whole number from 1 to 120."]
    }
    assert page.context["form"]["value"].value() == typed
    assert page.context["form"]["why"].value() == WHY
    assert not ChangedNumber.objects.exists()


def test_a_change_without_a_reason_is_refused(browser):
    page = send(browser, PAGE, value="20", why=" ")
    assert page.context["form"].errors == {"why": ["Say why, in a few words."]}
    assert value_of(REVIEW_DAYS) == 14


def test_nothing_changed_is_told_and_not_recorded(browser):
    page = send(browser, PAGE, value="14")
    assert "Nothing is different." in words(page)
    assert deeds() == []


def test_the_second_of_two_admins_is_told_and_loses_nothing(browser, colleague):
    seen = seen_on(browser.get(PAGE))
    send(logged_in(colleague), PAGE, value="10")
    late = browser.post(PAGE, {"value": "20", "why": "Mine.", "seen": seen})
    assert late.status_code == 409
    assert value_of(REVIEW_DAYS) == 10
    assert "Somebody else changed this while you were typing." in words(late)
    assert "What is stored now Value 10" in words(late)
    form = late.context["form"]
    assert (form["value"].value(), form["why"].value()) == ("20", "Mine.")
    again = {"value": "20", "why": "Mine.", "seen": seen_on(late)}
    browser.post(PAGE, again)
    assert value_of(REVIEW_DAYS) == 20


def test_the_default_comes_back_with_a_reason(browser, settings):
    settings.EVIDENCE_MAX_BYTES = 12 * 1024 * 1024
    page = f"{LIST}evidence_max_megabytes/"
    send(browser, page, value="20")
    assert value_of(EVIDENCE_MAX_BYTES) == 20 * 1024 * 1024
    send(browser, f"{page}reset/")
    assert value_of(EVIDENCE_MAX_BYTES) == 12 * 1024 * 1024
    assert deeds()[-1][2:] == ("reset", {"value": 20}, {"value": 12}, WHY)


def test_a_number_that_there_is_none_of_is_missing(browser):
    assert browser.get(f"{LIST}secret_key/").status_code == 404


def test_the_list_costs_the_same_however_many_were_changed(
    browser, django_assert_num_queries
):
    browser.get(LIST)
    for changed in ({"review_days"}, {"review_days", "invitation_days"}):
        for name in changed:
            ChangedNumber.objects.update_or_create(name=name, defaults={"value": 9})
        with django_assert_num_queries(6):
            page = browser.get(LIST)
        assert words(page).count(" changed ") == len(changed)
