"""The one door: what a step writes, what it refuses, and in which words."""

from datetime import timedelta

import pytest
import structlog
from django.core.files.storage import default_storage
from django.db import IntegrityError

from accounts.models import StaffRole
from claims import actions, engine
from claims.access import CUSTOMER, SYSTEM, actor_for
from claims.machine import Given, GivenReason, Refused
from claims.models import Claim, Line
from claims.workflow import Role
from notifications.models import Delivery, DeliveryState, Message
from tests import factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW
SECOND = timedelta(seconds=1)


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def refusal(claim, step, actor, given=None, *, now=NOW):
    """Return the sentence with which a step is refused."""
    with pytest.raises(Refused) as refused:
        engine.take(
            claim=claim, step=step, actor=actor, given=given or Given(), now=now
        )
    return str(refused.value)


def told_everybody():
    """Let the mail server accept whatever was composed."""
    Delivery.objects.update(state=DeliveryState.ACCEPTED)


def reminded(claim):
    """Compose a reminder as the sweep would, and let it arrive."""
    Message.objects.create(
        key=f"reminder:{claim.pk}",
        topic="reminder",
        recipient=claim.created_by,
        group=claim.number,
        message_id=f"<{claim.pk}@cpor.example>",
        created_at=NOW,
    )
    Delivery.objects.create(message=Message.objects.get(key=f"reminder:{claim.pk}"))
    told_everybody()


# --- What a step writes -------------------------------------------------------


def test_a_step_moves_the_claim_and_writes_one_row_of_history():
    claim = factories.draft()
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        event = engine.take(
            claim=claim, step="submit", actor=actor_for(claim.created_by), now=NOW
        )

    moved = fresh(claim)
    assert (moved.state, moved.version, moved.round) == ("submitted", 1, 1)
    assert (moved.state_since, moved.updated_at) == (NOW, NOW)
    assert list(moved.events.all()) == [event]
    assert (event.step, event.from_state, event.to_state) == (
        "submit",
        "draft",
        "submitted",
    )
    assert (event.actor, event.actor_role) == (claim.created_by, Role.PARTNER)
    assert (event.at, event.applied_at, event.request_id) == (NOW, NOW, "abc")
    assert (event.version, event.round, event.partner_id) == (1, 1, claim.partner_id)


def test_a_submission_takes_its_covering_note_along_once():
    claim = factories.draft(covering_note="The form is on page 3.")
    by = actor_for(claim.created_by)
    event = engine.take(
        claim=claim, step="submit", actor=by, given=Given(comment="Thanks."), now=NOW
    )
    assert event.comment == "The form is on page 3.\n\nThanks."
    assert fresh(claim).covering_note == ""


def test_an_answer_begins_a_round_and_keeps_reviewer_and_first_date():
    claim = factories.claim("action_required")
    later = NOW + timedelta(days=1)
    event = factories.take(claim, "resubmit", now=later)

    again = fresh(claim)
    assert (again.round, event.round) == (2, 2)
    assert again.assignee == claim.assignee
    assert (again.first_submitted_at, again.last_submitted_at) == (NOW, later)


def test_a_decision_keeps_its_reasons_with_the_line_they_are_about():
    claim = factories.claim("in_review", products=("EXO", "SPO"))
    line = claim.lines_now[1]
    reasons = [
        GivenReason("products_missing", line.pk),
        GivenReason("poe_insufficient"),
    ]
    event = engine.take(
        claim=claim,
        step="reject",
        actor=actor_for(claim.assignee),
        given=Given(comment="  No.  ", reasons=reasons),
        now=NOW,
    )

    assert event.reasons == [
        {
            "code": "products_missing",
            "line": line.pk,
            "about": "SharePoint Online",
        },
        {"code": "poe_insufficient", "line": None},
    ]
    assert event.comment == "No."
    rejected = fresh(claim)
    assert rejected.reason_codes == ["products_missing", "poe_insufficient"]
    assert rejected.decided_at == NOW
    assert rejected.rejected_by == claim.assignee


def test_a_reason_about_a_line_that_is_not_there_names_none():
    claim = factories.claim("in_review")
    event = engine.take(
        claim=claim,
        step="reject",
        actor=actor_for(claim.assignee),
        given=Given(comment="No.", reasons=[GivenReason("products_missing", 0)]),
        now=NOW,
    )
    assert event.reasons[0]["about"] == ""


def test_a_withdrawal_carries_its_own_reason_before_the_chosen_one():
    claim = factories.claim("submitted")
    factories.take(claim, "withdraw")
    assert fresh(claim).reason_codes == ["partner_request", "wrong_program"]


def test_an_approval_wipes_old_reasons_and_accepts_every_line():
    claim = factories.claim("action_required")
    for step in ("resubmit", "start_review", "approve"):
        factories.take(fresh(claim), step)

    approved = fresh(claim)
    assert (approved.reason_codes, approved.approved_at) == ([], NOW)
    lines = Line.objects.filter(claim=claim).values_list("standing", "accepted_at")
    assert list(lines) == [("held", NOW)]
    assert approved.due_at is None


def test_the_last_decision_of_a_dispute_is_the_other_reviewers():
    claim = factories.claim("rejected_final")
    assert claim.reason_codes == ["dispute_lost", "poe_insufficient"]
    assert claim.dispute.result == "upheld"
    assert claim.dispute.decided_by != claim.rejected_by
    assert claim.dispute.justification == "Because."


def test_an_overturned_dispute_associates_the_partner():
    claim = factories.claim("disputed")
    factories.take(claim, "overturn")
    assert fresh(claim).approved_at == NOW
    assert fresh(claim).dispute.result == "overturned"
    assert Line.objects.get(claim=claim).accepted_at == NOW


def test_a_deleted_draft_takes_its_files_along(django_capture_on_commit_callbacks):
    claim = factories.draft()
    name = claim.evidence_now[0].content.name
    assert default_storage.exists(name)

    with django_capture_on_commit_callbacks(execute=True):
        gone = factories.take(claim, "delete")

    assert gone is None
    assert not Claim.objects.filter(pk=claim.pk).exists()
    assert not default_storage.exists(name)


def test_a_step_on_a_deleted_claim_says_so():
    claim = factories.draft()
    factories.take(claim, "delete")
    by = actor_for(claim.created_by)
    assert refusal(claim, "submit", by) == "This claim was deleted."


# --- What a step refuses ------------------------------------------------------


def test_nothing_is_left_of_a_step_that_is_refused():
    claim = factories.draft(files=0)
    by = actor_for(claim.created_by)
    before = list(Claim.objects.filter(pk=claim.pk).values())

    no = refusal(claim, "submit", by)

    assert no == "Attach at least one proof of execution (PoE)."
    assert list(Claim.objects.filter(pk=claim.pk).values()) == before
    assert claim.events.count() == Message.objects.count() == 0


def test_a_step_of_another_status_or_person_is_refused_in_the_same_words():
    claim = factories.claim("submitted")
    no = "This cannot be done while the claim is Submitted."
    assert refusal(claim, "approve", actor_for(factories.staff())) == no
    assert refusal(claim, "start_review", actor_for(claim.created_by)) == no
    assert refusal(claim, "fly", SYSTEM) == no


def test_whoever_looked_at_an_older_version_reads_first():
    claim = factories.claim("in_review")
    by = actor_for(claim.assignee)
    given = Given(comment="No.", reasons=[GivenReason("poe_insufficient")], version=1)
    assert refusal(claim, "reject", by, given) == (
        "The claim has changed since you opened the page: it is now In review. "
        "Read what is new, then decide again."
    )

    seen = Given(comment="No.", reasons=given.reasons, version=claim.version)
    assert engine.take(claim=claim, step="reject", actor=by, given=seen, now=NOW)


@pytest.mark.parametrize(
    ("given", "no"),
    [
        (Given(comment="  "), "Write a comment that says why."),
        (Given(comment="No."), "Choose at least one reason."),
        (
            Given(comment="No.", reasons=[GivenReason("customer_declined")]),
            "Choose from the reasons listed for this step.",
        ),
    ],
)
def test_a_rejection_gives_a_listed_reason_and_says_why(given, no):
    claim = factories.claim("in_review")
    assert refusal(claim, "reject", actor_for(claim.assignee), given) == no
    assert fresh(claim).state == "in_review"


def test_a_step_without_reasons_takes_none():
    claim = factories.claim("approved")
    given = Given(comment="Bye.", reasons=[GivenReason("poe_missing")])
    no = "Choose from the reasons listed for this step."
    assert refusal(claim, "disassociate", actor_for(claim.created_by), given) == no


def test_what_was_given_is_judged_last():
    claim = factories.claim("in_review")
    no = "Accept every product line, or ask the partner about it."
    assert refusal(claim, "approve", actor_for(claim.assignee)) == no


def test_a_clash_that_is_our_own_mistake_is_not_blamed_on_the_person():
    claim = factories.claim("in_review")
    Claim.objects.filter(pk=claim.pk).update(customer_contact_email="")

    with pytest.raises(IntegrityError, match="message_has_one_reader"):
        factories.take(fresh(claim), "approve")


def test_only_the_customer_declines_and_only_what_is_approved():
    claim = factories.claim("in_review")
    no = "This cannot be done while the claim is In review."
    assert refusal(claim, "decline", CUSTOMER) == no


# --- Time that has run out ----------------------------------------------------


def test_at_the_due_second_the_partner_may_still_answer():
    claim = factories.claim("action_required")
    reminded(claim)
    factories.take(claim, "resubmit", now=claim.due_at)
    assert fresh(claim).state == "submitted"


def test_a_second_later_the_answer_is_refused_though_nobody_swept():
    claim = factories.claim("action_required")
    reminded(claim)
    late = claim.due_at + SECOND
    by = actor_for(claim.created_by)

    no = refusal(claim, "resubmit", by, Given(comment="Here."), now=late)

    assert no == (
        "The deadline has passed: the claim is now Rejected. "
        "This cannot be done while the claim is Rejected."
    )
    lapsed = fresh(claim)
    assert (lapsed.state, lapsed.reason_codes) == ("rejected", ["no_partner_response"])
    event = lapsed.events.last()
    assert (event.step, event.actor, event.actor_role) == ("lapse", None, Role.SYSTEM)
    assert (event.at, event.applied_at) == (claim.due_at, late)
    assert lapsed.state_since == lapsed.decided_at == claim.due_at


def test_a_dispute_a_second_late_finds_the_claim_ended():
    claim = factories.claim("rejected")
    by = actor_for(claim.created_by)
    assert factories.take(claim, "dispute", now=claim.due_at).step == "dispute"

    claim = factories.claim("rejected")
    no = refusal(claim, "dispute", by, Given(comment="No."), now=claim.due_at + SECOND)
    assert no.startswith("The deadline has passed: the claim is now Rejected (final).")
    assert fresh(claim).state == "rejected_final"
    assert fresh(claim).reason_codes == ["dispute_window_expired"]


def test_whoever_comes_months_late_has_lapsed_but_keeps_the_time_to_dispute():
    claim = factories.claim("action_required")
    reminded(claim)
    by = actor_for(claim.created_by)
    late = NOW.replace(year=2027)

    no = refusal(claim, "resubmit", by, Given(comment="No."), now=late)

    assert no.startswith("The deadline has passed: the claim is now Rejected.")
    assert fresh(claim).events.last().step == "lapse"
    assert fresh(claim).due_at > late, "nobody could dispute before the clock acted"
    assert factories.take(fresh(claim), "dispute", now=late).step == "dispute"


def test_a_clock_that_has_acted_stands_in_nobodys_way():
    factories.staff(StaffRole.LEAD)
    claim = factories.claim("submitted")
    factories.take(claim, "withdraw", now=claim.due_at)
    assert fresh(claim).events.last().from_state == "submitted"

    claim = factories.claim("submitted")
    late = claim.due_at + SECOND
    engine.catch_up(claim=claim, now=late)
    event = factories.take(fresh(claim), "withdraw", now=late)
    assert event.from_state == "in_review"


def test_time_takes_nothing_before_its_end_or_without_a_clock():
    for state, now in (
        ("draft", NOW.replace(year=2027)),
        ("approved", NOW.replace(year=2027)),
        ("in_review", NOW.replace(year=2027)),
        ("rejected", NOW),
    ):
        claim = factories.claim(state)
        assert engine.expire(claim=claim, now=now) is None
        assert fresh(claim).version == claim.version


def test_time_takes_nothing_from_a_claim_that_is_gone():
    claim = factories.draft()
    factories.take(claim, "delete")
    assert engine.catch_up(claim=claim, now=NOW) is None


def test_an_unwarned_partner_loses_nothing_and_may_still_answer():
    claim = factories.claim("action_required")
    late = claim.due_at + SECOND
    assert engine.expire(claim=claim, now=late) is None

    held = claim.deadlines.get(closed_at=None)
    assert (held.held_at, held.held_because) == (late, "no_warning")
    assert engine.expire(claim=claim, now=late + SECOND) is None
    assert factories.take(claim, "resubmit", now=late + SECOND).step == "resubmit"


def test_opening_a_claim_that_waits_for_a_reviewer_delays_nothing():
    claim = factories.claim("submitted")
    late = claim.due_at + SECOND
    for _look in range(3):
        assert engine.expire(claim=claim, now=late) is None
    assert claim.deadlines.get(closed_at=None).act_at == claim.due_at


def test_edits_are_part_of_the_history_once_a_claim_was_submitted():
    claim = factories.claim("action_required")
    fields = {"customer_contact_title": "CEO"}
    actions.edit_claim(claim=claim, by=claim.created_by, fields=fields, now=NOW)

    event = fresh(claim).events.last()
    assert (event.step, event.is_step, event.version) == (
        "edit",
        False,
        claim.version + 1,
    )
    assert event.changes == {"customer_contact_title": ["CIO", "CEO"]}
