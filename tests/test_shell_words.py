"""Moments, ages, names and files, as every page writes them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.paginator import Paginator
from django.utils import timezone, translation

from cpor.templatetags import cpor

DUE = datetime(2027, 1, 12, 22, 59, 59, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english_in_utc():
    """Another test's reader may have left their language and time behind."""
    with translation.override("en"), timezone.override("UTC"):
        yield


def test_a_moment_names_its_place():
    assert cpor.moment(DUE, "Europe/Berlin") == "Tue 12 Jan 2027, 23:59 Berlin"
    assert cpor.moment(DUE, "America/New_York") == "Tue 12 Jan 2027, 17:59 New York"
    assert cpor.moment(None, "Europe/Berlin") == ""


def test_a_moment_in_german_says_uhr():
    with translation.override("de"):
        text = cpor.moment(DUE, "Europe/Berlin")

    assert text == "Di., 12. Jan. 2027, 23:59 Uhr Berlin"


def test_a_moment_without_a_place_is_in_the_readers_own():
    assert cpor.moment(DUE) == "Tue 12 Jan 2027, 22:59 UTC"

    with timezone.override("Europe/Helsinki"):
        assert cpor.moment(DUE) == "Wed 13 Jan 2027, 00:59 Helsinki"


@pytest.mark.parametrize(
    ("today", "text"),
    [
        (datetime(2027, 1, 1, 0, 30, tzinfo=UTC), "Tue 12 Jan, 23:59 Berlin"),
        # In Berlin the new year has begun, in UTC it has not.
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "Tue 12 Jan, 23:59 Berlin"),
        (datetime(2026, 12, 31, 22, 30, tzinfo=UTC), "Tue 12 Jan 2027, 23:59 Berlin"),
    ],
)
def test_a_due_date_leaves_out_this_year(time_machine, today, text):
    time_machine.move_to(today, tick=False)

    assert cpor.due(DUE, "Europe/Berlin") == text
    assert cpor.due(None) == ""


def test_a_day_is_the_day_of_its_place():
    assert cpor.day(date(2027, 1, 12)) == "Tue 12 Jan 2027"
    assert cpor.day(datetime(2027, 1, 12, 23, 30, tzinfo=UTC)) == "Tue 12 Jan 2027"
    assert cpor.day(DUE, "Asia/Tokyo") == "Wed 13 Jan 2027"
    assert cpor.day(None) == ""


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=2, minutes=59), "2 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=45), "1 month ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(age, text):
    assert cpor.ago(DUE, DUE + age) == text


def test_an_age_of_nothing_is_nothing():
    assert cpor.ago(None) == ""


def test_a_place_reads_as_its_city():
    assert cpor.place("Europe/Zurich") == "Zurich"
    assert cpor.place("America/Argentina/Buenos_Aires") == "Buenos Aires"
    assert cpor.place("UTC") == "UTC"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Anna Weiß", "AW"),
        ("Óscar", "Ó"),
        ("Jörg von der Großmann-Überschär", "JG"),
        ("(extern) Müller", "M"),
        ("", "?"),
    ],
)
def test_initials_are_two_letters_at_most(name, letters):
    assert cpor.initials(name) == letters


def test_a_name_keeps_its_tone():
    assert cpor.tone("Anna Weiß") == cpor.tone("Anna Weiß")
    assert {cpor.tone(f"Person {each}") for each in range(60)} == set(cpor.TONES)


def test_a_hash_shows_both_its_ends():
    assert cpor.short_hash("9f86d081" + "0" * 48 + "b0f00a08") == "9f86d081…b0f00a08"


def test_a_file_shows_its_type():
    assert cpor.file_icon("Nachweis.Signed.PDF") == "file-type-pdf"
    assert cpor.file_icon("photo.jpeg") == "photo"
    assert cpor.file_icon("without-an-ending") == "file"
    assert cpor.file_types(".pdf, .docx") == "PDF, DOCX"


def test_an_icon_is_decoration_unless_it_has_a_label():
    assert 'aria-hidden="true"' in cpor.icon("clock")
    assert '#icon-clock"' in cpor.icon("clock")

    speaking = cpor.icon("clock", "", '"late"')

    assert 'role="img" aria-label="&quot;late&quot;"' in speaking
    assert "aria-hidden" not in speaking


def test_page_numbers_stand_around_the_present_page():
    page = Paginator(range(480), 25).page(7)

    assert list(cpor.elided(page)) == [1, "…", 6, 7, 8, "…", 20]
