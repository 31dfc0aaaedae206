"""What the trail says after requests: who read, exported, came, and was refused."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from structlog.testing import capture_logs

from accounts.models import Deed, StaffRole, Title, TrailEntry
from accounts.trail_check import faults
from tests import doors, factories
from tests.claims.pages import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim():
    return factories.claim("in_review")


def last():
    return TrailEntry.objects.order_by("pk").last()


def count(deed):
    return TrailEntry.objects.filter(deed=deed).count()


def test_a_foreign_claim_is_refused_and_recorded_in_the_readers_own_trail(claim):
    rival = factories.person(factories.partner())

    answer = browser(rival).get(f"/claims/{claim.number}/", REMOTE_ADDR="10.1.2.3")

    entry = last()
    assert answer.status_code == 404
    assert (entry.deed, entry.actor, entry.partner) == (
        Deed.REFUSAL,
        rival,
        rival.partner,
    )
    assert (entry.about, entry.network) == (claim.number, "10.1.2.3")
    assert entry.actor_role == Title.GLOBAL_ADMIN
    assert entry.details == {"route": "claim", "method": "GET", "status": 404}
    assert entry.request_id
    assert not TrailEntry.objects.filter(partner=claim.partner, actor=rival).exists()


def test_a_role_that_may_not_is_recorded(claim):
    auditor = factories.staff(StaffRole.AUDITOR)

    answer = browser(auditor).get("/queue/")

    assert answer.status_code == 403
    assert (last().deed, last().actor, last().partner) == (Deed.REFUSAL, auditor, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "address", ["/claims/{}/steps/{}/", "/api/v1/claims/{}/steps/{}/"]
)
def test_a_refused_step_is_recorded_although_it_was_rolled_back(address):
    claim = factories.claim("submitted")
    user = factories.person(claim.partner, Title.PARTNER_USER)
    client = browser(user)

    answer = client.post(address.format(claim.number, "withdraw"), {"comment": "x"})

    assert answer.status_code == 409
    assert (last().deed, last().about, last().actor) == (
        Deed.REFUSAL,
        claim.number,
        user,
    )
    assert list(faults()) == []


def test_the_page_that_says_why_a_step_is_closed_refuses_nothing(claim):
    before = count(Deed.REFUSAL)

    answer = browser(claim.created_by).get(f"/claims/{claim.number}/steps/submit/")

    assert answer.status_code == 409
    assert count(Deed.REFUSAL) == before


def test_an_address_that_leads_nowhere_and_a_stranger_are_not_recorded(claim):
    before = TrailEntry.objects.count()

    browser(claim.created_by).get("/no/such/page/")
    Client().get(f"/claims/{claim.number}/")
    Client().get("/c/nonsense/")

    assert count(Deed.REFUSAL) == 0
    assert TrailEntry.objects.count() == before


def test_secrets_in_an_address_are_not_recorded(claim):
    browser(claim.created_by).get("/invitation/secret-token/")

    assert (last().about, last().details) == (
        "invitation",
        {"route": "invitation", "method": "GET", "status": 404},
    )


def test_what_is_written_into_an_address_is_cut_and_made_visible(claim):
    odd = "%0A%E2%80%AE" + "x" * 3000
    browser(claim.created_by).get(f"/claims/{claim.number}/poe-form-{odd}.pdf")

    assert last().details["language"] == "x" * 60


@pytest.mark.django_db(transaction=True)
def test_a_failed_log_in_by_the_api_is_recorded_although_it_was_rolled_back():
    cache.clear()
    person = factories.person(factories.partner())

    answer = Client().post(
        "/api/v1/token/", {"email": person.email, "password": "wrong"}
    )

    assert answer.status_code in {401, 403}
    assert (last().deed, last().actor, last().partner) == (
        Deed.LOG_IN_FAILED,
        None,
        person.partner,
    )


def test_log_in_and_log_out_are_recorded():
    cache.clear()
    person = factories.person(factories.partner())
    client = Client()

    client.post(
        "/accounts/login/", {"login": person.email, "password": factories.PASSWORD}
    )
    client.post("/accounts/logout/")

    deeds = TrailEntry.objects.filter(actor=person).order_by("number")
    assert [entry.deed for entry in deeds] == [Deed.LOG_IN, Deed.LOG_OUT]


def test_each_way_to_a_document_is_recorded_in_its_companys_trail(claim):
    file = claim.evidence_all[0]
    reviewer = factories.staff()
    client = browser(reviewer)
    ways = [
        f"/claims/{claim.number}/evidence/{file.public_id}/",
        f"/api/v1/claims/{claim.number}/evidence/{file.public_id}/",
    ]

    for number, way in enumerate(ways, start=1):
        assert client.get(way).getvalue() == factories.PDF
        assert count(Deed.DOCUMENT_READ) == number

    assert (last().actor, last().partner, last().about) == (
        reviewer,
        claim.partner,
        claim.number,
    )
    assert last().details["file"] == str(file.public_id)


def test_an_export_is_recorded_with_what_it_holds(claim):
    admin, lead = claim.created_by, factories.staff(StaffRole.LEAD)

    browser(admin).head("/claims/export.csv")
    assert count(Deed.EXPORT) == 0
    browser(admin).get("/claims/export.csv?status=in_review&rows=lines")
    own = last()
    browser(lead).get("/claims/export.csv")

    assert (own.partner, own.details) == (
        claim.partner,
        {"list": "status=in_review", "row per line": True},
    )
    assert (last().actor, last().partner) == (lead, None)


def test_a_trail_that_cannot_be_written_stops_no_refusal(claim):
    rival = factories.person(factories.partner())
    client = browser(rival)
    with doors.as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE accounts_trailentry ADD CONSTRAINT full_up"
            " CHECK (deed <> 'refusal')"
        )

    with capture_logs() as logs:
        answer = client.get(f"/claims/{claim.number}/")

    assert answer.status_code == 404
    assert "refusal_not_recorded" in [line["event"] for line in logs]
