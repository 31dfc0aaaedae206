"""manage.py due_dates: a CSV in, a CSV out, a clear sentence where it cannot."""

import csv
import io
from contextlib import suppress
from pathlib import Path

import holidays
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from claims.places import place_of, years_known

CASES = Path(__file__).parent / "data" / "deadline_cases.csv"
GIVEN = "country,subdivision,timezone,start_local_iso,rule"
BAVARIA = "DE,BY,Europe/Berlin,2026-12-18T10:00:00+01:00,14 business days"


def run(given: Path, out: Path) -> str:
    stdout = io.StringIO()
    call_command("due_dates", csv=given, out=out, stdout=stdout)
    return stdout.getvalue()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(tmp_path: Path, *lines: str) -> list[tuple[str, str]]:
    """Return due time and explanation of each line, whether or not some failed."""
    given, out = tmp_path / "in.csv", tmp_path / "out.csv"
    given.write_text("\n".join((GIVEN, *lines)), encoding="utf-8")
    with suppress(CommandError):
        run(given, out)
    return [(row["due_local_iso"], row["explanation"]) for row in rows(out)]


def stopped(given: Path, out: Path) -> str:
    """Return the sentence with which the command gives up."""
    with pytest.raises(CommandError) as refusal:
        run(given, out)
    assert refusal.value.returncode == 2
    return str(refusal.value)


def test_the_worked_cases_come_out_as_expected(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert run(CASES, out) == f"30 rows computed; see {out}.\n"
    found = rows(out)
    assert [row["due_local_iso"] for row in found] == [
        row["expected_due_local_iso"] for row in found
    ]


def test_other_columns_stay_behind_the_told_ones(tmp_path: Path) -> None:
    run(CASES, tmp_path / "out.csv")
    header, *_rest = (tmp_path / "out.csv").read_text().splitlines()
    assert header == (f"{GIVEN},due_local_iso,explanation,expected_due_local_iso,why")
    assert rows(tmp_path / "out.csv")[1]["why"] == rows(CASES)[1]["why"]


def test_the_output_can_be_given_again(tmp_path: Path) -> None:
    once, twice = tmp_path / "once.csv", tmp_path / "twice.csv"
    run(CASES, once)
    run(once, twice)
    assert once.read_bytes() == twice.read_bytes()


@pytest.mark.parametrize(
    ("line", "explanation"),
    [
        (
            BAVARIA,
            (
                "Tue 12 Jan 2027, 23:59 Europe/Berlin: "
                "14 business days after Fri 18 Dec; "
                "3 holidays skipped (Christmas Day, New Year's Day, Epiphany)"
            ),
        ),
        (
            "DE,BY,Europe/Berlin,2027-01-05T10:00:00,1 business days",
            (
                "Thu 7 Jan 2027, 23:59 Europe/Berlin: 1 business day after Tue 5 Jan; "
                "1 holiday skipped (Epiphany)"
            ),
        ),
        (
            "US,,America/Nuuk,2027-02-25T10:00:00,30 calendar days",
            "Sat 27 Mar 2027, 22:59 America/Nuuk: 30 calendar days after Thu 25 Feb",
        ),
        (
            "US,,America/Nuuk,2027-02-25T10:00:00,1 calendar day",
            "Fri 26 Feb 2027, 23:59 America/Nuuk: 1 calendar day after Thu 25 Feb",
        ),
    ],
)
def test_a_due_date_explains_itself(
    tmp_path: Path, line: str, explanation: str
) -> None:
    assert [words for _at, words in told(tmp_path, line)] == [explanation]


@pytest.mark.parametrize(
    ("line", "due"),
    [
        # The instant counts, whatever offset it is written in.
        (
            "DE,BY,Europe/Berlin,2026-12-17T15:00:00-08:00,14 business days",
            "2027-01-12T23:59:59+01:00",
        ),
        # A bare time is local, the first pass of a repeated hour.
        (
            "DE,BY,Europe/Berlin,2026-10-25T02:30:00,5 business days",
            "2026-10-30T23:59:59+01:00",
        ),
        # As many years are loaded as the count needs.
        (
            "US,,America/New_York,2026-12-18T10:00:00,1000 business days",
            "2030-12-19T23:59:59-05:00",
        ),
        (" de , Bayern , Europe/Berlin , 2026-12-18 , 14 Business Days ", None),
    ],
)
def test_what_is_written_another_way_is_understood(
    tmp_path: Path, line: str, due: str | None
) -> None:
    assert [at for at, _words in told(tmp_path, line)] == [
        due or "2027-01-12T23:59:59+01:00"
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "XX,,Europe/Berlin,2026-12-18T10:00:00,14 business days",
            "“XX” is no country code. Use one such as DE, US or JP.",
        ),
        (
            "GB,,Europe/London,2026-12-18T10:00:00,30 calendar days",
            "Holidays in GB depend on the subdivision. Name one: ENG, NIR, SCT, WLS.",
        ),
        (
            "US,,America/Gotham,2026-12-18T10:00:00,14 business days",
            "“America/Gotham” is no time zone. Use an IANA name such as Europe/Berlin.",
        ),
        (
            "US,,America/New_York,tomorrow,14 business days",
            "“tomorrow” is no time. Write it like 2026-12-18T10:00:00+01:00.",
        ),
        (
            "DE,BY,Europe/Berlin,2027-03-28T02:30:00,14 business days",
            "2027-03-28T02:30:00 does not exist in Europe/Berlin: the clocks skip it.",
        ),
        (
            "US,,America/New_York,2026-12-18T10:00:00,a week",
            (
                "“a week” is no rule. Write it like “14 business days” or "
                "“30 calendar days”."
            ),
        ),
        (
            "LK,,Asia/Colombo,2026-12-18T10:00:00,14 business days",
            (
                "The holidays around 2027-01-01 are not known here. "
                "Load a calendar that reaches that day."
            ),
        ),
        (
            f"{BAVARIA},what is this",
            "This row has more cells than the first.",
        ),
        (
            "US",
            "“” is no rule. Write it like “14 business days” or “30 calendar days”.",
        ),
    ],
)
def test_a_row_that_cannot_be_computed_says_why_and_the_others_go_on(
    tmp_path: Path, line: str, sentence: str
) -> None:
    first, second, third = told(tmp_path, BAVARIA, line, BAVARIA)
    assert second == ("", f"error: {sentence}")
    assert first == third
    assert first[0] == "2027-01-12T23:59:59+01:00"


def test_failed_rows_are_counted_after_all_are_written(tmp_path: Path) -> None:
    given, out = tmp_path / "in.csv", tmp_path / "out.csv"
    given.write_text(f"{GIVEN}\nXX,,,,\n{BAVARIA}\nDE,,,,\n")
    with pytest.raises(CommandError) as refusal:
        run(given, out)
    assert (str(refusal.value), refusal.value.returncode) == (
        f"2 of 3 rows have an error; see {out}.",
        1,
    )
    assert len(rows(out)) == 3


def test_a_file_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    given, out = tmp_path / "in.csv", tmp_path / "out.csv"
    given.write_bytes(f"{GIVEN},Änderung\r\n{BAVARIA},ü\r\n\r\n".encode("utf-8-sig"))
    assert run(given, out) == f"1 rows computed; see {out}.\n"
    assert rows(out)[0]["Änderung"] == "ü"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"country,rule\nUS,14 business days\n",
            (
                "lacks the column subdivision, timezone, start_local_iso. "
                "The first line names the columns."
            ),
        ),
        (
            b"",
            (
                "lacks the column country, subdivision, timezone, "
                "start_local_iso, rule. The first line names the columns."
            ),
        ),
        (GIVEN.encode() + b",why,why\n", "has the column why twice."),
        (b"\xff\xfe\x00c", "is not UTF-8. Save it in that encoding."),
        (
            GIVEN.encode() + b'\n"US,,America/New_York\n',
            "is not a CSV file: unexpected end of data.",
        ),
    ],
)
def test_a_broken_file_is_one_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    given, out = tmp_path / "in.csv", tmp_path / "out.csv"
    given.write_bytes(content)
    assert stopped(given, out) == f"{given} {sentence}"
    assert not out.exists()


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    given = tmp_path / "none.csv"
    assert stopped(given, tmp_path / "out.csv") == (
        f"{given} cannot be read: No such file or directory."
    )


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    assert stopped(CASES, tmp_path) == f"{tmp_path} cannot be written: Is a directory."


EVERYWHERE = [
    (country, subdivision)
    for country, names in sorted(
        holidays.list_supported_countries(include_aliases=False).items()
    )
    for subdivision in ("", *sorted(names)[:1])
]
STARTS = {
    "2026-12-18T10:00:00Z": "14 business days",
    "2027-03-05T23:30:00Z": "30 calendar days",
    "2035-12-20T10:00:00Z": "14 business days",
    "2099-12-20T10:00:00Z": "14 business days",
    "1899-12-31T10:00:00Z": "1 business days",
    "2199-12-31T10:00:00Z": "3660 business days",
}


@pytest.mark.parametrize("start", STARTS)
def test_every_country_of_the_tables_has_a_date_or_one_sentence(
    tmp_path: Path, start: str
) -> None:
    """Never a crash, never a date behind the years that the tables know."""
    lines = [
        f"{country},{subdivision},Pacific/Kiritimati,{start},{STARTS[start]}"
        for country, subdivision in EVERYWHERE
    ]
    for place, (at, explanation) in zip(
        EVERYWHERE, told(tmp_path, *lines), strict=True
    ):
        assert bool(at) != explanation.startswith("error: "), place
        if at and "business" in STARTS[start]:
            assert int(at[:4]) in years_known(place_of(*place)), place
        if not at:
            assert explanation.endswith("."), place
