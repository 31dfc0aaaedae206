"""What was handed in stays; what was not may be taken back, and the history says so."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import ProgrammingError, transaction
from django.urls import reverse

from claims import engine, evidence
from claims.access import actor_for
from claims.machine import Refused
from claims.models import Evidence
from reviews.actions import comment_with_files
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

NOW = factories.NOW
LATER = NOW + timedelta(hours=1)


def test_what_was_added_to_an_approved_claim_stays():
    claim = factories.claim("approved")
    file = factories.file(claim)
    assert file.submitted_at == NOW
    with pytest.raises(Refused, match="it stays"):
        evidence.remove(evidence=file, by=claim.created_by, now=NOW)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Evidence.objects.filter(pk=file.pk).delete()


def test_an_approved_claim_takes_ten_files_per_round():
    claim = factories.claim("approved")
    for _ in range(9):
        factories.file(claim)
    with pytest.raises(Refused, match="A claim takes 10 files per round"):
        factories.file(claim)


def test_what_was_sent_with_a_comment_stays():
    claim = factories.claim("in_review")
    upload = ContentFile(factories.PDF, name="note.pdf")
    by = claim.created_by
    comment_with_files(claim=claim, by=by, text="See.", uploads=[upload], now=NOW)
    file = claim.evidence.get(purpose="comment")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Evidence.objects.filter(pk=file.pk).delete()


def test_the_history_says_who_removed_which_file():
    claim = factories.claim("action_required")
    file = factories.file(claim)
    evidence.remove(evidence=file, by=claim.created_by, now=NOW)
    event = claim.events.last()
    assert (event.step, event.actor) == ("remove", claim.created_by)
    assert event.changes == {"evidence": [file.name, None]}
    page = words(browser(claim.created_by).get(claim.get_absolute_url()))
    assert "File removed" in page


def test_a_file_taken_away_again_is_no_change_to_resubmit_with():
    claim = factories.claim("action_required")
    file = factories.file(claim)
    evidence.remove(evidence=file, by=claim.created_by, now=NOW)
    with pytest.raises(Refused, match="Change something"):
        engine.take(
            claim=claim, step="resubmit", actor=actor_for(claim.created_by), now=NOW
        )


def test_what_was_added_to_an_approved_claim_is_described_and_the_history_says_so():
    claim = factories.claim("approved")
    old, file = claim.evidence_now[0], factories.file(claim, now=LATER)
    typed = {"kind": "screenshot", "signer": "Clara"}
    by = claim.created_by
    evidence.describe(evidence=file, by=by, details=typed, now=NOW)
    event = claim.events.last()
    assert (event.step, event.changes) == (
        "describe",
        {
            "evidence": ["", file.name],
            "kind": ["", "screenshot"],
            "signer": ["", "Clara"],
        },
    )
    with pytest.raises(Refused, match="it stays"):
        evidence.describe(evidence=old, by=by, details=typed, now=NOW)


def test_the_page_offers_to_describe_but_not_to_remove_what_is_kept():
    claim = factories.claim("approved")
    factories.file(claim, now=LATER)
    where = reverse("claim-wizard", args=[claim.number, "evidence"])
    page = words(browser(claim.created_by).get(where))
    assert "What it is, its dates and who signed it" in page
    assert "Add a new version" in page
    assert "Remove" not in page
