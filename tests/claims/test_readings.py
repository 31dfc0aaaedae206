"""What is kept of a file's text: where the facts of its own claim stand."""

from uuid import UUID

import pytest
import time_machine
from django.core.files.base import ContentFile

from claims import actions, evidence, readings, tasks
from claims.models import Check, Claim, Evidence, Reading
from claims.papers.poe_form import poe_form
from tests import factories

pytestmark = pytest.mark.django_db

TENANT = UUID("0f0e0d0c-0b0a-4908-8706-050403020100")


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(factories.NOW, tick=False):
        yield


@pytest.fixture
def claim():
    """A draft with its own form as proof."""
    made = factories.draft(files=0, tenant_id=TENANT, products=("EXO", "SPO"))
    attached(made, poe_form(made, "en"))
    return Claim.objects.get(pk=made.pk)


def attached(claim, content, name="form.pdf", kind="application/pdf"):
    file = evidence.attach(
        claim=claim,
        by=claim.created_by,
        upload=ContentFile(content, name=name),
        now=factories.NOW,
    )
    Evidence.objects.filter(pk=file.pk).update(
        check_state=Check.CLEAN, content_type=kind
    )
    return file


def test_the_facts_of_a_claim_are_found_in_its_form(claim):
    tasks.read_evidence(claim.pk)
    reading = Reading.objects.get()
    assert (reading.outcome, reading.unit, reading.page_count) == ("read", "page", 2)
    assert reading.partner_id == claim.partner_id
    assert reading.found == {
        "partner": [1, 2],
        "customer": [1, 2],
        "domain": [1],
        "tenant": [1],
        "product:EXO": [2],
        "product:SPO": [2],
    }
    sizes = [[round(side) for side in size] for size in reading.page_sizes]
    assert sizes == [[595, 842]] * 2


def test_the_text_itself_is_not_kept(claim):
    tasks.read_evidence(claim.pk)
    kept = str(Reading.objects.values().get())
    assert "Contoso" not in kept
    assert "confirms" not in kept


def test_a_claim_that_says_something_else_is_read_anew(claim):
    tasks.read_evidence(claim.pk)
    by = claim.created_by
    fields = {"customer_name": "Fabrikam"}
    actions.edit_claim(claim=claim, by=by, fields=fields, now=factories.NOW)
    changed = Claim.objects.get(pk=claim.pk)
    assert readings.readings_of(changed) == {}
    tasks.read_evidence(claim.pk)
    assert Reading.objects.get().found["customer"] == []


def test_nothing_is_read_twice(claim):
    assert readings.read_all(claim=claim, now=factories.NOW) == 1
    assert readings.read_all(claim=claim, now=factories.NOW) == 0


def test_a_file_that_is_not_clean_is_not_read(claim):
    Evidence.objects.update(check_state=Check.RECEIVED)
    tasks.read_evidence(claim.pk)
    assert not Reading.objects.exists()


def test_a_picture_and_a_broken_file_are_said_to_be_so(claim):
    Evidence.objects.all().delete()
    broken = attached(claim, b"%PDF-1.4 nonsense", name="broken.pdf")
    fresh = Claim.objects.get(pk=claim.pk)
    readings.read_all(claim=fresh, now=factories.NOW)
    assert Reading.objects.get(evidence=broken).outcome == "unreadable"


def test_an_inspected_file_is_read_next(claim, monkeypatch):
    rung = []
    monkeypatch.setattr(readings, "ring", rung.append)
    Evidence.objects.update(check_state=Check.RECEIVED)
    tasks.inspect_waiting_evidence()
    assert rung == [claim.pk]


def test_a_reading_goes_with_its_file(claim):
    tasks.read_evidence(claim.pk)
    evidence.remove(
        evidence=Evidence.objects.get(), by=claim.created_by, now=factories.NOW
    )
    assert not Reading.objects.exists()


def test_of_a_claim_that_is_gone_nothing_is_read():
    tasks.read_evidence(0)
    assert not Reading.objects.exists()
