"""A clock that may not act: why, who is told, what a lead does about it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import StaffRole
from claims import engine, failures
from claims.models import Claim, SetAside
from claims.sweep import Swept, act, remind, sweep
from notifications import rendering
from notifications.models import Delivery, DeliveryState, Message
from tests import factories
from tests.claims.pages import browser, words
from tests.claims.test_export import export

pytestmark = pytest.mark.django_db

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LATE = datetime(2026, 12, 14, 9, 0, tzinfo=UTC)  # the Monday after the deadline
STANDS_STILL = "The clock of this claim stands still"


@pytest.fixture(autouse=True)
def _on_the_monday_after():
    with time_machine.travel(LATE, tick=False):
        yield


@pytest.fixture
def lead():
    return factories.staff(StaffRole.LEAD)


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def running(claim):
    return claim.deadlines.get(closed_at=None)


@pytest.fixture
def claim(lead):
    """Return a claim whose partner was never reached, a moment after its deadline."""
    claim = factories.claim("action_required")
    Delivery.objects.update(state=DeliveryState.DEAD)
    engine.expire(claim=claim, now=claim.due_at + SECOND)
    return fresh(claim)


def decide(reader, claim, **typed):
    return browser(reader).post(reverse("claim-held", args=[claim.number]), typed)


# --- Why, on both sides ---------------------------------------------------------------


def test_a_hold_stands_in_the_history_and_both_sides_are_told_by_mail(claim, lead):
    event = claim.events.last()
    assert (event.step, event.actor, event.is_step) == ("hold", None, False)
    told = Message.objects.filter(topic="clock_held")
    assert {message.recipient for message in told} == {
        claim.created_by,
        claim.assignee,
        lead,
    }
    mail = rendering.mail(told.get(recipient=lead))
    assert mail.subject == f"[Decision needed] {claim.number}: the clock stands still"
    assert reverse("claim-held", args=[claim.number]) in mail.text
    other = rendering.mail(told.get(recipient=claim.created_by))
    assert reverse("claim-held", args=[claim.number]) not in other.text
    engine.expire(claim=claim, now=LATE)
    assert fresh(claim).version == claim.version, "held once, not at every sweep"


def test_the_reason_is_shown_on_both_sides(claim, lead):
    for reader in (claim.created_by, claim.assignee, lead):
        page = words(browser(reader).get(claim.get_absolute_url()))
        assert STANDS_STILL in page
        assert ("Decide how the clock goes on" in page) == (reader == lead)


def test_a_clock_that_runs_is_not_said_to_stand_still(lead):
    claim = factories.claim("action_required", now=LATE)
    for reader in (claim.created_by, lead):
        page = words(browser(reader).get(claim.get_absolute_url()))
        assert STANDS_STILL not in page


def test_what_stands_still_is_not_called_overdue(claim, lead):
    late = factories.claim("action_required")
    listed = browser(lead).get(reverse("claims"), {"overdue": "true"})
    assert [row.claim for row in listed.context["rows"]] == [late]
    others = browser(lead).get(reverse("claims"), {"overdue": "false"})
    rows = {row.claim: row for row in others.context["rows"]}
    assert list(rows) == [claim]
    assert not rows[claim].is_overdue
    assert "overdue 1" in words(listed)
    assert {row["claim_no"]: row["overdue"] for row in export(lead)} == {
        claim.number: "false",
        late.number: "true",
    }


def test_the_list_shows_leads_and_admins_what_stands_still(claim, lead):
    running_one = factories.claim("action_required", now=LATE)
    admin = factories.staff(StaffRole.PROGRAMME_ADMIN)
    url = reverse("stopped-clocks")
    for reader in (lead, admin):
        page = words(browser(reader).get(url))
        assert claim.number in page
        assert running_one.number not in page
    for reader in (factories.staff(), claim.created_by):
        assert browser(reader).get(url).status_code == 403


# --- What a lead decides --------------------------------------------------------------


def test_letting_it_run_out_ends_the_claim_on_the_chosen_day_without_mail(claim, lead):
    response = decide(
        lead, claim, how="run_out", until="2026-12-16", reason="Told by telephone."
    )
    assert (response.status_code, response.url) == (302, claim.get_absolute_url())
    until = datetime(2026, 12, 16, 22, 59, 59, tzinfo=UTC)
    assert (running(claim).due_at, fresh(claim).due_at) == (until, until)
    assert fresh(claim).events.last().step == "run_out"
    Delivery.objects.update(state=DeliveryState.DEAD)

    act(now=until, swept=Swept())
    assert fresh(claim).state == "action_required"
    act(now=until + SECOND, swept=Swept())
    assert fresh(claim).state == "rejected"


def test_more_time_alone_is_no_warning(claim, lead):
    decide(lead, claim, how="extend", until="2026-12-16", reason="Still looking.")
    until = running(claim).due_at
    Delivery.objects.update(state=DeliveryState.DEAD)
    act(now=until + SECOND, swept=Swept())
    assert (fresh(claim).state, running(claim).is_held) == ("action_required", True)


def test_sending_again_asks_anew_with_the_same_reasons_and_reminds_again(claim, lead):
    Message.objects.all().delete()

    decide(lead, claim, how="resend", until="2026-12-28", reason="Address corrected.")

    again = Message.objects.get(topic="action_required")
    assert again.recipient == claim.created_by
    assert again.context["comment"] == "Because."
    assert [row["label"]["en"] for row in again.context["reasons"]]
    assert again.context["due_at"] == fresh(claim).due_at.isoformat()

    Delivery.objects.update(state=DeliveryState.ACCEPTED)
    remind(now=datetime(2026, 12, 23, 9, 0, tzinfo=UTC), swept=Swept())
    Delivery.objects.update(state=DeliveryState.ACCEPTED)
    act(now=running(claim).due_at + SECOND, swept=Swept())
    assert fresh(claim).state == "rejected"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"how": "", "until": "2026-12-16", "reason": "x"}, "How it goes on"),
        ({"how": "resend", "until": "", "reason": "x"}, "New last day"),
        ({"how": "resend", "until": "2026-12-16", "reason": " "}, "Reason"),
        ({"how": "run_out", "until": "2026-12-13", "reason": "x"}, "not over yet"),
        ({"how": "run_out", "until": "2026-12-01", "reason": "x"}, "after the present"),
        ({"how": "forget", "until": "2026-12-16", "reason": "x"}, "forget"),
    ],
)
def test_a_decision_that_cannot_be_is_explained_and_kept(claim, lead, typed, sentence):
    response = decide(lead, claim, **typed)
    assert response.status_code == 422
    assert sentence in words(response)
    assert typed["reason"] in response.content.decode()
    assert running(claim).is_held


def test_only_leads_decide_and_only_about_clocks_that_stand_still(claim, lead):
    typed = {"how": "extend", "until": "2026-12-16", "reason": "x"}
    assert decide(factories.staff(), claim, **typed).status_code == 403
    assert decide(claim.created_by, claim, **typed).status_code == 403
    stranger = factories.person(factories.partner())
    assert decide(stranger, claim, **typed).status_code == 404
    assert running(claim).is_held
    runs = factories.claim("action_required", now=LATE)
    response = decide(lead, runs, **typed)
    assert response.status_code == 422
    assert "does not stand still" in words(response)


def test_a_partner_may_answer_while_the_clock_stands_still(claim):
    factories.take(claim, "resubmit", now=LATE)
    assert fresh(claim).state == "submitted"


# --- Claims set aside -----------------------------------------------------------------


@pytest.fixture
def broken(lead):
    """Return a claim whose next step cannot be written: its row is there already."""
    claim = factories.claim("rejected")
    last = claim.events.last()
    last.pk, last.version = None, claim.version + 1
    last.save(force_insert=True)
    return claim


def test_what_was_set_aside_is_told_once_to_leads_and_admins(broken, lead):
    admin = factories.staff(StaffRole.PROGRAMME_ADMIN)
    late = broken.due_at + SECOND
    for minutes in range(0, 90, 16):
        sweep(now=late + timedelta(minutes=minutes))
    told = Message.objects.filter(topic="set_aside")
    assert {message.recipient for message in told} == {lead, admin}
    assert told.count() == 2, "one mail each, however often it is tried"
    assert broken.number in rendering.mail(told.first()).text
    row = SetAside.objects.get()
    assert (row.first_at, row.attempts) == (late, 6)
    assert row.error.startswith("IntegrityError")


def test_a_hundred_broken_claims_of_one_sweep_are_one_mail(broken, lead):
    deadline = broken.deadlines.get(closed_at=None)
    others = [factories.claim("rejected") for _ in range(3)]
    for each in [deadline, *(o.deadlines.get(closed_at=None) for o in others)]:
        error = ValueError("broken")
        failures.set_aside(deadline=each.pk, error=error, now=LATE)
    sweep(now=LATE)
    assert Message.objects.get(topic="set_aside").context["count"] == 4


def test_the_list_shows_what_was_set_aside_until_it_gets_through(broken, lead):
    late = broken.due_at + SECOND
    sweep(now=late)
    page = words(browser(lead).get(reverse("stopped-clocks")))
    assert broken.number in page
    assert "IntegrityError" in page

    broken.deadlines.filter(closed_at=None).update(closed_at=late)
    sweep(now=late + DAY)

    assert SetAside.objects.get().mended_at == late + DAY
    assert broken.number not in words(browser(lead).get(reverse("stopped-clocks")))
