"""A due date in words, in the reader's language."""

from datetime import UTC, date, datetime

from django.utils.translation import override

from claims.calendar import BusinessDays
from claims.calendar_errors import UnknownPlace
from claims.explanation import explain, in_words


def test_a_due_date_is_told_in_the_time_of_its_place() -> None:
    due_at = datetime(2027, 1, 12, 9, 59, 59, tzinfo=UTC)
    sentence = explain(
        due_at=due_at,
        time_zone="Pacific/Kiritimati",
        rule=BusinessDays(14),
        start_on=date(2026, 12, 18),
        skipped=(),
    )
    assert sentence == (
        "Tue 12 Jan 2027, 23:59 Pacific/Kiritimati: 14 business days after Fri 18 Dec"
    )


def test_days_and_months_are_in_the_readers_language() -> None:
    with override("de"):
        sentence = explain(
            due_at=datetime(2026, 12, 15, 22, 59, 59, tzinfo=UTC),
            time_zone="Europe/Berlin",
            rule=BusinessDays(1),
            start_on=date(2026, 12, 14),
            skipped=(),
        )
    assert "Di" in sentence
    assert "Dez" in sentence


def test_a_refusal_keeps_what_it_is_about() -> None:
    error = UnknownPlace("“%(name)s” is no place, 100 %% sure.", name="50 %s")
    assert in_words(error) == str(error) == "“50 %s” is no place, 100 % sure."
