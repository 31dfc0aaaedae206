"""Rows that somebody forged who holds the very key: their places still tell."""

import pytest

from accounts.models import TrailEntry
from accounts.trail import hash_of, keys
from tests.trail.chain import ROWS, around_the_triggers, rows, said

pytestmark = pytest.mark.django_db


def sign(entry: TrailEntry) -> TrailEntry:
    entry.hash = hash_of(entry, keys()[0])
    return entry


def told(company, number, what):
    return [f"company {company.pk}, row {number}: {what}"]


def test_a_row_that_names_another_before_it_is_found(company):
    entry = rows(company).get(number=ROWS)
    entry.previous_hash = "0" * 64
    with around_the_triggers():
        sign(entry).save()

    assert told(company, ROWS, "it does not follow the row before")[0] in said()


def test_a_last_row_written_anew_is_not_the_one_that_the_end_names(company):
    entry = rows(company).get(number=ROWS)
    entry.details = {"bytes": 0}
    with around_the_triggers():
        sign(entry).save()

    expected = told(company, ROWS, "the end of this chain names another row")
    assert said() == expected


def test_a_row_added_past_the_end_is_found(company):
    last = rows(company).get(number=ROWS)
    entry = rows(company).get(number=ROWS)
    entry.pk, entry.number, entry.previous_hash = last.pk + 1, ROWS + 1, last.hash
    with around_the_triggers():
        sign(entry).save(force_insert=True)

    assert said() == told(company, ROWS + 1, "it was added past the end")


def test_a_number_that_stands_twice_is_found(company):
    entry = rows(company).get(number=3)
    entry.pk = rows(company).get(number=ROWS).pk + 1
    with around_the_triggers() as cursor:
        cursor.execute(
            "ALTER TABLE accounts_trailentry"
            " DROP CONSTRAINT one_trail_entry_per_number CASCADE"
        )
        sign(entry).save(force_insert=True)

    assert told(company, 3, "its number stands twice")[0] in said()


def test_an_id_that_does_not_rise_is_found(company):
    first = rows(company).get(number=1)
    entry = rows(company).get(number=ROWS)
    with around_the_triggers():
        entry.delete()
        entry.pk = first.pk - 1_000_000
        sign(entry).save(force_insert=True)

    assert told(company, ROWS, "its id does not rise")[0] in said()


def test_a_count_written_anew_breaks_the_seal_of_the_end(company):
    with around_the_triggers() as cursor:
        cursor.execute(
            "UPDATE accounts_trailhead SET count = %s WHERE partner_id = %s",
            [ROWS + 1, company.pk],
        )

    sealed = told(company, ROWS + 1, "the end of this chain was changed")
    assert sealed[0] in said()
