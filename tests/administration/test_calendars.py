"""Calendars: a year at a glance, other places, own days; running deadlines stay."""

import re
from datetime import date

import pytest

from claims.almanac import Kind, year_of
from claims.calendars import programme_calendar
from claims.models import CalendarDay, WorkCalendar
from tests import factories
from tests.accounts.conftest import company, logged_in
from tests.administration.conftest import WHY, deeds, seen_on, send
from tests.claims.pages import words

LIST = "/administration/calendars/"
BAVARIA = {
    "country": "DE",
    "subdivision": "Bayern",
    "time_zone": "Europe/Berlin",
    "working_weekdays": ["0", "1", "2", "3", "4"],
}


@pytest.fixture
def berlin(db):
    return programme_calendar(factories.NOW)


def page_of(calendar):
    return f"{LIST}{calendar.pk}/"


def days_of(calendar, year):
    shown = year_of(calendar=calendar, year=year, today=date(2026, 11, 23))
    return {
        day.on: day
        for month in shown.months
        for week in month.weeks
        for day in week
        if day is not None
    }


def test_a_year_has_every_day_once_and_each_says_what_it_is(berlin):
    days = days_of(berlin, 2026)
    assert len(days) == 365
    assert days[date(2026, 10, 3)].kind == Kind.HOLIDAY
    assert days[date(2026, 10, 3)].name == "German Unity Day"
    assert days[date(2026, 10, 4)].kind == Kind.FREE
    assert days[date(2026, 10, 5)].kind == Kind.WORKING
    assert [on for on, day in days.items() if day.is_today] == [date(2026, 11, 23)]


def test_the_counted_days_are_those_that_deadlines_count(berlin):
    shown = year_of(calendar=berlin, year=2027, today=date(2026, 11, 23))
    plain = berlin.as_days()
    counted = [on for on in days_of(berlin, 2027) if plain.is_working(on)]
    assert shown.working_count == len(counted)


def test_the_page_names_holidays_in_the_readers_language(browser, admin, berlin):
    path = page_of(berlin)
    assert "Sat 3 Oct 2026 German Unity Day holiday" in words(
        browser.get(path, {"year": "2026"})
    )
    admin.language = "de"
    admin.save()
    shown = words(browser.get(path, {"year": "2026"}))
    assert "Tag der Deutschen Einheit Feiertag" in shown
    assert "Eine Änderung am Kalender verschiebt nie eine laufende Frist." in shown


def test_a_holiday_is_told_by_more_than_its_colour(browser, berlin):
    page = browser.get(page_of(berlin), {"year": "2026"}).text
    cell = re.search(r'<td><span class="day is-holiday"[^>]*>3<.*?</td>', page)[0]
    assert 'aria-hidden="true">◆<' in cell
    assert '<span class="visually-hidden"> ' in cell
    assert page.count('<table class="month">') == 12


def test_one_goes_from_year_to_year_within_what_is_loaded(browser, berlin):
    page = browser.get(page_of(berlin), {"year": "2031"})
    assert (page.context["earlier"], page.context["later"]) == (2030, None)
    assert "Loaded from Mon 1 Jan 2024 to Wed 31 Dec 2031 (holidays" in words(page)
    for typed, shown in (("1066", 2024), ("9999", 2031), ("x", None)):
        year = browser.get(page_of(berlin), {"year": typed}).context["year"]
        assert shown is None or year.number == shown


def test_another_place_moves_new_deadlines_and_no_running_one(browser, nordwind):
    path = f"/administration/partners/{nordwind.partner.pk}/calendar/"
    send(browser, path, **{**BAVARIA, "subdivision": "BE"})
    own = WorkCalendar.objects.get(partner=nordwind.partner)
    before = factories.claim("action_required", by=nordwind.admin, now=factories.NOW)
    running = before.deadlines.get(closed_at=None)
    send(
        browser,
        f"{page_of(own)}place/",
        **{**BAVARIA, "working_weekdays": ["0", "1"]},
    )
    after = factories.claim("action_required", by=nordwind.admin, now=factories.NOW)
    assert before.deadlines.get(closed_at=None).due_at == running.due_at
    assert after.deadlines.get(closed_at=None).due_at > running.due_at
    own.refresh_from_db()
    assert (own.place, own.working_weekdays) == ("DE-BY", [0, 1])
    assert deeds()[-1][3:5] == (
        {"subdivision": "BE", "working_weekdays": [0, 1, 2, 3, 4]},
        {"subdivision": "BY", "working_weekdays": [0, 1]},
    )
    assert "Working week Mon, Tue, Wed, Thu, Fri Mon, Tue" in words(
        browser.get(page_of(own))
    )


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (
            {"subdivision": ""},
            "subdivision",
            "Holidays in DE depend on the subdivision",
        ),
        (
            {"subdivision": "Atlantis"},
            "subdivision",
            "DE has no subdivision “Atlantis”",
        ),
        (
            {"working_weekdays": []},
            "working_weekdays",
            "Choose at least one working day.",
        ),
        ({"country": "XX"}, "country", "Select a valid choice."),
    ],
)
def test_a_place_that_there_is_none_of_is_told_and_kept(
    browser, berlin, typed, field, sentence
):
    page = send(browser, f"{page_of(berlin)}place/", **{**BAVARIA, **typed})
    form = page.context["form"]
    assert page.status_code == 422
    assert form.errors[field][0].startswith(sentence)
    assert form["subdivision"].value() == {**BAVARIA, **typed}["subdivision"]
    berlin.refresh_from_db()
    assert berlin.place == "DE-BE"


def test_saved_as_it_is_a_calendar_loads_its_holidays_anew(browser, berlin):
    CalendarDay.objects.filter(calendar=berlin, on="2026-10-03").delete()
    send(browser, f"{page_of(berlin)}place/", **{**BAVARIA, "subdivision": "BE"})
    assert berlin.days.filter(on="2026-10-03").exists()
    assert deeds()[0][2] == "loaded"


def test_an_own_holiday_counts_survives_a_reload_and_can_go(browser, berlin):
    send(
        browser,
        f"{page_of(berlin)}days/new/",
        on="2026-11-24",
        kind="holiday",
        name="Outing",
        name_de="Ausflug",
    )
    assert not berlin.as_days().is_working(date(2026, 11, 24))
    send(browser, f"{page_of(berlin)}place/", **{**BAVARIA, "subdivision": "BE"})
    day = berlin.days.get(on="2026-11-24")
    assert day.is_own
    shown = words(browser.get(page_of(berlin), {"year": "2026"}))
    assert "Tue 24 Nov 2026 Outing holiday entered by an admin" in shown
    send(browser, f"{LIST}days/{day.pk}/remove/")
    assert berlin.as_days().is_working(date(2026, 11, 24))
    assert [deed[2] for deed in deeds()] == ["added", "loaded", "removed"]


def test_an_own_working_day_beats_a_holiday_until_it_is_removed(browser, berlin):
    send(
        browser,
        f"{page_of(berlin)}days/new/",
        on="2026-12-25",
        kind="working",
        name="Inventory",
    )
    assert berlin.as_days().is_working(date(2026, 12, 25))
    own = berlin.days.get(on="2026-12-25")
    send(browser, f"{LIST}days/{own.pk}/remove/")
    official = berlin.days.get(on="2026-12-25")
    assert (official.name, official.name_de, official.is_own) == (
        "Christmas Day",
        "Erster Weihnachtstag",
        False,
    )


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        ("2050-01-01", "This calendar reaches from"),
        ("tomorrow", "Write the day like 2027-01-31."),
        ("", "Choose the day."),
        ("2026-11-24", "“Outing” is entered for this day. Remove it first."),
    ],
)
def test_a_day_that_cannot_be_is_told_at_its_field(browser, berlin, on, sentence):
    CalendarDay.objects.create(
        calendar=berlin, on="2026-11-24", name="Outing", is_own=True
    )
    page = send(browser, f"{page_of(berlin)}days/new/", on=on, kind="holiday", name="X")
    assert page.context["form"].errors["on"][0].startswith(sentence)
    assert page.context["form"]["on"].value() == on
    assert berlin.days.filter(is_own=True).count() == 1


def test_two_admins_move_one_calendar_and_the_second_is_told(
    browser, colleague, berlin
):
    path = f"{page_of(berlin)}place/"
    seen = seen_on(browser.get(path))
    send(logged_in(colleague), path, **BAVARIA)
    late = browser.post(
        path, {**BAVARIA, "subdivision": "HH", "why": WHY, "seen": seen}
    )
    assert late.status_code == 409
    assert late.context["form"]["subdivision"].value() == "HH"
    berlin.refresh_from_db()
    assert berlin.place == "DE-BY"


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_one_and_for_three(
    browser, berlin, count, django_assert_num_queries
):
    for number in range(count):
        one = company(f"Company {number}")
        send(browser, f"/administration/partners/{one.partner.pk}/calendar/", **BAVARIA)
        CalendarDay.objects.filter(
            calendar=berlin, on=f"2026-12-0{number + 1}"
        ).delete()
        CalendarDay.objects.create(
            calendar=berlin, on=f"2026-12-0{number + 1}", name="Own", is_own=True
        )
    browser.get(LIST)
    with django_assert_num_queries(7):
        assert len(browser.get(LIST).context["page"].rows) == count
    with django_assert_num_queries(8):
        browser.get(page_of(berlin))
