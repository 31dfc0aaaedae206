"""A running deadline of the partner gets a later end."""

from datetime import date

import pytest

from accounts.models import StaffRole
from claims import actions, engine
from claims.machine import Refused
from claims.sweep import Swept, act, remind
from notifications.models import Message
from tests import factories
from tests.claims.test_deadlines import (
    NOW,
    SECOND,
    accepted,
    at,
    days_of_reminders,
    fresh,
    in_vienna,
    running,
    said,
)

pytestmark = pytest.mark.django_db


def extend(claim, until, *, by=None, now=NOW, reason="Illness."):
    return actions.extend_deadline(
        claim=claim,
        by=by or factories.staff(StaffRole.LEAD),
        until=date.fromisoformat(until),
        reason=reason,
        now=now,
    )


def test_an_extension_runs_until_the_end_of_the_day_with_reminders_of_its_own():
    claim = factories.claim("action_required")
    old = running(claim)
    Message.objects.all().delete()
    lead = factories.staff(StaffRole.LEAD)

    extended = extend(claim, "2026-12-18", by=lead)

    new = running(claim)
    assert fresh(claim).due_at == extended.due_at == new.due_at
    assert new.due_at == at("2026-12-18T22:59:59")
    assert (new.extends, new.extended_by, new.extension_reason) == (
        old,
        lead,
        "Illness.",
    )
    assert new.started_at == old.started_at
    event = fresh(claim).events.last()
    assert (event.step, event.actor, event.changes["reason"]) == (
        "extend",
        lead,
        ["", "Illness."],
    )
    readers = said(claim, "extended").values_list("recipient", flat=True)
    assert set(readers) == {claim.created_by_id, claim.assignee_id}
    days = days_of_reminders(claim, until=new.due_at, topics=["reminder"])
    assert days == ["2026-12-09", "2026-12-15", "2026-12-17"]


def test_the_request_that_began_a_chain_of_extensions_still_counts_as_warning():
    claim = factories.claim("action_required")
    remind(now=at("2026-12-08T12:00:00"), swept=Swept())
    accepted()
    extend(claim, "2026-12-18", now=at("2026-12-09T12:00:00"))
    extend(claim, "2026-12-21", now=at("2026-12-10T12:00:00"))

    act(now=at("2026-12-21T23:00:00"), swept=Swept())

    assert fresh(claim).state == "rejected"


@pytest.mark.parametrize(
    ("until", "now", "no"),
    [
        ("2026-12-11", NOW, "Choose a day after the present deadline."),
        ("2026-12-18", at("2026-12-19T12:00:00"), "Choose a day that is not over yet."),
    ],
)
def test_an_extension_leads_to_a_later_day_that_is_not_over(until, now, no):
    claim = factories.claim("action_required")
    with pytest.raises(Refused, match=no):
        extend(claim, until, now=now)
    assert fresh(claim).due_at == claim.due_at


def test_a_deadline_that_has_passed_is_not_extended_though_nobody_swept():
    claim = factories.claim("action_required")
    remind(now=at("2026-12-08T12:00:00"), swept=Swept())
    accepted()
    with pytest.raises(Refused, match=r"The deadline has already passed\."):
        extend(claim, "2026-12-18", now=claim.due_at + SECOND)


def test_a_held_deadline_goes_on_when_a_lead_extends_it():
    claim = factories.claim("action_required")
    late = claim.due_at + SECOND
    engine.expire(claim=claim, now=late)
    assert running(claim).is_held

    extend(claim, "2026-12-18", now=late)

    assert running(claim).is_held is False
    assert fresh(claim).due_at == at("2026-12-18T22:59:59")


def test_only_a_running_deadline_of_the_partner_is_extended():
    for state in ("submitted", "approved"):
        claim = factories.claim(state)
        with pytest.raises(Refused, match="No deadline of the partner is running"):
            extend(claim, "2027-01-01")
    claim = factories.claim("rejected")
    with pytest.raises(Refused, match="Only a lead reviewer"):
        extend(claim, "2027-01-01", by=factories.staff())
    with pytest.raises(Refused, match="Write a reason"):
        extend(claim, "2027-01-01", reason=" ")
    extend(claim, "2027-01-01")
    assert fresh(claim).due_at == at("2027-01-01T22:59:59")


def test_a_changed_calendar_moves_no_running_deadline():
    by = factories.person(factories.partner())
    claim = factories.claim("action_required", by=by)
    in_vienna(by.partner)
    assert fresh(claim).due_at == at("2026-12-11T22:59:59")
    assert running(claim).place == "DE-BE"
