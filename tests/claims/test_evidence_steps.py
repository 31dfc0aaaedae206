"""Files that are refused after they were handed in, and what it costs whom."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from claims import checking, evidence, tasks
from claims.access import SYSTEM, actor_for
from claims.engine import take
from claims.machine import Refused
from claims.models import Check, Claim, Evidence
from notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db

# The worker reads the clock itself, so these stories happen today.
NOW = timezone.now()
# It begins like a PDF, so it is taken; nothing of one follows.
BROKEN = b"%PDF-1.7\nthe rest was lost on the way\n"


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def broken_file(claim):
    """Attach a file that the inspection will refuse."""
    upload = ContentFile(BROKEN, name="proof.pdf")
    return evidence.attach(claim=claim, by=claim.created_by, upload=upload, now=NOW)


def submitted_with_a_broken_file():
    claim = factories.draft(now=NOW)
    file = broken_file(claim)
    factories.take(claim, "submit", now=NOW)
    return fresh(claim), file


def inspected(file):
    """Inspect a file for real, as the worker does."""
    tasks.inspect_evidence(file.pk)
    return Evidence.objects.get(pk=file.pk)


def test_submitting_counts_though_files_are_still_being_checked():
    claim, file = submitted_with_a_broken_file()
    assert claim.state == "submitted"
    assert Evidence.objects.get(pk=file.pk).submitted_at == NOW


def test_reviewers_cannot_start_while_a_file_is_being_checked():
    claim, _file = submitted_with_a_broken_file()
    reviewer = actor_for(factories.staff())
    with pytest.raises(Refused, match=r"1 file is still being checked\."):
        take(claim=claim, step="start_review", actor=reviewer, now=NOW)

    Evidence.objects.filter(claim=claim).update(check_state=Check.CLEAN)
    assert take(claim=claim, step="start_review", actor=reviewer, now=NOW)


def test_a_file_refused_after_submission_sends_the_claim_back():
    claim, file = submitted_with_a_broken_file()

    assert inspected(file).is_refused

    back = fresh(claim)
    assert (back.state, back.reason_codes) == ("action_required", ["poe_missing"])
    event = back.events.last()
    assert (event.step, event.actor, event.actor_role) == ("return", None, "system")
    clock = back.deadlines.get(closed_at=None)
    assert clock.clock == "partner_response"
    assert clock.started_at == event.at > claim.state_since
    told = Message.objects.get(topic="returned")
    assert told.recipient == claim.created_by
    assert [f["name"] for f in told.context["files"] if f["refused"]] == ["proof.pdf"]


def test_a_file_whose_claim_was_submitted_while_it_was_inspected_sends_it_back():
    claim = factories.draft(now=NOW)
    file = broken_file(claim)
    held = checking.claim_for_check(now=NOW, pk=file.pk)
    factories.take(claim, "submit", now=NOW)

    tasks._inspect(held)  # noqa: SLF001 -- the worker has held it since before

    assert fresh(claim).state == "action_required"


def test_a_claim_whose_worker_died_is_sent_back_by_the_next():
    claim, file = submitted_with_a_broken_file()
    Evidence.objects.filter(pk=file.pk).update(check_state=Check.REFUSED)

    tasks.inspect_waiting_evidence()

    assert fresh(claim).state == "action_required"


def test_files_refused_before_submission_or_replaced_or_of_comments_return_nothing():
    draft = factories.draft(now=NOW)
    assert inspected(broken_file(draft)).is_refused
    assert fresh(draft).state == "draft"

    claim = factories.claim("submitted", now=NOW)
    old = claim.evidence_now[0]
    Evidence.objects.filter(pk=old.pk).update(check_state=Check.REFUSED)
    upload, by = ContentFile(factories.PDF + b"%", name="new.pdf"), claim.created_by
    new = evidence.attach(
        claim=claim, by=by, upload=upload, purpose="proof", replaces=old, now=NOW
    )
    Evidence.objects.filter(pk=new.pk).update(check_state=Check.CLEAN)
    other = factories.claim("submitted", now=NOW)
    Evidence.objects.filter(claim=other).update(purpose="comment")
    Evidence.objects.filter(claim=other).update(check_state=Check.REFUSED)

    assert list(checking.claims_to_return()) == []
    tasks.inspect_waiting_evidence()
    assert {fresh(claim).state, fresh(other).state} == {"submitted"}


def test_a_clean_file_sends_nothing_back():
    claim = factories.claim("submitted", now=NOW)
    with pytest.raises(Refused, match="No file of this claim was refused"):
        take(claim=claim, step="return", actor=SYSTEM, now=NOW)


def test_the_partner_answers_a_return_with_a_new_version():
    claim, file = submitted_with_a_broken_file()
    inspected(file)
    by = actor_for(claim.created_by)
    with pytest.raises(
        Refused, match=r"Replace or remove the refused file: proof\.pdf"
    ):
        take(claim=claim, step="resubmit", actor=by, now=NOW)
    with pytest.raises(Refused, match="it stays"):
        evidence.remove(evidence=file, by=claim.created_by, now=NOW)

    new = evidence.attach(
        claim=claim,
        by=claim.created_by,
        upload=ContentFile(factories.PDF, name="proof-2.pdf"),
        replaces=Evidence.objects.get(pk=file.pk),
        now=timezone.now(),
    )

    take(claim=claim, step="resubmit", actor=by, now=timezone.now())
    assert (fresh(claim).state, fresh(claim).round) == ("submitted", 2)
    assert [f.version for f in fresh(claim).evidence_all if f.pk == new.pk] == [2]


def test_a_refused_file_does_not_keep_a_dispute_from_being_won():
    claim = factories.claim("rejected", now=NOW)
    file = broken_file(claim)
    factories.take(claim, "dispute", now=NOW)
    reviewer = actor_for(factories.staff())
    with pytest.raises(Refused, match=r"1 file is still being checked\."):
        factories.take(fresh(claim), "overturn", by=reviewer, now=NOW)

    assert inspected(file).is_refused
    assert fresh(claim).state == "disputed"
    factories.take(fresh(claim), "overturn", by=reviewer, now=NOW)
    assert fresh(claim).state == "approved"
