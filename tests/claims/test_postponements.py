"""Outages: which days a deadline gets back, once, later and never earlier."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import StaffRole
from claims import actions, postponements
from claims.calendars import programme_calendar
from claims.lost_time import days_touched
from claims.machine import Refused
from claims.models import CalendarDay, Claim, Deadline, Postponement
from claims.presenters import shown_deadline
from claims.verify import faults
from notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW  # Monday, 23 November 2026
LATER = datetime(2026, 12, 8, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def running(claim):
    return claim.deadlines.get(closed_at=None)


@pytest.fixture
def admin():
    return factories.staff(StaffRole.PROGRAMME_ADMIN)


def outage(admin, began, ended, *, now=LATER, clocks=(), reason="Power failure."):
    record = postponements.record_outage(
        began_at=at(began),
        ended_at=at(ended),
        clocks=clocks,
        reason=reason,
        by=admin,
        now=now,
    )
    return postponements.carry_out(postponement=record, now=now)


@pytest.mark.parametrize(
    ("began", "ended", "due"),
    [
        # Wednesday to Friday: three business days after Friday, 11 December.
        ("2026-12-02T08:00:00", "2026-12-04T16:00:00", "2026-12-16"),
        # An hour on a Wednesday: a day.
        ("2026-12-02T08:00:00", "2026-12-02T09:00:00", "2026-12-14"),
        # A weekend, when people work too: a day.
        ("2026-12-05T08:00:00", "2026-12-06T20:00:00", "2026-12-14"),
        # Over the due date: two days of it were lost, counted from the outage's end.
        ("2026-12-10T08:00:00", "2026-12-15T08:00:00", "2026-12-17"),
        # Until a local midnight: the day that begins then is whole.
        ("2026-12-02T08:00:00", "2026-12-02T23:00:00", "2026-12-14"),
        ("2026-12-02T08:00:00", "2026-12-02T23:00:01", "2026-12-15"),
        # On the day of the request, which never counted: a day all the same.
        ("2026-11-23T10:00:00", "2026-11-23T20:00:00", "2026-12-14"),
        # From before the clock began.
        ("2026-11-20T10:00:00", "2026-11-24T20:00:00", "2026-12-14"),
    ],
)
def test_a_deadline_gets_back_the_days_that_the_outage_touched(
    admin, began, ended, due
):
    claim = factories.claim("action_required")
    outage(admin, began, ended, now=at("2026-12-16T12:00:00"))
    moved = running(claim)
    assert moved.due_at == at(f"{due}T22:59:59")
    assert Claim.objects.get(pk=claim.pk).due_at == moved.due_at
    assert list(faults()) == []


@pytest.mark.parametrize(
    ("began", "ended"),
    [
        ("2026-11-20T10:00:00", "2026-11-22T20:00:00"),  # over before it began
        ("2026-12-12T10:00:00", "2026-12-14T20:00:00"),  # began after its end
    ],
)
def test_a_deadline_outside_the_outage_keeps_its_date(admin, began, ended):
    claim = factories.claim("action_required")
    done = outage(admin, began, ended, now=at("2026-12-16T12:00:00"))
    assert running(claim).due_at == claim.due_at
    assert (done.moved, done.finished_at is None) == (0, False)


def test_every_running_clock_is_extended_and_no_other(admin):
    states = ["submitted", "in_review", "action_required", "rejected", "disputed"]
    claims = [factories.claim(state) for state in [*states, "approved", "draft"]]
    done = outage(admin, "2026-11-25T08:00:00", "2026-11-25T16:00:00")
    assert done.moved == 5
    assert {d.clock for d in done.deadlines.all()} == set(
        Deadline.objects.values_list("clock", flat=True)
    )
    assert [Claim.objects.get(pk=c.pk).due_at for c in claims[5:]] == [None, None]
    assert list(faults()) == []


def test_only_the_named_clocks_are_extended(admin):
    review, answer = factories.claim("in_review"), factories.claim("action_required")
    outage(admin, "2026-11-25T08:00:00", "2026-11-25T16:00:00", clocks=["review"])
    assert running(review).due_at > review.due_at
    assert running(answer).due_at == answer.due_at


def test_the_same_outage_twice_moves_nothing_twice(admin):
    claim = factories.claim("action_required")
    first = outage(admin, "2026-12-02T08:00:00", "2026-12-04T16:00:00")
    again = outage(admin, "2026-12-02T08:00:00", "2026-12-04T16:00:00")
    assert first == again
    assert running(claim).due_at == at("2026-12-16T22:59:59")


def test_overlapping_outages_give_no_day_back_twice(admin):
    claim = factories.claim("action_required")
    outage(admin, "2026-12-02T08:00:00", "2026-12-04T16:00:00")
    outage(admin, "2026-12-03T08:00:00", "2026-12-07T16:00:00")
    assert running(claim).due_at == at("2026-12-17T22:59:59"), "only Monday is new"
    assert running(claim).arithmetic["given"] == 4


def test_a_run_that_died_is_taken_up_where_it_stopped(admin):
    claims = [factories.claim("action_required") for _each in range(5)]
    record = postponements.record_outage(
        began_at=at("2026-12-02T08:00:00"),
        ended_at=at("2026-12-02T16:00:00"),
        reason="Power failure.",
        by=admin,
        now=LATER,
    )
    postponements.carry_out(postponement=record, now=LATER, at_most=2)
    Postponement.objects.update(reached=0)  # it died before it wrote down how far
    record = Postponement.objects.get()
    postponements.carry_out(postponement=record, now=LATER)

    assert {running(claim).due_at for claim in claims} == {at("2026-12-14T22:59:59")}
    assert (record.moved, [c.deadlines.count() for c in claims]) == (5, [4] * 5)


def test_a_moved_deadline_has_a_ladder_of_its_own(admin):
    review = factories.claim("in_review")  # day 10 and 13: 7 and 10 December
    outage(admin, "2026-12-02T08:00:00", "2026-12-02T16:00:00", now=at("2026-12-02T17"))
    days = [(rung["kind"], rung["at"][:10]) for rung in running(review).ladder]
    assert days == [("day", "2026-12-08"), ("day", "2026-12-11")]


def test_a_claim_without_a_calendar_that_far_stays_and_is_named(admin):
    stuck, sound = factories.claim("action_required"), factories.claim("rejected")
    place = programme_calendar(NOW)
    place.last_on = date(2026, 12, 11)
    place.save()
    done = outage(admin, "2026-12-02T08:00:00", "2026-12-04T16:00:00")
    assert [number for number, _why in done.failed] == [stuck.number]
    assert "are not known here" in done.failed[0][1]
    assert running(stuck).due_at == stuck.due_at
    assert running(sound).due_at > sound.due_at


def test_each_reader_hears_of_all_their_claims_in_one_message(admin):
    by = factories.person(factories.partner("Nordwind"))
    claims = [factories.claim("action_required", by=by) for _each in range(3)]
    other = factories.claim("action_required")
    Message.objects.all().delete()
    outage(admin, "2026-12-02T08:00:00", "2026-12-04T16:00:00")

    told = Message.objects.get(recipient=by)
    assert told.topic == "dates_moved"
    assert told.context["count"] == 3
    assert {each["number"] for each in told.context["moved"]} == {
        claim.number for claim in claims
    }
    assert Message.objects.filter(recipient=other.created_by).count() == 1
    readers = Message.objects.values_list("recipient", flat=True)
    assert len(readers) == len(set(readers))


def test_the_page_says_how_the_date_moved(admin):
    claim = factories.claim("action_required")
    outage(admin, "2026-12-02T08:00:00", "2026-12-04T16:00:00")
    claim = Claim.objects.get(pk=claim.pk)
    first, second, *_rest = shown_deadline(claim, LATER).why
    assert first == (
        "At first Fri 11 Dec 2026, 23:59 Europe/Berlin: "
        "14 business days after Mon 23 Nov."
    )
    assert second == (
        "Moved to Wed 16 Dec 2026, 23:59, because the system was down from "
        "Wed 2 Dec 2026, 09:00 to Fri 4 Dec 2026, 17:00; 3 days given back: "
        "Power failure."
    )


def test_the_history_names_the_admin_and_the_reason(admin):
    claim = factories.claim("action_required")
    outage(admin, "2026-12-02T08:00:00", "2026-12-04T16:00:00")
    event = claim.events.order_by("version").last()
    assert (event.step, event.actor) == ("postpone", admin)
    assert event.changes["reason"] == ["", "Power failure."]


def test_an_extension_by_a_lead_is_extended_like_any_other(admin):
    claim = factories.claim("action_required")
    lead = factories.staff(StaffRole.LEAD)
    actions.extend_deadline(
        claim=claim, by=lead, until=date(2026, 12, 13), reason="Flu.", now=NOW
    )
    outage(admin, "2026-12-02T08:00:00", "2026-12-02T16:00:00")
    assert running(claim).due_at == at("2026-12-14T22:59:59"), "a Sunday, then Monday"


@pytest.mark.parametrize(
    ("began", "ended", "no"),
    [
        ("2026-12-04T08:00:00", "2026-12-04T08:00:00", "ends after it began"),
        ("2026-12-04T08:00:00", "2026-12-09T08:00:00", "its end lies ahead"),
        ("2024-12-04T08:00:00", "2026-12-01T08:00:00", "more than a year"),
    ],
)
def test_what_is_no_outage_is_refused(admin, began, ended, no):
    with pytest.raises(Refused, match=no):
        outage(admin, began, ended)
    assert Postponement.objects.count() == 0


def test_only_an_admin_records_an_outage_and_says_why(admin):
    times = ("2026-12-02T08:00:00", "2026-12-02T16:00:00")
    with pytest.raises(Refused, match="Only a programme admin"):
        outage(factories.staff(StaffRole.LEAD), *times)
    with pytest.raises(Refused, match="Write a reason"):
        outage(admin, *times, reason=" ")
    with pytest.raises(Refused, match="There is no clock “sundial”"):
        outage(admin, *times, clocks=["sundial"])


def test_days_are_those_of_the_deadlines_own_zone():
    touched = days_touched(
        began_at=at("2026-12-02T12:00:00"),
        ended_at=at("2026-12-02T13:00:00"),
        start_on=date(2026, 11, 23),
        due_on=date(2026, 12, 20),
        zone="Pacific/Kiritimati",
    )
    assert touched == [date(2026, 12, 3)]


def test_own_days_of_the_calendar_count_when_days_are_given_back(admin):
    claim = factories.claim("action_required")
    CalendarDay.objects.create(
        calendar=programme_calendar(NOW), on="2026-12-14", name="Move", is_own=True
    )
    outage(admin, "2026-12-02T08:00:00", "2026-12-02T16:00:00")
    assert running(claim).due_at == at("2026-12-15T22:59:59")
