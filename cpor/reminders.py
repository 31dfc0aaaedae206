"""What the clock says: a deadline's rungs, and the queue each morning."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from claims import calendar
from claims.calendars import programme_calendar
from claims.models import Claim, Deadline
from claims.workflow import DISPUTE_WINDOW, PARTNER_RESPONSE
from cpor import readers
from cpor.messages import compose_about, facts_of
from notifications.actions import compose
from notifications.models import Message
from notifications.topics import Topic
from reviews import queries

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


def tell_the_queue(now: datetime) -> int:
    """Send each reviewer one summary of the free claims, on working days from nine.

    Once per reviewer and day; nothing is sent while nothing is free.
    """
    place = programme_calendar(now)
    today = calendar.local_date(now, place.time_zone)
    morning = calendar.at_working_hour(today, place.time_zone)
    if now < morning or not place.as_days().is_working(today):
        return 0
    told = 0
    for reviewer in readers.reviewers():
        key = f"digest:{today.isoformat()}:{reviewer.pk}"
        if Message.objects.filter(key=key).exists():
            continue
        free = list(queries.free(reviewer)[: queries.PAGE])
        if free:
            _compose_digest(key, reviewer, free, place.time_zone, now)
            told += 1
    return told


def _compose_digest(
    key: str, reviewer: User, free: list[Claim], zone: str, now: datetime
) -> None:
    page = reverse("queue")
    compose(
        key=key,
        topic=Topic.QUEUE_DIGEST,
        audience=reviewer,
        context={
            "count": len(free),
            "due_at": free[0].due_at,
            "zone": zone,
            "url": f"{settings.PUBLIC_URL}{page}",
        },
        url=page,
        now=now,
    )
