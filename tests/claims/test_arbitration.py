"""Two partners on one key: a lead decides line by line (DOMAIN.md §7)."""

import pytest

from accounts.models import StaffRole
from claims import actions, verify
from claims.access import actor_for
from claims.actions import WantedLine
from claims.machine import Refused
from claims.models import Claim, Line
from notifications.models import Message
from reviews.actions import arbitrate
from tests import factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


@pytest.fixture
def lead():
    return factories.staff(StaffRole.LEAD)


def rivals(*states, products=("EXO",)):
    """Walk one claim of another company each to a status, all on the same keys."""
    first = factories.claim(states[0], products=products)
    tenant = first.tenant_id
    return [first] + [
        factories.claim(state, products=products, tenant_id=tenant)
        for state in states[1:]
    ]


def lose(claim, by, *, product="EXO", reason="Older proof."):
    line = next(each for each in claim.lines_all if each.product.code == product)
    return arbitrate(line=line, by=by, reason=reason, now=NOW)


def test_a_rival_on_a_held_key_waits_for_the_lead():
    held, rival = rivals("approved", "in_review")
    with pytest.raises(Refused, match="A lead reviewer has to arbitrate first"):
        factories.take(rival, "approve")

    disputed = factories.claim("disputed", tenant_id=held.tenant_id)
    with pytest.raises(Refused, match="A lead reviewer has to arbitrate first"):
        factories.take(disputed, "overturn")


def test_when_the_incumbent_loses_its_line_the_rival_can_be_approved(lead):
    held, rival = rivals("approved", "in_review")

    lost = lose(held, lead)

    event = fresh(held).events.last()
    assert (event.step, event.actor) == ("arbitrate", lead)
    assert event.changes == {
        "superseded": ["", "Exchange Online"],
        "reason": ["", "Older proof."],
    }
    factories.take(lost, "supersede", by=actor_for(lead))
    factories.take(rival, "approve")
    assert (fresh(held).state, fresh(rival).state) == ("rejected_final", "approved")
    assert fresh(held).reason_codes == ["superseded"]
    assert fresh(held).association_ended_at == NOW
    assert list(verify.faults()) == []


def test_whoever_keeps_a_line_keeps_the_association(lead):
    held, rival = rivals("approved", "in_review", products=("EXO", "SPO"))
    lose(held, lead)

    with pytest.raises(Refused, match="keeps at least one product line"):
        factories.take(fresh(held), "supersede", by=actor_for(lead))
    standings = dict(
        Line.objects.filter(claim=held).values_list("product__code", "standing")
    )
    assert standings == {"EXO": "superseded", "SPO": "held"}
    with pytest.raises(Refused, match="A lead reviewer has to arbitrate first"):
        factories.take(rival, "approve")
    assert list(verify.faults()) == []


def test_a_rival_that_lost_one_line_is_approved_with_the_others(lead):
    _held, rival = rivals("approved", "in_review")
    factories.take(rival, "request_info")
    wanted = [WantedLine(factories.product(code)) for code in ("EXO", "SPO")]
    actions.replace_lines(claim=rival, by=rival.created_by, wanted=wanted, now=NOW)
    lose(fresh(rival), lead)

    for step in ("resubmit", "start_review", "approve"):
        factories.take(fresh(rival), step)

    lines = Line.objects.filter(claim=rival)
    standings = lines.values_list("product__code", "standing", "accepted_at")
    assert set(standings) == {("EXO", "superseded", None), ("SPO", "held", NOW)}


def test_a_rival_that_lost_every_line_can_only_be_rejected(lead):
    _held, rival = rivals("approved", "in_review")
    lost = fresh(lose(rival, lead))

    no = "Every product line was lost in arbitration: reject the claim"
    for step in ("approve", "request_info"):
        with pytest.raises(Refused, match=no):
            factories.take(lost, step)
    factories.take(lost, "reject")
    assert fresh(rival).state == "rejected"

    factories.take(fresh(rival), "dispute")
    with pytest.raises(Refused, match=no):
        factories.take(fresh(rival), "overturn")


def test_a_lost_line_cannot_be_added_again(lead):
    _held, rival = rivals("approved", "in_review")
    lose(rival, lead)
    action_required = factories.claim("action_required", tenant_id=rival.tenant_id)
    lose(action_required, lead)
    wanted = [WantedLine(factories.product("EXO"))]
    with pytest.raises(Refused, match="lost in arbitration cannot be added again"):
        actions.replace_lines(
            claim=action_required,
            by=action_required.created_by,
            wanted=wanted,
            now=NOW,
        )


def test_an_answer_does_not_take_up_another_open_claim_of_the_company():
    first = factories.claim("submitted")
    same = {"by": first.created_by, "tenant_id": first.tenant_id}
    second = factories.claim("action_required", products=("SPO",), **same)
    wanted = [WantedLine(factories.product(code)) for code in ("SPO", "EXO")]
    with pytest.raises(Refused, match="already has an open claim"):
        actions.replace_lines(claim=second, by=first.created_by, wanted=wanted, now=NOW)
    assert [str(line) for line in fresh(second).lines_now] == ["SharePoint Online"]


@pytest.mark.parametrize("role", ["reviewer", "auditor", "programme_admin"])
def test_only_a_lead_arbitrates(role):
    held, _rival = rivals("approved", "in_review")
    with pytest.raises(Refused, match="Only a lead reviewer arbitrates"):
        lose(held, factories.staff(role))


def test_a_verdict_says_why_and_is_about_a_contested_line(lead):
    held, rival = rivals("approved", "in_review")
    with pytest.raises(Refused, match="Write a comment that says why"):
        lose(held, lead, reason=" ")
    with pytest.raises(Refused, match="No other partner contests"):
        lose(factories.claim("approved"), lead)

    lose(held, lead)
    with pytest.raises(Refused, match="No other partner contests"):
        lose(fresh(held), lead)
    with pytest.raises(Refused, match="No other partner contests"):
        lose(rival, lead)


def test_a_claim_that_competes_with_nobody_loses_nothing(lead):
    _held, rejected = rivals("approved", "rejected")
    with pytest.raises(Refused, match="No other partner contests"):
        lose(rejected, lead)


def test_two_open_rivals_can_be_settled_before_either_is_approved(lead):
    one, two = rivals("in_review", "in_review")
    lose(one, lead)
    factories.take(two, "approve")
    assert fresh(two).state == "approved"


def test_the_same_company_is_not_its_own_rival(lead):
    held = factories.claim("approved", products=("EXO",))
    again = factories.draft(by=held.created_by, tenant_id=held.tenant_id)
    assert again.held_by_rivals() == []
    assert held.challenged_by_rivals() == []


def test_a_rivals_filing_is_told_to_both_without_a_name(lead):
    held = factories.claim("approved")
    rival = factories.draft(tenant_id=held.tenant_id)
    Message.objects.all().delete()
    factories.take(rival, "submit")

    told = {m.recipient: m for m in Message.objects.filter(topic="rival_on_key")}
    assert set(told) == {held.created_by, rival.created_by}
    assert told[held.created_by].group == held.number
    assert rival.partner.name not in str(told[held.created_by].context)
    assert rival.number not in str(told[held.created_by].context)
    assert held.partner.name not in str(told[rival.created_by].context)
    assert Message.objects.get(topic="rival_flagged").recipient == lead
