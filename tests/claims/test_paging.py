"""Sorting and seeking: every claim once, whatever the sort values are."""

import pytest

from claims.models import Claim
from claims.paging import SORTS, page_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return factories.person(factories.partner())


def some_claims(admin):
    """Claims in several states, with equal and with missing sort values."""
    names = ["Zebra", "abel", "Ärzte", "Abel", "Bauer", "Ärzte", ""]
    for place, name in enumerate(names):
        factories.draft(by=admin, name=name, customer_name=name, products=(), files=0)
        state = ["submitted", "rejected", "approved"][place % 3]
        factories.claim(state, by=admin, name=name or "-", customer_name="Same")


def walk(claims, sort, size):
    """Return the keys on all pages there, and on all pages back."""
    page, there, back = page_of(claims, sort=sort, size=size), [], []
    there += [claim.pk for claim in page.claims]
    while page.next:
        page = page_of(claims, sort=sort, at=page.next, size=size)
        there += [claim.pk for claim in page.claims]
    back = [claim.pk for claim in page.claims]
    while page.previous:
        page = page_of(claims, sort=sort, at=page.previous, size=size)
        back = [claim.pk for claim in page.claims] + back
    return there, back


def test_paging_visits_every_claim_once_in_both_directions(admin):
    some_claims(admin)
    claims = Claim.objects.all()
    for sort in sorted(SORTS):
        whole = [claim.pk for claim in page_of(claims, sort=sort, size=100).claims]
        assert len(set(whole)) == 14
        for size in (1, 3, 7, 14):
            assert walk(claims, sort, size) == (whole, whole)


def test_claims_without_a_deadline_come_last_either_way(admin):
    some_claims(admin)
    for sort in ("due", "-due"):
        page = page_of(Claim.objects.all(), sort=sort, size=100)
        dates = [claim.due_at for claim in page.claims]
        timed = [date for date in dates if date]
        assert len(timed) == 5
        assert dates[: len(timed)] == sorted(timed, reverse=sort == "-due")


def test_umlauts_sort_with_their_letters(admin):
    for name in ("Zebra", "Ärzte", "bauer", "Abel", "Öl", "Ost", "Nord"):
        factories.draft(by=admin, customer_name=name, products=(), files=0)
    page = page_of(Claim.objects.all(), sort="customer")
    names = [claim.customer_name for claim in page.claims]
    assert names == ["Abel", "Ärzte", "bauer", "Nord", "Öl", "Ost", "Zebra"]


def test_status_sorts_in_the_order_of_a_claim_s_life(admin):
    for state in ("approved", "draft", "disputed", "submitted"):
        factories.claim(state, by=admin)
    claims = page_of(Claim.objects.all(), sort="status").claims
    states = [claim.state for claim in claims]
    assert states == ["draft", "submitted", "approved", "disputed"]


def test_a_page_that_has_vanished_leads_to_the_first(admin):
    for _ in range(3):
        factories.draft(by=admin, products=(), files=0)
    claims = Claim.objects.all()
    cursor = page_of(claims, sort="number", size=2).next
    left = page_of(claims, sort="number", size=2).claims
    remaining = claims.filter(pk__in=[claim.pk for claim in left])
    page = page_of(remaining, sort="number", at=cursor, size=2)
    assert [claim.pk for claim in page.claims] == [claim.pk for claim in left]
