"""A claim's history in words."""

from datetime import date, timedelta

import pytest

from accounts.models import StaffRole
from claims import actions, engine
from claims.access import CUSTOMER, SYSTEM, actor_for
from claims.actions import WantedLine
from claims.machine import Given, GivenReason
from claims.models import Claim
from claims.story import SENTENCES, Change, last_answer, last_verdict, story
from claims.workflow import CLAIM
from reviews.actions import arbitrate, assign
from tests import factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW
ZONE = "Europe/Berlin"


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def told(claim, reader):
    return story(list(claim.events.all()), reader, ZONE)


def test_every_step_has_its_sentence():
    told_by_nothing = {"delete"}  # the history is gone with the claim
    assert CLAIM.step_names - told_by_nothing <= SENTENCES.keys()


def test_a_step_says_who_did_what_why_and_when():
    claim = factories.claim("in_review")
    engine.take(
        claim=claim,
        step="reject",
        actor=actor_for(claim.assignee),
        given=Given(comment="Plans only.", reasons=[GivenReason("poe_insufficient")]),
        now=NOW,
    )
    entry = told(claim, claim.created_by)[0]
    assert entry.sentence == "Claim rejected"
    assert entry.who == claim.assignee
    assert (entry.from_label, entry.to_label) == ("In review", "Rejected")
    assert entry.reasons == ["The proof of execution does not prove the work."]
    assert entry.comment == "Plans only."
    assert entry.at == NOW
    assert entry.changes == []


def test_the_latest_stands_first():
    claim = factories.claim("in_review")
    entries = told(claim, claim.created_by)
    assert [str(entry.sentence) for entry in entries] == [
        "Review started",
        "Claim submitted",
    ]


def test_the_clock_and_the_customer_are_named():
    claim = factories.claim("submitted")
    factories.staff()  # somebody the clock can give the claim to
    engine.expire(claim=claim, now=claim.due_at + timedelta(seconds=1))
    entry = told(claim, claim.created_by)[0]
    assert (entry.sentence, entry.who) == ("Review started by the deadline", "")
    claim = factories.claim("approved")
    engine.take(claim=claim, step="decline", actor=CUSTOMER, now=NOW)
    entry = told(claim, claim.created_by)[0]
    assert (entry.sentence, entry.who) == (
        "Association declined by the customer",
        "The customer",
    )
    assert entry.reasons == ["The customer declined the association."]


def test_changes_read_as_old_and_new():
    claim = factories.claim("action_required")
    location = factories.location(claim.partner)
    actions.edit_claim(
        claim=claim,
        by=claim.created_by,
        fields={"location": location, "customer_contact_name": "Carl Customer"},
        now=NOW,
    )
    entry = told(claim, claim.assignee)[0]
    assert entry.sentence == "Claim changed"
    assert (entry.from_label, entry.to_label) == ("", "")
    assert entry.changes == [
        Change("Partner ID", str(claim.location), str(location)),
        Change("Customer contact", "Clara Customer", "Carl Customer"),
    ]


def test_products_and_files_read_as_words():
    claim = factories.claim("action_required")
    wanted = [WantedLine(factories.product(code)) for code in ("SPO", "TEAMS")]
    actions.replace_lines(claim=claim, by=claim.created_by, wanted=wanted, now=NOW)
    added = factories.file(fresh(claim))
    file_entry, lines_entry = told(claim, claim.assignee)[:2]
    assert file_entry.sentence == "File added"
    assert file_entry.changes == [Change("File", "", added.name)]
    assert lines_entry.changes == [
        Change("Products", "Exchange Online", "Microsoft Teams, SharePoint Online")
    ]


def test_an_extension_tells_both_days_and_the_reason():
    claim = factories.claim("action_required")
    lead = factories.staff(StaffRole.LEAD)
    actions.extend_deadline(
        claim=claim, by=lead, until=date(2026, 12, 18), reason="Flu.", now=NOW
    )
    entry = told(claim, claim.created_by)[0]
    assert (entry.sentence, entry.who, entry.comment) == (
        "Deadline extended",
        lead,
        "Flu.",
    )
    assert entry.changes == [
        Change("Due", "Fri 11 Dec 2026, 23:59", "Fri 18 Dec 2026, 23:59")
    ]


def test_an_assignment_names_the_reviewer():
    claim = factories.claim("submitted")
    rita = factories.staff(name="Rita Reviewer")
    assign(claim=claim, reviewer=rita, by=rita, now=NOW)
    assert told(claim, claim.created_by)[0].changes == [
        Change("Reviewer", "", "Rita Reviewer")
    ]


def test_why_a_lead_decided_between_partners_stays_with_the_staff():
    held = factories.claim("approved")
    rival = factories.claim("in_review", tenant_id=held.tenant_id)
    lead = factories.staff(StaffRole.LEAD)
    reason = f"Older than that of {held.partner}."
    arbitrate(line=rival.lines_now[0], by=lead, reason=reason, now=NOW)
    for reader, comment in ((lead, reason), (rival.created_by, "")):
        entry = told(rival, reader)[0]
        assert entry.sentence == "Product line lost in arbitration"
        assert entry.changes == [Change("Product", "", "Exchange Online")]
        assert entry.comment == comment


def test_a_reason_keeps_its_products_name_when_the_line_is_gone():
    claim = factories.claim("in_review", products=("EXO", "TEAMS-PHN"))
    phone = next(line for line in claim.lines_now if line.product.code == "TEAMS-PHN")
    engine.take(
        claim=claim,
        step="request_info",
        actor=actor_for(claim.assignee),
        given=Given(
            comment="Why Teams Phone?",
            reasons=[GivenReason("products_missing", phone.pk)],
        ),
        now=NOW,
    )
    wanted = [WantedLine(factories.product("EXO"))]
    actions.replace_lines(claim=claim, by=claim.created_by, wanted=wanted, now=NOW)
    entry = told(claim, claim.assignee)[1]
    assert entry.reasons == [
        "A claimed product or workload is not in the PoE. This is about: Teams Phone."
    ]


def test_the_verdict_is_the_last_step_with_reasons():
    claim = factories.claim("action_required")
    events = list(claim.events.all())
    verdict = last_verdict(claim, events)
    assert verdict.heading == "What the reviewers asked for"
    assert [str(each) for each in verdict.reasons] == [
        "The proof of execution is missing, wrong or unrelated to this claim."
    ]
    approved = factories.claim("approved")
    assert last_verdict(approved, list(approved.events.all())) is None


def test_the_answer_is_what_the_partner_said_since():
    claim = factories.claim("disputed")
    assert last_answer(list(claim.events.all())).step == "dispute"
    claim = factories.claim("rejected")
    assert last_answer(list(claim.events.all())) is None


def test_the_systems_return_names_the_file():
    claim = factories.claim("submitted")
    file = claim.evidence_now[0]
    type(file).objects.filter(pk=file.pk).update(check_state="refused")
    engine.take(claim=fresh(claim), step="return", actor=SYSTEM, now=NOW)
    verdict = last_verdict(fresh(claim), list(claim.events.all()))
    assert verdict.heading == "Why the claim came back"
    assert verdict.event.actor is None
