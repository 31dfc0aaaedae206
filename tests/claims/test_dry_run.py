"""A dry run says what the sweep then does, and writes nothing."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core import serializers
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import StaffRole, User
from claims import brakes
from claims.dry_run import dry_run, read_only
from claims.models import Claim, Deadline
from claims.sweep import sweep
from notifications.models import Delivery, DeliveryState
from tests import factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def everything():
    """Return all that the database holds, as text."""
    rows = [
        row
        for model in apps.get_models()
        if hasattr(model, "objects")
        for row in model.objects.order_by("pk")
    ]
    return serializers.serialize("json", rows)


def would(now, *, today=None):
    with dry_run(now=now, today=today or now) as found:
        return list(found)


def one_of_each():
    """Return claims on every clock, all of whose time has run out, and the moment."""
    factories.staff(StaffRole.LEAD)
    factories.staff()
    states = ["submitted", "in_review", "action_required", "rejected", "disputed"]
    claims = [factories.claim(state) for state in states]
    return claims, max(claim.due_at for claim in claims) + SECOND


def test_nothing_at_all_is_changed():
    _claims, late = one_of_each()
    before = everything()
    assert len(would(late)) >= 5
    assert everything() == before


def test_the_database_itself_refuses_a_write():
    claim = factories.claim("rejected")
    with pytest.raises(DatabaseError, match="read-only"), read_only():
        Claim.objects.filter(pk=claim.pk).update(name="Another")
    Claim.objects.filter(pk=claim.pk).update(name="Another")
    assert Claim.objects.get(pk=claim.pk).name == "Another", "and only within"


def test_the_steps_it_tells_are_those_that_the_sweep_takes():
    claims, late = one_of_each()
    told = {each.deadline.claim_id for each in would(late) if each.is_step}

    swept = sweep(now=late)

    moved = {
        claim.pk
        for claim in claims
        if Claim.objects.get(pk=claim.pk).state != claim.state
    }
    assert told == moved
    assert swept.steps.total() == len(told) == 2


def test_a_claim_takes_one_step_in_a_sweep_however_late_it_comes():
    claims, late = one_of_each()
    late += timedelta(days=400)
    told = [each.deadline.claim_id for each in would(late) if each.is_step]
    assert len(told) == len(set(told)) == 2

    assert sweep(now=late).steps.total() == 2

    assert not [each for each in would(late) if each.is_step]
    assert sweep(now=late).steps.total() == 0
    assert len(claims) == 5


def test_more_claims_are_told_in_as_many_queries(django_assert_num_queries):
    _claims, late = one_of_each()
    with CaptureQueriesContext(connection) as few:
        told = len(would(late))
    for _each in range(3):
        factories.claim("submitted")
        factories.claim("action_required")
        factories.claim("rejected")
    User.objects.filter(staff_role=StaffRole.REVIEWER).update(is_available=False)
    with django_assert_num_queries(len(few)):
        assert len(would(late)) >= told + 9


def test_it_tells_who_is_held_and_who_waits():
    unwarned, waiting = factories.claim("action_required"), factories.claim("submitted")
    User.objects.update(is_available=False)
    late = unwarned.due_at + SECOND
    what = {each.deadline.claim_id: each.what for each in would(late)}
    assert what[unwarned.pk].startswith("Held: the request or a reminder")
    assert what[waiting.pk].startswith("Waits: ")


def test_a_warned_partner_would_lapse():
    claim = factories.claim("action_required")
    sweep(now=claim.due_at - 3 * DAY)
    sweep(now=claim.due_at - 3 * DAY + DAY / 2)
    Delivery.objects.update(state=DeliveryState.ACCEPTED)
    steps = [each for each in would(claim.due_at + SECOND) if each.is_step]
    assert [each.deadline.claim for each in steps] == [claim]
    assert steps[0].what == "Lapse without an answer: the claim becomes “Rejected”"


def test_a_stopped_clock_would_do_nothing():
    lead = factories.staff(StaffRole.LEAD)
    claims = [factories.claim("rejected") for _each in range(3)]
    late = claims[0].due_at + SECOND
    clock = {"clock": "dispute_window", "by": lead, "reason": "x", "now": NOW}
    brakes.set_limit(**clock, limit=2)
    assert sum(each.is_step for each in would(late)) == 2
    assert sweep(now=late).steps.total() == 2

    brakes.switch_off(**clock)
    later = late + timedelta(hours=1)
    assert [each.what for each in would(later)] == [
        "Nothing: the clock is switched off"
    ]


def test_reminders_are_told_with_their_reader():
    lead = factories.staff(StaffRole.LEAD, name="Lea Lead")
    claim = factories.claim("in_review")
    Deadline.objects.filter(claim=claim).exclude(closed_at=None).delete()
    told = would(claim.due_at - DAY / 2, today=NOW)
    assert any("Reminder:" in each.what for each in told)
    assert any("the lead reviewers" in each.what for each in told)
    assert not [each for each in told if each.is_step]
    assert lead.is_lead
