"""What the clock says: a deadline's rungs, and the queue each morning."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from claims import calendar
from claims.access import SYSTEM
from claims.calendars import programme_calendar
from claims.models import Claim, Deadline, SetAside
from claims.reminders import OVERDUE
from claims.rules import has_dispute_left, was_not_withdrawn
from claims.workflow import DISPUTE_WINDOW, PARTNER_RESPONSE
from cpor import readers
from cpor.messages import facts_of
from notifications.actions import compose, compose_for_all, post, tell_in
from notifications.models import Message
from notifications.queries import wants_mail
from notifications.topics import Topic
from notifications.wording import in_every_language
from reviews import queries

# A mail names so many claims, and counts the rest.
SHOWN = 50
# Which words a rung finds; every other clock speaks to the reviewers.
TO_PARTNER = {
    PARTNER_RESPONSE.name: Topic.REMINDER,
    DISPUTE_WINDOW.name: Topic.DISPUTE_WINDOW_CLOSING,
}


def told_of(deadline: Deadline) -> list[User]:
    """Return who hears of a deadline: the partner of their own, else the reviewers."""
    claim = deadline.claim
    if deadline.clock not in TO_PARTNER:
        return list(readers.assignee_and_leads(claim))
    if TO_PARTNER[deadline.clock] != Topic.REMINDER and not _is_disputable(claim):
        return []
    return list(readers.partner_side(claim))


def line(
    deadline: Deadline, rung: str, days: int, reader: User, now: datetime
) -> Message | None:
    """Compose what one reader is told on one rung; how it is mailed comes later."""
    claim = deadline.claim
    topic = TO_PARTNER.get(deadline.clock) or _topic_for_reviewers(deadline, rung)
    return compose(
        key=f"deadline:{deadline.pk}:{rung}:{topic}:{reader.pk}",
        topic=topic,
        audience=reader,
        context={**facts_of(claim), "clock": deadline.clock, "days_left": days},
        group=claim.number,
        url=claim.get_absolute_url(),
        now=now,
        by_mail=False,
    )


def mail(reader: User, lines: Sequence[Message], now: datetime) -> None:
    """Send one mail for all that a reader is reminded of now."""
    wanted = [each for each in lines if wants_mail(reader, each.topic)]
    if len(wanted) == 1:
        post(message=wanted[0])
    elif wanted:
        tell_in(messages=wanted, summary=_summary(reader, wanted, now))


def _summary(reader: User, lines: Sequence[Message], now: datetime) -> Message:
    page = f"{reverse('claims')}?waiting=me&sort=due"
    summary = compose(
        key=f"reminders:{lines[0].pk}:{reader.pk}",
        topic=Topic.REMINDERS,
        audience=reader,
        context={
            "count": len(lines),
            "claims": [_in_short(each) for each in lines[:SHOWN]],
            "more": max(0, len(lines) - SHOWN),
            "url": f"{settings.PUBLIC_URL}{page}",
        },
        url=page,
        now=now,
    )
    if summary is None:
        raise LookupError("These reminders have been summarised already.")
    return summary


def _in_short(line: Message) -> dict[str, Any]:
    facts = line.context
    about = {"topic": in_every_language(line.topic_label)}
    known = ("number", "customer_name", "due_at", "zone", "due_kind", "url")
    return {**{name: facts[name] for name in known if name in facts}, **about}


def report(rows: Sequence[SetAside], now: datetime) -> None:
    """Tell leads and programme admins once which claims the clock could not move on."""
    page = reverse("stopped-clocks")
    first = f"set-aside:{rows[0].pk}:{now.isoformat()}"
    keys = {person: f"{first}:{person.pk}" for person in readers.clock_keepers()}
    compose_for_all(
        keys=keys,
        topic=Topic.SET_ASIDE,
        context={
            "count": len(rows),
            "claims": [
                {
                    "number": row.deadline.claim.number,
                    "customer_name": row.deadline.claim.customer_name,
                }
                for row in rows[:SHOWN]
            ],
            "more": max(0, len(rows) - SHOWN),
            "url": f"{settings.PUBLIC_URL}{page}",
        },
        url=page,
        now=now,
    )


def _is_disputable(claim: Claim) -> bool:
    return (
        claim.stage.action("dispute") is not None
        and has_dispute_left(claim, SYSTEM) is None
        and was_not_withdrawn(claim, SYSTEM) is None
    )


def _topic_for_reviewers(deadline: Deadline, rung: str) -> Topic:
    if not rung.startswith(OVERDUE):
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
