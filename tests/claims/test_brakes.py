"""The brakes of the clocks: the switch, the daily limit, and what they leave behind."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.models import StaffRole
from claims import brakes, engine, postponements, usual_steps
from claims.deadlines import TRY_AGAIN
from claims.machine import Refused
from claims.models import Brake, BrakeEntry, Claim, Deadline
from claims.sweep import Swept, remind, sweep
from notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
CLOCK = "dispute_window"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def state_of(claim):
    return Claim.objects.get(pk=claim.pk).state


def running(claim):
    return claim.deadlines.get(closed_at=None)


@pytest.fixture
def lead():
    return factories.staff(StaffRole.LEAD)


def off(lead, clock=CLOCK, now=NOW):
    return brakes.switch_off(clock=clock, by=lead, reason="Wrong dates.", now=now)


def on(lead, clock=CLOCK, now=NOW):
    begun = postponements.switch_on(clock=clock, by=lead, reason="Mended.", now=now)
    return postponements.carry_out(postponement=begun, now=now)


def limit(lead, number, clock=CLOCK):
    brakes.set_limit(clock=clock, limit=number, by=lead, reason="Few.", now=NOW)


# --- The switch ---------------------------------------------------------------


def test_a_clock_that_is_off_takes_no_step_whoever_asks(lead):
    claim = factories.claim("rejected")
    off(lead)
    late = claim.due_at + SECOND

    swept = sweep(now=late)
    engine.catch_up(claim=claim, now=late)

    assert (swept.steps.total(), state_of(claim)) == (0, "rejected")
    assert running(claim).act_at == claim.due_at, "it was not even looked at"


def test_while_a_clock_is_off_the_partner_may_still_act(lead):
    claim = factories.claim("rejected")
    off(lead)
    factories.take(claim, "dispute", now=claim.due_at + DAY)
    assert state_of(claim) == "disputed"


def test_a_clock_that_is_off_holds_nobody_either(lead):
    claim = factories.claim("action_required")
    off(lead, "partner_response")
    engine.catch_up(claim=claim, now=claim.due_at + SECOND)
    assert running(claim).is_held is False, "no lead has to decide what nobody asked"


def test_a_clock_that_is_off_says_nothing(lead):
    claim = factories.claim("rejected")
    off(lead)
    Message.objects.all().delete()
    remind(now=claim.due_at - DAY / 2, swept=Swept())
    assert Message.objects.count() == 0


def test_the_other_clocks_go_on(lead):
    off(lead, "partner_response")
    claim = factories.claim("rejected")
    assert dict(sweep(now=claim.due_at + SECOND).steps) == {"expire": 1}


def test_a_clock_switched_on_gives_the_days_back_and_fires_nothing(lead):
    """Off from Monday to Wednesday of the next week: ten days, ten days more."""
    claim = factories.claim("rejected")
    off(lead)
    Message.objects.all().delete()

    on(lead, now=NOW + 9 * DAY)

    assert brakes.stopped() == set()
    moved = running(claim)
    assert moved.due_at == at("2027-01-01T22:59:59"), "23 December and 9 days"
    assert moved.arithmetic["given"] == 9, "day 0 was none of the thirty"
    assert sweep(now=NOW + 9 * DAY).steps.total() == 0
    topics = set(Message.objects.values_list("topic", flat=True))
    assert topics == {"dates_moved"}


def test_what_ran_out_while_the_clock_was_off_gets_its_days_afterwards(lead):
    claim = factories.claim("rejected")
    off(lead, now=at("2026-12-20T12:00:00"))
    late = at("2027-03-01T12:00:00")

    on(lead, now=late)

    assert sweep(now=late).steps.total() == 0
    assert running(claim).due_at == at("2027-03-05T22:59:59"), "20, 21, 22, 23 Dec"
    assert state_of(claim) == "rejected"


def test_a_deadline_that_was_over_before_the_clock_went_off_gets_a_day(lead):
    claim = factories.claim("rejected")
    off(lead, now=claim.due_at + DAY)
    on(lead, now=claim.due_at + 3 * DAY)
    assert running(claim).due_at == at("2026-12-27T22:59:59")


def test_a_clock_is_switched_on_only_when_every_claim_has_its_days(lead):
    claims = [factories.claim("rejected") for _each in range(3)]
    off(lead)
    late = claims[0].due_at + SECOND
    begun = postponements.switch_on(clock=CLOCK, by=lead, reason="Done.", now=late)

    postponements.carry_out(postponement=begun, now=late, at_most=2)
    assert brakes.stopped() == {CLOCK}
    assert sweep(now=late).steps.total() == 0

    again = postponements.switch_on(clock=CLOCK, by=lead, reason="Again.", now=late)
    assert again == begun, "a second press goes on with the first"
    postponements.carry_out(postponement=again, now=late)
    assert brakes.stopped() == set()
    assert {state_of(claim) for claim in claims} == {"rejected"}
    assert begun.deadlines.count() == 3


def test_every_use_of_a_brake_is_written_down_for_ever(lead):
    off(lead)
    on(lead, now=NOW + DAY)
    limit(lead, 7)
    entries = BrakeEntry.objects.order_by("pk").values_list("deed", "by", "reason")
    assert list(entries) == [
        ("off", lead.pk, "Wrong dates."),
        ("on", lead.pk, "Mended."),
        ("limit", lead.pk, "Few."),
    ]
    assert BrakeEntry.objects.get(deed="limit").details == {"limit": [15000, 7]}
    with pytest.raises(DatabaseError), transaction.atomic():
        BrakeEntry.objects.update(reason="Another.")


@pytest.mark.parametrize(
    ("call", "no"),
    [
        (lambda lead: off(factories.staff()), "Only lead reviewers and programme"),
        (lambda lead: on(factories.staff()), "Only lead reviewers and programme"),
        (lambda lead: off(lead, "sundial"), "There is no clock “sundial”"),
        (on, "This clock is not switched off"),
        (lambda lead: limit(lead, 0), "The daily limit lies between 1 and"),
        (
            lambda lead: brakes.release(clock=CLOCK, by=lead, reason="x", now=NOW),
            "has not reached its daily limit",
        ),
        (
            lambda lead: brakes.switch_off(clock=CLOCK, by=lead, reason=" ", now=NOW),
            "Write a reason",
        ),
    ],
)
def test_what_cannot_be_done_is_one_sentence(lead, call, no):
    with pytest.raises(Refused, match=no):
        call(lead)
    assert BrakeEntry.objects.count() == 0


def test_a_clock_is_not_switched_off_twice(lead):
    off(lead)
    with pytest.raises(Refused, match="switched off already"):
        off(lead)


# --- The daily limit ----------------------------------------------------------


def test_a_runaway_is_stopped_at_the_limit_and_told_once(lead):
    admin = factories.staff(StaffRole.PROGRAMME_ADMIN)
    claims = [factories.claim("rejected") for _each in range(4)]
    limit(lead, 2)
    late = claims[0].due_at + SECOND

    first, second = sweep(now=late), sweep(now=late)
    engine.catch_up(claim=claims[3], now=late)

    assert (dict(first.steps), dict(second.steps)) == ({"expire": 2}, {})
    states = [state_of(claim) for claim in claims]
    assert states == ["rejected_final", "rejected_final", "rejected", "rejected"]
    told = Message.objects.filter(topic="clock_stopped")
    assert {message.recipient for message in told} == {lead, admin}
    assert told.count() == 2
    assert BrakeEntry.objects.filter(deed="tripped").count() == 1


def test_a_limit_that_is_just_enough_stops_nothing(lead):
    claims = [factories.claim("rejected") for _each in range(2)]
    limit(lead, 2)
    assert dict(sweep(now=claims[0].due_at + SECOND).steps) == {"expire": 2}
    assert brakes.stopped() == set()


def test_a_tripped_clock_waits_for_a_lead_even_over_night(lead):
    claims = [factories.claim("rejected") for _each in range(3)]
    limit(lead, 1)
    late = claims[0].due_at + SECOND
    sweep(now=late)
    assert sweep(now=late + 3 * DAY).steps.total() == 0

    brakes.release(clock=CLOCK, by=lead, reason="Looked at.", now=late + 3 * DAY)
    assert sweep(now=late + 3 * DAY).steps.total() == 1
    assert brakes.stopped() == {CLOCK}
    brakes.release(clock=CLOCK, by=lead, reason="Again.", now=late + 3 * DAY)
    assert sweep(now=late + 3 * DAY + TRY_AGAIN + SECOND).steps.total() == 1
    assert {state_of(claim) for claim in claims} == {"rejected_final"}


def test_every_day_counts_for_itself(lead):
    early = factories.claim("rejected")
    later = factories.claim("rejected", now=NOW + DAY)
    limit(lead, 1)
    assert sweep(now=early.due_at + SECOND).steps.total() == 1
    assert sweep(now=later.due_at + SECOND).steps.total() == 1
    assert Brake.objects.get().taken == 1


def test_a_step_over_the_limit_leaves_nothing_behind(lead):
    claims = [factories.claim("rejected") for _each in range(2)]
    limit(lead, 1)
    late = claims[0].due_at + SECOND
    engine.expire(claim=claims[0], now=late)
    before = claims[1].events.count()

    assert engine.expire(claim=claims[1], now=late) is None

    assert claims[1].events.count() == before
    assert Deadline.objects.get(claim=claims[1], closed_at=None).due_at < late


# --- The limit that nobody set ------------------------------------------------


def took(steps, *, days, clock=CLOCK):
    """Let the clock have taken so many steps, spread over the days before today."""
    claim = factories.claim("rejected", now=NOW - 200 * DAY)
    made = [
        Deadline(
            claim=claim,
            partner=claim.partner,
            clock=clock,
            started_at=NOW - 150 * DAY,
            due_at=when - SECOND,
            act_at=when,
            closed_at=when,
            time_zone="UTC",
        )
        for when in (NOW - DAY * (1 + days * n / steps) for n in range(steps))
    ]
    Deadline.objects.bulk_create(made)


@pytest.mark.parametrize(
    ("steps", "days", "limit"),
    [
        (0, 60, 15_000),  # nothing is usual yet: nothing but the programme's number
        (9, 60, 15_000),
        (40, 20, 15_000),
        (40, 60, 50),  # a small programme
        (600, 60, 100),  # ten a day
    ],
)
def test_a_limit_that_nobody_set_follows_what_is_usual(steps, days, limit):
    took(steps, days=days)
    found = brakes.limit_of(Brake(clock=CLOCK), NOW)
    assert found == limit
    assert brakes.limit_of(Brake(clock=CLOCK, daily_limit=7), NOW) == 7
    assert brakes.limit_of(Brake(clock="review"), NOW) == 15_000


def test_a_small_programme_is_stopped_long_before_the_programmes_number(lead):
    took(40, days=60)
    claim = factories.claim("rejected", now=NOW - 60 * DAY)
    Brake.objects.create(clock=CLOCK, taken=50, counted_on=brakes.today_at(NOW))
    assert engine.expire(claim=claim, now=NOW) is None
    assert brakes.stopped() == {CLOCK}


def test_the_usual_number_is_reckoned_once_in_a_sweep(django_assert_num_queries):
    took(40, days=60)
    today = brakes.today_at(NOW)
    with usual_steps.kept(), django_assert_num_queries(1):
        for _each in range(3):
            assert usual_steps.usual_limit(CLOCK, today, "UTC") == 50
