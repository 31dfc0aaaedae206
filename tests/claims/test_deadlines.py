"""The five clocks: when each begins and ends, what it says before and does after."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from accounts.models import StaffRole, User
from claims import deadlines, engine
from claims.access import actor_for
from claims.calendars import load_calendar
from claims.machine import Given
from claims.models import Claim, Deadline, Event, Evidence
from claims.sweep import Swept, act, remind, sweep
from notifications.models import Delivery, DeliveryState, Message
from notifications.tasks import deliver_due
from tests import factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW  # Monday, 23 November 2026, 10:00 in Berlin
BERLIN = ZoneInfo("Europe/Berlin")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def running(claim):
    return claim.deadlines.get(closed_at=None)


def days_of_reminders(claim, *, until, topics):
    """Sweep for reminders twice a day; return the local days on which any was said."""
    now, days = NOW, []
    while now < until:
        remind(now=now, swept=Swept())
        messages = Message.objects.filter(group=claim.number, topic__in=topics)
        days += [now.date().isoformat()] * messages.count()
        messages.delete()
        now += DAY / 2
    return sorted(days)


def said(claim, topic):
    return Message.objects.filter(group=claim.number, topic=topic)


def accepted():
    """Let the mail server accept what was composed."""
    Delivery.objects.update(state=DeliveryState.ACCEPTED)


def in_vienna(company):
    """Give a company a calendar of its own, with a holiday on 8 December."""
    return load_calendar(
        partner=company,
        country="AT",
        subdivision="",
        time_zone="Europe/Vienna",
        years=range(2026, 2028),
    )


# --- When each clock ends -----------------------------------------------------


@pytest.mark.parametrize(
    ("state", "clock", "rule", "due"),
    [
        ("submitted", "review_start", "5 business days", "2026-11-30T22:59:59"),
        ("in_review", "review", "14 business days", "2026-12-11T22:59:59"),
        ("disputed", "dispute_answer", "5 business days", "2026-11-30T22:59:59"),
        (
            "action_required",
            "partner_response",
            "14 business days",
            "2026-12-14T22:59:59",
        ),
        ("rejected", "dispute_window", "30 calendar days", "2026-12-23T22:59:59"),
    ],
)
def test_each_clock_runs_its_days_on_its_own_calendar(state, clock, rule, due):
    by = factories.person(factories.partner())
    in_vienna(by.partner)
    claim = factories.claim(state, by=by)

    deadline = running(claim)
    assert (deadline.clock, deadline.rule) == (clock, rule)
    assert deadline.started_at == NOW
    assert deadline.due_at == deadline.act_at == claim.due_at == at(due)
    ours = clock in {"review_start", "review", "dispute_answer"}
    assert deadline.place == ("DE-BE" if ours else "AT")
    assert deadline.time_zone == ("Europe/Berlin" if ours else "Europe/Vienna")


def test_a_deadline_keeps_how_it_was_counted():
    by = factories.person(factories.partner())
    in_vienna(by.partner)
    claim = factories.claim("action_required", by=by)
    assert running(claim).arithmetic == {
        "start_on": "2026-11-23",
        "due_on": "2026-12-14",
        "skipped": [["2026-12-08", "Immaculate Conception", "Mariä Empfängnis"]],
    }


def test_a_company_without_a_calendar_lives_by_the_programmes():
    claim = factories.claim("action_required")
    assert running(claim).place == "DE-BE"
    assert claim.due_at == at("2026-12-11T22:59:59")


def test_a_status_without_a_clock_has_no_deadline():
    claim = factories.claim("approved")
    assert claim.due_at is None
    assert not claim.deadlines.filter(closed_at=None).exists()
    assert {d.closed_at for d in claim.deadlines.all()} == {NOW}


# --- What happens at the end --------------------------------------------------


def test_a_warned_partner_who_does_not_answer_is_rejected():
    claim = factories.claim("action_required")
    remind(now=at("2026-12-08T12:00:00"), swept=Swept())
    deliver_due()
    soon = claim.due_at + 50 * SECOND

    swept = sweep(now=soon)

    assert dict(swept.steps) == {"lapse": 1}
    event = fresh(claim).events.last()
    assert (event.step, event.at, event.applied_at) == ("lapse", claim.due_at, soon)
    window = running(claim)
    assert window.started_at == claim.due_at
    assert window.due_at == at("2027-01-10T22:59:59"), "counted from the due day"


def test_a_due_second_is_not_over():
    claim = factories.claim("rejected")
    swept = sweep(now=claim.due_at)
    assert (swept.steps.total(), fresh(claim).state) == (0, "rejected")
    swept = sweep(now=claim.due_at + SECOND)
    assert (dict(swept.steps), fresh(claim).state) == ({"expire": 1}, "rejected_final")


@pytest.mark.parametrize("missing", ["action_required", "reminder"])
def test_a_partner_whose_warning_did_not_arrive_loses_nothing(missing):
    claim = factories.claim("action_required")
    remind(now=at("2026-12-08T12:00:00"), swept=Swept())
    accepted()
    Delivery.objects.filter(message__topic=missing).update(state=DeliveryState.DEAD)

    swept = Swept()
    act(now=claim.due_at + SECOND, swept=swept)
    act(now=claim.due_at + DAY, swept=swept)

    assert (swept.held, swept.steps.total()) == (1, 0)
    held = running(claim)
    assert (held.is_held, held.held_because) == (True, "no_warning")
    assert fresh(claim).state == "action_required"


def test_a_warning_of_an_earlier_round_does_not_count():
    claim = factories.claim("action_required")
    remind(now=at("2026-12-08T12:00:00"), swept=Swept())
    later = at("2026-12-09T12:00:00")
    for step in ("resubmit", "start_review", "request_info"):
        factories.take(fresh(claim), step, now=later)
    accepted()

    act(now=fresh(claim).due_at + SECOND, swept=Swept())

    assert running(claim).is_held, "only the second request was announced, no reminder"


@pytest.mark.parametrize("standstill", [timedelta(hours=2), 3 * DAY, 90 * DAY])
def test_however_late_a_rejection_is_applied_there_are_thirty_days_to_dispute_it(
    standstill,
):
    claim = factories.claim("action_required")
    remind(now=at("2026-12-08T12:00:00"), swept=Swept())
    accepted()
    late = claim.due_at + standstill

    swept = Swept()
    act(now=late, swept=swept)

    assert dict(swept.steps) == {"lapse": 1}, "and no second step on its heels"
    lapse = fresh(claim).events.last()
    assert (lapse.at, lapse.applied_at) == (claim.due_at, late)
    window = running(claim)
    assert window.started_at == late
    days = window.due_at.astimezone(BERLIN).date() - late.astimezone(BERLIN).date()
    assert days == 30 * DAY
    engine.take(
        claim=fresh(claim),
        step="dispute",
        actor=actor_for(claim.created_by),
        given=Given(comment="Nobody asked us in time."),
        now=window.due_at,
    )
    assert fresh(claim).state == "disputed"


def test_a_review_that_the_clock_starts_late_is_still_due_when_it_was():
    """The programme's own standstill gives its reviewers no more time."""
    factories.staff()
    claim = factories.claim("submitted")
    act(now=claim.due_at + 3 * DAY, swept=Swept())
    assert running(claim).started_at == claim.due_at


def test_a_sweep_that_is_to_stop_ends_after_the_claim_in_hand():
    for _ in range(3):
        factories.claim("rejected")
    answers = iter([True, True, False, False])
    swept = Swept()
    act(now=NOW + 40 * DAY, swept=swept, going_on=lambda: next(answers, False))
    assert dict(swept.steps) == {"expire": 2}


def test_steps_that_fall_due_one_after_the_other_are_taken_in_due_order():
    factories.staff()
    second = factories.claim("submitted", now=NOW + DAY)
    first = factories.claim("submitted")
    act(now=NOW + 30 * DAY, swept=Swept())
    order = Event.objects.filter(step="start_review", actor=None).order_by("pk")
    assert [event.claim for event in order] == [first, second]


def test_the_clock_starts_a_review_with_whoever_has_the_fewest_open_claims():
    claims = [factories.claim(s) for s in ("in_review", "action_required", "rejected")]
    User.objects.exclude(staff_role="").update(is_available=False)
    busy, idle, lead = factories.staff(), factories.staff(), factories.staff("lead")
    for others, reviewer in zip(claims, (busy, lead, idle), strict=True):
        Claim.objects.filter(pk=others.pk).update(assignee=reviewer)
    claim = factories.claim("submitted")

    act(now=claim.due_at + 2 * DAY, swept=Swept())

    started = fresh(claim)
    assert (started.state, started.assignee) == ("in_review", idle)
    assert started.review_started_at == claim.due_at
    assert running(claim).started_at == claim.due_at
    told = said(claim, "escalation").values_list("recipient", flat=True)
    assert set(told) == {lead.pk, idle.pk}


def test_without_a_reviewer_a_claim_waits_and_the_leads_hear_of_it_daily():
    lead = factories.staff(StaffRole.LEAD, is_available=False)
    claim = factories.claim("submitted")
    swept = Swept()
    for day in range(3):
        now = claim.due_at + SECOND + DAY / 2 + day * DAY
        remind(now=now, swept=swept)
        act(now=now, swept=swept)

    assert (fresh(claim).state, swept.waiting) == ("submitted", 3)
    assert said(claim, "unassigned_overdue").filter(recipient=lead).count() == 3

    reviewer = factories.staff()
    act(now=now + deadlines.TRY_AGAIN + SECOND, swept=swept)
    assert fresh(claim).assignee == reviewer


def test_the_clock_waits_for_files_that_are_not_clean():
    reviewer = factories.staff()
    claim = factories.claim("submitted")
    Evidence.objects.filter(claim=claim).update(check_state="waiting")
    swept = Swept()
    late = claim.due_at + SECOND
    act(now=late, swept=swept)
    assert (fresh(claim).state, swept.waiting) == ("submitted", 1)

    Evidence.objects.filter(claim=claim).update(check_state="clean")
    act(now=late + deadlines.TRY_AGAIN + SECOND, swept=swept)
    assert fresh(claim).assignee == reviewer


def test_an_overdue_review_is_never_decided_by_the_clock():
    claim = factories.claim("in_review")
    swept = Swept()
    act(now=NOW + 200 * DAY, swept=swept)
    assert (fresh(claim).state, swept.waiting) == ("in_review", 1)


def test_a_claim_the_clock_starts_keeps_the_reviewer_who_took_it():
    taken = factories.staff()
    factories.staff()
    claim = factories.claim("submitted")
    Claim.objects.filter(pk=claim.pk).update(assignee=taken)
    act(now=claim.due_at + SECOND, swept=Swept())
    assert fresh(claim).assignee == taken


def test_one_broken_claim_is_set_aside_and_the_others_go_on():
    broken = factories.claim("rejected")
    sound = factories.claim("rejected")
    deadline = running(broken)
    late = broken.due_at + SECOND
    # The row that its next step would write is there already.
    last = broken.events.last()
    last.pk, last.version = None, broken.version + 1
    last.save(force_insert=True)

    swept = Swept()
    with capture_logs() as logs:
        act(now=late, swept=swept)

    assert [entry["deadline"] for entry in logs] == [deadline.pk]
    assert (dict(swept.steps), swept.failed) == ({"expire": 1}, [str(deadline.pk)])
    assert (fresh(broken).state, fresh(sound).state) == ("rejected", "rejected_final")
    assert running(broken).act_at == late + deadlines.TRY_AGAIN
    assert str(swept) == (
        "0 reminders, 1 steps (expire: 1), 0 held, 0 waiting, 1 failed"
    )


def test_a_reminder_that_fails_is_tried_again_and_delays_no_step():
    broken, sound = factories.claim("rejected"), factories.claim("rejected")
    deadline = running(broken)
    Deadline.objects.filter(pk=deadline.pk).update(ladder=[{"at": "never"}])
    now = broken.due_at - DAY / 2

    swept = Swept()
    with capture_logs() as logs:
        remind(now=now, swept=swept)

    assert [entry["deadline"] for entry in logs] == [deadline.pk]
    assert (swept.reminded, swept.failed) == (1, [str(deadline.pk)])
    again = running(broken)
    assert again.next_reminder_at == now + deadlines.TRY_AGAIN
    assert again.act_at == again.due_at
    assert said(sound, "dispute_window_closing").count() == 1
