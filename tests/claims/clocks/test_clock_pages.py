"""The pages about the clocks: foresee, dry run, brake."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import StaffRole, TrailEntry
from claims import brakes
from claims.calendars import programme_calendar
from claims.models import Brake, Deadline
from tests import factories
from tests.claims.clocks.running import CLOCK
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

NOW = factories.NOW
DAY = timedelta(days=1)


PAGES = ["foresee", "clocks-dry-run", "outages"]


# --- Who gets in --------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_leads_and_admins_get_in_and_nobody_else(name, lead, admin):
    url = reverse(name)
    partner = factories.person(factories.partner())
    auditor = factories.staff(StaffRole.AUDITOR)
    readers = [lead, admin, factories.staff(), auditor, partner, None]
    codes = [browser(reader).get(url).status_code for reader in readers]
    assert codes == [200, 200, 403, 403, 403, 302]


def test_only_admins_move_many_dates(lead, admin):
    place = programme_calendar(NOW)
    url = reverse("calendar-recalculate", args=[place.pk])
    assert browser(lead).get(url).status_code == 403
    assert browser(lead).post(url, {"reason": "x"}).status_code == 403
    assert browser(lead).post(reverse("outages"), {}).status_code == 403
    assert browser(admin).get(url).status_code == 200
    missing = reverse("calendar-recalculate", args=[place.pk + 1])
    assert browser(admin).get(missing).status_code == 404


# --- Foresee ------------------------------------------------------------------


def test_everything_that_comes_is_told_by_day_with_its_reader(lead):
    company = factories.partner("Nordwind GmbH")
    by = factories.person(company)
    claim = factories.claim("action_required", by=by)
    page = words(browser(lead).get(reverse("foresee") + "?days=30"))
    assert page.count(claim.number) == 4, "three reminders and the end"
    assert "Reminder: 3 business days" not in page
    for what in (
        "Wed 2 Dec",
        "Reminder: 7 days left",
        "Reminder: 1 day left",
        "Fri 11 Dec, 23:59 Berlin",
        "Lapse without an answer: the claim becomes “Rejected”",
        "Nordwind GmbH",
    ):
        assert what in page
    soon = words(browser(lead).get(reverse("foresee")))
    assert claim.number not in soon, "nothing within seven days"
    assert "Nothing happens within 7 days" in soon


def test_a_reviewers_clock_tells_the_reviewer_and_the_leads(lead):
    reviewer = factories.staff(name="Rita Reviewer")
    claim = factories.claim("in_review")
    type(claim).objects.filter(pk=claim.pk).update(assignee=reviewer)
    page = words(browser(lead).get(reverse("foresee") + "?days=30"))
    assert "Rita Reviewer and the lead reviewers" in page
    assert "nothing else happens" in page


def test_overdue_work_is_for_the_next_sweep(lead):
    claim = factories.claim("rejected", now=NOW - 40 * DAY)
    page = words(browser(lead).get(reverse("foresee")))
    assert claim.number in page
    assert "at the next sweep" in page


def test_held_and_switched_off_clocks_are_shown_as_such(lead):
    claim = factories.claim("action_required", now=NOW - 40 * DAY)
    Deadline.objects.filter(claim=claim).update(held_at=NOW, held_because="no_warning")
    waiting = factories.claim("rejected", now=NOW - 28 * DAY)
    brakes.switch_off(clock=CLOCK, by=lead, reason="Wrong dates.", now=NOW)
    page = words(browser(lead).get(reverse("foresee")))
    assert "Held: they wait for a lead's decision" in page
    assert page.count(claim.number) == 1, "what is held does not come"
    assert waiting.number in page
    assert "not now: the clock stands still" in page
    assert "switched off" in page


def test_pages_of_what_comes_follow_each_other_without_gap(lead, monkeypatch):
    for _each in range(3):
        factories.claim("action_required")
    monkeypatch.setattr("claims.foresight.PAGE", 5)
    client, url, seen = browser(lead), reverse("foresee") + "?days=30", []
    while url:
        page = client.get(url).context["page"]
        seen += [(row.at, row.deadline.pk, row.kind) for row in page.rows]
        url = page.next and f"{reverse('foresee')}?days=30&after={page.next}"
    assert len(seen) == len(set(seen)) == 12
    assert seen == sorted(seen)


@pytest.mark.parametrize("cursor", ["x", "e30=", "WyJhIiwgMSwgImIiXQ==", "%00", "ÿ"])
def test_a_cursor_that_cannot_be_read_begins_anew(lead, cursor):
    claim = factories.claim("action_required")
    url = f"{reverse('foresee')}?days=30&after={cursor}"
    assert claim.number in words(browser(lead).get(url))


@pytest.mark.parametrize("count", [1, 3])
def test_foresee_asks_the_database_the_same_however_much_comes(
    lead, count, django_assert_num_queries
):
    for _each in range(count):
        factories.claim("action_required")
        factories.claim("in_review")
    client = browser(lead)
    client.get(reverse("foresee"))
    with django_assert_num_queries(FORESEE_QUERIES):
        client.get(reverse("foresee") + "?days=30")


FORESEE_QUERIES = 15


def test_a_calendar_that_ends_within_24_months_is_named(lead):
    place = programme_calendar(NOW)
    place.last_on = date(2028, 11, 20)
    place.save()
    page = words(browser(lead).get(reverse("foresee")))
    assert "DE-BE · until 20 Nov 2028" in page
    place.last_on = date(2028, 11, 30)
    place.save()
    assert "until 30 Nov 2028" not in words(browser(lead).get(reverse("foresee")))


# --- Dry run ------------------------------------------------------------------


def test_the_dry_run_tells_what_the_sweep_would_do(lead):
    claim = factories.claim("rejected", now=NOW - 40 * DAY)
    page = words(browser(lead).get(reverse("clocks-dry-run")))
    assert claim.number in page
    assert "Expire undisputed: the claim becomes “Rejected (final)”" in page
    assert type(claim).objects.get(pk=claim.pk).state == "rejected"


def test_the_dry_run_of_a_later_moment_takes_the_mails_as_arrived(lead):
    claim = factories.claim("action_required")
    url = reverse("clocks-dry-run")
    assert claim.number not in words(browser(lead).get(url))
    page = words(browser(lead).get(url, {"at": "2026-12-12T08:00"}))
    assert "Lapse without an answer" in page
    assert "taken as sent and arrived" in page


@pytest.mark.parametrize(
    "typed",
    [
        *("soon", "", "2027-03-28T02:30", "9" * 500),
        *("0001-01-01", "0001-01-01T00:00", "9999-12-31", "9999-12-31T23:59"),
    ],
)
def test_a_moment_that_is_none_is_told_at_its_field(lead, typed):
    response = browser(lead).get(reverse("clocks-dry-run"), {"at": typed})
    assert response.status_code == 422
    assert "As if it were" in words(response)


# --- The brake ----------------------------------------------------------------


def press(reader, deed, **typed):
    url = reverse("clock", args=[CLOCK])
    return browser(reader).post(url, {"deed": deed, **typed})


def test_a_lead_switches_a_clock_off_and_on(lead):
    claim = factories.claim("rejected")
    assert press(lead, "off", reason="Wrong dates.").status_code == 302
    shown = words(browser(claim.created_by).get(claim.get_absolute_url()))
    assert "This clock is switched off since" in shown
    assert "Wrong dates." in shown
    assert press(lead, "on", reason="Mended.").status_code == 302
    assert brakes.stopped() == set()
    page = words(browser(lead).get(reverse("clock", args=[CLOCK])))
    assert "Switched off Wrong dates. Lea Lead" in page
    assert "Switched on Mended. Lea Lead" in page
    deeds = TrailEntry.objects.filter(deed="clock_braked").values_list(
        "details__deed", flat=True
    )
    assert list(deeds.order_by("number")) == ["off", "on"]


@pytest.mark.parametrize("deed", ["off", "on", "release", "limit", "smash", ""])
def test_a_brake_is_used_only_with_a_reason(lead, deed):
    response = press(lead, deed, reason=" ")
    assert response.status_code == 422
    assert Brake.objects.filter(off_at__isnull=False).count() == 0


def test_what_was_typed_is_kept_when_it_cannot_be(lead):
    response = press(lead, "limit", limit="0", reason="Too many of them.")
    assert response.status_code == 422
    assert b"Too many of them." in response.content
    assert press(lead, "on", reason="But why").status_code == 422


def test_a_limit_is_set_and_a_tripped_clock_released(lead):
    claims = [factories.claim("rejected", now=NOW - 40 * DAY) for _each in range(2)]
    assert press(lead, "limit", limit="1", reason="Few.").status_code == 302
    for claim in claims:  # opening an overdue claim's page also takes the step
        browser(lead).get(claim.get_absolute_url())
    page = words(browser(lead).get(reverse("clock", args=[CLOCK])))
    assert "stopped at its daily limit" in page
    assert "1 of at most 1" in page
    shown = words(browser(lead).get(claims[1].get_absolute_url()))
    assert "reached its daily limit and waits for a lead reviewer" in shown
    assert press(lead, "release", reason="Looked at.").status_code == 302
    assert brakes.stopped() == set()


def test_reviewers_and_partners_stop_no_clock():
    for reader in (factories.staff(), factories.person(factories.partner())):
        assert press(reader, "off", reason="x").status_code == 403
    assert Brake.objects.count() == 0


def test_a_clock_that_is_none_is_missing(lead):
    assert browser(lead).get("/clocks/sundial/").status_code == 404


# --- In German ----------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_speak_german(name, admin):
    type(admin).objects.filter(pk=admin.pk).update(language="de")
    factories.claim("action_required", now=NOW - 40 * DAY)
    with translation.override("de"):
        page = browser(admin).get(reverse(name))
    assert 'lang="de"' in page.text
    assert not [word for word in ("Claim", "Clock", "Dry run") if word in words(page)]
