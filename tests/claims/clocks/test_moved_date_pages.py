"""The pages that move running dates: an outage, and a calendar that was changed."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import TrailEntry
from claims import postponements
from claims.calendars import programme_calendar
from claims.models import CalendarDay, Postponement
from claims.recalculation import preview
from tests import factories
from tests.claims.clocks.running import at, running
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

NOW = factories.NOW
DAY = timedelta(days=1)


# --- Outages ------------------------------------------------------------------


def record(reader, **typed):
    outage = {
        "began_at": "2026-11-23T08:00",
        "ended_at": "2026-11-23T09:30",
        "reason": "Power failure.",
        **typed,
    }
    return browser(reader).post(reverse("outages"), outage)


def test_an_admin_records_an_outage(admin, lead):
    claim = factories.claim("action_required", now=NOW - 3 * DAY)
    before = running(claim).due_at
    assert record(admin).status_code == 302
    assert running(claim).due_at == before + DAY
    page = words(browser(lead).get(reverse("outages")))
    assert "The system was down Power failure." in page
    assert "Adam Admin" in page
    entry = TrailEntry.objects.get(deed="dates_moved")
    assert (entry.actor, entry.details["moved"]) == (admin, 1)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"ended_at": "2026-11-23T08:00"}, "An outage ends after it began."),
        ({"ended_at": "2026-11-24T08:00"}, "its end lies ahead"),
        ({"began_at": "soon"}, "Down from"),
        ({"began_at": "2026-03-29T02:30"}, "Down from"),
        ({"reason": ""}, "Reason"),
        ({"clocks": ["sundial"]}, "Clocks"),
    ],
)
def test_what_is_no_outage_is_told_and_kept(admin, typed, sentence):
    response = record(admin, **typed)
    assert response.status_code == 422
    assert sentence in words(response)
    assert Postponement.objects.count() == 0


# --- Recalculation ------------------------------------------------------------


def free_day(on="2026-12-07"):
    place = programme_calendar(NOW)
    CalendarDay.objects.create(
        calendar=place, on=on, name="Moving day", name_de="Umzugstag", is_own=True
    )
    return place


def url_of(place):
    return reverse("calendar-recalculate", args=[place.pk])


def test_the_preview_shows_old_and_new_date_and_moves_nothing(admin):
    claim = factories.claim("action_required")
    page = words(browser(admin).get(url_of(free_day())))
    assert f"{claim.number} " in page
    assert "Fri 11 Dec, 23:59 Berlin Mon 14 Dec, 23:59 Berlin" in page
    assert running(claim).due_at == claim.due_at


def test_an_admin_moves_what_the_preview_showed(admin):
    claim, over = factories.claim("action_required"), factories.claim("rejected")
    place = free_day()
    seen = preview(place).token
    typed = {"seen": seen, "reason": "New public holiday."}
    assert browser(admin).post(url_of(place), typed).status_code == 302
    moved = running(claim)
    assert moved.due_at == at("2026-12-14T22:59:59")
    assert moved.arithmetic["skipped"] == [["2026-12-07", "Moving day", "Umzugstag"]]
    assert running(over).due_at == over.due_at, "calendar days mind no holiday"
    shown = words(browser(claim.created_by).get(claim.get_absolute_url()))
    assert (
        "Counted anew on the changed calendar, Mon 14 Dec 2026, 23:59 Europe/Berlin: "
        "14 business days after Mon 23 Nov; 1 holiday skipped (Moving day): "
        "New public holiday."
    ) in shown
    assert claim.events.order_by("version").last().step == "postpone"


def test_a_preview_that_is_no_longer_true_moves_nothing(admin):
    another = factories.claim("action_required")
    factories.claim("action_required")
    place = free_day()
    seen = preview(place).token
    factories.take(another, "withdraw")
    response = browser(admin).post(url_of(place), {"seen": seen, "reason": "New day."})
    assert response.status_code == 409
    assert "has changed since you looked" in words(response)
    assert b"New day." in response.content
    assert Postponement.objects.count() == 0


def test_a_recalculation_needs_a_reason(admin):
    claim = factories.claim("action_required")
    place = free_day()
    seen = preview(place).token
    response = browser(admin).post(url_of(place), {"seen": seen, "reason": " "})
    assert response.status_code == 422
    assert running(claim).due_at == claim.due_at


def test_a_date_never_moves_earlier():
    place = free_day()
    claim = factories.claim("action_required")
    place.days.filter(is_own=True).delete()
    found = preview(place)
    assert (list(found.moves), found.unmoved) == ([], 1)
    done = postponements.carry_out(
        postponement=postponements.record_recalculation(
            place=place, reason="Mistake.", by=None, now=NOW
        ),
        now=NOW,
    )
    assert (done.moved, running(claim).due_at) == (0, claim.due_at)


def test_a_companys_calendar_moves_its_own_claims_only(admin):
    by = factories.person(factories.partner())
    theirs, other = (
        factories.claim("action_required", by=by),
        factories.claim("action_required"),
    )
    review = factories.claim("in_review", by=by)
    place = programme_calendar(NOW)
    place.pk, place.partner = None, by.partner
    place.save()
    CalendarDay.objects.create(calendar=place, on="2026-12-07", name="Feast")
    assert [move.pk for move in preview(place).moves] == [running(theirs).pk]
    assert other.pk != review.pk


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_asks_the_database_the_same_however_much_moves(
    count, django_assert_num_queries
):
    for _each in range(count):
        factories.claim("action_required")
    place = free_day()
    with django_assert_num_queries(2):
        assert len(preview(place).moves) == count
