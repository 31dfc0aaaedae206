"""Hints beside the five points: the same for both sides, never in anybody's way."""

from datetime import date
from uuid import UUID

import pytest
import time_machine
from django.urls import reverse

from claims import readings
from claims.access import actor_for
from claims.models import Claim, Evidence, Reading
from claims.papers.poe_form import poe_form
from tests import factories
from tests.claims.pages import browser, words
from tests.claims.test_readings import attached

pytestmark = pytest.mark.django_db

TENANT = UUID("0f0e0d0c-0b0a-4908-8706-050403020100")
NOW = factories.NOW


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(NOW, tick=False):
        yield


def with_form(*, products=("EXO",), **fields):
    """Return a draft with its form as proof, read."""
    made = factories.draft(files=0, tenant_id=TENANT, products=products, **fields)
    attached(made, poe_form(made, "en"))
    return read(made)


def read(claim):
    fresh = Claim.objects.get(pk=claim.pk)
    readings.read_all(claim=fresh, now=NOW)
    return fresh


def review(claim):
    address = reverse("claim-wizard", args=[claim.number, "review"])
    return browser(claim.created_by).get(address)


def deciding(claim, step="approve"):
    reviewer = claim.assignee
    return browser(reviewer).get(reverse("claim-step", args=[claim.number, step]))


def in_review(claim):
    factories.take(claim, "submit", now=NOW)
    filed = Claim.objects.get(pk=claim.pk)
    reviewer = factories.staff()
    factories.take(filed, "start_review", by=actor_for(reviewer), now=NOW)
    return Claim.objects.get(pk=claim.pk)


def test_the_partner_sees_before_submitting_where_each_fact_stands():
    page = words(review(with_form()))
    assert "Contoso found: form.pdf, pages 1, 2" in page
    assert "contoso.example found: form.pdf, page 1" in page
    assert f"{TENANT} found: form.pdf, page 1" in page
    assert "Exchange Online found: form.pdf, page 2" in page


def test_the_reviewer_sees_the_same_while_deciding():
    claim = with_form()
    before = words(review(claim)).partition("What a PoE must show")[2]
    after = words(deciding(in_review(claim))).partition("What a PoE must show")[2]
    assert (
        before.partition("It can be wrong")[0] == after.partition("It can be wrong")[0]
    )


def test_what_is_not_found_is_said_and_stands_in_nobodys_way():
    claim = with_form()
    Claim.objects.filter(pk=claim.pk).update(customer_name="Fabrikam")
    claim = read(claim)
    answer = review(claim)
    assert "Fabrikam not found in the text" in words(answer)
    assert in_review(claim).state == "in_review"


def test_a_place_leads_to_the_page_where_it_stands():
    claim = with_form()
    file = claim.evidence_all[0]
    address = reverse("evidence-pages", args=[claim.number, file.public_id])
    assert f'href="{address}?page=2"' in review(claim).content.decode()


def test_what_nobody_has_read_yet_is_said_and_a_worker_woken(monkeypatch):
    rung = []
    monkeypatch.setattr(readings, "ring", rung.append)
    claim = with_form()
    Reading.objects.all().delete()
    page = words(review(claim))
    assert "1 file is still being compared with the claim." in page
    assert "not found" not in page
    assert rung == [claim.pk]


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("no_text", "form.pdf has no text to read in it: check it yourself."),
        ("unreadable", "form.pdf could not be read by the program: check it yourself."),
    ],
)
def test_what_a_program_cannot_read_a_person_must(outcome, said):
    claim = with_form()
    Reading.objects.update(outcome=outcome, found={}, days=[])
    page = words(review(claim))
    assert said in page
    assert "not found" not in page


def test_the_date_the_partner_gave_is_looked_for_in_that_file():
    claim = with_form()
    Evidence.objects.update(signed_on=date(2026, 11, 2), signer="Clara")
    read(claim)
    Reading.objects.update(days=[["2026-11-02", 2]])
    assert "Clara · form.pdf found: form.pdf, page 2" in words(review(claim))
    Reading.objects.update(days=[["2026-11-01", 2]])
    assert "Clara · form.pdf this date is not in its text" in words(review(claim))


def test_who_signed_is_looked_for_and_named_in_no_reading():
    claim = with_form()
    found = f"{claim.customer_name} found: form.pdf, page"
    before = words(review(claim)).count(found)
    Evidence.objects.update(signer=claim.customer_name)
    assert words(review(read(claim))).count(found) == before + 1

    Evidence.objects.update(signer="Nemo Nobody")
    assert "Nemo Nobody not found in the text" in words(review(read(claim)))
    assert "Nobody" not in str(Reading.objects.get().found)


def test_the_latest_day_is_named_and_an_old_one_warned_of():
    claim = with_form()
    Reading.objects.update(
        days=[["2031-01-01", 1], ["2026-11-01", 2], ["2020-01-01", 1]]
    )
    page = words(review(claim))
    assert "Latest date in the files: 1 Nov 2026 found: form.pdf, page 2" in page
    assert "older than a signature" not in page
    Reading.objects.update(days=[["2025-11-01", 1]])
    page = words(review(claim))
    assert "found: form.pdf, page 1 · older than a signature should be" in page


def test_readings_of_what_the_claim_said_before_are_not_shown():
    claim = with_form()
    Claim.objects.filter(pk=claim.pk).update(domain="fabrikam.example")
    page = words(review(claim))
    assert "1 file is still being compared" in page
    assert "found:" not in page


def test_hints_come_from_the_claims_own_files_only():
    own = with_form()
    other = factories.draft(files=0, customer_name="Contoso", tenant_id=TENANT)
    page = words(review(Claim.objects.get(pk=other.pk)))
    assert Reading.objects.filter(evidence__claim=own).count() == 1
    assert "found:" not in page


def test_german_hints():
    claim = with_form()
    claim.created_by.language = "de"
    claim.created_by.save()
    page = words(review(claim))
    assert "Contoso gefunden: form.pdf, Seiten 1, 2" in page


@pytest.mark.parametrize("page", ["claim", "review", "decide"])
def test_ten_files_cost_no_more_queries_than_one(
    page, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr(readings, "ring", lambda _pk: None)

    def queries_with(files):
        claim = factories.draft(files=files, tenant_id=TENANT)
        for file in claim.evidence.all():
            Reading.objects.create(
                evidence=file,
                partner=claim.partner,
                outcome="read",
                facts_sha256=readings.fingerprint(readings.facts_of(claim)),
                unit="page",
                page_count=1,
                page_sizes=[[100, 100]],
                found={"customer": [1]},
                days=[["2026-11-02", 1]],
                read_at=NOW,
            )
        if page == "decide":
            claim = in_review(claim)
        shown = {
            "claim": lambda: browser(claim.created_by).get(claim.get_absolute_url()),
            "review": lambda: review(claim),
            "decide": lambda: deciding(claim),
        }[page]
        with django_assert_max_num_queries(60) as counted:
            assert shown().status_code == 200
        return len(counted)

    queries_with(1)  # what is made once, such as calendars
    assert queries_with(1) == queries_with(10)


def test_a_long_name_is_shortened_where_many_facts_stand_in_one_file():
    claim = with_form()
    Evidence.objects.update(name="A proof with a very long name of a file indeed.pdf")
    page = words(review(claim))
    assert "Contoso found: A proof with a very …e indeed.pdf, pages 1, 2" in page
