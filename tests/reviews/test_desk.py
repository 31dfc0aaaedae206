"""The reviewers' desk: queue, assignment, words and arbitration."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import StaffRole, Title
from claims.models import Claim, Line, Purpose
from notifications.models import Message
from reviews.models import Comment, Note
from tests import factories

pytestmark = pytest.mark.django_db


def page(client, person, path: str) -> str:
    client.force_login(person)
    return str(client.get(path).content.decode())


def url(claim: Claim, rest: str = "") -> str:
    return f"/claims/{claim.number}/{rest}"


# --- The queue ---------------------------------------------------


def test_the_queue_shows_the_first_due_on_top(client):
    later = factories.claim("submitted")
    sooner = factories.claim("submitted", now=factories.NOW - timedelta(days=3))

    html = page(client, factories.staff(), "/queue/?who=all")

    assert html.index(sooner.number) < html.index(later.number)


def test_the_queue_holds_no_drafts_and_nothing_that_waits_for_partners(client):
    hidden = [factories.claim(state) for state in ("draft", "action_required")]

    html = page(client, factories.staff(), "/queue/?who=all")

    assert [claim.number in html for claim in hidden] == [False, False]


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_the_same_queries_for_any_number(
    client, count, django_assert_num_queries
):
    for _ in range(count):
        factories.claim("submitted")
    reviewer = factories.staff()
    page(client, reviewer, "/queue/?who=all")

    with django_assert_num_queries(12):
        client.get("/queue/?who=all")


def test_take_next_gives_the_free_claim_that_is_due_first(client):
    factories.claim("submitted")
    first = factories.claim("submitted", now=factories.NOW - timedelta(days=3))
    reviewer = factories.staff()
    client.force_login(reviewer)

    answer = client.post("/queue/next/")

    first.refresh_from_db()
    assert (answer.url, first.assignee) == (url(first), reviewer)


def test_take_next_says_when_nothing_is_free(client):
    client.force_login(factories.staff())

    html = client.post("/queue/next/", follow=True).content.decode()

    assert "Nothing is free: every claim has a reviewer." in html


@pytest.mark.parametrize("role", [StaffRole.AUDITOR, StaffRole.PROGRAMME_ADMIN])
def test_who_decides_nothing_has_no_queue(client, role):
    client.force_login(factories.staff(role))

    assert client.get("/queue/").status_code == 403
    assert client.post("/queue/next/").status_code == 403


# --- Assignment ---------------------------------------------------


def test_a_reviewer_takes_a_free_claim_but_not_a_colleagues(client):
    free, taken = factories.claim("submitted"), factories.claim("in_review")
    reviewer, owner = factories.staff(), taken.assignee
    client.force_login(reviewer)

    client.post(url(free, "take/"))
    html = client.post(url(taken, "take/"), follow=True).content.decode()

    free.refresh_from_db()
    taken.refresh_from_db()
    assert (free.assignee, taken.assignee) == (reviewer, owner)
    assert f"{owner} has taken this claim." in html


def test_a_lead_gives_a_claim_to_anybody_and_it_stands_in_the_history(client):
    claim, other = factories.claim("in_review"), factories.staff()
    client.force_login(factories.staff(StaffRole.LEAD))

    client.post(url(claim, "assign/"), {"reviewer": other.pk})

    claim.refresh_from_db()
    assert claim.assignee == other
    assert claim.events.last().step == "assign"


def test_a_reviewer_puts_a_claim_back(client):
    claim = factories.claim("in_review")
    client.force_login(claim.assignee)

    client.post(url(claim, "assign/"))

    claim.refresh_from_db()
    assert claim.assignee is None


@pytest.mark.parametrize("wrong", ["0", "x", "", "99999999999999999999"])
def test_a_reviewer_that_is_none_changes_nothing_but_nobody(client, wrong):
    claim = factories.claim("in_review")
    before = claim.assignee if wrong else None
    client.force_login(factories.staff(StaffRole.LEAD))

    answer = client.post(url(claim, "assign/"), {"reviewer": wrong})

    claim.refresh_from_db()
    assert (answer.status_code, claim.assignee) == (302, before)


# --- Words ---------------------------------------------------


def test_both_sides_read_a_comment_and_the_other_side_gets_a_mail(client):
    claim = factories.claim("in_review")
    client.force_login(claim.assignee)

    client.post(url(claim, "comments/"), {"text": "Which sites?\nAll of them?"})

    assert "Which sites?" in page(client, claim.created_by, url(claim))
    told = Message.objects.filter(topic="comment_added")
    assert [message.recipient for message in told] == [claim.created_by]


def test_a_comment_carries_files_that_do_not_count_as_proof(client):
    claim = factories.claim("in_review")
    client.force_login(claim.created_by)
    files = [
        SimpleUploadedFile(f"site-{n}.pdf", factories.PDF + b"%%%d\n" % n)
        for n in (1, 2)
    ]

    client.post(url(claim, "comments/"), {"text": "Two lists.", "files": files})

    [said] = Comment.objects.all()
    assert sorted(f.name for f in said.attachments.all()) == [
        "site-1.pdf",
        "site-2.pdf",
    ]
    assert {f.purpose for f in said.attachments.all()} == {Purpose.COMMENT}
    assert len(Claim.objects.get(pk=claim.pk).evidence_now) == 1


def test_a_refused_file_keeps_the_words_and_stores_nothing(client):
    claim = factories.claim("in_review")
    client.force_login(claim.created_by)
    program = SimpleUploadedFile("list.pdf", b"MZ" + bytes(400))

    answer = client.post(
        url(claim, "comments/"), {"text": "The list is here.", "files": [program]}
    )

    assert answer.status_code == 409
    assert "The list is here." in answer.content.decode()
    assert not Comment.objects.exists()
    assert claim.evidence.filter(purpose=Purpose.COMMENT).count() == 0


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 4001])
def test_empty_and_endless_words_are_told_at_the_field(client, text):
    claim = factories.claim("in_review")
    client.force_login(claim.created_by)

    answer = client.post(url(claim, "comments/"), {"text": text})

    assert answer.status_code == 422
    assert not Comment.objects.exists()


def test_nobody_comments_on_a_claim_that_has_ended(client):
    claim = factories.claim("rejected_final")
    client.force_login(claim.created_by)

    answer = client.post(url(claim, "comments/"), {"text": "But why?"})

    assert answer.status_code == 409
    assert "But why?" in answer.content.decode()


def test_internal_notes_reach_reviewers_and_auditors_but_no_partner(client):
    claim = factories.claim("in_review")
    client.force_login(claim.assignee)
    client.post(url(claim, "notes/"), {"text": "Watch this partner."})

    assert Note.objects.get().text == "Watch this partner."
    auditor = factories.staff(StaffRole.AUDITOR)
    assert "Watch this partner." in page(client, auditor, url(claim))
    partner_page = page(client, claim.created_by, url(claim))
    assert "Watch this partner." not in partner_page
    assert "Internal notes" not in partner_page


@pytest.mark.parametrize("rest", ["notes/", "arbitration/"])
def test_what_is_internal_does_not_exist_for_partners(client, rest):
    claim = factories.claim("in_review")
    client.force_login(claim.created_by)

    inside = client.post(url(claim, rest), {"text": "Hello"})
    nowhere = client.post("/claims/CPOR-2026-999999/" + rest, {"text": "Hello"})

    assert (inside.status_code, nowhere.status_code) == (404, 404)


def test_an_auditor_reads_notes_but_writes_none(client):
    claim = factories.claim("in_review")
    client.force_login(factories.staff(StaffRole.AUDITOR))

    answer = client.post(url(claim, "notes/"), {"text": "Hm."})

    assert answer.status_code == 409
    assert not Note.objects.exists()


@pytest.mark.parametrize("rest", ["take/", "assign/", "comments/", "notes/"])
def test_looking_changes_nothing(client, rest):
    claim = factories.claim("in_review")
    client.force_login(factories.staff(StaffRole.LEAD))

    assert client.get(url(claim, rest)).status_code == 404


# --- Arbitration ---------------------------------------------------


def two_on_one_key() -> tuple[Claim, Claim]:
    """Return an approved claim and a rival's in review on the same key."""
    incumbent = factories.claim("approved")
    challenger = factories.claim(
        "in_review",
        tenant_id=incumbent.tenant_id,
        by=factories.person(factories.partner("Rival Ltd"), Title.GLOBAL_ADMIN),
    )
    return incumbent, challenger


def test_a_lead_sees_both_proofs_side_by_side(client):
    incumbent, challenger = two_on_one_key()

    html = page(
        client, factories.staff(StaffRole.LEAD), url(challenger, "arbitration/")
    )

    for claim in (incumbent, challenger):
        assert claim.number in html
        assert claim.evidence_all[0].name in html


def test_the_incumbent_that_loses_its_last_line_ends_and_the_rival_can_be_approved(
    client,
):
    incumbent, challenger = two_on_one_key()
    lost = incumbent.lines_now[0]
    client.force_login(factories.staff(StaffRole.LEAD))

    client.post(
        url(challenger, "arbitration/"), {"loser": lost.pk, "reason": "Newer proof."}
    )
    factories.take(Claim.objects.get(pk=challenger.pk), "approve")

    incumbent.refresh_from_db()
    challenger.refresh_from_db()
    assert (incumbent.state, challenger.state) == ("rejected_final", "approved")
    assert Line.objects.get(pk=lost.pk).standing == "superseded"


def test_a_reviewer_who_is_no_lead_cannot_arbitrate(client):
    incumbent, challenger = two_on_one_key()
    client.force_login(challenger.assignee)

    answer = client.post(
        url(challenger, "arbitration/"),
        {"loser": incumbent.lines_now[0].pk, "reason": "Mine."},
    )

    incumbent.refresh_from_db()
    assert (answer.status_code, incumbent.state) == (422, "approved")


@pytest.mark.parametrize(
    "typed", [{}, {"loser": "x", "reason": "y"}, {"loser": "0", "reason": "y"}]
)
def test_a_verdict_names_a_loser_and_a_reason(client, typed):
    _incumbent, challenger = two_on_one_key()
    client.force_login(factories.staff(StaffRole.LEAD))

    assert client.post(url(challenger, "arbitration/"), typed).status_code == 422


def test_an_uncontested_claim_has_nothing_to_arbitrate(client):
    claim = factories.claim("in_review")

    html = page(client, factories.staff(StaffRole.LEAD), url(claim, "arbitration/"))

    assert "Nothing is contested" in html


def test_neither_partner_ever_reads_the_other_ones_name(client):
    incumbent, challenger = two_on_one_key()

    for one, other in ((incumbent, challenger), (challenger, incumbent)):
        html = page(client, one.created_by, url(one))
        assert "nother partner" in html
        assert other.partner.name not in html
        assert other.number not in html


def test_the_label_of_a_note_leads_to_the_note_and_not_to_the_comment(client):
    claim = factories.claim("in_review")

    html = page(client, claim.assignee, url(claim))

    assert html.count('id="note_text"') == html.count('for="note_text"') == 1
    assert html.count('id="comment_text"') == html.count('for="comment_text"') == 1


def test_the_leads_words_do_not_reach_the_partner_who_loses(client):
    incumbent, challenger = two_on_one_key()
    client.force_login(factories.staff(StaffRole.LEAD))
    client.post(
        url(challenger, "arbitration/"),
        {"loser": incumbent.lines_now[0].pk, "reason": "Rival Ltd proved more."},
    )

    html = page(client, incumbent.created_by, url(incumbent))
    told = Message.objects.filter(topic="superseded", recipient=incumbent.created_by)

    assert "Rival Ltd" not in html
    assert "Rival Ltd" not in str([message.context for message in told])
    assert told.count() == 1


def test_a_dispute_of_ones_own_rejection_is_not_in_ones_queue(client):
    claim = factories.claim("disputed")

    assert claim.number not in page(client, claim.rejected_by, "/queue/?who=mine")
    assert claim.number in page(client, claim.rejected_by, "/queue/?who=all")


def test_the_customers_words_are_the_customers(client):
    claim = factories.claim("approved")
    factories.take(claim, "decline")

    html = page(client, claim.created_by, url(claim))

    card = html.split('class="words"')[1].split("</figure>")[0]
    assert "Customer" in card
    assert "System" not in card
