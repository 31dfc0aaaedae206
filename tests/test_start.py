"""The start pages: what waits for whom, and nothing of anybody else."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import StaffRole, Title
from claims import deadlines
from claims.models import Claim
from tests import factories
from tests.claims.pages import browser, words
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _that_day(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def company():
    return factories.partner("Nordwind")


@pytest.fixture
def admin(company):
    return factories.person(company)


def start(person):
    response = browser(person).get("/")
    assert response.status_code == 200
    return response


def on_shelf(response, name):
    return [item.claim for item in response.context[name].items]


def test_strangers_are_asked_to_log_in(client):
    assert client.get("/").status_code == 302


# --- Partners ----------------------------------------------------------------


def test_a_partner_sees_what_is_asked_and_until_when(admin):
    asked = factories.claim("action_required", by=admin, customer_name="Prisma")
    draft = factories.claim("draft", by=admin, customer_name="Seeblick")
    page = start(admin)
    assert on_shelf(page, "waiting") == [asked, draft]
    text = words(page)
    assert "2 claims wait for you" in text
    assert "The proof of execution is missing, wrong or unrelated" in text
    assert "Complete the draft and submit it." in text
    assert "business days left" in text


def test_a_partner_sees_where_the_other_claims_stand(admin):
    submitted = factories.claim("submitted", by=admin)
    reviewed = factories.claim("in_review", by=admin, products=("SPO",))
    approved = factories.claim("approved", by=admin, products=("TEAMS",))
    page = start(admin)
    assert on_shelf(page, "with_reviewers") == [submitted, reviewed]
    assert on_shelf(page, "decided") == [approved]
    assert "Nothing waits for you" in words(page)
    counts = [count.count for _stage, count, _url in page.context["pipeline"]]
    assert counts == [0, 1, 1, 0, 1, 0, 0, 0]
    assert [len(items) for _day, items in page.context["dates"]] == [
        1
    ]  # the decision is due later


def test_a_dispute_waits_for_the_company_s_admins_only(company, admin):
    user = factories.person(company, Title.PARTNER_USER)
    rejected = factories.claim("rejected", by=user)
    assert on_shelf(start(admin), "waiting") == [rejected]
    assert on_shelf(start(user), "waiting") == []


def test_a_withdrawn_claim_waits_for_nobody(admin):
    claim = factories.claim("submitted", by=admin)
    factories.take(claim, "withdraw")
    assert on_shelf(start(admin), "waiting") == []


def test_nothing_of_a_rival_is_on_the_start_page(admin):
    rival = factories.person(factories.partner("Spionage GmbH"))
    states = ["draft", "submitted", "in_review", "action_required", "approved"]
    for state in [*states, "rejected", "disputed", "rejected_final"]:
        factories.claim(state, by=rival, customer_name="Geheimrat", name="Geheim")
    factories.claim("submitted", by=admin)
    text = start(admin).text
    assert "Geheim" not in text
    assert "Spionage" not in text
    counts = [count.count for _stage, count, _url in start(admin).context["pipeline"]]
    assert sum(counts) == 1
    # The same page shows all of it to those who filed it.
    assert start(rival).text.count("Geheimrat") > len(states)


def test_a_company_without_claims_is_taught_how_to_begin(admin):
    factories.claim("submitted")
    text = words(start(admin))
    assert "Claim your first customer" in text
    assert text.count("Add customer") == 1


# --- Reviewers and leads -----------------------------------------------------


def test_a_reviewer_sees_own_claims_the_overdue_first(admin, time_machine):
    me, other = factories.staff(), factories.staff()
    late = factories.claim("in_review", by=admin, now=NOW - timedelta(days=40))
    fresh = factories.claim("in_review", by=admin, products=("SPO",))
    others = factories.claim("in_review", by=admin, products=("TEAMS",))
    Claim.objects.filter(pk__in=[late.pk, fresh.pk]).update(assignee=me)
    Claim.objects.filter(pk=others.pk).update(assignee=other)
    free = factories.claim("submitted", by=admin, products=("MDE",))
    page = start(me)
    assert on_shelf(page, "waiting") == [late, fresh]
    assert on_shelf(page, "unassigned") == [free]
    assert page.context["waiting"].items[0].deadline.is_overdue
    assert 'action="/queue/next/"' in page.text


def test_take_next_is_offered_only_while_something_is_free():
    assert "Take next" not in words(start(factories.staff())).replace("“Take next”", "")


def test_who_rejected_is_not_asked_about_the_dispute():
    claim = factories.claim("disputed")
    assert on_shelf(start(claim.rejected_by), "disputes") == []
    assert on_shelf(start(factories.staff()), "disputes") == [claim]


def test_a_lead_sees_what_is_late_free_disputed_and_contested(admin):
    lead = factories.staff(StaffRole.LEAD)
    late = factories.claim("in_review", by=admin, now=NOW - timedelta(days=40))
    free = factories.claim("submitted", by=admin, products=("SPO",))
    disputed = factories.claim("disputed", by=admin, products=("TEAMS",))
    holder = factories.claim("approved", by=admin, products=("MDE",))
    challenger = factories.claim(
        "in_review", products=("MDE",), tenant_id=holder.tenant_id
    )
    factories.claim("in_review", products=("MDE",))  # another customer's
    page = start(lead)
    assert on_shelf(page, "overdue") == [late]
    assert on_shelf(page, "unassigned") == [free]
    assert on_shelf(page, "disputes") == [disputed]
    assert on_shelf(page, "contested") == [challenger]
    assert "1 claim is overdue" in words(page)


def test_rivals_on_the_same_subscription_are_seen_too(admin):
    key = {
        "area": "BIZ",
        "engagement": "BIZ-USE",
        "tenant_id": "7b1a2c3d-0000-4000-8000-000000000001",
        "products": ("D365-BC",),
    }
    factories.claim("approved", by=admin, **key)
    challenger = factories.claim("in_review", **key)
    page = start(factories.staff(StaffRole.LEAD))
    assert on_shelf(page, "contested") == [challenger]


def test_a_lead_sees_the_clocks_that_are_held(admin):
    claim = factories.claim("action_required", by=admin)
    deadline = deadlines.running(claim)
    deadline.held_at = NOW
    deadline.save()
    page = start(factories.staff(StaffRole.LEAD))
    assert on_shelf(page, "held") == [claim]
    assert "Clocks that wait for your decision" in words(page)


def test_the_load_counts_open_and_overdue_claims_of_each_reviewer(admin):
    late = factories.claim("in_review", by=admin, now=NOW - timedelta(days=40))
    idle = factories.staff()
    lead = factories.staff(StaffRole.LEAD)
    load = start(lead).context["load"]
    rows = {each.person: (each.open, each.overdue) for each in load}
    assert rows == {late.assignee: (1, 1), idle: (0, 0), lead: (0, 0)}


@pytest.mark.parametrize("role", [StaffRole.AUDITOR, StaffRole.PROGRAMME_ADMIN])
def test_auditors_and_programme_admins_see_numbers(admin, role):
    factories.claim("disputed", by=admin)
    factories.claim("draft", by=admin)
    page = start(factories.staff(role))
    assert page.context["disputes"].count == 1
    assert sum(count.count for _stage, count, _url in page.context["pipeline"]) == 1
    assert "Take next" not in words(page)


# --- Costs -------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_start_pages_cost_the_same_for_any_number_of_claims(
    admin, count, django_assert_num_queries
):
    states = ["action_required", "in_review", "approved", "disputed", "submitted"]
    for _ in range(count):
        for state in states:
            factories.claim(state, by=admin)
    people = {
        admin: 17,
        factories.staff(): 16,
        factories.staff(StaffRole.LEAD): 24,
        factories.staff(StaffRole.AUDITOR): 15,
    }
    for person, cost in people.items():
        client = browser(person)
        client.get("/")
        with django_assert_num_queries(cost):
            client.get("/")


def test_a_lead_sees_how_often_each_clock_was_kept(admin, time_machine):
    lead = factories.staff(StaffRole.LEAD)
    kept = factories.claim("in_review", by=admin)  # its start came in time
    late = factories.claim("in_review", by=admin, products=("SPO",))
    for claim, at in ((kept, NOW), (late, NOW + timedelta(days=40))):
        factories.take(claim, "reject", now=at)
    time_machine.move_to(NOW + timedelta(days=41))
    told = {
        str(each.clock.name): (each.kept, each.ended)
        for each in start(lead).context["kept"]
    }
    assert told == {
        "review_start": (2, 2),
        "review": (1, 2),
        "partner_response": (0, 0),
        "dispute_answer": (0, 0),
    }
    assert "On time, last 90 days" in words(start(lead))
    assert "Decision 2 50%" in words(start(lead))


def test_an_extended_deadline_counts_once_by_its_last_day(admin, time_machine):
    lead = factories.staff(StaffRole.LEAD)
    asked = factories.claim("action_required", by=admin)
    with transaction.atomic():
        locked = Claim.objects.select_for_update().get(pk=asked.pk)
        until = deadlines.running(locked).due_at.date() + timedelta(days=7)
        deadlines.extend(
            claim=locked, until=until, by_id=lead.pk, reason="Ill.", now=NOW
        )
        locked.save()
    factories.file(asked)
    factories.take(asked, "resubmit", now=NOW + timedelta(days=25))
    time_machine.move_to(NOW + timedelta(days=26))
    kept = {each.clock.name: each for each in start(lead).context["kept"]}
    answers = kept["partner_response"]
    assert (answers.kept, answers.ended, answers.percent) == (1, 1, 100)
