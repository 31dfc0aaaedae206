"""Many at once: exactly one wins, and the others lose nothing but the race.

Nobody waits for ever: where a lock is missing or kept too long, a test is red after
some seconds instead of never ending.
"""

import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.models import StaffRole
from claims import brakes, engine, evidence, verify
from claims.access import actor_for
from claims.machine import Given, GivenReason, Refused
from claims.models import Claim, Evidence, Reminder
from claims.sweep import Swept, act, remind
from notifications.models import Delivery, DeliveryState, Message
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

NOW = factories.NOW
SECOND = timedelta(seconds=1)
PATIENCE = 15  # seconds, for anybody and anything


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def at_once(*deeds):
    """Let everybody act in a thread of their own; return who got through, how often."""
    with ThreadPoolExecutor(len(deeds)) as pool:
        return Counter(outcome for outcome in pool.map(outcome_of, deeds) if outcome)


def outcome_of(deed):
    """Return what came of it, or the sentence of its refusal."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{PATIENCE}s'")
        return deed()
    except Refused as refused:
        return str(refused)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")
        connection.close()


def patience():
    """Return what stops a sweep that goes on and on."""
    until = time.monotonic() + PATIENCE
    return lambda: time.monotonic() < until


def step(claim, name, person, given=None, now=NOW):
    """Return a deed: this person takes this step, as soon as it is called."""

    def deed():
        engine.take(
            claim=claim,
            step=name,
            actor=actor_for(person),
            given=given or Given(comment="Because."),
            now=now,
        )
        return name

    return deed


@contextmanager
def meanwhile(deed):
    """Begin a deed that must wait for the transaction around this block."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            future = Future()
            yield future
            waiting = pool.submit(outcome_of, deed)
            wait_until_blocked()
        future.set_result(waiting.result(PATIENCE))


def wait_until_blocked():
    """Wait until somebody waits for a lock that this transaction holds."""
    for _try in range(500):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("Nobody waits.")


def warned(claim):
    remind(now=claim.due_at - timedelta(hours=12), swept=Swept())
    Delivery.objects.update(state=DeliveryState.ACCEPTED)


def test_fifty_steps_at_once_are_one_step_one_event_and_one_set_of_messages():
    claim = factories.claim("submitted")
    reviewers = [factories.staff() for _ in range(5)]
    messages = Message.objects.count()

    outcomes = at_once(
        *(step(claim, "start_review", reviewer) for reviewer in reviewers * 10)
    )

    no = "This cannot be done while the claim is In review."
    assert outcomes == {"start_review": 1, no: 49}
    started = fresh(claim)
    assert (started.state, started.version) == ("in_review", claim.version + 1)
    event = started.events.get(step="start_review")
    assert event.actor == started.assignee
    assert Message.objects.count() - messages == 1
    assert Message.objects.filter(topic="review_started").count() == 1
    assert list(verify.faults()) == []


def test_a_reviewer_who_presses_everything_at_once_decides_once():
    claim = factories.claim("in_review")
    lines = frozenset(line.pk for line in claim.lines_now)
    given = {
        "approve": Given(accepted_lines=lines),
        "request_info": Given(comment="?", reasons=[GivenReason("poe_missing")]),
        "reject": Given(comment="No.", reasons=[GivenReason("poe_insufficient")]),
    }

    outcomes = at_once(
        *(step(claim, name, claim.assignee, given[name]) for name in [*given] * 4)
    )

    assert sum(outcomes[name] for name in given) == 1
    assert fresh(claim).version == claim.version + 1


def test_either_the_partner_answers_in_time_or_the_clock_wins():
    factories.staff()
    claims = [factories.claim("action_required") for _ in range(4)]
    for claim in claims:
        warned(claim)

    def sweep():
        swept = Swept()
        act(now=claims[0].due_at + SECOND, swept=swept, going_on=patience())
        return f"lapsed {swept.steps['lapse']}"

    outcomes = at_once(
        sweep,
        *(step(c, "resubmit", c.created_by, now=c.due_at) for c in claims),
    )

    states = Counter(claim.state for claim in map(fresh, claims))
    assert states["submitted"] == outcomes["resubmit"]
    assert states["submitted"] + states["rejected"] == len(claims)
    assert {claim.version for claim in map(fresh, claims)} == {claims[0].version + 1}
    assert list(verify.faults()) == []


def test_two_sweepers_take_each_step_and_say_each_word_once():
    factories.staff(StaffRole.LEAD)
    claims = [factories.claim("rejected") for _ in range(4)]
    factories.claim("in_review")
    total = Swept()

    def reminds():
        remind(
            now=claims[0].due_at - timedelta(hours=12),
            swept=total,
            going_on=patience(),
        )

    def acts():
        act(now=claims[0].due_at + SECOND, swept=total, going_on=patience())

    at_once(reminds, reminds)
    at_once(acts, acts)

    closing = Message.objects.filter(topic="dispute_window_closing")
    assert sorted(closing.values_list("group", flat=True)) == sorted(
        claim.number for claim in claims
    )
    assert Message.objects.filter(topic="escalation").count() == 2
    assert Reminder.objects.filter(outcome="said").count() == 4 + 2
    assert total.failed == []
    assert total.steps == {"expire": 4}
    assert {c.version for c in map(fresh, claims)} == {claims[0].version + 1}


def test_a_decision_and_a_withdrawal_at_once_are_one_of_the_two():
    claim = factories.claim("in_review")
    lines = frozenset(line.pk for line in claim.lines_now)
    reason = Given(reasons=[GivenReason("wrong_program")])

    outcomes = at_once(
        step(claim, "approve", claim.assignee, Given(accepted_lines=lines)),
        step(claim, "withdraw", claim.created_by, reason),
    )

    won = {"approved": "approve", "rejected": "withdraw"}[fresh(claim).state]
    no = f"This cannot be done while the claim is {fresh(claim).stage.label}."
    assert outcomes == {won: 1, no: 1}
    assert fresh(claim).events.last().step == won


def test_two_reviewers_who_decide_a_dispute_at_once_are_one_decision():
    claim = factories.claim("disputed")
    lost = Given(comment="No.", reasons=[GivenReason("poe_insufficient")])

    outcomes = at_once(
        step(claim, "uphold", factories.staff(), lost),
        step(claim, "overturn", factories.staff()),
    )

    decided = fresh(claim)
    result = {"approved": "overturn", "rejected_final": "uphold"}[decided.state]
    assert (outcomes[result], outcomes.total()) == (1, 2)
    assert (
        decided.dispute.result == {"overturn": "overturned", "uphold": "upheld"}[result]
    )
    assert decided.dispute.decided_by == decided.events.last().actor


# --- What no rule can see, since the other has not committed yet ---------------


def test_two_claims_of_one_company_on_one_key_are_not_both_submitted():
    one = factories.draft()
    two = factories.draft(by=one.created_by, tenant_id=one.tenant_id)

    with meanwhile(step(two, "submit", two.created_by)) as outcome:
        step(one, "submit", one.created_by)()

    no = "Your company already has an open claim on this customer and product."
    assert outcome.result() == no
    assert (fresh(one).state, fresh(two).state) == ("submitted", "draft")


def test_two_partners_on_one_key_are_not_both_approved():
    one = factories.claim("in_review")
    two = factories.claim("in_review", tenant_id=one.tenant_id)

    def approve(claim):
        lines = frozenset(line.pk for line in claim.lines_now)
        given = Given(accepted_lines=lines)
        return step(claim, "approve", claim.assignee, given)

    with meanwhile(approve(two)) as outcome:
        approve(one)()

    assert outcome.result() == (
        "Another partner is associated with this customer and product. "
        "A lead reviewer has to arbitrate first."
    )
    assert (fresh(one).state, fresh(two).state) == ("approved", "in_review")


def test_a_claim_is_not_submitted_without_the_file_that_is_just_removed():
    claim = factories.draft()
    file = Evidence.objects.get(claim=claim)

    with meanwhile(step(claim, "submit", claim.created_by)) as outcome:
        evidence.remove(evidence=file, by=claim.created_by, now=NOW)

    assert outcome.result() == "Attach at least one proof of execution (PoE)."
    assert fresh(claim).state == "draft"


def test_a_sweep_passes_over_a_claim_that_somebody_is_working_on():
    claim = factories.claim("rejected")
    now = claim.due_at + SECOND

    def sweep():
        swept = Swept()
        remind(now=now, swept=swept, going_on=patience())
        act(now=now, swept=swept, going_on=patience())
        return str(swept)

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Claim.objects.select_for_update().get(pk=claim.pk)
        said = pool.submit(outcome_of, sweep).result(PATIENCE)

    assert said == "0 reminders, 0 steps (none), 0 held, 0 waiting, 0 failed"
    assert fresh(claim).state == "rejected"


# --- The daily limit --------------------------------------------------------------


def test_ten_sweeps_at_once_take_no_step_over_the_daily_limit():
    lead = factories.staff(StaffRole.LEAD)
    claims = [factories.claim("rejected") for _each in range(8)]
    clock = {"clock": "dispute_window", "by": lead, "reason": "Few.", "now": NOW}
    brakes.set_limit(**clock, limit=3)
    late = claims[0].due_at + SECOND

    def expired(claim):
        def deed():
            event = engine.expire(claim=claim, now=late)
            return event.step if event else "stopped"

        return deed

    assert at_once(*map(expired, claims)) == {"expire": 3, "stopped": 5}
    assert Message.objects.filter(topic="clock_stopped").count() == 1
    assert list(verify.faults()) == []
