"""The audit trail: gap-free, chained, and nothing in it can be changed unnoticed."""

import json
from threading import Barrier, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError

from accounts.models import Deed, TrailEntry, TrailHead
from accounts.trail import record
from tests import doors, factories
from tests.factories import NOW
from tests.trail.chain import ROWS, TABLES, around_the_triggers, rows, said, write

pytestmark = pytest.mark.django_db


def test_a_whole_trail_has_no_fault(company):
    write(None)

    assert said() == []
    assert list(rows(company).values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_the_first_deed_of_a_company_is_known_to_the_programmes_chain(company):
    opening = TrailEntry.objects.get(partner=None)

    assert (opening.deed, opening.about) == (Deed.CHAIN_OPENED, str(company.pk))


@pytest.mark.parametrize("number", [1, 3, ROWS])
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("about", "'another file'"),
        ("at", "at + interval '1 microsecond'"),
        ("details", "'{}'"),
        ("actor_id", "NULL"),
        ("actor_role", "'lead'"),
        ("deed", "'log_in'"),
        ("network", "'10.0.0.1'"),
        ("request_id", "'x'"),
        ("previous_hash", "'x'"),
        ("hash", "repeat('0', 64)"),
    ],
)
def test_a_changed_column_is_found_wherever_the_row_stands(
    company, number, column, value
):
    with around_the_triggers() as cursor:
        cursor.execute(
            f"UPDATE accounts_trailentry SET {column} = {value}"  # noqa: S608
            " WHERE partner_id = %s AND number = %s",
            [company.pk, number],
        )

    assert f"company {company.pk}, row {number}: it was changed or inserted" in said()


@pytest.mark.parametrize("column", ["id", "number"])
def test_a_row_under_another_number_is_found(company, column):
    with around_the_triggers() as cursor:
        cursor.execute(
            f"UPDATE accounts_trailentry SET {column} = {column} + 1000"  # noqa: S608
            " WHERE partner_id = %s AND number = %s",
            [company.pk, ROWS],
        )

    assert any("it was changed or inserted" in fault for fault in said())


def test_a_row_of_another_company_is_found(company):
    other = factories.partner()
    with around_the_triggers() as cursor:
        cursor.execute(
            "UPDATE accounts_trailentry SET partner_id = %s"
            " WHERE partner_id = %s AND number = 1",
            [other.pk, company.pk],
        )

    assert f"company {company.pk}, row 1: it was removed" in said()
    assert f"company {other.pk}, row 1: it was changed or inserted" in said()


@pytest.mark.parametrize("number", [1, 3, ROWS])
def test_a_removed_row_is_found_wherever_it_stood(company, number):
    with around_the_triggers() as cursor:
        cursor.execute(
            "DELETE FROM accounts_trailentry WHERE partner_id = %s AND number = %s",
            [company.pk, number],
        )

    assert said() == [f"company {company.pk}, row {number}: it was removed"]


def test_a_cut_tail_is_found(company):
    with around_the_triggers() as cursor:
        cursor.execute(
            "DELETE FROM accounts_trailentry WHERE partner_id = %s AND number > 3",
            [company.pk],
        )

    assert said() == [f"company {company.pk}, row 4: rows 4 to 5 were removed"]


def test_a_cut_tail_is_found_though_the_end_was_turned_back(company):
    last = rows(company).get(number=3)
    with around_the_triggers() as cursor:
        cursor.execute(
            "DELETE FROM accounts_trailentry WHERE partner_id = %s AND number > 3",
            [company.pk],
        )
        cursor.execute(
            "UPDATE accounts_trailhead SET count = 3, last_hash = %s"
            " WHERE partner_id = %s",
            [last.hash, company.pk],
        )

    assert said() == [f"company {company.pk}, row 3: the end of this chain was changed"]


def test_a_cut_tail_is_found_by_the_anchor_though_an_old_end_was_put_back(
    company, tmp_path
):
    anchor = tmp_path / "anchor.json"
    then = TrailHead.objects.get(partner=company)
    write(company)
    call_command("verify_audit", anchor=anchor)
    with around_the_triggers() as cursor:
        cursor.execute(
            "DELETE FROM accounts_trailentry WHERE partner_id = %s AND number > %s",
            [company.pk, ROWS],
        )
        cursor.execute(
            "UPDATE accounts_trailhead SET count = %s, last_hash = %s, seal = %s"
            " WHERE partner_id = %s",
            [then.count, then.last_hash, then.seal, company.pk],
        )
    assert said() == []

    with pytest.raises(CommandError):
        call_command("verify_audit", anchor=anchor)

    assert json.loads(anchor.read_text())[str(company.pk)][0] == ROWS + 1


@pytest.mark.parametrize("place", [0, 1, 3, ROWS + 1])
def test_an_inserted_row_is_found_wherever_it_stands(company, place):
    """At 1 and 3 the rows behind it were moved on by one to make room."""
    with around_the_triggers() as cursor:
        cursor.execute(
            "UPDATE accounts_trailentry SET number = number + 1000"
            " WHERE partner_id = %s AND number >= %s",
            [company.pk, place or ROWS + 1],
        )
        cursor.execute(
            "UPDATE accounts_trailentry SET number = number - 999"
            " WHERE partner_id = %s AND number > 1000",
            [company.pk],
        )
        cursor.execute(
            "INSERT INTO accounts_trailentry (id, partner_id, number, deed, actor_role,"
            " about, details, at, network, request_id, previous_hash, hash)"
            " SELECT 10000 + id, partner_id, %s, deed, actor_role, 'never happened',"
            " details, at, network, request_id, previous_hash, repeat('a', 64)"
            " FROM accounts_trailentry WHERE partner_id = %s ORDER BY number LIMIT 1",
            [place, company.pk],
        )

    assert f"company {company.pk}, row {place}: it was changed or inserted" in said()


def test_a_swapped_pair_is_found(company):
    with around_the_triggers() as cursor:
        for number, swapped in ((2, 1002), (3, 2), (1002, 3)):
            cursor.execute(
                "UPDATE accounts_trailentry SET number = %s"
                " WHERE partner_id = %s AND number = %s",
                [swapped, company.pk, number],
            )

    assert f"company {company.pk}, row 2: it was changed or inserted" in said()
    assert f"company {company.pk}, row 3: it was changed or inserted" in said()


def test_a_chain_that_vanished_whole_is_found(company):
    with around_the_triggers() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE partner_id = {company.pk}")  # noqa: S608

    assert said() == [f"company {company.pk}, row 0: the end of this chain is gone"]


def test_a_programmes_chain_that_vanished_whole_is_found(company):
    with around_the_triggers() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE partner_id IS NULL")  # noqa: S608

    assert said() == [
        "programme, row 0: the end of this chain is gone",
        f"company {company.pk}, row 1: the programme's trail saw it begin 0 times",
    ]


def test_a_chain_that_vanished_and_began_anew_is_found(company):
    with around_the_triggers() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE partner_id = {company.pk}")  # noqa: S608
    write(company)

    assert said() == [
        f"company {company.pk}, row 1: the programme's trail saw it begin 2 times"
    ]


def test_rows_signed_with_another_key_are_found(company, settings):
    settings.AUDIT_KEY = "another key"

    assert len(said()) == ROWS + 1 + 2


def test_an_earlier_key_still_verifies(company, settings):
    settings.AUDIT_KEY_FALLBACKS = [settings.AUDIT_KEY]
    settings.AUDIT_KEY = "another key"
    write(company)

    assert said() == []


def test_the_command_says_which_row_and_fails(company, capsys):
    with around_the_triggers() as cursor:
        cursor.execute(
            "UPDATE accounts_trailentry SET about = '' WHERE partner_id = %s"
            " AND number = 2",
            [company.pk],
        )

    with pytest.raises(CommandError, match="1 faults in the audit trail"):
        call_command("verify_audit")

    assert capsys.readouterr().out == (
        f"company {company.pk}, row 2: it was changed or inserted\n"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_trailentry SET about = ''",
        "DELETE FROM accounts_trailentry",
        "TRUNCATE accounts_trailentry",
        "UPDATE accounts_trailhead SET count = count + 2",
        "UPDATE accounts_trailhead SET count = count - 1",
        "UPDATE accounts_trailhead SET seal = ''",
        "UPDATE accounts_trailhead SET partner_id = NULL, count = count + 1",
        "DELETE FROM accounts_trailhead",
        "TRUNCATE accounts_trailhead",
    ],
)
def test_the_database_refuses_to_change_the_trail(company, statement):
    """Also in a session that switches pgtrigger's triggers off."""
    with doors.as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:  # switched off for the tests that commit
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER never_truncated")
        cursor.execute("SET LOCAL pgtrigger.ignore = '{*}'")
        with pytest.raises(DatabaseError, match="audit trail"), transaction.atomic():
            cursor.execute(statement)


def test_what_postgres_cannot_keep_is_written_so_that_it_can(company):
    record(
        deed=Deed.EXPORT,
        actor=None,
        partner_id=company.pk,
        about="a\0b\ud800" + "x" * 300,
        details={"share": 1.50, "\0": {"at": NOW}, "big": 10**30},
        now=NOW,
    )

    kept = rows(company).last()
    assert kept.details == {
        "share": "1.5",
        "�": {"at": str(NOW)},
        "big": 10**30,
    }
    assert len(kept.about) == 200
    assert said() == []


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_no_gap_and_no_fault():
    company = factories.partner()
    writers, each = 4, 10
    start = Barrier(writers)

    def work():
        start.wait()
        for number in range(each):
            write(company, None, number)
        connection.close()

    threads = [Thread(target=work) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(rows(company).values_list("number", flat=True)) == list(
        range(1, writers * each + 1)
    )
    assert said() == []


def test_one_deed_costs_four_queries(company, django_assert_num_queries):
    with django_assert_num_queries(4):
        write(company)
