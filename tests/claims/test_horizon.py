"""Beyond the days that a calendar knows: a clear sentence, and nothing half-saved."""

from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import StaffRole, TrailEntry
from claims.calendars import load_calendar, programme_calendar
from claims.holiday_updates import update_holidays
from claims.models import CalendarDay, Claim
from claims.places import TABLES
from claims.sweep import sweep
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

NOW = factories.NOW
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cut_short():
    """The programme's calendar, known until two days from now."""
    place = programme_calendar(NOW)
    place.last_on = date(2026, 11, 25)
    place.save()
    return place


def said(*command, **options):
    out = StringIO()
    call_command(*command, **options, stdout=out)
    return out.getvalue()


# --- A step whose deadline cannot be told -------------------------------------


def test_a_step_on_a_page_says_why_and_changes_nothing(cut_short):
    claim = factories.draft()
    by = claim.created_by
    url = reverse("claim-step", args=[claim.number, "submit"])
    assert browser(by).get(url).status_code == 200
    response = browser(by).post(url, {})
    assert response.status_code == 409
    page = words(response)
    assert "The next deadline cannot be computed, so nothing was changed." in page
    assert "The holidays around 2026-11-26 are not known here." in page
    unchanged = Claim.objects.get(pk=claim.pk)
    assert (unchanged.state, unchanged.version, unchanged.due_at) == ("draft", 0, None)
    assert unchanged.events.count() == unchanged.deadlines.count() == 0


def test_a_step_through_the_api_says_why(cut_short):
    claim = factories.draft()
    url = f"/api/v1/claims/{claim.number}/steps/submit/"
    response = browser(claim.created_by).post(url, content_type="application/json")
    assert response.status_code == 409
    assert "are not known here" in response.text
    assert Claim.objects.get(pk=claim.pk).state == "draft"


def test_the_clock_sets_such_a_claim_aside_and_its_page_opens():
    reviewer = factories.staff()
    claim = factories.claim("submitted")
    place = programme_calendar(NOW)
    place.last_on = claim.due_at.date()
    place.save()
    late = claim.due_at + SECOND
    swept = sweep(now=late)
    assert set(swept.failed) == {str(claim.deadlines.get(closed_at=None).pk)}
    with time_machine.travel(late, tick=False):
        assert browser(reviewer).get(claim.get_absolute_url()).status_code == 200
    assert Claim.objects.get(pk=claim.pk).state == "submitted"


def test_pages_of_a_calendar_that_was_cut_short_still_open():
    claim = factories.claim("in_review")
    lead = factories.staff(StaffRole.LEAD)
    place = programme_calendar(NOW)
    place.last_on = date(2026, 11, 25)
    place.save()
    for url in (claim.get_absolute_url(), "/", reverse("claims"), reverse("foresee")):
        assert browser(lead).get(url).status_code == 200
    assert "days left unknown" in words(browser(lead).get(claim.get_absolute_url()))


# --- Loading the holidays anew ------------------------------------------------


def tampered():
    """Return the programme's calendar, as an older table might have had it."""
    place = programme_calendar(NOW)
    place.days.filter(on="2026-12-25").update(name="Xmas")
    place.days.filter(on="2027-01-01").delete()
    CalendarDay.objects.create(calendar=place, on="2026-12-07", name="Abolished")
    CalendarDay.objects.create(
        calendar=place, on="2026-12-08", name="Our own", is_own=True
    )
    place.source, place.last_on = "holidays 0.1", date(2030, 12, 31)
    place.days.filter(on__gt=place.last_on).delete()
    place.save()
    return place


def test_an_update_shows_what_was_added_removed_and_renamed():
    place = tampered()
    lines = said("update_holidays", dry_run=True).splitlines()
    assert lines[0].startswith(
        f"Programme, DE-BE (Europe/Berlin): holidays 0.1 → {TABLES}, "
        "until 2030-12-31 → 2031-12-31, "
    )
    assert lines[1:4] == [
        "  - 2026-12-07 Abolished",
        "  ~ 2026-12-25 Xmas → Christmas Day",
        "  + 2027-01-01 New Year's Day",
    ]
    assert lines[-1] == "Nothing was changed."
    place.refresh_from_db()
    assert place.source == "holidays 0.1"
    assert place.days.get(on="2026-12-25").name == "Xmas"


def test_an_update_writes_what_it_showed_and_keeps_own_days_and_deadlines():
    place = tampered()
    claim = factories.claim("action_required")
    said("update_holidays")
    place.refresh_from_db()
    assert (place.source, place.last_on) == (TABLES, date(2031, 12, 31))
    assert place.days.get(on="2026-12-25").name == "Christmas Day"
    assert place.days.get(on="2026-12-25").name_de == "Erster Weihnachtstag"
    assert not place.days.filter(on="2026-12-07").exists()
    assert place.days.get(on="2026-12-08").is_own
    assert Claim.objects.get(pk=claim.pk).due_at == claim.due_at
    assert TrailEntry.objects.get(deed="setting_changed").about == "holidays of DE-BE"
    assert not update_holidays(place=place, now=NOW)
    assert "up to date" in said("update_holidays")


def test_an_update_tells_how_many_running_deadlines_it_would_move():
    place = programme_calendar(NOW)
    place.days.filter(on="2026-12-25").delete()
    with time_machine.travel(NOW.replace(month=12, day=14), tick=False):
        factories.claim("action_required", now=NOW.replace(month=12, day=14))
        told = said("update_holidays")
    page = reverse("calendar-recalculate", args=[place.pk])
    assert f"1 running deadlines would end later if they were counted anew: {page}" in (
        told
    )


def test_a_calendar_whose_place_is_no_more_does_not_stop_the_others():
    by = factories.person(factories.partner("Gone Ltd"))
    gone = load_calendar(
        partner=by.partner,
        country="AT",
        subdivision="",
        time_zone="Europe/Vienna",
        years=range(2026, 2028),
    )
    gone.country = "XX"
    gone.save()
    place = tampered()
    out = StringIO()
    with pytest.raises(CommandError, match="1 calendars could not be updated"):
        call_command("update_holidays", stdout=out)
    assert "Gone Ltd, XX (Europe/Vienna): error: “XX” is no country code" in (
        out.getvalue()
    )
    place.refresh_from_db()
    assert place.source == TABLES
