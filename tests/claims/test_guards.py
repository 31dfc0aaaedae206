"""What the database itself refuses, tried by going round the application."""

import uuid
from functools import partial

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from claims.models import Claim, Deadline, Event, Evidence, Line
from claims.workflow import CLAIM
from disputes.models import Dispute
from reviews.models import Comment
from tests import doors, factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW
STANDING = {
    "draft": "none",
    "submitted": "open",
    "in_review": "open",
    "action_required": "open",
    "approved": "held",
    "rejected": "none",
    "disputed": "open",
    "rejected_final": "none",
}


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def at_commit(deed, *values):
    """Do something and let the database judge it as it would at the end."""
    deed(*values)
    sql("SET CONSTRAINTS ALL IMMEDIATE")


def refuses(statement, *values, why="Cannot (update|delete)"):
    """Run a statement that the database must refuse."""
    with pytest.raises(DatabaseError, match=why), transaction.atomic():
        at_commit(sql, statement, *values)


def moved_by_sql(claim, state):
    """Put the claim into another state, with nothing but SQL."""
    due = NOW if CLAIM[state].clock else None
    sql(
        "UPDATE claims_claim SET state = %s, version = version + 1, due_at = %s"
        " WHERE id = %s",
        state,
        due,
        claim.pk,
    )


# --- One dispute, for ever ----------------------------------------------------


def test_a_claim_has_one_dispute():
    claim = factories.claim("disputed")
    refuses(
        "INSERT INTO disputes_dispute (claim_id, partner_id, justification,"
        " opened_by_id, opened_at, result, statement)"
        " VALUES (%s, %s, 'again', %s, now(), '', '')",
        claim.pk,
        claim.partner_id,
        claim.created_by_id,
        why="duplicate key",
    )


def test_the_time_of_the_dispute_is_written_once():
    claim = factories.claim("disputed")
    for value in (NOW.replace(year=2027), None):
        refuses(
            "UPDATE claims_claim SET disputed_at = %s WHERE id = %s",
            value,
            claim.pk,
            why="already disputed",
        )


def test_a_dispute_is_neither_deleted_nor_given_other_grounds():
    claim = factories.claim("disputed")
    refuses("DELETE FROM disputes_dispute WHERE claim_id = %s", claim.pk)
    refuses("UPDATE disputes_dispute SET justification = 'other'")
    assert Dispute.objects.get(claim=claim).justification == "Because."


# --- Keys (DOMAIN.md §7) ------------------------------------------------------


def test_two_lines_on_one_key_are_not_both_approved():
    held = factories.claim("approved")
    rival = factories.claim("in_review", tenant_id=held.tenant_id)
    refuses(
        "UPDATE claims_claim SET state = 'approved', version = version + 1,"
        " due_at = NULL WHERE id = %s",
        rival.pk,
        why="one_approved_line_per_key",
    )


def test_another_subscription_is_another_key():
    held = factories.claim("approved")
    rival = factories.claim("in_review", tenant_id=held.tenant_id)
    Line.objects.filter(claim=rival).update(subscription_id=uuid.uuid4())
    moved_by_sql(rival, "approved")
    assert Line.objects.filter(standing="held").count() == 2
    transaction.set_rollback(True)  # no event was written


def test_one_company_has_one_open_line_on_a_key():
    one = factories.claim("submitted")
    two = factories.draft(by=one.created_by, tenant_id=one.tenant_id)
    refuses(
        "UPDATE claims_claim SET state = 'submitted', version = 1, due_at = now()"
        " WHERE id = %s",
        two.pk,
        why="one_open_line_per_partner_and_key",
    )


def test_a_claim_names_each_product_once():
    claim = factories.draft()
    line = claim.lines_now[0]
    refuses(
        "INSERT INTO claims_line (claim_id, partner_id, product_id, engagement,"
        " standing) VALUES (%s, %s, %s, '', 'none')",
        claim.pk,
        claim.partner_id,
        line.product_id,
        why="each_product_once_per_claim",
    )


# --- What a line counts for ---------------------------------------------------


def test_a_lines_standing_follows_its_claim_whoever_moves_it():
    claim = factories.draft()
    assert Line.objects.get(claim=claim).standing == "none"
    for state in (
        "submitted",
        "in_review",
        "approved",
        "rejected",
        "disputed",
        "rejected_final",
    ):
        moved_by_sql(claim, state)
        assert Line.objects.get(claim=claim).standing == STANDING[state]
    transaction.set_rollback(True)  # no event was written


@pytest.mark.parametrize("state", STANDING)
def test_each_status_is_declared_with_its_standing(state):
    assert CLAIM[state].standing == STANDING[state]


def test_a_superseded_line_stays_superseded():
    claim = factories.claim("in_review")
    Line.objects.filter(claim=claim).update(standing="superseded")
    moved_by_sql(claim, "approved")
    assert Line.objects.get(claim=claim).standing == "superseded"
    transaction.set_rollback(True)  # no event was written


def test_a_new_line_is_born_with_its_claims_key_and_standing():
    claim = factories.claim("submitted")
    line = Line.objects.create(
        claim=claim,
        partner_id=claim.partner_id,
        product=factories.product("SPO"),
        tenant_id=uuid.uuid4(),
        engagement="BIZ-ADV",
        standing="held",
    )
    line.refresh_from_db()
    assert (line.tenant_id, line.engagement, line.standing) == (
        claim.tenant_id,
        "MWS-USE",
        "open",
    )


def test_a_lines_key_follows_its_claim():
    claim, tenant = factories.draft(), uuid.uuid4()
    sql("UPDATE claims_claim SET tenant_id = %s WHERE id = %s", tenant, claim.pk)
    assert Line.objects.get(claim=claim).tenant_id == tenant


# --- History and what was submitted -------------------------------------------


def test_history_is_never_emptied():
    factories.claim("submitted")
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    # Tests may empty their tables; past Django nobody has given that permission.
    empty = "SET LOCAL pgtrigger.ignore = '{}'; TRUNCATE claims_event"
    with (
        doors.as_owner(),
        pytest.raises(psycopg.Error, match="append-only"),
        transaction.atomic(),
    ):
        connection.connection.execute(empty)


def test_history_is_neither_changed_nor_deleted():
    claim = factories.claim("submitted")
    with doors.as_owner():
        refuses("UPDATE claims_event SET comment = 'x' WHERE claim_id = %s", claim.pk)
        refuses("DELETE FROM claims_event WHERE claim_id = %s", claim.pk)
    assert Event.objects.get(claim=claim).comment == "Because."


def test_a_version_has_one_event():
    claim = factories.claim("submitted")
    event = Event.objects.get(claim=claim)
    event.pk = None
    with pytest.raises(DatabaseError, match="one_event_per_version"):
        event.save(force_insert=True)


def test_a_version_never_goes_back_and_a_step_raises_it_by_one():
    claim = factories.claim("in_review")
    for version in (claim.version - 1, claim.version + 2):
        refuses(
            "UPDATE claims_claim SET version = %s, state = 'action_required'"
            " WHERE id = %s",
            version,
            claim.pk,
            why="must raise its version by one",
        )
    refuses(
        "UPDATE claims_claim SET version = 0 WHERE id = %s",
        claim.pk,
        why="must raise its version by one",
    )


def test_a_claim_keeps_its_number_company_and_author():
    claim, rival = factories.claim("submitted"), factories.person(factories.partner())
    for column, value in (
        ("number", "CPOR-2026-X"),
        ("partner_id", rival.partner_id),
        ("created_by_id", rival.pk),
        ("created_at", NOW.replace(year=2025)),
    ):
        refuses(f"UPDATE claims_claim SET {column} = %s", value)  # noqa: S608
    assert Claim.objects.get(pk=claim.pk).partner == claim.partner


def test_a_status_nobody_declared_is_refused():
    claim = factories.draft()
    refuses(
        "UPDATE claims_claim SET state = 'lost', version = 1 WHERE id = %s",
        claim.pk,
        why="Invalid transition",
    )


def test_what_was_submitted_is_not_deleted():
    claim = factories.claim("submitted")
    Deadline.objects.filter(claim=claim).delete()
    refuses("DELETE FROM claims_evidence WHERE claim_id = %s", claim.pk)
    sql("DELETE FROM claims_line WHERE claim_id = %s", claim.pk)
    refuses("DELETE FROM claims_claim WHERE id = %s", claim.pk)
    assert Evidence.objects.filter(claim=claim).count() == 1


def test_a_draft_that_has_a_history_is_not_deleted():
    claim = factories.draft()
    sql("UPDATE claims_claim SET version = 1 WHERE id = %s", claim.pk)
    sql("DELETE FROM claims_line WHERE claim_id = %s", claim.pk)
    refuses("DELETE FROM claims_claim WHERE id = %s", claim.pk)
    transaction.set_rollback(True)  # no event was written


@pytest.mark.parametrize(
    "change",
    [
        "sha256 = repeat('0', 64)",
        "size = 1",
        "content = 'elsewhere'",
        "public_id = gen_random_uuid()",
    ],
)
def test_the_content_of_a_file_never_changes(change):
    factories.draft()
    refuses(f"UPDATE claims_evidence SET {change}")  # noqa: S608


# --- A child belongs to the company of its claim ------------------------------


@pytest.mark.parametrize(
    ("table", "constraint"),
    [
        ("claims_line", "line_of_its_partner"),
        ("claims_deadline", "deadline_of_its_partner"),
        ("claims_evidence", "Cannot update"),
        ("reviews_comment", "comment_of_its_partner"),
        ("disputes_dispute", "Cannot update"),
    ],
)
def test_nothing_is_moved_to_another_company(table, constraint):
    claim, rival = factories.claim("disputed"), factories.partner()
    Comment.objects.create(
        claim=claim,
        partner_id=claim.partner_id,
        author=claim.created_by,
        text="Hello",
        at=NOW,
    )
    statement = f"UPDATE {table} SET partner_id = %s"  # noqa: S608
    refuses(statement, rival.pk, why=constraint)


@pytest.mark.parametrize("kind", ["line", "event", "deadline", "evidence", "comment"])
def test_nothing_of_one_company_hangs_on_anothers_claim(kind):
    claim, theirs = factories.claim("submitted"), factories.claim("approved")
    child = {
        "line": lambda: Line(product=factories.product("SPO")),
        "event": claim.events.last,
        "deadline": claim.deadlines.last,
        "evidence": claim.evidence.last,
        "comment": lambda: Comment(author=claim.created_by, text="", at=NOW),
    }[kind]()
    child.pk, child.claim, child.partner_id = None, theirs, claim.partner_id
    if kind == "event":
        child.version = 99
    if kind == "evidence":
        child.public_id = uuid.uuid4()

    with pytest.raises(DatabaseError, match="_of_its_partner"), transaction.atomic():
        at_commit(partial(child.save, force_insert=True))
