"""The page of one claim: what each reader finds on it, and what nobody else does."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import StaffRole, Title
from claims import actions, engine
from claims.access import actor_for
from claims.machine import Given, GivenReason
from claims.models import Claim, Deadline
from claims.views import claim as claim_page
from claims.views.claim import Section
from cpor.sections import SECTIONS
from reviews.actions import add_comment, add_note
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

NOW = factories.NOW
# The Friday before Christmas, 10:00 in Berlin.
BEFORE_CHRISTMAS = datetime(2026, 12, 18, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def claims_alone(monkeypatch):
    """Judge the page without what other apps add to it."""
    monkeypatch.setattr(claim_page, "sections", ())


def open_page(reader, claim, *, now=NOW):
    with time_machine.travel(now, tick=False):
        return browser(reader).get(claim.get_absolute_url())


def _fresh(claim):
    return Claim.objects.get(pk=claim.pk)


# --- Who may open it ---------------------------------------------------------


def test_strangers_are_sent_to_the_log_in_page():
    claim = factories.claim("submitted")
    response = open_page(None, claim)
    assert response.status_code == 302
    assert response.url.endswith(f"/?next={claim.get_absolute_url()}")


def test_another_companys_claim_looks_like_one_that_never_was():
    claim = factories.claim("in_review")
    stranger = factories.person(factories.partner())
    client = browser(stranger)
    foreign = client.get(claim.get_absolute_url())
    unknown = client.get("/claims/CPOR-2026-000000/")
    assert foreign.status_code == unknown.status_code == 404
    assert _bare(foreign, claim.number) == _bare(unknown, "CPOR-2026-000000")
    assert open_page(claim.created_by, claim).status_code == 200


def _bare(response, number):
    text = response.content.decode().replace(number, "")
    return re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"\w+"', "", text)


def test_a_draft_is_its_companys_own_business():
    claim = factories.draft()
    assert open_page(claim.created_by, claim).status_code == 200
    assert open_page(factories.staff(StaffRole.LEAD), claim).status_code == 404


def test_the_page_takes_no_posts():
    claim = factories.claim("submitted")
    response = browser(claim.created_by).post(claim.get_absolute_url())
    assert response.status_code == 404


# --- Whose move it is --------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "to_the_partner", "to_the_reviewer"),
    [
        (
            "submitted",
            "The reviewers Received; the review has not started yet.",
            "Your turn Start the review",
        ),
        (
            "in_review",
            "A reviewer is checking the PoE.",
            "Your turn Decide about the claim",
        ),
        (
            "action_required",
            "Your turn Answer the reviewers and submit again",
            "The reviewers need more from the partner.",
        ),
        (
            "approved",
            "Nobody has to act The partner is associated with the customer.",
            "Nobody has to act The partner is associated with the customer.",
        ),
        (
            "rejected",
            "Your turn Dispute the rejection if you don't agree",
            "The claim was not accepted; a dispute may still be possible.",
        ),
        (
            "disputed",
            "The reviewers The one dispute of this claim is being answered.",
            # The assigned reviewer has rejected, so it is somebody else's move.
            "The reviewers The one dispute of this claim is being answered.",
        ),
        (
            "rejected_final",
            "Nobody has to act The claim has ended for good.",
            "Nobody has to act The claim has ended for good.",
        ),
    ],
)
def test_the_page_says_whose_move_it_is(state, to_the_partner, to_the_reviewer):
    claim = factories.claim(state)
    reviewer = claim.assignee or factories.staff()
    assert to_the_partner in words(open_page(claim.created_by, claim))
    assert to_the_reviewer in words(open_page(reviewer, claim))


def test_another_reviewer_waits_for_the_one_who_has_the_claim():
    claim = factories.claim("in_review")
    page = words(open_page(factories.staff(), claim))
    assert f"{claim.assignee} A reviewer is checking the PoE." in page
    assert f"Only the assigned reviewer decides: {claim.assignee}." in page


def test_a_fresh_reviewer_decides_the_dispute():
    claim = factories.claim("disputed")
    assert "Your turn Decide the dispute" in words(open_page(factories.staff(), claim))


def test_a_partner_user_is_told_that_an_admin_has_to_dispute():
    claim = factories.claim("rejected")
    user = factories.person(claim.partner, Title.PARTNER_USER)
    page = words(open_page(user, claim))
    assert "An admin of your company Dispute the rejection" in page
    assert "Dispute the rejection Only an admin of your company can do this." in page


def test_a_withdrawn_claim_says_why_it_cannot_be_disputed():
    claim = factories.claim("submitted")
    factories.take(claim, "withdraw")
    page = words(open_page(claim.created_by, _fresh(claim)))
    sentence = "Your company withdrew this claim, so it cannot be disputed."
    assert f"Nobody has to act {sentence}" in page
    assert f"Dispute the rejection {sentence}" in page


def test_the_next_step_is_the_one_primary_button():
    claim = factories.claim("in_review")
    response = open_page(claim.assignee, claim)
    main = response.content.decode().partition("<main")[2]
    assert re.findall(r'class="btn btn-primary"[^>]*href="([^"]+)"', main) == [
        f"/claims/{claim.number}/steps/approve/"
    ]
    assert "Ask for more" in words(response)
    assert "Reject" in words(response)


def test_a_draft_leads_on_to_what_is_missing():
    claim = factories.draft(customer_name="")
    page = open_page(claim.created_by, claim)
    assert f'href="/claims/{claim.number}/edit/"' in page.content.decode()
    assert "Go on filling it in" in words(page)
    assert "Still missing: customer's name." in words(page)


def test_only_the_own_company_files_anew_from_an_ended_claim():
    claim = factories.claim("rejected_final")
    again = f'action="/claims/{claim.number}/again/"'
    assert again in open_page(claim.created_by, claim).content.decode()
    assert again not in open_page(factories.staff(), claim).content.decode()


@pytest.mark.parametrize(
    ("role", "state", "is_offered"),
    [
        (StaffRole.LEAD, "action_required", True),
        (StaffRole.LEAD, "rejected", True),
        (StaffRole.LEAD, "in_review", False),
        (StaffRole.REVIEWER, "action_required", False),
    ],
)
def test_leads_extend_the_partners_clocks(role, state, is_offered):
    claim = factories.claim(state)
    page = words(open_page(factories.staff(role), claim))
    assert ("Give the partner more time" in page) == is_offered


# --- By when -----------------------------------------------------------------


def test_the_deadline_explains_itself():
    claim = factories.claim("action_required", now=BEFORE_CHRISTMAS)
    page = words(open_page(claim.created_by, claim, now=BEFORE_CHRISTMAS))
    assert "Mon 11 Jan 2027, 23:59 Berlin 14 business days left" in page
    assert (
        "Mon 11 Jan 2027, 23:59 Europe/Berlin: 14 business days after Fri 18 Dec; "
        "2 holidays skipped (Christmas Day, New Year's Day)"
    ) in page
    assert "After that the claim becomes “Rejected” by itself." in page


def test_a_german_reader_gets_the_holidays_german_names():
    claim = factories.claim("action_required", now=BEFORE_CHRISTMAS)
    reader = factories.person(claim.partner, language="de")
    page = words(open_page(reader, claim, now=BEFORE_CHRISTMAS))
    assert "(Erster Weihnachtstag, Neujahr)" in page


def test_an_overdue_review_is_flagged_and_decides_nothing():
    claim = factories.claim("in_review")
    later = claim.due_at + timedelta(seconds=1)
    page = words(open_page(claim.assignee, claim, now=later))
    assert "23:59 Berlin overdue" in page
    assert "Nothing happens by itself then; the lead reviewers are told." in page
    assert _fresh(claim).state == "in_review"


def test_opening_an_overdue_claim_shows_what_the_clock_has_done():
    claim = factories.claim("rejected")
    last_moment = claim.due_at
    page = words(open_page(claim.created_by, claim, now=last_moment))
    assert page.startswith(f"Customer claims {claim.number} Contoso Rejected Your turn")
    too_late = last_moment + timedelta(seconds=1)
    page = words(open_page(claim.created_by, claim, now=too_late))
    assert page.startswith(f"Customer claims {claim.number} Contoso Rejected (final)")
    assert "Time to dispute ended" in page


def test_a_held_clock_says_why_it_stands_still():
    claim = factories.claim("action_required")
    Deadline.objects.filter(claim=claim).update(
        held_at=claim.due_at, held_because="no_warning"
    )
    page = words(open_page(claim.created_by, claim))
    assert "23:59 Berlin held The clock stands still" in page


def test_an_extended_deadline_tells_both_dates():
    claim = factories.claim("action_required")
    lead = factories.staff(StaffRole.LEAD, name="Leo Lead")
    actions.extend_deadline(
        claim=claim,
        by=lead,
        until=date(2026, 12, 18),
        reason="Flu.",
        now=NOW,
    )
    page = words(open_page(claim.created_by, _fresh(claim)))
    assert "Fri 18 Dec, 23:59 Berlin 19 business days left" in page
    assert "At first Fri 11 Dec 2026, 23:59 Europe/Berlin: 14 business days" in page
    assert "Extended by Leo Lead to Fri 18 Dec 2026, 23:59: Flu." in page


# --- What belongs to it ------------------------------------------------------


def test_the_lines_carry_what_was_asked_about_them():
    claim = factories.claim("in_review", products=("EXO", "TEAMS-PHN"))
    phone = next(line for line in claim.lines_now if line.product.code == "TEAMS-PHN")
    given = Given(
        comment="Only Exchange is named.",
        reasons=[GivenReason("products_missing", phone.pk)],
    )
    engine.take(
        claim=claim,
        step="request_info",
        actor=actor_for(claim.assignee),
        given=given,
        now=NOW,
    )
    page = words(open_page(claim.created_by, _fresh(claim)))
    assert "Teams Phone TEAMS-PHN Products missing" in page
    assert "Exchange Online EXO Products missing" not in page
    assert "What the reviewers asked for" in page
    assert "A claimed product or workload is not in the PoE." in page
    assert "Only Exchange is named." in page


def test_an_approval_ends_what_was_asked_before():
    claim = factories.claim("action_required")
    factories.file(claim)
    factories.take(claim, "resubmit")
    for step in ("start_review", "approve"):
        claim = _fresh(claim)
        factories.take(claim, step)
    page = words(open_page(claim.created_by, _fresh(claim)))
    assert "What the reviewers asked for" not in page
    assert "More information asked for" in page  # it stays in the history


def test_other_apps_add_their_sections(monkeypatch):
    claim = factories.claim("submitted")

    def added(request, shown):
        context = {"sentence": f"{request.user} on {shown.number}"}
        return Section("parts/_notice.html", context)

    monkeypatch.setattr(claim_page, "sections", (added, lambda *_: None))
    page = words(open_page(claim.created_by, claim))
    assert f"{claim.created_by} on {claim.number}" in page


# --- What nobody else may learn ----------------------------------------------


@pytest.fixture
def contested():
    """Two partners on one key, with the same file: the holder's and the rival's."""
    held = factories.claim("approved", by=factories.person(factories.partner("Alpha")))
    rival = factories.claim(
        "submitted",
        by=factories.person(factories.partner("Beta")),
        tenant_id=held.tenant_id,
    )
    return held, rival


def test_partners_learn_that_they_have_a_rival_never_who(contested):
    held, rival = contested
    for claim, other, name in ((held, rival, "Beta"), (rival, held, "Alpha")):
        response = open_page(claim.created_by, claim)
        assert "Another partner" in words(response)
        assert "decides between you" in words(response) or "compares" in words(response)
        for secret in (name, other.number, "another company's claim", "Byte for byte"):
            assert secret not in response.content.decode()


def test_staff_see_both_rivals_and_the_same_file(contested):
    held, rival = contested
    page = words(open_page(factories.staff(), rival))
    assert "Alpha holds what this partner claims: Exchange Online." in page
    assert held.number in page
    assert "A file is also on another company's claim" in page
    page = words(open_page(factories.staff(), held))
    assert "Beta claims what this partner holds: Exchange Online." in page


# --- How much it costs -------------------------------------------------------


def _talk_about(claim, *, times):
    for _time in range(times):
        for author in (claim.created_by, claim.assignee):
            add_comment(claim=claim, by=author, text="Well.", now=NOW)
        add_note(claim=claim, by=claim.assignee, text="Hm.", now=NOW)


def queries_of(reader, claim):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        response = open_page(reader, claim)
    assert response.status_code == 200
    return len(seen)


def test_the_number_of_queries_does_not_grow_with_the_claim(monkeypatch):
    monkeypatch.setattr(claim_page, "sections", SECTIONS)
    small = factories.claim("in_review")
    products = ("EXO", "SPO", "TEAMS")
    large = factories.claim("in_review", products=products, files=3)
    for _round in range(3):
        factories.take(_fresh(large), "request_info")
        factories.file(_fresh(large))
        factories.take(_fresh(large), "resubmit")
        factories.take(_fresh(large), "start_review")
    _talk_about(small, times=1)
    _talk_about(_fresh(large), times=3)
    counts = {
        (claim.number == large.number, reader.is_partner): queries_of(reader, claim)
        for claim in (small, _fresh(large))
        for reader in (claim.created_by, claim.assignee)
    }
    assert counts[False, True] == counts[True, True]
    assert counts[False, False] == counts[True, False]
