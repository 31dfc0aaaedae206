"""Which places the holiday tables know, and which need a subdivision."""

import re

import holidays
import pytest

from claims.calendar_errors import CalendarError, SubdivisionMissing, UnknownPlace
from claims.places import (
    NEEDS_SUBDIVISION,
    TABLES,
    YEARS_KNOWN,
    Place,
    place_of,
    table_of,
    years_known,
)

SUPPORTED = holidays.list_supported_countries(include_aliases=False)
YEARS = range(2024, 2031)
# Every district of Portugal adds a day, but that of its capital's feast.
LOCAL_FEASTS_ONLY = {"PT"}


@pytest.mark.parametrize(
    ("country", "subdivision", "place"),
    [
        ("DE", "BY", Place("DE", "BY")),
        ("de", " by ", Place("DE", "BY")),
        ("DEU", "Bayern", Place("DE", "BY")),
        ("UK", "England", Place("GB", "ENG")),
        ("US", None, Place("US")),
        ("us", "US-ny", Place("US", "NY")),
        ("JP", "", Place("JP")),
    ],
)
def test_a_place_is_known_by_its_codes_and_names(
    country: str, subdivision: str | None, place: Place
) -> None:
    assert place_of(country, subdivision) == place


@pytest.mark.parametrize(
    ("country", "subdivision", "kind", "sentence"),
    [
        (
            "Narnia",
            "",
            UnknownPlace,
            "“Narnia” is no country code. Use one such as DE, US or JP.",
        ),
        ("", "", UnknownPlace, "“” is no country code. Use one such as DE, US or JP."),
        (
            "JP",
            "13",
            UnknownPlace,
            "JP has no subdivisions here. Leave the subdivision empty.",
        ),
        (
            "GB",
            "XX",
            UnknownPlace,
            "GB has no subdivision “XX”. It has these: ENG, NIR, SCT, WLS.",
        ),
        (
            "GB",
            "",
            SubdivisionMissing,
            "Holidays in GB depend on the subdivision. Name one: ENG, NIR, SCT, WLS.",
        ),
    ],
)
def test_a_place_that_is_not_known_says_what_to_write(
    country: str, subdivision: str, kind: type[CalendarError], sentence: str
) -> None:
    with pytest.raises(kind, match=re.escape(sentence)):
        place_of(country, subdivision)


def test_every_country_of_the_tables_is_a_place_or_needs_a_subdivision() -> None:
    for country in SUPPORTED.keys() - NEEDS_SUBDIVISION.keys():
        assert place_of(country) == Place(country)
    for country in NEEDS_SUBDIVISION:
        with pytest.raises(SubdivisionMissing):
            place_of(country)


def test_a_subdivision_is_needed_where_no_place_keeps_the_national_table() -> None:
    """The list of the source, found again in the tables."""

    def keeps_the_national_table(country: str, subdivision: str) -> bool:
        national, own = Place(country), Place(country, subdivision)
        return set(table_of(own, YEARS)) == set(table_of(national, YEARS))

    nowhere = {
        country
        for country, subdivisions in SUPPORTED.items()
        if subdivisions
        and not any(keeps_the_national_table(country, name) for name in subdivisions)
    }
    assert nowhere - LOCAL_FEASTS_ONLY == NEEDS_SUBDIVISION.keys()


def test_names_do_not_depend_on_the_language_of_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    english = set(table_of(Place("DE", "BY"), range(2027, 2028)).values())
    assert english >= {"Epiphany", "Christmas Day"}


def test_every_table_has_english_names() -> None:
    foreign = {
        (country, name)
        for country in SUPPORTED
        for name in table_of(Place(country), range(2027, 2028)).values()
        if re.search(r"[^\W\d_a-zA-ZÀ-ɏ]", name)
    }
    assert foreign == set()


def test_the_tables_of_the_next_years_are_known_without_a_warning() -> None:
    """Pytest turns a warning of the package into a failure."""
    short = {
        country: years_known(Place(country))[-1]
        for country in SUPPORTED
        if table_of(Place(country), range(2025, 2041)) is not None
        and years_known(Place(country))[-1] < 2040
    }
    assert short == {"IN": 2035, "LK": 2026}
    assert YEARS_KNOWN.keys() == {"IN"}


def test_the_version_of_the_tables_is_told() -> None:
    assert re.fullmatch(r"holidays \d+\.\d+", TABLES)
