"""The commands that others rely on, run as a person would run them."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import Partner, User
from claims import verify
from claims.calendar import BusinessDays, days_left
from claims.calendars import programme_calendar
from claims.management.commands import workflow_diagram
from claims.models import Claim, Deadline, Event, Evidence, Line
from cpor.demo import people
from tests import factories
from tests.claims.test_workflow import STATES

pytestmark = pytest.mark.django_db

NOW = factories.NOW
SECOND = timedelta(seconds=1)


def said(*command, **options):
    """Run a command; return what it prints."""
    out = StringIO()
    call_command(*command, **options, stdout=out)
    return out.getvalue()


def state_of(claim):
    return Claim.objects.get(pk=claim.pk).state


# --- enforce_deadlines --------------------------------------------------------


def test_a_sweep_prints_what_it_did():
    claim = factories.claim("rejected")
    Deadline.objects.filter(claim=claim).update(ladder=[], next_reminder_at=None)
    at = (claim.due_at + SECOND).isoformat()
    assert said("enforce_deadlines", at=at) == (
        "0 reminders, 1 steps (expire: 1), 0 held, 0 waiting, 0 failed\n"
    )
    assert state_of(claim) == "rejected_final"


def test_a_sweep_without_a_time_acts_now():
    now = timezone.now()
    claim = factories.claim("submitted", now=now - timedelta(days=60))
    fresh = factories.claim("submitted", now=now)
    factories.staff()
    assert "start_review: 1" in said("enforce_deadlines")
    assert (state_of(claim), state_of(fresh)) == ("in_review", "submitted")


def test_a_rehearsed_future_warns_before_it_lapses():
    claim = factories.claim("action_required")
    at = (claim.due_at + SECOND).isoformat()
    assert said("enforce_deadlines", at=at) == (
        "1 reminders, 1 steps (lapse: 1), 0 held, 0 waiting, 0 failed\n"
    )


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("tomorrow", "“tomorrow” is no time"),
        ("2027-01-13T00:00:00", "Add the offset"),
        ("2027-01-13", "Add the offset"),
    ],
)
def test_a_time_that_is_none_is_refused(at, why):
    with pytest.raises(CommandError, match=why):
        said("enforce_deadlines", at=at)


def test_no_time_is_pretended_in_production(settings):
    settings.PRODUCTION = True
    claim = factories.claim("rejected")
    with pytest.raises(CommandError, match="refused in production"):
        said("enforce_deadlines", at="2030-01-01T00:00:00Z")
    assert state_of(claim) == "rejected"


# --- verify -------------------------------------------------------------------


def test_a_sound_database_is_said_to_be_sound():
    factories.claim("approved")
    assert said("verify") == "Every claim is in a possible state.\n"


def wrong_due_date(claim):
    Deadline.objects.filter(claim=claim, closed_at=None).update(
        due_at=NOW.replace(year=2030)
    )


def no_deadline(claim):
    Deadline.objects.filter(claim=claim).update(closed_at=NOW)


def no_submission(claim):
    Claim.objects.filter(pk=claim.pk).update(first_submitted_at=None)


def a_dispute_nobody_filed(claim):
    Claim.objects.filter(pk=claim.pk).update(disputed_at=NOW)


def a_line_that_is_gone(claim):
    Line.objects.filter(claim=claim).delete()


def a_deadline_without_a_clock(claim):
    Deadline.objects.filter(claim=claim, clock="review").update(closed_at=None)


def a_forged_event(claim, **fields):
    event = claim.events.last()
    event.pk, event.version = None, claim.version + 1
    for field, value in fields.items():
        setattr(event, field, value)
    event.save(force_insert=True)


def an_event_too_many(claim):
    a_forged_event(claim, from_state=claim.state, step="edit")


def a_jump(claim):
    a_forged_event(claim, from_state="draft", to_state="approved")
    Claim.objects.filter(pk=claim.pk).update(version=claim.version + 1)


def an_undeclared_step(claim):
    a_forged_event(claim, from_state=claim.state, to_state="draft")
    Claim.objects.filter(pk=claim.pk).update(version=claim.version + 1)


def another_end(claim):
    a_forged_event(claim, from_state=claim.state, to_state="in_review")
    Claim.objects.filter(pk=claim.pk).update(version=claim.version + 1)


@pytest.mark.parametrize(
    ("state", "plant", "what"),
    [
        ("submitted", no_deadline, "its status has a clock but no deadline runs"),
        (
            "approved",
            a_deadline_without_a_clock,
            "a deadline runs although its status has no clock",
        ),
        (
            "submitted",
            wrong_due_date,
            "its due date differs from that of its running deadline",
        ),
        (
            "submitted",
            an_event_too_many,
            "its version differs from the number of its events",
        ),
        ("approved", a_line_that_is_gone, "it is associated but none of its lines is"),
        ("submitted", no_submission, "it left draft without a date of submission"),
        (
            "submitted",
            a_dispute_nobody_filed,
            "it was disputed but its history has no dispute",
        ),
        ("submitted", a_jump, "its history jumps before version 2"),
        ("submitted", an_undeclared_step, "version 2 is no declared step"),
        ("submitted", another_end, "its history ends in another status"),
    ],
)
def test_each_planted_impossible_state_is_found_with_exit_code_1(state, plant, what):
    factories.claim("rejected")
    claim = factories.claim(state)
    plant(claim)

    found = {(fault.number, fault.what) for fault in verify.faults()}

    assert (claim.number, what) in found
    assert {number for number, _what in found} == {claim.number}
    out = StringIO()
    with pytest.raises(CommandError, match="impossible states found") as stop:
        call_command("verify", stdout=out)
    assert stop.value.returncode == 1
    assert f"{claim.number}: {what}\n" in out.getvalue()


# --- routes -------------------------------------------------------------------


def addresses(patterns, before="/"):
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path


def test_routes_cover_every_address_with_name_and_methods():
    routes = json.loads(said("routes", json=True))
    patterns = get_resolver().url_patterns

    assert sorted(r["path"] for r in routes) == sorted(addresses(patterns))
    assert all(set(route) == {"path", "name", "methods"} for route in routes)
    assert all(route["methods"] for route in routes)
    by_name = {route["name"]: route for route in routes}
    assert by_name["claim"]["path"] == "/claims/<number:number>/"
    assert by_name["claim"]["methods"] == ["GET"]
    assert by_name["claim-step"]["methods"] == ["GET", "POST"]
    assert by_name["note"]["methods"] == ["POST"]
    assert by_name["api-claim"]["methods"] == ["GET", "PATCH"]


def test_routes_without_json_are_lines():
    lines = said("routes").splitlines()
    assert "/claims/<number:number>/  claim  GET" in lines


# --- workflow_diagram ---------------------------------------------------------


def test_an_edited_page_about_the_workflow_is_old(tmp_path, monkeypatch):
    page = tmp_path / "workflow.md"
    monkeypatch.setattr(workflow_diagram, "TARGET", page)
    with pytest.raises(CommandError, match="is old"):
        said("workflow_diagram", check=True)

    said("workflow_diagram", write=True)
    said("workflow_diagram", check=True)

    page.write_text(page.read_text().replace("14 business days", "15 business days"))
    with pytest.raises(CommandError, match="workflow_diagram --write"):
        said("workflow_diagram", check=True)


def test_the_page_draws_every_step_and_clock():
    page = said("workflow_diagram")
    assert "    [*] --> draft\n" in page
    assert "    draft --> [*]: delete (partner)\n" in page
    assert "    action_required --> rejected: lapse (the clock)\n" in page
    assert "    rejected_final --> [*]\n" in page
    assert (
        "| partner_response | 14 business days | partner | 7 left, 3 left, 1 left |"
        in page
    )
    for state in STATES:
        assert f"| `{state}` |" in page


def test_the_page_in_the_repository_is_current():
    said("workflow_diagram", check=True)


# --- demo ---------------------------------------------------------------------


def test_demo_data_never_go_into_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="never go into production"):
        said("demo")
    assert not User.objects.exists()


def test_the_demo_tells_a_story_of_every_status_and_loads_once(settings):
    settings.CLAMD_HOST, settings.CLAMD_PORT = "127.0.0.1", 1  # down
    factories.product()  # the catalogue, if another test has emptied it
    printed = said("demo")
    claims = Claim.objects.count()
    now = timezone.now()

    assert claims >= 38
    assert set(Claim.objects.values_list("state", flat=True)) == set(STATES)
    assert list(verify.faults()) == []
    steps = set(Event.objects.values_list("step", flat=True))
    assert {"lapse", "expire"} <= steps, "the clocks have acted"
    assert not Partner.objects.get(slug="donau").claims.exists()
    assert not Evidence.objects.exclude(check_state="clean").exists()
    assert Claim.objects.filter(due_at__lt=now).exists(), "something is overdue"
    assert a_par_is_nearly_due(now)
    assert two_partners_want_one_key()
    for address, _what in people.accounts():
        assert address in printed
    assert people.PASSWORD in printed

    again = said("demo")

    assert Claim.objects.count() == claims
    assert people.PASSWORD in again


def a_par_is_nearly_due(now):
    days, rule = programme_calendar(now).as_days(), BusinessDays(14)
    waiting = Claim.objects.filter(state="action_required", due_at__gt=now)
    return any(days_left(now, claim.due_at, days, rule) <= 1 for claim in waiting)


def two_partners_want_one_key():
    open_claims = Claim.objects.exclude(state="draft")
    return any(
        claim.held_by_rivals() or claim.challenged_by_rivals() for claim in open_claims
    )
