"""Who somebody is to a claim, what they see of it and what they are offered."""

import pytest

from accounts.models import StaffRole, Title
from claims import access
from claims.access import CUSTOMER, SYSTEM, actor_for
from claims.models import Claim, Evidence, Purpose
from claims.parts import Part
from claims.workflow import Role
from tests import factories

pytestmark = pytest.mark.django_db

STAFF = [
    StaffRole.REVIEWER,
    StaffRole.LEAD,
    StaffRole.AUDITOR,
    StaffRole.PROGRAMME_ADMIN,
]


@pytest.fixture
def claim():
    return factories.claim("action_required")


def stranger():
    """Somebody who works neither for a partner nor for the programme."""
    return factories.staff(role="")


def seen(user):
    return set(access.visible_to(user))


def test_a_company_sees_all_its_claims_and_no_others(claim):
    draft = factories.draft(by=claim.created_by)
    rivals = factories.claim("submitted", tenant_id=claim.tenant_id)
    colleague = factories.person(claim.partner, Title.PARTNER_USER)

    assert seen(colleague) == {claim, draft}
    assert seen(rivals.created_by) == {rivals}


@pytest.mark.parametrize("role", STAFF)
def test_staff_see_every_claim_that_was_submitted(claim, role):
    factories.draft(by=claim.created_by)
    rivals = factories.claim("submitted")

    assert seen(factories.staff(role)) == {claim, rivals}


def test_nobody_else_sees_anything(claim):
    assert seen(stranger()) == set()
    assert seen(factories.person(claim.partner, is_active=False)) == set()
    assert seen(factories.staff(is_active=False)) == set()


def test_files_are_seen_with_their_claim(claim):
    file = Evidence.objects.get(claim=claim)
    rival = factories.person(factories.partner())

    assert list(access.visible_evidence(claim.created_by, claim)) == [file]
    assert list(access.visible_evidence(factories.staff(), claim)) == [file]
    assert list(access.visible_evidence(rival, claim)) == []


def test_whoever_has_signed_in_is_the_person_behind_a_request(rf):
    request = rf.get("/")
    request.user = factories.staff()
    assert access.signed_in(request) == request.user


def test_roles_follow_company_and_office(claim):
    def roles(actor):
        return access.roles_of(actor, claim)

    assert roles(CUSTOMER) == {Role.CUSTOMER}
    assert roles(SYSTEM) == {Role.SYSTEM}
    assert roles(actor_for(claim.created_by)) == {Role.PARTNER}
    assert roles(actor_for(factories.person(factories.partner()))) == set()
    assert roles(actor_for(factories.staff())) == {Role.REVIEWER}
    assert roles(actor_for(factories.staff(StaffRole.LEAD))) == {
        Role.REVIEWER,
        Role.LEAD,
    }
    assert roles(actor_for(factories.staff(StaffRole.AUDITOR))) == set()
    assert roles(actor_for(factories.staff(is_active=False))) == set()


def test_an_actor_knows_who_they_are():
    company = factories.partner()
    admin = actor_for(factories.person(company, Title.INCENTIVES_ADMIN))
    user = actor_for(factories.person(company, Title.PARTNER_USER))
    lead = actor_for(factories.staff(StaffRole.LEAD))
    reviewer = actor_for(factories.staff())

    assert [a.role for a in (admin, user, lead, reviewer)] == [
        Role.PARTNER,
        Role.PARTNER,
        Role.LEAD,
        Role.REVIEWER,
    ]
    assert [a.is_partner_admin for a in (admin, user, lead, SYSTEM)] == [
        True,
        False,
        False,
        False,
    ]
    assert [a.is_lead for a in (lead, reviewer, admin, CUSTOMER)] == [
        True,
        False,
        False,
        False,
    ]
    assert (admin.pk, SYSTEM.pk) == (admin.user.pk, None)


def test_offers_name_the_steps_and_why_they_are_closed(claim):
    user = factories.person(claim.partner, Title.PARTNER_USER)
    offers = access.offers_to(user, claim)

    assert [(offer.action.name, offer.refusal) for offer in offers] == [
        ("resubmit", None),
        ("withdraw", "Only an admin of your company can do this."),
    ]
    assert access.offers_to(factories.person(factories.partner()), claim) == []
    assert access.offers_to(claim.assignee, claim) == []


# --- What may be edited (DOMAIN.md §4) ----------------------------------------

EDITABLE = {
    "draft": {
        "engagement",
        "partner_id",
        "customer",
        "name",
        "products",
        "contacts",
        "extra",
        "evidence",
        "covering_note",
        "comments",
    },
    "submitted": {"comments"},
    "in_review": {"comments"},
    "action_required": {
        "partner_id",
        "products",
        "contacts",
        "evidence",
        "covering_note",
        "comments",
    },
    "approved": {"evidence", "comments"},
    "rejected": {"dispute_evidence", "comments"},
    "disputed": {"comments"},
    "rejected_final": set(),
}


# What a new file of the partner counts for, and whose clock a lead can extend.
COUNTS_FOR = {
    "draft": Purpose.PROOF,
    "action_required": Purpose.PROOF,
    "approved": Purpose.PROOF,
    "rejected": Purpose.DISPUTE,
}
EXTENDABLE = {"action_required", "rejected"}


@pytest.mark.parametrize("state", EDITABLE)
def test_each_status_opens_exactly_the_specified_parts(state):
    claim = factories.claim(state)
    reviewer = claim.assignee or factories.staff()
    lead = factories.staff(StaffRole.LEAD)

    def parts(user):
        return {part.value for part in Part if access.may_edit(user, claim, part)}

    assert parts(claim.created_by) == EDITABLE[state]
    assert parts(reviewer) == (EDITABLE[state] & {"comments"}) - (
        {"comments"} if state == "draft" else set()
    )
    for role in (StaffRole.AUDITOR, StaffRole.PROGRAMME_ADMIN):
        assert parts(factories.staff(role)) == set()
    assert parts(factories.person(factories.partner())) == set()
    assert parts(factories.staff(is_active=False)) == set()
    assert access.may_attach(claim.created_by, claim) == COUNTS_FOR.get(state)
    assert access.may_extend(lead, claim) is (state in EXTENDABLE)


def test_files_for_a_dispute_come_from_an_admin_while_the_dispute_is_left():
    claim = factories.claim("rejected")
    user = factories.person(claim.partner, Title.PARTNER_USER)
    assert access.may_attach(user, claim) is None

    overturned = factories.claim("disputed")
    factories.take(overturned, "overturn")
    factories.take(Claim.objects.get(pk=overturned.pk), "decline")
    again = Claim.objects.get(pk=overturned.pk)
    assert access.may_attach(again.created_by, again) is None


def test_nobody_but_an_active_lead_extends(claim):
    for user in (
        claim.created_by,
        claim.assignee,
        factories.staff(StaffRole.AUDITOR),
        factories.staff(StaffRole.LEAD, is_active=False),
    ):
        assert access.may_extend(user, claim) is False


def test_internal_notes_are_for_the_programmes_people(claim):
    reads = {role: access.may_read_notes(factories.staff(role)) for role in STAFF}
    writes = {role: access.may_write_notes(factories.staff(role)) for role in STAFF}

    assert reads == dict.fromkeys(STAFF, True)
    assert writes == {
        StaffRole.REVIEWER: True,
        StaffRole.LEAD: True,
        StaffRole.AUDITOR: False,
        StaffRole.PROGRAMME_ADMIN: False,
    }
    for outsider in (claim.created_by, factories.staff(is_active=False)):
        assert access.may_read_notes(outsider) is False
        assert access.may_write_notes(outsider) is False
