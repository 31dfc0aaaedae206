"""Compute the due dates of a CSV file, for any country of the holiday tables."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from claims.calendar import (
    CalendarError,
    calendar_of,
    due,
    instant_from,
    local_date,
    parse_rule,
    zone_of,
)
from claims.explanation import explain, in_words

GIVEN = ("country", "subdivision", "timezone", "start_local_iso", "rule")
TOLD = ("due_local_iso", "explanation")
# However many holidays a place has, no year has fewer business days than this.
BUSINESS_DAYS_A_YEAR = 150
SOME_ROWS_FAILED, UNUSABLE_FILE = 1, 2

type Row = dict[str, str]


class Command(BaseCommand):
    help = (
        "Compute due dates. IN needs the columns " + ", ".join(GIVEN) + "; OUT has "
        "them again, then " + " and ".join(TOLD) + ", then all other columns of IN. A "
        "row that cannot be computed says why after “error:”. Exit code 1 if there is "
        "such a row, 2 if a file cannot be read or written."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--csv", required=True, type=Path, metavar="IN")
        parser.add_argument("--out", required=True, type=Path, metavar="OUT")

    def handle(self, *args: Any, **options: Any) -> None:
        columns, rows = _read(options["csv"])
        told = [row | _told(row) for row in rows]
        others = [name for name in columns if name not in GIVEN + TOLD]
        _write(options["out"], [*GIVEN, *TOLD, *others], told)
        failed = sum(not row["due_local_iso"] for row in told)
        counts = {"rows": len(told), "failed": failed, "path": options["out"]}
        if failed:
            raise CommandError(
                ngettext(
                    "%(failed)d of %(rows)d rows has an error; see %(path)s.",
                    "%(failed)d of %(rows)d rows have an error; see %(path)s.",
                    failed,
                )
                % counts,
                returncode=SOME_ROWS_FAILED,
            )
        self.stdout.write(_("%(rows)d rows computed; see %(path)s.") % counts)


def _told(row: Row) -> Row:
    """Return the two told cells of a row."""
    try:
        at, explanation = _due_date(*_given(row))
    except CalendarError as error:
        at, explanation = "", f"error: {in_words(error)}"
    return {"due_local_iso": at, "explanation": explanation}


def _given(row: Row) -> Iterator[str]:
    if None in row:
        raise CalendarError(gettext_noop("This row has more cells than the first."))
    return (row[name].strip() for name in GIVEN)


def _due_date(
    country: str, subdivision: str, time_zone: str, start: str, rule_text: str
) -> tuple[str, str]:
    """Return the due time as the place's own clock shows it, and how it came about."""
    rule = parse_rule(rule_text)
    start_at = instant_from(start, time_zone)
    year = local_date(start_at, time_zone).year
    years = range(year, year + 2 + rule.n // BUSINESS_DAYS_A_YEAR)
    found = due(start_at, rule, calendar_of(country, subdivision, time_zone, years))
    explanation = explain(
        due_at=found.due_at,
        time_zone=time_zone,
        rule=rule,
        start_on=found.start_on,
        skipped=[holiday.name for holiday in found.skipped],
    )
    return found.due_at.astimezone(zone_of(time_zone)).isoformat(), explanation


def _read(path: Path) -> tuple[list[str], list[Row]]:
    """Return the columns and rows of a CSV file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="", strict=True)
            columns = [name.strip() for name in reader.fieldnames or ()]
            _check(path, columns)
            reader.fieldnames = columns
            return columns, list(reader)
    except OSError as error:
        raise _stop(
            _("%(path)s cannot be read: %(why)s."), path=path, why=error.strerror
        ) from error
    except UnicodeDecodeError as error:
        raise _stop(
            _("%(path)s is not UTF-8. Save it in that encoding."), path=path
        ) from error
    except csv.Error as error:
        raise _stop(
            _("%(path)s is not a CSV file: %(why)s."), path=path, why=error
        ) from error


def _check(path: Path, columns: Sequence[str]) -> None:
    missing = [name for name in GIVEN if name not in columns]
    if missing:
        raise _stop(
            _("%(path)s lacks the column %(names)s. The first line names the columns."),
            path=path,
            names=", ".join(missing),
        )
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise _stop(
            _("%(path)s has the column %(names)s twice."),
            path=path,
            names=", ".join(twice),
        )


def _write(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(
                file, columns, extrasaction="ignore", lineterminator="\n"
            )
            writer.writeheader()
            writer.writerows(rows)
    except OSError as error:
        raise _stop(
            _("%(path)s cannot be written: %(why)s."), path=path, why=error.strerror
        ) from error


def _stop(sentence: str, **values: object) -> CommandError:
    return CommandError(sentence % values, returncode=UNUSABLE_FILE)
