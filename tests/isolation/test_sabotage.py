"""Each door is opened in turn: another one still holds, and the test here goes red.

The first door is the scoped look-up, the second the composite keys, the third the
policies of the database. Every test first shows that the broken door alone would let
the company through, or that what is asked for is there to leak.
"""

import re
import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts import scopes
from accounts.scopes import standing_of
from claims import access
from claims.models import Claim, Evidence, Line
from reviews.models import Comment, Note
from tests import doors, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def rivals():
    """Two companies, each with a claim; the second one's is asked for."""
    return factories.claim("submitted"), factories.claim("approved")


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def answer_at(client, number, path):
    """Return status and body, without what differs between any two answers."""
    answer = client.get(f"/claims/{number}/{path}")
    text = answer.content.decode().replace(number, "")
    differing = r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"\w+"'
    return answer.status_code, re.sub(differing, "", text)


def forget_the_filter(monkeypatch):
    """What one careless line would do: everybody sees every claim."""
    for module in (access, *_that_ask_for_claims()):
        monkeypatch.setattr(module, "visible_to", lambda _user: Claim.objects.all())


def _that_ask_for_claims():
    from claims import api, queries, saved_views  # noqa: PLC0415
    from claims.views import current, evidence, files, lists  # noqa: PLC0415

    candidates = (api, queries, saved_views, current, evidence, files, lists)
    return [module for module in candidates if hasattr(module, "visible_to")]


def open_the_policies():
    """Take the third door out of its hinges, as its owner could."""
    with doors.as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in ("claims_claim", "claims_line", "claims_evidence", "claims_event"):
            cursor.execute(f"CREATE POLICY open ON {table} USING (true)")


# --- The first door ------------------------------------------------------------


def test_without_the_filter_the_policies_hide_what_is_foreign(rivals, monkeypatch):
    own, foreign = rivals
    forget_the_filter(monkeypatch)
    client = browser(own.created_by)

    assert access.visible_to(own.created_by).count() == 2  # the filter is gone
    page = client.get("/claims/").content.decode()
    assert own.number in page
    assert foreign.number not in page
    for path in ("", "edit/evidence/"):
        missing = answer_at(client, "CPOR-2026-000000", path)
        assert answer_at(client, foreign.number, path) == missing
        assert missing[0] == 404


def test_without_the_policies_the_filter_hides_what_is_foreign(rivals):
    own, foreign = rivals
    open_the_policies()

    with scopes.entered(standing_of(own.created_by)):
        assert Claim.objects.count() == 2  # the policies are gone
    client = browser(own.created_by)
    page = client.get("/claims/").content.decode()
    assert own.number in page
    assert foreign.number not in page
    assert client.get(f"/claims/{foreign.number}/").status_code == 404


# --- The second door -----------------------------------------------------------


def foreign_line(own, foreign):
    return Line(
        claim=foreign, partner_id=own.partner_id, product=factories.product("SPO")
    )


def _and_judge(deed):
    """Do something and let the deferred keys judge it at once."""
    deed()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refuses(person, deed, why):
    with (
        pytest.raises(DatabaseError, match=why),
        transaction.atomic(),
        scopes.entered(standing_of(person)),
    ):
        _and_judge(deed)


def test_without_the_policies_the_keys_refuse_a_line_on_a_foreign_claim(rivals):
    own, foreign = rivals
    open_the_policies()
    line = foreign_line(own, foreign)

    refuses(own.created_by, lambda: line.save(force_insert=True), "of_its_partner")


def test_without_the_keys_the_policies_refuse_a_line_of_a_foreign_company(rivals):
    own, foreign = rivals
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with doors.as_owner():
            cursor.execute(
                "ALTER TABLE claims_line DROP CONSTRAINT line_of_its_partner"
            )
    line = foreign_line(own, foreign)
    line.partner_id = foreign.partner_id

    refuses(own.created_by, lambda: line.save(force_insert=True), "row-level security")


@pytest.mark.parametrize(
    ("table", "change", "key"),
    [
        ("claims_claim", "location_id", "location_of_its_partner"),
        ("claims_claim", "prefilled_from_id", "prefilled_from_its_partner"),
        ("claims_evidence", "replaced_by_id", "replacement_of_its_claim"),
        ("claims_deadline", "extends_id", "extension_of_its_claim"),
    ],
)
def test_no_row_refers_to_another_companys(rivals, table, change, key):
    own, foreign = rivals
    theirs = {
        "location_id": foreign.location_id,
        "prefilled_from_id": foreign.pk,
        "replaced_by_id": Evidence.objects.filter(claim=foreign)[0].pk,
        "extends_id": foreign.deadlines.all()[0].pk,
    }[change]
    whose = "id" if table == "claims_claim" else "claim_id"
    statement = f"UPDATE {table} SET {change} = %s WHERE {whose} = %s"  # noqa: S608

    def refer():
        with connection.cursor() as cursor:
            cursor.execute(statement, [theirs, own.pk])

    refuses(factories.staff(), refer, key)


def test_a_comment_carries_no_file_of_another_claim(rivals):
    own, foreign = rivals
    said = factories.comment(own, by=own.created_by)
    theirs = Evidence.objects.filter(claim=foreign)[0]

    said.attachments.add(Evidence.objects.filter(claim=own)[0])
    with pytest.raises(DatabaseError, match="its own claim"), transaction.atomic():
        said.attachments.add(theirs)
    assert Comment.objects.get(pk=said.pk).attachments.count() == 1


# --- The third door ------------------------------------------------------------


def test_a_partners_scope_cannot_even_name_the_internal_notes(rivals):
    own, _ = rivals
    Note.objects.create(claim=own, author=factories.staff(), text="?", at=factories.NOW)

    refuses(own.created_by, Note.objects.count, "permission denied")


def test_nothing_entered_is_nothing_seen(rivals):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        scopes.entered(scopes.AT_ENTRANCE),
    ):
        Claim.objects.count()


def test_a_key_that_is_taken_elsewhere_tells_nothing_of_the_row(rivals):
    """A unique constraint looks past the policies; its words must not."""
    own, foreign = rivals
    number = foreign.number
    with (
        pytest.raises(DatabaseError) as refused,
        transaction.atomic(),
        scopes.entered(standing_of(own.created_by)),
    ):
        Claim(
            number=number,
            partner_id=own.partner_id,
            created_by=own.created_by,
            created_at=factories.NOW,
            updated_at=factories.NOW,
            state_since=factories.NOW,
            draft_key=uuid.uuid4(),
        ).save(force_insert=True)

    assert number not in str(refused.value)
