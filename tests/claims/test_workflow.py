"""The life of a claim, written a second time by hand and compared (DOMAIN.md §2)."""

import pytest
from django.db import DatabaseError, transaction

from accounts.models import StaffRole, Title
from claims import engine
from claims.access import CUSTOMER, SYSTEM, actor_for
from claims.machine import Given, Refused
from claims.models import Claim, Event
from claims.workflow import CLAIM
from tests import factories

pytestmark = pytest.mark.django_db

# state, step, who may take it, where it leads. "colleague" is a partner user,
# "assigned" the reviewer of the claim, "fresh" a reviewer who has not touched it.
SPECIFICATION = """
draft            submit        admin colleague       submitted
draft            delete        admin colleague       -
submitted        start_review  assigned fresh lead   in_review
submitted        withdraw      admin                 rejected
in_review        request_info  assigned              action_required
in_review        approve       assigned              approved
in_review        reject        assigned              rejected
in_review        withdraw      admin                 rejected
action_required  resubmit      admin colleague       submitted
action_required  withdraw      admin                 rejected
approved         decline       customer              rejected
approved         disassociate  admin                 rejected_final
rejected         dispute       admin                 disputed
disputed         uphold        fresh lead            rejected_final
disputed         overturn      fresh lead            approved
"""
# Steps that need something to have happened first; each has a test of its own.
ON_OCCASION = {("submitted", "return"), ("approved", "supersede")}
TIMEOUTS = {
    ("submitted", "start_review", "in_review"),
    ("action_required", "lapse", "rejected"),
    ("rejected", "expire", "rejected_final"),
}
STATES = [
    "draft",
    "submitted",
    "in_review",
    "action_required",
    "approved",
    "rejected",
    "disputed",
    "rejected_final",
]
ACTORS = [
    "admin",
    "colleague",
    "rival",
    "assigned",
    "fresh",
    "lead",
    "auditor",
    "programme_admin",
    "customer",
    "system",
    "removed",
]


def legal_steps() -> dict[tuple[str, str, str], str]:
    legal: dict[tuple[str, str, str], str] = {}
    for row in SPECIFICATION.strip().splitlines():
        state, step, *actors, target = row.split()
        legal |= {(state, step, actor): target for actor in actors}
    return legal


LEGAL = legal_steps()
STEPS = sorted({step for _, step, _ in LEGAL} | {"return", "supersede"})


def actor(name: str, claim: Claim):
    company = claim.partner
    people = {
        "admin": lambda: factories.person(company, Title.BILLING_ADMIN),
        "colleague": lambda: factories.person(company, Title.PARTNER_USER),
        "removed": lambda: factories.person(company, is_active=False),
        "rival": lambda: factories.person(factories.partner()),
        "assigned": lambda: claim.assignee or factories.staff(),
        "fresh": factories.staff,
    }
    if name in {"customer", "system"}:
        return CUSTOMER if name == "customer" else SYSTEM
    if name in people:
        return actor_for(people[name]())
    return actor_for(factories.staff(StaffRole(name)))


@pytest.mark.parametrize("state", STATES)
def test_each_actor_may_take_exactly_the_specified_steps(state):
    claim = factories.claim(state)

    for name in ACTORS:
        somebody = actor(name, claim)
        for step in STEPS:
            outcome = attempt(claim, step, somebody)
            wanted = LEGAL.get((state, step, name), "refused")
            assert (name, step, outcome) == (name, step, wanted)


def attempt(claim: Claim, step: str, somebody) -> str:
    """Return where the step leads, and undo it."""
    action = CLAIM[claim.state].action(step)
    claim = Claim.objects.get(pk=claim.pk)
    given = factories.given_for(claim, action) if action else Given()
    try:
        with transaction.atomic():
            event = engine.take(
                claim=claim,
                step=step,
                actor=somebody,
                given=given,
                now=factories.NOW,
            )
            raise Undo(event.to_state if event else "-")  # noqa: TRY301
    except Undo as undone:
        return str(undone)
    except Refused:
        return "refused"


class Undo(Exception):
    pass


def test_the_declaration_has_no_step_that_is_not_specified():
    declared = {(state, step.name, step.to or "-") for state, step in CLAIM}
    specified = {(state, step, to) for (state, step, _), to in LEGAL.items()}
    occasional = {
        ("submitted", "return", "action_required"),
        ("approved", "supersede", "rejected_final"),
    }

    assert declared == specified | occasional | TIMEOUTS


def test_the_statuses_are_exactly_the_eight():
    assert [str(state) for state in CLAIM.stages] == STATES


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("target", STATES)
def test_database_refuses_every_edge_that_is_not_specified(state, target):
    edges = {(a, to) for (a, _, _), to in LEGAL.items()} | {
        (a, to) for a, _, to in TIMEOUTS
    }
    edges |= {("submitted", "action_required"), ("approved", "rejected_final")}
    claim = factories.claim(state)
    row = Claim.objects.filter(pk=claim.pk)
    due = factories.NOW if CLAIM[target].clock else None

    if state == target or (state, target) in edges:
        row.update(state=target, version=claim.version + (state != target), due_at=due)
        assert Claim.objects.get(pk=claim.pk).state == target
        transaction.set_rollback(True)
    else:
        with pytest.raises(DatabaseError), transaction.atomic():
            row.update(state=target, version=claim.version + 1, due_at=due)


def test_database_refuses_a_claim_born_approved():
    claim = factories.draft()
    claim.pk, claim.number, claim.state = None, "CPOR-2026-X", "approved"

    with pytest.raises(DatabaseError), transaction.atomic():
        claim.save(force_insert=True)


def test_database_refuses_a_step_without_a_new_version():
    claim = factories.claim("submitted")

    with pytest.raises(DatabaseError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(state="in_review")


@pytest.mark.django_db(transaction=True)
def test_database_refuses_a_version_without_an_event():
    claim = factories.claim("submitted")

    with pytest.raises(DatabaseError, match="has no event"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(
            state="in_review", version=claim.version + 1
        )


def test_database_refuses_to_rewrite_or_delete_history():
    claim = factories.claim("submitted")

    for rewrite in (
        lambda: Event.objects.filter(claim=claim).update(comment="rewritten"),
        lambda: Event.objects.filter(claim=claim).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rewrite()


def test_database_refuses_a_timed_state_without_a_due_date():
    claim = factories.claim("action_required")

    with pytest.raises(DatabaseError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(due_at=None)


def test_database_refuses_to_delete_what_was_submitted():
    claim = factories.claim("submitted")

    with pytest.raises(DatabaseError), transaction.atomic():
        claim.delete()
