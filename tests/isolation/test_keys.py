"""The second door: no row of one company hangs on a row of another one.

Which tables refer to which comes from the catalogue of the database, so a new table
needs its key too. What is tried is tried as the owner: no policy looks on.
"""

import json

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import sql

from tests import doors
from tests.isolation import world

pytestmark = pytest.mark.django_db

FOREIGN_KEYS = """
SELECT conname::text, conrelid::regclass::text, confrelid::regclass::text,
  (SELECT array_agg(attname::text ORDER BY place)
   FROM unnest(conkey) WITH ORDINALITY AS key (number, place)
   JOIN pg_attribute ON attrelid = conrelid AND attnum = number),
  (SELECT array_agg(attname::text ORDER BY place)
   FROM unnest(confkey) WITH ORDINALITY AS key (number, place)
   JOIN pg_attribute ON attrelid = confrelid AND attnum = number)
FROM pg_constraint WHERE contype = 'f' ORDER BY 1
"""
WITH_A_COMPANY = """
SELECT attrelid::regclass::text, attname::text FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
  AND attname IN ('partner_id', 'company_id') AND NOT attisdropped
  AND format_type(atttypid, NULL) = 'bigint'
"""
# Written by hand: what refers to a company's row by the number alone, and why it may.
BY_NUMBER_ALONE = {
    # Names no company of its own, so there is nothing to contradict what it hangs on.
    ("claims_calendarday", "calendar_id"),
    ("claims_keepingfault", "evidence_id"),
    ("claims_postponement", "calendar_id"),
    ("reviews_note", "claim_id"),
    # A trigger wants comment and file to be of one claim (test_sabotage.py).
    ("reviews_comment_attachments", "comment_id"),
    ("reviews_comment_attachments", "evidence_id"),
}
# A person is referred to by the number: the programme's people, who have no company,
# act on every company's claims.
PEOPLE = "accounts_user"


class Key:
    """A key of the catalogue by which one table refers to another."""

    def __init__(self, name, child, parent, columns, targets):
        self.name, self.child, self.parent = name, child, parent
        self.columns, self.targets = columns, targets

    @property
    def refers_by(self):
        """The column with the parent's number; beside it stand company or claim."""
        return self.columns[self.targets.index("id")]


def rows(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def keys():
    return [Key(*row) for row in rows(FOREIGN_KEYS)]


def companies():
    """Return of each table that names a company the column that does."""
    return dict(rows(WITH_A_COMPANY))


def composite(name_of_company):
    """Return the keys that hold a child to its parent's company, or to its claim."""
    return [
        key for key in keys() if len(key.columns) > 1 and key.parent in name_of_company
    ]


def test_whoever_refers_to_a_companys_row_does_so_by_a_key_with_the_company():
    named = companies()
    held = {(key.child, key.refers_by) for key in composite(named)}
    alone = {
        (key.child, key.refers_by)
        for key in keys()
        if key.parent in named and key.parent != PEOPLE
    }

    assert alone - held == BY_NUMBER_ALONE


def test_a_key_without_the_company_has_the_claim_that_has_it():
    named = companies()
    for key in composite(named):
        beside = set(key.columns) - {key.refers_by}
        assert beside in ({named[key.child]}, {"claim_id"}), key.name
    by_claim = {key.child for key in composite(named) if "claim_id" in key.columns}
    of_claims = {key.child for key in composite(named) if key.parent == "claims_claim"}
    assert by_claim - of_claims == set()


class Trial:
    """Rows of two companies, and the owner who puts one on the other's."""

    def __init__(self):
        self.own, self.foreign = (world.side().person.partner_id for _ in range(2))
        self.named = companies()

    def outcome(self, key, parent_of):
        """Return which key refuses a copy of one's own row on this company's parent."""
        whose, beneath = self.named[key.child], self.named[key.parent]
        row = _row(key.child, whose, self.own)
        parent = _row(key.parent, beneath, parent_of)["id"]
        number = row["id"] + 1_000_000
        if key.child == key.parent and parent_of == self.own:
            parent = number  # its own row gives way to the copy
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                _make_room(cursor, key, row["id"], parent)
                copy = {**row, "id": number, key.refers_by: parent}
                _insert(cursor, key.child, copy)
                cursor.execute(
                    sql.SQL("SET CONSTRAINTS {} IMMEDIATE").format(
                        sql.Identifier(key.name)
                    )
                )
                transaction.set_rollback(True)
        except IntegrityError as refused:
            return refused.__cause__.diag.constraint_name
        return None


def _row(table, whose, company):
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE {} = %s LIMIT 1").format(
                sql.Identifier(table), sql.Identifier(whose)
            ),
            [company],
        )
        found = cursor.fetchone()
    assert found, f"{table} has no row of the company: add one to world.py"
    return json.loads(found[0])


def _make_room(cursor, key, own, parent):
    """Take away what a unique constraint would name before the key is asked."""
    cursor.execute(
        sql.SQL("DELETE FROM {} WHERE id = %s OR {} = %s").format(
            sql.Identifier(key.child), sql.Identifier(key.refers_by)
        ),
        [own, parent],
    )


def _insert(cursor, table, values):
    names = [
        name
        for (name,) in rows(
            "SELECT attname::text FROM pg_attribute"  # noqa: S608
            f" WHERE attrelid = '{table}'::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = ''"
        )
    ]
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    cursor.execute(
        sql.SQL(
            "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE"
            " SELECT {} FROM jsonb_populate_record(NULL::{}, %s)"
        ).format(sql.Identifier(table), listed, listed, sql.Identifier(table)),
        [json.dumps(values)],
    )


@pytest.fixture
def trial():
    """The keys alone: as the owner, and with every trigger of ours switched off."""
    made = Trial()
    with doors.as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in {key.child for key in composite(made.named)}:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield made


def test_each_key_refuses_a_row_on_another_companys_and_takes_it_on_ones_own(trial):
    found = {
        key.name: (trial.outcome(key, trial.own), trial.outcome(key, trial.foreign))
        for key in composite(trial.named)
    }

    assert found == {name: (None, name) for name in found}
    assert len(found) > len(BY_NUMBER_ALONE)
