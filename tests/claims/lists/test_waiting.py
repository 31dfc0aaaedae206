"""Waiting on whom, until when: the pills above the list."""

import re
from datetime import timedelta

import pytest

from accounts.models import StaffRole, Title
from claims import queries
from tests import factories
from tests.claims.lists.shown import NUMBER, numbers
from tests.claims.pages import browser as signed_in
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def pills(page, name):
    """Return the pills of one row: their words and counts, and which are on."""
    row = page.text.partition(f'aria-label="{name}"')[2].partition("</nav>")[0]
    found = re.findall(
        r'<a class="pill" href="([^"]*)"([^>]*)>(.*?)</a>', row, re.DOTALL
    )
    words = [" ".join(re.sub("<[^>]+>", " ", inner).split()) for *_, inner in found]
    return words, [w for w, (_, on, _i) in zip(words, found, strict=True) if on]


def test_pills_count_on_whom_claims_wait_and_lead_there(company, admin, rival_claim):
    author = factories.person(company, Title.PARTNER_USER)
    asked = factories.claim("action_required", by=author)
    refused = factories.claim("rejected", by=author)
    factories.claim("in_review", by=author)
    factories.claim("approved", by=author)

    page = signed_in(admin).get("/claims/")
    assert pills(page, "Waiting on") == (
        ["me 2", "my company 2", "the reviewers 1", "nobody 1"],
        [],
    )
    page = signed_in(author).get("/claims/?waiting=me&sort=due")
    assert NUMBER.findall(page.text) == [asked.number]
    assert pills(page, "Waiting on") == (
        ["me 1", "my company 2", "the reviewers 1", "nobody 1"],
        ["me 1"],
    )
    assert set(numbers(signed_in(author), "?waiting=partner")) == {
        asked.number,
        refused.number,
    }


def test_for_reviewers_me_is_what_they_took_and_the_disputes_they_may_answer():
    reviewer, other = factories.staff(), factories.staff()
    mine = factories.claim("in_review")
    queries.Claim.objects.filter(pk=mine.pk).update(assignee=reviewer)
    disputed = factories.claim("disputed")
    queries.Claim.objects.filter(pk=disputed.pk).update(rejected_by=other)

    assert set(numbers(signed_in(reviewer), "?waiting=me")) == {
        mine.number,
        disputed.number,
    }
    assert numbers(signed_in(other), "?waiting=me") == []
    auditor = factories.staff(StaffRole.AUDITOR)
    words, _on = pills(signed_in(auditor).get("/claims/"), "Waiting on")
    assert words == ["the partner 0", "the reviewers 2", "nobody 0"]


def test_pills_count_until_when_and_one_takes_the_other_s_place(admin, time_machine):
    time_machine.move_to(NOW, tick=False)
    soon = factories.claim("submitted", by=admin)  # due on Monday, in 7 days
    factories.claim("action_required", by=admin)  # due in 18 days
    client = signed_in(admin)

    page = client.get("/claims/?due_within=7")
    assert NUMBER.findall(page.text) == [soon.number]
    words, on = pills(page, "Until")
    assert words[:3] == ["overdue 0", "today 0", "within 3 days 0"]
    assert words[3:] == ["within 7 days 1", "within 14 days 1"]
    assert on == ["within 7 days 1"]
    assert "?overdue=true" in page.text
    assert "due_within=7&amp;overdue" not in page.text
    time_machine.move_to(soon.due_at, tick=False)
    words, _on = pills(signed_in(admin).get("/claims/"), "Until")
    assert words[:2] == ["overdue 0", "today 1"]
    time_machine.move_to(soon.due_at + timedelta(seconds=1), tick=False)
    words, _on = pills(signed_in(admin).get("/claims/"), "Until")
    assert words[0] == "overdue 1"


def test_pills_of_more_than_anybody_reads_have_no_counts(admin, settings):
    settings.LIST_EXACT_COUNT = 1
    for _ in range(2):
        factories.claim("submitted", by=admin)
    words, _on = pills(signed_in(admin).get("/claims/"), "Waiting on")
    assert words == ["me", "my company", "the reviewers", "nobody"]
