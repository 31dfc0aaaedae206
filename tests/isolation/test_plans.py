"""The policies leave the indexes of the list in use (DESIGN.md §6)."""

import pytest
from django.db import connection

from accounts import scopes
from accounts.scopes import standing_of
from claims import queries
from claims.access import visible_to
from tests import doors, factories
from tests.bench_claims import insert_drafts

pytestmark = pytest.mark.django_db

OTHERS = 2000
NEWEST = ("-updated_at", "-pk")


@pytest.fixture
def claim():
    return factories.claim("submitted")


def plan_for(person, claims):
    """Return how the rows are found if an index can be used at all."""
    with scopes.entered(standing_of(person)), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        return claims.explain()


def test_staff_search_by_the_index_of_words(claim):
    lead = factories.staff()
    found = queries.search(visible_to(lead), "contoso").order_by()
    assert "claim_search" in plan_for(lead, found)


def test_a_policy_of_two_cases_would_take_that_index_away(claim):
    """Why staff have a scope of their own, with a policy that is plainly true."""
    lead = factories.staff()
    mixed = "partner_id = current_setting('cpor.person')::bigint OR 1 < random()"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with doors.as_owner():
            cursor.execute(f"ALTER POLICY staff ON claims_claim USING ({mixed})")
    found = queries.search(visible_to(lead), "contoso").order_by()
    assert "claim_search" not in plan_for(lead, found)


def test_staff_read_the_newest_by_their_index(claim):
    lead = factories.staff()
    newest = visible_to(lead).order_by(*NEWEST)[:25]
    assert "claim_recent_all" in plan_for(lead, newest)


def test_partners_read_their_newest_by_their_index(claim):
    reader = claim.created_by
    others = factories.person(factories.partner())
    insert_drafts(others, OTHERS)  # where all fit on one page any index will do
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with doors.as_owner():
            cursor.execute("ANALYZE claims_claim")
    newest = visible_to(reader).order_by(*NEWEST)[:25]
    assert "claim_recent on" in plan_for(reader, newest)
