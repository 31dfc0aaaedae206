"""The one dispute of a claim, and the queue of all."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import StaffRole
from disputes.models import Dispute
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_dispute_opens_and_closes_with_its_steps():
    claim = factories.claim("disputed")
    opened = Dispute.objects.get(claim=claim)

    factories.take(claim, "overturn")

    closed = Dispute.objects.get(claim=claim)
    assert (opened.result, opened.justification) == ("", "Because.")
    assert (closed.result, closed.statement) == ("overturned", "Because.")
    assert closed.decided_by != claim.rejected_by


def test_the_database_refuses_a_second_dispute():
    claim = factories.claim("rejected_final")
    first = Dispute.objects.get(claim=claim)
    first.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_the_database_refuses_to_lose_or_rewrite_a_dispute():
    dispute = Dispute.objects.get(claim=factories.claim("disputed"))

    for change in (
        lambda: Dispute.objects.filter(pk=dispute.pk).delete(),
        lambda: Dispute.objects.filter(pk=dispute.pk).update(justification="Other."),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_queue_says_which_disputes_are_not_mine_to_decide(client):
    claim = factories.claim("disputed")

    client.force_login(claim.rejected_by)
    mine = client.get("/disputes/").content.decode()
    client.force_login(factories.staff())
    others = client.get("/disputes/").content.decode()

    sentence = "You rejected this claim, so another reviewer decides the dispute."
    assert (sentence in mine, sentence in others) == (True, False)
    assert claim.number in others


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_the_same_queries_for_any_number(
    client, count, django_assert_num_queries
):
    for _ in range(count):
        factories.claim("disputed")
    client.force_login(factories.staff())
    client.get("/disputes/")

    with django_assert_num_queries(9):
        client.get("/disputes/")


def test_decided_disputes_are_told_apart_from_open_ones(client):
    claim = factories.claim("rejected_final")
    client.force_login(factories.staff(StaffRole.AUDITOR))

    html = client.get("/disputes/").content.decode()

    assert "No dispute is open" in html
    assert claim.number in html
    assert "Upheld" in html


def test_partners_have_no_queue_of_disputes(client):
    client.force_login(factories.person(factories.partner()))

    assert client.get("/disputes/").status_code == 403


def test_what_was_handed_in_with_the_dispute_stands_beside_its_reasons(client):
    claim = factories.claim("rejected")
    old = claim.evidence.get()
    new = factories.file(claim)
    factories.take(claim, "dispute")
    client.force_login(factories.staff())

    html = client.get(claim.get_absolute_url()).content.decode()
    section = html.partition('id="dispute"')[2].partition("</section>")[0]

    assert "PoE handed in with the dispute" in section
    assert (new.name in section, old.name in section) == (True, False)
    assert new.pages_url in section
