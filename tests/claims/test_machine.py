"""The words a workflow is written in, tried on a small life of a door."""

import pytest

from claims.machine import (
    GONE,
    NOTHING,
    Action,
    Clock,
    Given,
    Need,
    Stage,
    Timeout,
    Workflow,
)


def is_unlocked(door, person):
    return None if door["key"] else "The door is locked."


def has_hands(door, person):
    return None if person["hands"] else "You carry too much."


def knocked(door, person, given):
    return None if given.comment == "knock" else "Knock first."


def waited(door, person, given):
    return None if given.reasons else "Say why."


PUSH = Action(
    "push",
    "open",
    "visitor",
    label="Push",
    rules=[is_unlocked, has_hands],
    checks=[knocked, waited],
)
BREAK = Action("break", GONE, "robber", label="Break")
SLAM = Timeout("slam", "shut", label="Slam", rules=[is_unlocked])
DRAUGHT = Clock("draught", "business days", "programme", label="Draught")
DOOR = Workflow(
    {
        "shut": Stage([PUSH, BREAK], label="", meaning="", colour="", icon=""),
        "open": Stage(
            [SLAM, Action("pull", "shut", "visitor", label="Pull")],
            label="",
            meaning="",
            colour="",
            icon="",
            clock=DRAUGHT,
        ),
        "walled": Stage([], label="", meaning="", colour="", icon=""),
    }
)


def test_a_step_is_refused_for_the_first_rule_that_says_no():
    assert PUSH.refusal({"key": False}, {"hands": False}) == "The door is locked."
    assert PUSH.refusal({"key": True}, {"hands": False}) == "You carry too much."
    assert PUSH.refusal({"key": True}, {"hands": True}) is None


def test_what_was_given_is_judged_by_the_first_check_that_says_no():
    assert PUSH.objection({}, {}, NOTHING) == "Knock first."
    assert PUSH.objection({}, {}, Given(comment="knock")) == "Say why."
    assert PUSH.objection({}, {}, Given(comment="knock", reasons=["cold"])) is None


def test_the_clock_is_bound_by_rules_too():
    assert SLAM.refusal({"key": False}, None) == "The door is locked."
    assert SLAM.refusal({"key": True}, None) is None
    assert SLAM.adds_round is False


@pytest.mark.parametrize(
    ("asks", "needs_form"),
    [
        ({}, False),
        ({"comment": Need.MAY}, True),
        ({"comment": Need.MUST}, True),
        ({"reasons": ["cold"]}, True),
        ({"accepts_lines": True}, True),
    ],
)
def test_a_step_needs_a_form_when_it_asks_for_anything(asks, needs_form):
    assert Action("pull", "shut", "visitor", label="", **asks).needs_form is needs_form


def test_a_stage_knows_its_steps_by_name_and_what_time_does():
    shut, opened, walled = DOOR.stages.values()

    assert shut.action("push") is PUSH
    assert shut.action("pull") is None
    assert opened.action("slam") is None, "the clock's step is nobody's action"
    assert (shut.timeout, opened.timeout) == (None, SLAM)
    assert [stage.is_final for stage in (shut, opened, walled)] == [False, False, True]


def test_offers_are_the_steps_of_ones_role_open_or_closed():
    person = {"hands": True}

    closed = DOOR.offers("shut", {"visitor"}, {"key": False}, person)
    opened = DOOR.offers("shut", {"visitor", "robber"}, {"key": True}, person)

    assert [(o.action.name, o.refusal, o.is_open) for o in closed] == [
        ("push", "The door is locked.", False)
    ]
    assert [(o.action.name, o.is_open) for o in opened] == [
        ("push", True),
        ("break", True),
    ]
    assert DOOR.offers("shut", set(), {"key": True}, person) == []


def test_a_workflow_tells_where_it_begins_and_what_leads_where():
    assert DOOR.initial == "shut"
    assert DOOR.edges == [("open", "shut"), ("shut", "open")]
    assert DOOR.step_names == {"push", "break", "slam", "pull"}
    assert [(state, step.name) for state, step in DOOR] == [
        ("shut", "push"),
        ("shut", "break"),
        ("open", "slam"),
        ("open", "pull"),
    ]
    assert DOOR.clocks == {"draught": DRAUGHT}
    assert DOOR.states(lambda stage: stage.clock) == ["open"]
    assert DOOR["open"].clock is DRAUGHT
