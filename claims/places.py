"""What the holiday tables know of a place: which days of a year it works, and why not.

The tables are those of the `holidays` package in the locked version; nothing here reads
a clock, a database or the machine's language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

import holidays
from holidays.holiday_base import HolidayBase
from holidays.registry import COUNTRIES

from claims.calendar_errors import SubdivisionMissing, UnknownPlace, _

TABLES = f"holidays {version('holidays')}"

# Where the national table alone is the calendar of no place: the package knows no
# subdivision that gets by with it (years 2024 to 2030). Portugal and Italy are left out
# although (nearly) all their districts add a day: it is the local feast of the
# district's capital, and the national table does hold in the towns around.
NEEDS_SUBDIVISION: Mapping[str, str] = {
    "AU": "states fix most public holidays, even Easter Saturday",
    "BA": "each entity has a holiday law of its own",
    "BO": "each department keeps its own day",
    "BQ": "each island keeps its own days",
    "CA": "provinces fix holidays, even Family Day and Boxing Day",
    "CH": "cantons fix all holidays but 1 August",
    "DE": "states fix holidays beyond the nine common ones",
    "ES": "communities choose and move holidays every year",
    "FM": "each state keeps its own days",
    "GB": "England, Scotland, Wales and Northern Ireland differ",
    "MY": "each state keeps its own days, some another weekend",
    "SH": "each island keeps its own day",
    "TV": "each island keeps its own day",
}

# The package fills these years with a warning instead of the holidays of that year.
YEARS_KNOWN: Mapping[str, tuple[int, int]] = {"IN": (2001, 2035)}

ALPHA_2: Mapping[str, str] = {
    alias: codes[0]
    for _name, *codes in COUNTRIES.values()
    for alias in codes
    if len(alias) <= len("DEU")
}


@dataclass(frozen=True, slots=True)
class Place:
    """A country, or the part of it whose holidays count, by their ISO 3166 codes."""

    country: str
    subdivision: str = ""


def place_of(country: str, subdivision: str | None = None) -> Place:
    """Return the place that these words name, e.g. ("de", "Bayern") for DE-BY.

    :raises UnknownPlace: if the tables have no such country or subdivision
    :raises SubdivisionMissing: if the country alone does not say which days are free
    """
    alias = country.strip().upper()
    if alias not in ALPHA_2:
        raise UnknownPlace(
            _("“%(name)s” is no country code. Use one such as DE, US or JP."),
            name=country.strip(),
        )
    code = ALPHA_2[alias]
    name = (subdivision or "").strip()
    if name:
        return Place(code, _subdivision_of(code, name))
    if code in NEEDS_SUBDIVISION:
        raise SubdivisionMissing(
            _(
                "Holidays in %(country)s depend on the subdivision. "
                "Name one: %(subdivisions)s."
            ),
            country=code,
            subdivisions=", ".join(_entity(code).subdivisions),
        )
    return Place(code)


def _subdivision_of(country: str, name: str) -> str:
    """Return the code of a subdivision given as BY, de-by, Bayern or Bavaria."""
    entity = _entity(country)
    known = {
        alias.casefold(): code for alias, code in entity.subdivisions_aliases.items()
    } | {code.casefold(): code for code in entity.subdivisions}
    sought = name.casefold()
    code = known.get(sought) or known.get(sought.removeprefix(f"{country.lower()}-"))
    if code:
        return code
    if not known:
        raise UnknownPlace(
            _("%(country)s has no subdivisions here. Leave the subdivision empty."),
            country=country,
        )
    raise UnknownPlace(
        _("%(country)s has no subdivision “%(name)s”. It has these: %(subdivisions)s."),
        country=country,
        name=name,
        subdivisions=", ".join(entity.subdivisions),
    )


def table_of(place: Place, years: range, language: str = "en") -> HolidayBase:
    """Return the package's own table of a place, without the years it cannot fill."""
    known = years_known(place)
    return holidays.country_holidays(
        place.country,
        subdiv=place.subdivision or None,
        years=[year for year in years if year in known],
        expand=False,
        language=_language(_entity(place.country), language),
    )


def years_known(place: Place) -> range:
    """Return the years whose holidays the tables can tell."""
    entity = _entity(place.country)
    first, last = YEARS_KNOWN.get(place.country, (entity.start_year, entity.end_year))
    return range(first, last + 1)


def _language(entity: type[HolidayBase], language: str) -> str | None:
    """Return the table's name for a language, or for English where it lacks that.

    Left to itself the package takes the language of the process.
    """
    spoken = (str(entity.default_language), "en_US", *entity.supported_languages)
    wanted = [name for name in spoken if name.partition("_")[0] == language]
    english = [name for name in spoken if name.startswith("en")]
    return next((n for n in wanted + english if n in entity.supported_languages), None)


def _entity(country: str) -> type[HolidayBase]:
    loader = getattr(holidays, country)
    entity: type[HolidayBase] = loader.get_entity()
    return entity


def countries() -> list[tuple[str, str]]:
    """Return every country by its code, with the tables' English name."""
    spelled = {codes[0]: name for name, *codes in COUNTRIES.values()}
    return [
        (code, f"{code} · {re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', name)}")
        for code, name in sorted(spelled.items())
    ]


def subdivisions(country: str) -> list[str]:
    """Return a country's subdivisions such as "BY (Bayern)"; none for no country."""
    if country not in ALPHA_2.values():
        return []
    entity = _entity(country)
    names = {code: name for name, code in reversed(entity.subdivisions_aliases.items())}
    return [
        f"{code} ({names[code]})" if names.get(code, code) != code else code
        for code in entity.subdivisions
    ]
