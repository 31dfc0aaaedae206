"""Where a local day ends, and which instant a local time names."""

from datetime import UTC, date, datetime, timedelta

import pytest

from claims.calendar_errors import CalendarError
from claims.local_time import (
    at_working_hour,
    end_of_day,
    instant_from,
    instant_of,
    local_date,
    was_lived,
    zone_names,
    zone_of,
)


def local_end(on: str, time_zone: str) -> str:
    end = end_of_day(date.fromisoformat(on), time_zone)
    return end.astimezone(zone_of(time_zone)).isoformat()


@pytest.mark.parametrize(
    ("on", "time_zone", "end"),
    [
        ("2027-03-28", "Europe/Berlin", "2027-03-28T23:59:59+02:00"),
        ("2026-10-25", "Europe/Berlin", "2026-10-25T23:59:59+01:00"),
        ("2027-04-04", "Australia/Lord_Howe", "2027-04-04T23:59:59+10:30"),
        # 23:59:59 comes twice: the second one.
        ("2026-10-29", "Africa/Cairo", "2026-10-29T23:59:59+02:00"),
        ("2027-10-30", "America/Nuuk", "2027-10-30T23:59:59-02:00"),
        # A minute after midnight the clocks went back into the day before.
        ("2010-11-06", "America/St_Johns", "2010-11-06T23:59:59-03:30"),
        ("2018-02-17", "America/Sao_Paulo", "2018-02-17T23:59:59-03:00"),
        # Midnight comes twice, on the new day: the day before ends at the first.
        ("2025-11-01", "America/Havana", "2025-11-01T23:59:59-04:00"),
        ("2026-10-24", "Atlantic/Azores", "2026-10-24T23:59:59+00:00"),
        # The first and the last zone of a day.
        ("2026-12-31", "Pacific/Kiritimati", "2026-12-31T23:59:59+14:00"),
        ("2026-12-31", "Pacific/Niue", "2026-12-31T23:59:59-11:00"),
        # Midnight does not exist: the day before is whole.
        ("2018-11-03", "America/Sao_Paulo", "2018-11-03T23:59:59-03:00"),
        ("2026-04-23", "Africa/Cairo", "2026-04-23T23:59:59+02:00"),
        ("2025-03-08", "America/Havana", "2025-03-08T23:59:59-05:00"),
        ("2026-03-28", "Atlantic/Azores", "2026-03-28T23:59:59-01:00"),
        ("2027-03-27", "Asia/Beirut", "2027-03-27T23:59:59+02:00"),
        ("2027-09-04", "America/Santiago", "2027-09-04T23:59:59-04:00"),
        # The hour before midnight does not exist.
        ("2027-03-27", "America/Nuuk", "2027-03-27T22:59:59-02:00"),
        # Neither does the half hour around it.
        ("1919-03-30", "America/Toronto", "1919-03-30T23:29:59-05:00"),
        # Nor a whole day.
        ("2011-12-29", "Pacific/Apia", "2011-12-29T23:59:59-10:00"),
        ("2011-12-30", "Pacific/Apia", "2011-12-29T23:59:59-10:00"),
        ("2011-12-31", "Pacific/Apia", "2011-12-31T23:59:59+14:00"),
    ],
)
def test_a_day_ends_a_second_before_the_next_begins_for_good(
    on: str, time_zone: str, end: str
) -> None:
    assert local_end(on, time_zone) == end


@pytest.mark.parametrize(
    ("on", "time_zone"),
    [
        ("2011-12-30", "Pacific/Apia"),
        ("2011-12-30", "Pacific/Fakaofo"),
        ("1994-12-31", "Pacific/Kiritimati"),
        ("1993-08-21", "Pacific/Kwajalein"),
    ],
)
def test_a_day_that_a_zone_skipped_was_never_lived(on: str, time_zone: str) -> None:
    skipped = date.fromisoformat(on)
    around = [skipped + timedelta(days=n) for n in (-1, 0, 1)]
    assert [was_lived(day, time_zone) for day in around] == [True, False, True]
    assert was_lived(skipped, "Pacific/Honolulu")


def test_every_day_of_the_years_to_come_is_lived_everywhere() -> None:
    """Also those whose midnight comes twice or not at all."""
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(366)]
    assert all(was_lived(on, name) for name in zone_names() for on in days)


def test_zones_follow_the_locked_rules_and_not_the_machines() -> None:
    december = datetime(2026, 12, 1, tzinfo=UTC)
    there = december.astimezone(zone_of("America/Vancouver"))
    assert there.utcoffset() == timedelta(hours=-7)


@pytest.mark.parametrize(
    "name", ["", "Europe/Munich", "europe/berlin", "../zoneinfo/UTC", "localtime"]
)
def test_an_unknown_time_zone_is_named(name: str) -> None:
    with pytest.raises(CalendarError) as refusal:
        zone_of(name)
    assert str(refusal.value) == (
        f"“{name}” is no time zone. Use an IANA name such as Europe/Berlin."
    )


def test_every_time_zone_can_be_read() -> None:
    assert {zone_of(name).key for name in zone_names()} == zone_names()


def test_the_date_of_an_instant_depends_on_the_place() -> None:
    at = datetime(2026, 12, 17, 23, tzinfo=UTC)
    dates = [local_date(at, zone) for zone in ("UTC", "Europe/Berlin")]
    assert dates == [date(2026, 12, 17), date(2026, 12, 18)]


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (
            datetime(2026, 12, 18, 10),  # noqa: DTZ001 - that is the point
            "2026-12-18T10:00:00 has no time zone. Add its offset, such as +01:00.",
        ),
        (
            datetime.min.replace(tzinfo=UTC),
            "Due dates are computed for the years 1900 to 2199 only.",
        ),
        (
            datetime.max.replace(tzinfo=UTC),
            "Due dates are computed for the years 1900 to 2199 only.",
        ),
    ],
)
def test_a_time_that_has_no_date_says_why(at: datetime, sentence: str) -> None:
    with pytest.raises(CalendarError) as refusal:
        local_date(at, "America/Nuuk")
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-12-18T10:00:00", datetime(2026, 12, 18, 9, tzinfo=UTC)),
        ("2026-12-18", datetime(2026, 12, 17, 23, tzinfo=UTC)),
        ("2026-12-18T10:00:00Z", datetime(2026, 12, 18, 10, tzinfo=UTC)),
        # Not the place's own offset: the instant counts.
        ("2026-12-18T10:00:00-08:00", datetime(2026, 12, 18, 18, tzinfo=UTC)),
        # Twice: the first.
        ("2026-10-25T02:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_written_time_is_read_in_its_zone(text: str, instant: datetime) -> None:
    assert instant_from(text, "Europe/Berlin") == instant


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "2027-03-28T02:30:00",
            "2027-03-28T02:30:00 does not exist in Europe/Berlin: the clocks skip it.",
        ),
        (
            "18.12.2026",
            "“18.12.2026” is no time. Write it like 2026-12-18T10:00:00+01:00.",
        ),
        (
            "0001-01-01T00:00:00+14:00",
            (
                "“0001-01-01T00:00:00+14:00” is no time. "
                "Write it like 2026-12-18T10:00:00+01:00."
            ),
        ),
    ],
)
def test_a_time_that_never_was_says_so(text: str, sentence: str) -> None:
    with pytest.raises(CalendarError) as refusal:
        instant_from(text, "Europe/Berlin")
    assert str(refusal.value) == sentence


def test_the_second_pass_of_a_local_time_is_read_as_the_first() -> None:
    second = datetime(2026, 10, 25, 2, 30, fold=1)  # noqa: DTZ001 - local on purpose
    assert instant_of(second, "Europe/Berlin") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("time_zone", "instant"),
    [
        ("Europe/Berlin", datetime(2027, 3, 28, 7, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2027, 3, 27, 19, tzinfo=UTC)),
    ],
)
def test_working_hours_begin_at_nine_local(time_zone: str, instant: datetime) -> None:
    assert at_working_hour(date(2027, 3, 28), time_zone) == instant
