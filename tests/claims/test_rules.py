"""Each named condition: when it says no, in which words, and when it does not."""

from uuid import uuid4

import pytest

from accounts.models import StaffRole, Title
from claims import actions, rules
from claims.access import SYSTEM, actor_for
from claims.actions import WantedLine
from claims.machine import NOTHING, Given
from claims.models import Check, Claim, Customer, Evidence, Line, Subscription
from claims.workflow import CLAIM
from tests import factories

pytestmark = pytest.mark.django_db


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def with_fields(claim, **fields):
    """Return the claim with these fields, without asking anybody."""
    for field, value in fields.items():
        setattr(claim, field, value)
    return claim


def files_are(claim, check):
    Evidence.objects.filter(claim=claim).update(check_state=check)
    return fresh(claim)


def business_claim(by=None, **fields):
    """A draft about a product that is keyed by its subscription."""
    fields = {"area": "BIZ", "engagement": "BIZ-USE", **fields}
    return factories.draft(by=by, products=("D365-SAL",), **fields)


# --- Before a claim may be submitted ------------------------------------------


def test_a_description_names_every_answer_that_is_missing():
    claim = factories.draft()
    assert rules.is_described(claim, SYSTEM) is None

    with_fields(claim, domain="", tenant_id=None)
    no = "Still missing: customer's domain, tenant ID."
    assert rules.is_described(claim, SYSTEM) == no


def test_a_role_with_details_of_its_own_asks_for_them():
    claim = business_claim(engagement="BIZ-REV", solution_seller="Seller")
    assert rules.is_described(claim, SYSTEM) == "Still missing: ISV solution."

    with_fields(claim, isv_solution="Field app")
    assert rules.is_described(claim, SYSTEM) is None


def test_a_claim_needs_a_product():
    claim = factories.draft(products=())
    assert rules.has_products(claim, SYSTEM) == "Add at least one product."
    assert rules.has_products(factories.draft(), SYSTEM) is None


def test_a_subscription_is_asked_for_as_the_role_says():
    no = "Add the subscription ID of Dynamics 365 Sales."
    claim = business_claim(engagement="BIZ-ADV")
    assert rules.has_subscriptions(claim, SYSTEM) == no, "an advisor always names it"

    claim = business_claim(engagement="BIZ-USE")
    assert rules.has_subscriptions(claim, SYSTEM) is None

    customer = Customer.objects.create(name="Contoso", tenant_id=claim.tenant_id)
    for condition in ("active", "grace"):
        Subscription.objects.create(
            customer=customer,
            subscription_id=uuid4(),
            product=factories.product("D365-SAL"),
            condition=condition,
        )
    assert rules.has_subscriptions(fresh(claim), SYSTEM) == no, "there are several"

    Subscription.objects.filter(condition="grace").update(condition="ended")
    assert rules.has_subscriptions(fresh(claim), SYSTEM) is None


def test_a_claim_without_a_role_or_tenant_asks_for_no_subscription():
    claim = business_claim(engagement="")
    assert rules.has_subscriptions(claim, SYSTEM) is None
    claim = business_claim(tenant_id=None)
    assert rules.has_subscriptions(claim, SYSTEM) is None


@pytest.mark.parametrize(
    "field",
    [
        "customer_contact_name",
        "customer_contact_title",
        "customer_contact_email",
        "partner_contact_name",
        "partner_contact_email",
    ],
)
def test_both_contacts_are_needed_whole(field):
    claim = factories.draft(products=(), files=0)
    assert rules.has_contacts(claim, SYSTEM) is None

    with_fields(claim, **{field: ""})
    no = "Name both contacts: the customer's and your own."
    assert rules.has_contacts(claim, SYSTEM) == no


def test_a_claim_needs_a_proof():
    no = "Attach at least one proof of execution (PoE)."
    assert rules.has_evidence(factories.draft(files=0), SYSTEM) == no
    assert rules.has_evidence(factories.draft(), SYSTEM) is None


@pytest.mark.parametrize("check", [Check.REFUSED, Check.INFECTED])
def test_a_refused_file_must_be_replaced_or_removed(check):
    claim = files_are(factories.draft(), check)
    name = claim.evidence_now[0].name
    no = f"Replace or remove the refused file: {name}."
    assert rules.has_no_refused_evidence(claim, SYSTEM) == no

    pending = files_are(claim, Check.RECEIVED)
    assert rules.has_no_refused_evidence(pending, SYSTEM) is None


def test_a_company_has_one_open_claim_on_a_key():
    first = factories.claim("submitted")
    same = {"by": first.created_by, "tenant_id": first.tenant_id}
    second = factories.draft(**same)
    no = (
        "Your company already has an open claim on this customer and product: "
        f"{first.number}."
    )
    assert rules.has_no_twin(second, SYSTEM) == no

    other_product = factories.draft(**same, products=("SPO",))
    other_company = factories.draft(tenant_id=first.tenant_id)
    assert rules.has_no_twin(other_product, SYSTEM) is None
    assert rules.has_no_twin(other_company, SYSTEM) is None
    assert rules.has_no_twin(with_fields(second, tenant_id=None), SYSTEM) is None

    factories.take(first, "withdraw")
    assert rules.has_no_twin(fresh(second), SYSTEM) is None, "it is over"


# --- While a claim is reviewed ------------------------------------------------


def test_files_are_counted_while_they_are_checked():
    claim = factories.draft(files=2)
    assert rules.evidence_is_clean(claim, SYSTEM) is None
    assert rules.evidence_is_checked(claim, SYSTEM) is None

    waiting = files_are(claim, Check.WAITING)
    no = "2 files are still being checked."
    assert rules.evidence_is_clean(waiting, SYSTEM) == no
    assert rules.evidence_is_checked(waiting, SYSTEM) == no

    Evidence.objects.filter(pk=claim.evidence_now[0].pk).update(check_state="clean")
    no = "1 file is still being checked."
    assert rules.evidence_is_clean(fresh(claim), SYSTEM) == no


def test_a_refused_file_is_not_clean_but_it_is_checked():
    claim = files_are(factories.draft(), Check.REFUSED)
    assert rules.evidence_is_clean(claim, SYSTEM) is not None
    assert rules.evidence_is_checked(claim, SYSTEM) is None


def test_only_a_refused_file_sends_a_claim_back():
    claim = factories.draft()
    no = "No file of this claim was refused."
    assert rules.some_evidence_was_refused(claim, SYSTEM) == no
    refused = files_are(claim, Check.INFECTED)
    assert rules.some_evidence_was_refused(refused, SYSTEM) is None


def test_a_claim_that_a_reviewer_has_taken_is_theirs_or_a_leads():
    claim, rita = factories.draft(), factories.staff(name="Rita")
    other, lead = factories.staff(), factories.staff(StaffRole.LEAD)
    assert rules.is_free_or_mine(claim, actor_for(other)) is None

    with_fields(claim, assignee=rita)
    assert rules.is_free_or_mine(claim, actor_for(rita)) is None
    assert rules.is_free_or_mine(claim, actor_for(lead)) is None
    no = "Rita has taken this claim."
    assert rules.is_free_or_mine(claim, actor_for(other)) == no


def test_only_the_assigned_reviewer_decides_not_even_a_lead():
    claim, rita = factories.draft(), factories.staff(name="Rita")
    lead = actor_for(factories.staff(StaffRole.LEAD))
    no = "Only the assigned reviewer decides: nobody yet."
    assert rules.is_mine(claim, lead) == no

    with_fields(claim, assignee=rita)
    assert rules.is_mine(claim, lead) == "Only the assigned reviewer decides: Rita."
    assert rules.is_mine(claim, actor_for(rita)) is None


def test_the_clock_finds_a_reviewer_or_says_there_is_none():
    claim = factories.draft()
    assert rules.somebody_can_review(claim, SYSTEM) == "No reviewer is available."

    factories.staff(is_available=False)
    factories.staff(StaffRole.AUDITOR)
    factories.staff(is_active=False)
    assert rules.somebody_can_review(claim, SYSTEM) == "No reviewer is available."

    away = factories.staff(is_available=False)
    assert rules.somebody_can_review(with_fields(claim, assignee=away), SYSTEM) is None
    factories.staff(StaffRole.LEAD)
    assert rules.somebody_can_review(fresh(claim), SYSTEM) is None


def test_after_a_lost_arbitration_there_is_nothing_to_approve():
    claim = factories.claim("in_review")
    assert rules.has_lines_left(claim, SYSTEM) is None
    no = "The partner keeps at least one product line."
    assert rules.every_line_was_lost(claim, SYSTEM) == no

    Line.objects.filter(claim=claim).update(standing="superseded")
    lost = fresh(claim)
    no = "Every product line was lost in arbitration: reject the claim."
    assert rules.has_lines_left(lost, SYSTEM) == no
    assert rules.every_line_was_lost(lost, SYSTEM) is None


def test_a_key_held_by_another_partner_needs_a_lead_first():
    held = factories.claim("approved")
    rival = factories.draft(tenant_id=held.tenant_id)
    no = (
        "Another partner is associated with this customer and product. "
        "A lead reviewer has to arbitrate first."
    )
    assert rules.no_rival_holds_a_key(rival, SYSTEM) == no

    elsewhere = factories.draft()
    assert rules.no_rival_holds_a_key(elsewhere, SYSTEM) is None


def test_every_line_must_be_accepted():
    claim = factories.draft(products=("EXO", "SPO"))
    one, two = (line.pk for line in claim.lines_now)
    no = "Accept every product line, or ask the partner about it."

    def judged(*lines):
        given = Given(accepted_lines=frozenset(lines))
        return rules.every_line_is_accepted(claim, SYSTEM, given)

    assert judged() == no
    assert judged(one) == no
    assert judged(one, two) is None


# --- What the partner's side may do -------------------------------------------


def test_what_ends_or_disputes_a_claim_is_for_the_companys_admins():
    company = factories.partner()
    user = actor_for(factories.person(company, Title.PARTNER_USER))
    no = "Only an admin of your company can do this."
    assert rules.is_company_admin(None, user) == no
    assert rules.is_company_admin(None, SYSTEM) == no
    for title in (Title.GLOBAL_ADMIN, Title.BILLING_ADMIN, Title.INCENTIVES_ADMIN):
        admin = actor_for(factories.person(company, title))
        assert rules.is_company_admin(None, admin) is None


def test_an_answer_brings_something_new():
    claim = factories.claim("action_required")
    no = "Change something, add a PoE file or write a comment."
    assert rules.something_is_new(claim, SYSTEM, NOTHING) == no
    assert rules.something_is_new(claim, SYSTEM, Given(comment="Here.")) is None

    note = with_fields(fresh(claim), covering_note="Here.")
    assert rules.something_is_new(note, SYSTEM, NOTHING) is None

    actions.edit_claim(
        claim=claim,
        by=claim.created_by,
        fields={"customer_contact_title": "CEO"},
        now=factories.NOW,
    )
    assert rules.something_is_new(fresh(claim), SYSTEM, NOTHING) is None


def test_a_new_file_and_other_products_are_something_new():
    for change in (factories.file, other_products):
        claim = factories.claim("action_required")
        change(claim)
        assert rules.something_is_new(fresh(claim), SYSTEM, NOTHING) is None


def other_products(claim):
    wanted = [WantedLine(factories.product("SPO"))]
    actions.replace_lines(
        claim=claim, by=claim.created_by, wanted=wanted, now=factories.NOW
    )


def test_the_one_dispute_is_used_up_once_for_ever():
    claim = factories.claim("disputed")
    no = "The one dispute of this claim is used up."
    assert rules.has_dispute_left(claim, SYSTEM) == no
    assert rules.has_dispute_left(factories.draft(), SYSTEM) is None


def test_a_withdrawn_claim_cannot_be_disputed():
    claim = factories.claim("submitted")
    assert rules.was_not_withdrawn(claim, SYSTEM) is None
    factories.take(claim, "withdraw")
    no = "Your company withdrew this claim, so it cannot be disputed."
    assert rules.was_not_withdrawn(fresh(claim), SYSTEM) == no


def test_a_dispute_needs_a_justification_or_new_proof():
    claim = factories.claim("rejected")
    no = "Write a business justification or attach an updated PoE."
    assert rules.has_grounds(claim, SYSTEM, NOTHING) == no
    assert rules.has_grounds(claim, SYSTEM, Given(comment="Wrong.")) is None

    factories.file(claim, check=Check.REFUSED)
    assert rules.has_grounds(fresh(claim), SYSTEM, NOTHING) == no
    factories.file(claim, check=Check.RECEIVED)
    assert rules.has_grounds(fresh(claim), SYSTEM, NOTHING) is None


def test_after_the_customers_no_only_their_fresh_consent_counts():
    claim = factories.claim("approved")
    factories.take(claim, "decline")
    no = "The customer declined. Attach the customer's fresh written consent as PoE."
    words = Given(comment="They meant somebody else.")
    assert rules.has_grounds(fresh(claim), SYSTEM, words) == no

    factories.file(fresh(claim))
    assert rules.has_grounds(fresh(claim), SYSTEM, NOTHING) is None


def test_whoever_rejected_does_not_judge_the_dispute():
    claim, rita = factories.draft(), factories.staff()
    assert rules.is_judged_afresh(claim, actor_for(rita)) is None
    with_fields(claim, rejected_by=rita)
    no = "You rejected this claim, so another reviewer decides the dispute."
    assert rules.is_judged_afresh(claim, actor_for(rita)) == no
    assert rules.is_judged_afresh(claim, actor_for(factories.staff())) is None


def test_every_rule_of_this_module_is_part_of_the_workflow():
    declared = {
        rule.__name__
        for _state, step in CLAIM
        for rule in [*step.rules, *getattr(step, "checks", ())]
    }
    named = {
        name
        for name, value in vars(rules).items()
        if callable(value)
        and value.__module__ == rules.__name__
        and not name.startswith("_")
    }
    assert named == declared
