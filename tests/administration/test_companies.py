"""Partner companies: found, added, renamed, let go and taken back."""

import pytest
from knox.models import AuthToken

from accounts import actions
from accounts.models import Invitation, Partner, PartnerLocation, User
from tests import factories
from tests.accounts.conftest import PASSWORD, company, is_logged_in, logged_in
from tests.administration.conftest import WHY, deeds, seen_on, send
from tests.claims.pages import words

LIST = "/administration/partners/"


def page_of(partner):
    return f"{LIST}{partner.pk}/"


def test_a_company_is_found_by_a_part_of_its_name_or_by_a_partner_id(
    browser, nordwind, rheinwerk
):
    actions.add_location(partner=rheinwerk.partner, partner_id="1234567", name="Kiel")
    for text, found in (("ORDW", "Nordwind"), ("1234567", "Rheinwerk"), ("x%", None)):
        rows = browser.get(LIST, {"q": text}).context["page"].rows
        assert [row.name for row in rows] == ([found] if found else [])


def test_an_added_company_gets_a_short_name_of_its_own(browser, nordwind):
    send(browser, f"{LIST}new/", name="Nord  Wind")
    send(browser, f"{LIST}new/", name="Nord-Wind")
    assert set(Partner.objects.values_list("name", "slug")) == {
        ("Nordwind", "nordwind"),
        ("Nord Wind", "nord-wind"),
        ("Nord-Wind", "nord-wind-2"),
    }
    _about, deed, did, old, new, why = deeds()[0]
    assert (deed, did, old, why) == ("setting_changed", "added", {}, WHY)
    assert new == {"name": "Nord Wind", "slug": "nord-wind"}


def test_a_name_that_is_taken_is_refused_at_the_field(browser, nordwind):
    page = send(browser, f"{LIST}new/", name="NORDWIND")
    assert page.context["form"].errors == {
        "name": ["There is a company of this name already."]
    }
    assert page.context["form"]["name"].value() == "NORDWIND"


def test_a_company_is_renamed_and_its_page_tells(browser, nordwind):
    send(browser, f"{page_of(nordwind.partner)}name/", name="Südwind")
    shown = words(browser.get(page_of(nordwind.partner)))
    assert "Name Nordwind Südwind" in shown
    assert deeds()[0][0] == f"company {nordwind.partner.pk}"


def test_two_admins_rename_one_company_and_the_second_is_told(
    browser, colleague, nordwind
):
    path = f"{page_of(nordwind.partner)}name/"
    seen = seen_on(browser.get(path))
    send(logged_in(colleague), path, name="First")
    late = browser.post(path, {"name": "Second", "why": WHY, "seen": seen})
    assert late.status_code == 409
    assert Partner.objects.get().name == "First"


def test_a_company_that_goes_is_logged_out_within_one_request(browser, nordwind):
    at_work = logged_in(nordwind.user)
    token = actions.issue_token(person=nordwind.admin)
    claim = factories.claim("submitted", by=nordwind.admin)
    actions.invite_person(
        partner=nordwind.partner,
        email="new@nordwind.example",
        title="partner_user",
        language="en",
        actor=nordwind.admin,
        now=factories.NOW,
    )
    assert is_logged_in(at_work)
    send(browser, f"{page_of(nordwind.partner)}standing/")
    assert not is_logged_in(at_work)
    answer = logged_in(nordwind.user).get("/account/")
    assert answer.status_code == 302
    header = {"Authorization": f"Token {token}"}
    assert browser.get("/api/v1/claims/", headers=header).status_code == 401
    assert not AuthToken.objects.exists()
    assert Invitation.objects.get().revoked_at is not None
    claim.refresh_from_db()
    assert (claim.state, claim.deadlines.count()) == ("submitted", 1)
    assert deeds()[-1][1:5] == (
        "rights_changed",
        "deactivated",
        {"takes_part": True},
        {"takes_part": False, "people": 2},
    )


def test_nobody_logs_in_or_joins_while_the_company_is_away(browser, nordwind, letters):
    send(browser, f"{page_of(nordwind.partner)}standing/")
    stranger = browser.__class__()
    typed = {"login": nordwind.user.email, "password": PASSWORD}
    stranger.post("/accounts/login/", typed)
    assert not is_logged_in(stranger)
    page = send(
        browser,
        f"{page_of(nordwind.partner)}invite/",
        email="new@nordwind.example",
        role="partner_user",
        language="en",
    )
    assert "Nordwind has been deactivated." in words(page)
    person = f"/administration/people/{nordwind.user.pk}/"
    assert "Give the access back" not in words(browser.get(person))
    assert "deactivated" in words(send(browser, f"{person}access/"))
    assert not letters


def test_whoever_left_with_the_company_comes_back_with_it(browser, nordwind):
    User.objects.filter(pk=nordwind.user.pk).update(is_active=False)
    send(browser, f"{page_of(nordwind.partner)}standing/")
    send(browser, f"{page_of(nordwind.partner)}standing/")
    nordwind.admin.refresh_from_db()
    nordwind.user.refresh_from_db()
    assert (nordwind.admin.is_active, nordwind.user.is_active) == (True, False)
    assert Partner.objects.get().is_active


def test_a_location_needs_seven_digits_of_its_own(browser, nordwind, rheinwerk):
    actions.add_location(partner=rheinwerk.partner, partner_id="1234567", name="Kiel")
    path = f"{page_of(nordwind.partner)}locations/new/"
    for typed, sentence in (
        ("123456", "A partner ID has 7 digits."),
        ("\uff11234567", "A partner ID has 7 digits."),
        ("1234567", "This partner ID belongs to a location already."),
    ):
        page = send(browser, path, partner_id=typed, name="Bonn")
        assert page.context["form"].errors == {"partner_id": [sentence]}
        assert page.context["form"]["partner_id"].value() == typed
    send(browser, path, partner_id="7654321", name="Bonn", is_enrolled="on")
    added = PartnerLocation.objects.get(partner_id="7654321")
    assert (added.company, added.is_enrolled) == (nordwind.partner, True)


def test_a_location_is_no_longer_enrolled(browser, nordwind):
    kiel = actions.add_location(
        partner=nordwind.partner, partner_id="1234567", name="Kiel"
    )
    send(browser, f"/administration/locations/{kiel.pk}/", name="Kiel")
    kiel.refresh_from_db()
    assert not kiel.is_enrolled
    assert deeds()[0][3:5] == ({"is_enrolled": True}, {"is_enrolled": False})


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_one_and_for_three(
    browser, count, django_assert_num_queries
):
    for number in range(count):
        one = company(f"Company {number}")
        for place in range(count):
            actions.add_location(
                partner=one.partner, partner_id=f"{number}{place}".zfill(7), name="x"
            )
    browser.get(LIST)
    with django_assert_num_queries(6):
        assert len(browser.get(LIST).context["page"].rows) == count
    with django_assert_num_queries(10):
        browser.get(page_of(one.partner))


def test_a_long_list_goes_on_behind_the_last_name(browser):
    for number in range(27):
        actions.create_partner(name=f"Company {number % 3}", slug=f"company-{number}")
    first = browser.get(LIST).context["page"]
    second = browser.get(LIST, {"after": first.next}).context["page"]
    together = [row.pk for row in [*first.rows, *second.rows]]
    assert len(set(together)) == 27
    assert (len(second.rows), second.next) == (2, None)
    for nonsense in ("x", "99999999", "9" * 30):
        page = browser.get(LIST, {"after": nonsense}).context["page"]
        assert page.is_first
