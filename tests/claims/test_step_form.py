"""The form of a step, filled in by a page or by a program."""

import pytest

from claims.access import actor_for
from claims.forms.step import StepForm
from claims.machine import Action, GivenReason
from claims.models import Claim
from claims.workflow import CLAIM
from tests import factories

pytestmark = pytest.mark.django_db


def step_form(claim, step, data, actor=None):
    action = CLAIM[claim.state].action(step)
    actor = actor or actor_for(claim.assignee)
    return StepForm(data, action=action, claim=claim, actor=actor)


def test_json_gives_the_same_as_a_page():
    claim = factories.claim("in_review")
    line = claim.lines_now[0]
    form = step_form(
        claim,
        "request_info",
        {
            "reasons": [
                "poe_missing",
                {"code": "service_missing"},
                {"code": "products_missing", "line": line.alias},
            ],
            "comment": "More.",
            "version": 3,
        },
    )
    assert form.is_valid(), form.errors
    given = form.given()
    assert given.reasons == (
        GivenReason("poe_missing"),
        GivenReason("service_missing"),
        GivenReason("products_missing", line.pk),
    )
    assert (given.comment, given.version) == ("More.", 3)


@pytest.mark.parametrize(
    "reasons",
    [
        "poe_missing",
        ["no_such_reason"],
        ["poe_insufficient"],  # a reason of another step
        ["products_missing:0"],
        ["poe_missing:1"],
        [{"code": "products_missing", "line": "x"}],
        [{}],
        [None],
        {"code": "poe_missing"},
    ],
)
def test_other_reasons_are_refused(reasons):
    claim = factories.claim("in_review")
    data = {"reasons": reasons, "comment": "More."}
    assert list(step_form(claim, "request_info", data).errors) == ["reasons"]


def test_a_line_of_another_claim_is_refused():
    claim, other = factories.claim("in_review"), factories.claim("in_review")
    foreign = other.lines_now[0].alias
    data = {"reasons": [f"products_missing:{foreign}"], "comment": "More."}
    assert list(step_form(claim, "request_info", data).errors) == ["reasons"]
    data = {"accepted_lines": [claim.lines_now[0].alias, foreign]}
    assert list(step_form(claim, "approve", data).errors) == ["accepted_lines"]


def test_a_form_asks_for_what_its_action_needs_and_nothing_else():
    for state, step in CLAIM:
        if isinstance(step, Action):
            claim = Claim(state=state)
            claim.lines_all = []
            form = StepForm(action=step, claim=claim, actor=actor_for(_anybody()))
            asked = set(form.fields) - {"version"}
            assert bool(asked) == step.needs_form


def _anybody():
    return factories.staff()
