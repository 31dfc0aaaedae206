"""Reminders: once for each reader, at the reader's work, one mail a day, still true."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import StaffRole, Title, User
from claims import actions, engine
from claims.access import actor_for
from claims.calendars import load_calendar
from claims.machine import Given
from claims.models import Claim, Deadline, Reminder, WorkCalendar
from claims.sweep import Swept, act, remind
from notifications import rendering
from notifications.actions import choose
from notifications.models import Delivery, DeliveryState, Message
from reviews.actions import assign
from tests import factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def said_hour_by_hour(reader, *, since, until):
    """Sweep each hour; return when anything was said to this reader, in UTC."""
    told_before = Reminder.objects.filter(reader=reader, outcome="said")
    moments, now, count = [], since, told_before.count()
    while now <= until:
        remind(now=now, swept=Swept())
        told = Reminder.objects.filter(reader=reader, outcome="said").count()
        moments += [f"{now:%a %d %H}"] * (told - count)
        now, count = now + HOUR, told
    return moments


def mails():
    return Delivery.objects.exclude(message__topic__in=["submitted", "review_started"])


def asked(*, by=None, **fields):
    claim = factories.claim("action_required", by=by, **fields)
    Message.objects.all().delete()
    return claim


# --- When -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "moments"),
    [
        # Due on Friday 11 December in Berlin; the last rung is Thursday the 10th.
        ("Europe/Berlin", ["Thu 10 08"]),
        ("Pacific/Kiritimati", ["Wed 09 19"]),  # nine o'clock of the 10th there
        ("America/Los_Angeles", ["Thu 10 17"]),
    ],
)
def test_a_reader_is_reminded_at_nine_of_the_day_where_they_live(zone, moments):
    by = factories.person(factories.partner(), time_zone=zone)
    asked(by=by)
    since, until = at("2026-12-09T10:00:00"), at("2026-12-11T20:00:00")
    remind(now=since - DAY / 2, swept=Swept())  # the older rungs
    Reminder.objects.all().delete()
    assert said_hour_by_hour(by, since=since, until=until) == moments


def test_a_sweep_that_wakes_at_night_waits_for_the_morning():
    claim = asked()
    remind(now=at("2026-12-08T20:00:00"), swept=Swept())
    assert not Message.objects.filter(topic="reminder").exists()
    remind(now=at("2026-12-09T07:59:00"), swept=Swept())
    assert not Message.objects.filter(topic="reminder").exists()
    remind(now=at("2026-12-09T08:00:00"), swept=Swept())
    told = Message.objects.get(topic="reminder")
    assert (told.group, told.context["days_left"]) == (claim.number, 2)


def test_a_day_off_of_the_readers_company_moves_the_reminder_to_the_next():
    by = factories.person(factories.partner(), time_zone="Asia/Dubai")
    claim = factories.claim("rejected", by=by)  # due Wednesday 23 December
    load_calendar(
        partner=by.partner,
        country="AE",
        subdivision="",
        time_zone="Asia/Dubai",
        years=range(2026, 2028),
    )
    by.partner.calendar.days.create(on="2026-12-16", name="Company holiday")
    since, until = at("2026-12-15T10:00:00"), at("2026-12-19T10:00:00")
    assert said_hour_by_hour(by, since=since, until=until) == ["Thu 17 05"]
    assert claim.number in Message.objects.get(topic="dispute_window_closing").group


def test_a_warning_that_would_come_too_late_is_given_out_of_hours():
    claim = asked()
    night = claim.due_at - 2 * HOUR
    remind(now=night, swept=Swept())
    assert Message.objects.get(topic="reminder").created_at == night


def test_after_a_standstill_nobody_is_spoken_to_at_night():
    asked()
    remind(now=at("2026-12-07T20:00:00"), swept=Swept())  # planned for Tuesday, nine
    remind(now=at("2026-12-09T02:00:00"), swept=Swept())  # nobody swept in between
    assert not Message.objects.filter(topic="reminder").exists()
    remind(now=at("2026-12-09T08:00:00"), swept=Swept())
    assert Message.objects.get(topic="reminder").context["days_left"] == 2


def test_who_has_no_calendar_any_more_is_told_at_once():
    claim = asked()
    remind(now=at("2026-12-07T20:00:00"), swept=Swept())
    WorkCalendar.objects.update(last_on="2026-12-07")
    night = at("2026-12-08T02:00:00")
    Reminder.objects.update(at=night)
    remind(now=night, swept=Swept())
    told = Message.objects.get(topic="reminder")
    assert (told.group, told.created_at) == (claim.number, night)


# --- Exactly once ---------------------------------------------------------------------


def test_the_database_knows_each_reminder_once():
    claim = asked()
    remind(now=at("2026-12-08T12:00:00"), swept=Swept())
    row = Reminder.objects.first()
    twin = Reminder(
        deadline=row.deadline,
        partner=row.partner,
        reader=row.reader,
        rung=row.rung,
        days=row.days,
        at=row.at,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    assert Message.objects.filter(group=claim.number, topic="reminder").count() == 1


def test_a_ladder_that_is_climbed_again_says_nothing_twice():
    claim = asked()
    ladder = Deadline.objects.filter(claim=claim, closed_at=None)
    before = ladder.values("ladder", "next_reminder_at").get()
    remind(now=at("2026-12-08T12:00:00"), swept=Swept())
    ladder.update(**before)  # as if a restored backup had forgotten it

    remind(now=at("2026-12-08T12:01:00"), swept=Swept())

    assert Message.objects.filter(topic="reminder").count() == 1


def test_an_extended_deadline_has_a_ladder_of_its_own():
    claim, lead = asked(), factories.staff(StaffRole.LEAD)
    remind(now=at("2026-12-08T12:00:00"), swept=Swept())
    actions.extend_deadline(
        claim=claim,
        by=lead,
        until=at("2026-12-18T00:00:00").date(),
        reason="Flu.",
        now=at("2026-12-09T12:00:00"),
    )
    Message.objects.all().delete()
    for day in range(9, 19):
        remind(now=at(f"2026-12-{day:02}T12:00:00"), swept=Swept())
    rows = Reminder.objects.filter(outcome="said").order_by("pk")
    assert [row.rung for row in rows] == [
        "left:2026-12-08",
        "left:2026-12-15",
        "left:2026-12-17",
    ]
    assert Message.objects.filter(topic="reminder").count() == 2


def test_a_clock_that_is_turned_on_says_nothing_of_the_past():
    """A claim from elsewhere, entered long after its clock had begun."""
    claim = asked()
    Deadline.objects.filter(claim=claim).update(ladder=[], next_reminder_at=None)
    late = claim.due_at + 20 * DAY
    Deadline.objects.filter(claim=claim).update(next_reminder_at=late)

    remind(now=late, swept=Swept())

    assert not Message.objects.exists()
    assert not Reminder.objects.exists()


# --- Still true -----------------------------------------------------------------------


def test_a_reminder_whose_claim_moved_on_meanwhile_is_dropped():
    claim = asked()
    remind(now=at("2026-12-09T10:00:00"), swept=Swept())
    remind(now=at("2026-12-09T12:00:00"), swept=Swept())
    planned = Reminder.objects.get(settled_at=None)
    engine.take(
        claim=fresh(claim),
        step="resubmit",
        actor=actor_for(claim.created_by),
        given=Given(comment="Here."),
        now=at("2026-12-09T13:00:00"),
    )
    before = Message.objects.filter(topic="reminder").count()

    remind(now=at("2026-12-10T12:00:00"), swept=Swept())

    planned.refresh_from_db()
    assert planned.outcome == Reminder.Outcome.OVER
    assert Message.objects.filter(topic="reminder").count() == before


def test_a_reminder_follows_the_claim_to_its_new_reviewer():
    claim, lead = factories.claim("in_review"), factories.staff(StaffRole.LEAD)
    successor = factories.staff()
    remind(now=at("2026-12-06T23:00:00"), swept=Swept())
    assert Reminder.objects.filter(reader=claim.assignee, settled_at=None).exists()
    assign(claim=claim, reviewer=successor, by=lead, now=at("2026-12-07T07:00:00"))

    remind(now=at("2026-12-07T12:00:00"), swept=Swept())
    remind(now=at("2026-12-07T12:01:00"), swept=Swept())

    outcome = dict(Reminder.objects.values_list("reader", "outcome"))
    assert outcome == {
        claim.assignee_id: "not_theirs",
        lead.pk: "said",
        successor.pk: "said",
    }


# --- One mail a day -------------------------------------------------------------------


def test_several_reminders_of_one_morning_are_one_mail_and_single_inbox_lines():
    by = factories.person(factories.partner())
    claims = [asked(by=by) for _ in range(3)]
    other = asked()

    remind(now=at("2026-12-08T12:00:00"), swept=Swept())

    lines = Message.objects.filter(topic="reminder", recipient=by)
    assert set(lines.values_list("group", flat=True)) == {c.number for c in claims}
    summary = Message.objects.get(topic="reminders")
    assert {line.told_in for line in lines} == {summary}
    to = sorted(mails().values_list("message__recipient", "message__topic"))
    assert to == sorted([(by.pk, "reminders"), (other.created_by_id, "reminder")])
    written = rendering.mail(summary)
    assert written.subject == "[Action required] 3 claims with dates that come close"
    assert all(claim.number in written.text for claim in claims)
    assert other.number not in written.text + written.html


def test_what_comes_later_that_day_waits_for_the_next_morning():
    by = factories.person(factories.partner())
    asked(by=by)
    remind(now=at("2026-12-08T12:00:00"), swept=Swept())
    second = asked(by=by, now=NOW)

    moments = said_hour_by_hour(
        by, since=at("2026-12-08T13:00:00"), until=at("2026-12-09T12:00:00")
    )

    assert moments == ["Wed 09 08"]
    assert Message.objects.get(topic="reminder", group=second.number)


def test_a_warning_within_a_delivered_summary_counts():
    by = factories.person(factories.partner())
    claims = [factories.claim("action_required", by=by) for _ in range(2)]
    remind(now=at("2026-12-08T12:00:00"), swept=Swept())
    Delivery.objects.update(state=DeliveryState.ACCEPTED)
    act(now=claims[0].due_at + HOUR, swept=Swept())
    assert {fresh(claim).state for claim in claims} == {"rejected"}


def test_a_summary_that_came_back_warned_nobody():
    by = factories.person(factories.partner())
    claims = [factories.claim("action_required", by=by) for _ in range(2)]
    remind(now=at("2026-12-08T12:00:00"), swept=Swept())
    Delivery.objects.update(state=DeliveryState.ACCEPTED)
    Delivery.objects.filter(message__topic="reminders").update(
        state=DeliveryState.BOUNCED
    )
    swept = Swept()
    act(now=claims[0].due_at + HOUR, swept=swept)
    assert (swept.held, swept.steps.total()) == (2, 0)


def test_who_wants_no_mails_on_the_teams_dates_reads_them_in_the_inbox():
    lead = factories.staff(StaffRole.LEAD)
    choose(user=lead, by_mail={"team": False})
    for _ in range(2):
        factories.claim("in_review")
    User.objects.exclude(pk=lead.pk).update(is_active=False)
    Message.objects.all().delete()

    remind(now=at("2026-12-14T12:00:00"), swept=Swept())

    assert Message.objects.filter(topic="escalation", recipient=lead).count() == 2
    assert not mails().exists()


def test_a_colleague_who_may_not_dispute_is_told_too_since_the_date_is_theirs():
    company = factories.partner()
    admin = factories.person(company)
    author = factories.person(company, Title.PARTNER_USER)
    claim = factories.claim("rejected", by=author)
    remind(now=claim.due_at - DAY / 2, swept=Swept())
    told = Reminder.objects.values_list("reader", flat=True)
    assert set(told) == {admin.pk, author.pk}
