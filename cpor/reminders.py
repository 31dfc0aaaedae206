"""Who is told what on a rung of a deadline's ladder (DOMAIN.md §3, §11)."""

from datetime import datetime
from typing import Any

from claims.models import Deadline
from claims.workflow import DISPUTE_WINDOW, PARTNER_RESPONSE
from cpor import readers
from cpor.messages import compose_about, facts_of
from notifications.topics import Topic

# Which words a rung finds; every other clock speaks to the reviewers.
TO_PARTNER = {
    PARTNER_RESPONSE.name: Topic.REMINDER,
    DISPUTE_WINDOW.name: Topic.DISPUTE_WINDOW_CLOSING,
}


def say(deadline: Deadline, rung: dict[str, Any], now: datetime) -> None:
    """Compose the messages of one rung, once per deadline, rung and reader."""
    claim = deadline.claim
    facts = {**facts_of(claim), "clock": deadline.clock, "days_left": rung["days"]}
    key = f"deadline:{deadline.pk}:{rung['kind']}:{rung['at'][:10]}"
    if topic := TO_PARTNER.get(deadline.clock):
        if topic == Topic.REMINDER or facts["dispute_possible"]:
            people = readers.partner_side(claim)
            compose_about(claim, topic, people, facts, key=key, now=now)
        return
    people = readers.assignee_and_leads(claim)
    topic = _topic_for_reviewers(deadline, rung)
    compose_about(claim, topic, people, facts, key=key, now=now)


def _topic_for_reviewers(deadline: Deadline, rung: dict[str, Any]) -> Topic:
    if rung["kind"] != "overdue":
        return Topic.REMINDER
    if deadline.claim.assignee_id is None:
        return Topic.UNASSIGNED_OVERDUE
    return Topic.ESCALATION
