"""Which messages a claim's step leaves behind: for whom, on what, with which facts.

Everything here runs inside the step's transaction and only writes outbox rows. The
facts are plain values and words in every language, since the mail is worded later, in
its reader's language.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from claims import deadlines
from claims.access import SYSTEM
from claims.consent import consent_url
from claims.machine import Given
from claims.models import Claim, Event
from claims.reasons import REASON_SENTENCES, Reason
from claims.rules import has_dispute_left, was_not_withdrawn
from cpor import readers
from notifications.actions import compose, compose_for_all
from notifications.topics import Topic
from notifications.wording import in_every_language

# The steps that ask the partner for something, and the words they are told in.
REQUESTS = {"request_info": Topic.ACTION_REQUIRED, "return": Topic.RETURNED}

# --- The partner's filing -----------------------------------------------------


def submitted(event: Event, given: Given) -> None:
    _tell(event, Topic.SUBMITTED, readers.partner_side(event.claim))


def resubmitted(event: Event, given: Given) -> None:
    people = readers.partner_side(event.claim) | readers.assignee(event.claim)
    _tell(event, Topic.RESUBMITTED, people)


def returned(event: Event, given: Given) -> None:
    _tell(event, Topic.RETURNED, readers.partner_side(event.claim))


def withdrawn(event: Event, given: Given) -> None:
    people = readers.partner_side(event.claim) | readers.assignee(event.claim)
    _tell(event, Topic.WITHDRAWN, people)


def rivals(event: Event, given: Given) -> None:
    """Tell whoever holds a key that another partner claims it; never who."""
    held = {line.claim_id: line.claim for line in event.claim.held_by_rivals()}
    for incumbent in held.values():
        _tell(
            event,
            Topic.RIVAL_ON_KEY,
            readers.partner_side(incumbent),
            about=incumbent,
            mark=f":{incumbent.pk}",
        )
    if held:
        people = readers.partner_side(event.claim)
        _tell(event, Topic.RIVAL_ON_KEY, people, holds_key=False)
        _tell(event, Topic.RIVAL_FLAGGED, readers.leads())


# --- The review -----------------------------------------------------


def review_started(event: Event, given: Given) -> None:
    _tell(event, Topic.REVIEW_STARTED, readers.partner_side(event.claim))
    if event.actor_id is None:
        _tell(event, Topic.ESCALATION, readers.assignee_and_leads(event.claim))


def action_required(event: Event, given: Given) -> None:
    _tell(event, Topic.ACTION_REQUIRED, readers.partner_side(event.claim))


def approved(event: Event, given: Given) -> None:
    _tell(event, Topic.APPROVED, readers.partner_side(event.claim))
    _tell_customer(event, Topic.CUSTOMER_NOTICE, decline_url=consent_url(event.claim))


def rejected(event: Event, given: Given) -> None:
    _tell(event, Topic.REJECTED, readers.partner_side(event.claim))


def lapsed(event: Event, given: Given) -> None:
    people = readers.partner_side(event.claim) | readers.assignee(event.claim)
    _tell(event, Topic.LAPSED, people)


# --- The dispute -----------------------------------------------------


def dispute_filed(event: Event, given: Given) -> None:
    people = readers.partner_side(event.claim) | readers.leads()
    _tell(event, Topic.DISPUTE_FILED, people)


def dispute_upheld(event: Event, given: Given) -> None:
    people = readers.partner_side(event.claim) | readers.leads()
    _tell(event, Topic.DISPUTE_UPHELD, people)


def dispute_overturned(event: Event, given: Given) -> None:
    people = readers.partner_side(event.claim) | readers.leads()
    _tell(event, Topic.DISPUTE_OVERTURNED, people)
    _tell_customer(event, Topic.CUSTOMER_NOTICE, decline_url=consent_url(event.claim))


def expired(event: Event, given: Given) -> None:
    people = readers.partner_side(event.claim) | readers.leads()
    _tell(event, Topic.EXPIRED, people)


# --- How an association ends -----------------------------------------------------


def declined(event: Event, given: Given) -> None:
    people = readers.partner_side(event.claim) | readers.assignee_and_leads(event.claim)
    _tell(event, Topic.CUSTOMER_DECLINED, people)
    _tell_customer(event, Topic.CUSTOMER_DECLINED_CONFIRMATION)


def disassociated(event: Event, given: Given) -> None:
    people = readers.partner_side(event.claim) | readers.assignee_and_leads(event.claim)
    _tell(event, Topic.DISASSOCIATED, people)
    _tell_customer(event, Topic.DISASSOCIATED_CONFIRMATION)


def superseded(event: Event, given: Given) -> None:
    people = readers.partner_side(event.claim) | readers.assignee_and_leads(event.claim)
    _tell(event, Topic.SUPERSEDED, people)
    _tell_customer(event, Topic.SUPERSEDED_CONFIRMATION)


# --- What is no step -----------------------------------------------------


def comment_added(
    *, claim: Claim, author: User, text: str, key: str, now: datetime
) -> None:
    """Tell the other side that somebody wrote a comment."""
    others = readers.assignee_or_leads if author.is_partner else readers.partner_side
    people = others(claim)
    facts = {**facts_of(claim), "comment": text, "actor_name": _name_for(author)}
    compose_about(claim, Topic.COMMENT_ADDED, people, facts, key=key, now=now)


def deadline_extended(event: Event, given: Given) -> None:
    """Tell both sides that a lead gave the partner more time."""
    claim = event.claim
    people = readers.partner_side(claim) | readers.assignee(claim)
    facts = {**facts_of(claim), "comment": event.changes["reason"][1]}
    key = f"event:{event.pk}"
    compose_about(claim, Topic.EXTENDED, people, facts, key=key, now=event.applied_at)


def clock_held(event: Event, given: Given) -> None:
    """Tell both sides that the partner's clock stands still; the leads decide."""
    claim = event.claim
    facts = {**facts_of(claim), "decide_url": decision_url(claim)}
    key = f"event:{event.pk}"
    people = readers.partner_side(claim) | readers.assignee_and_leads(claim)
    compose_about(claim, Topic.CLOCK_HELD, people, facts, key=key, now=event.applied_at)


def request_again(event: Event, given: Given) -> None:
    """Send the partner once more what the last request asked for."""
    claim = event.claim
    asked = claim.events.filter(to_state=claim.state, step__in=REQUESTS)
    request = asked.exclude(from_state=claim.state).last()
    if request is None:
        return
    facts = {**_facts_of_step(request, claim)}
    people = readers.partner_side(claim)
    compose_about(
        claim,
        REQUESTS[request.step],
        people,
        facts,
        key=f"event:{event.pk}",
        now=event.applied_at,
    )


def decision_url(claim: Claim) -> str:
    """Return where a lead decides about a clock that stands still."""
    path = reverse("claim-held", args=[claim.number])
    return f"{settings.PUBLIC_URL}{path}"


# --- Facts -----------------------------------------------------


def facts_of(claim: Claim) -> dict[str, Any]:
    """Return what every message about a claim may say of it."""
    deadline = deadlines.running(claim)
    why_not = has_dispute_left(claim, SYSTEM) or was_not_withdrawn(claim, SYSTEM)
    clock = claim.stage.clock
    disputable = claim.stage.action("dispute") is not None
    return {
        "number": claim.number,
        "claim_name": claim.name,
        "customer_name": claim.customer_name,
        "partner_name": claim.partner.name,
        "status": in_every_language(claim.stage.label),
        "products": [str(line) for line in claim.lines_now],
        "due_at": deadline.due_at.isoformat() if deadline else None,
        "zone": deadline.time_zone if deadline else "UTC",
        "due_kind": in_every_language(clock.label) if clock else None,
        "days": deadline.rule.split()[0] if deadline else None,
        "url": settings.PUBLIC_URL + claim.get_absolute_url(),
        "history_url": settings.PUBLIC_URL + claim.get_absolute_url() + "#history",
        "dispute_possible": disputable and why_not is None,
        "why_not": in_every_language(why_not) if why_not else None,
        "dispute_until": deadline.due_at.isoformat()
        if deadline and disputable
        else None,
        "dispute_url": _step_url(claim, "dispute") if disputable else None,
    }


def _facts_of_step(event: Event, claim: Claim) -> dict[str, Any]:
    own = event.claim_id == claim.pk
    facts = facts_of(claim)
    if not own:  # a rival's step: nothing of it may be told
        return facts
    return {
        **facts,
        "comment": event.comment,
        "actor_name": _name_for(event.actor),
        "reasons": [_reason(claim, reason) for reason in event.reasons],
        "files": [
            {
                "name": file.name,
                "sha256": file.sha256,
                "refused": file.is_refused,
                "refusal": file.refusal_code,
            }
            for file in claim.evidence_now
        ],
    }


def _reason(claim: Claim, given: dict[str, Any]) -> dict[str, Any]:
    lines = {line.pk: str(line) for line in claim.lines_all}
    reason = Reason(given["code"])
    return {
        "label": in_every_language(reason.label),
        "sentence": in_every_language(REASON_SENTENCES[reason]),
        "line": lines.get(given["line"]),
    }


def _name_for(author: User | None) -> str | None:
    return str(author) if author else None


def _step_url(claim: Claim, step: str) -> str:
    path = reverse("claim-step", args=[claim.number, step])
    return f"{settings.PUBLIC_URL}{path}"


# --- Sending -----------------------------------------------------


def _tell(
    event: Event,
    topic: Topic,
    people: Iterable[User],
    *,
    about: Claim | None = None,
    mark: str = "",
    **more: Any,
) -> None:
    claim = about or event.claim
    facts = {**_facts_of_step(event, claim), **more}
    key = f"event:{event.pk}{mark}"
    compose_about(claim, topic, people, facts, key=key, now=event.applied_at)


def compose_about(
    claim: Claim,
    topic: Topic,
    people: Iterable[User],
    facts: dict[str, Any],
    *,
    key: str,
    now: datetime,
) -> None:
    """Write one message for each reader; the key names what it tells of."""
    compose_for_all(
        keys={person: f"{key}:{topic}:{person.pk}" for person in people},
        topic=topic,
        context=facts,
        group=claim.number,
        url=claim.get_absolute_url(),
        now=now,
    )


def _tell_customer(event: Event, topic: Topic, **more: Any) -> None:
    claim = event.claim
    facts = facts_of(claim)
    compose(
        key=f"event:{event.pk}:{topic}:customer",
        topic=topic,
        audience=claim.customer_contact_email,
        context={
            "number": claim.number,
            "customer_name": claim.customer_name,
            "contact_name": claim.customer_contact_name,
            "partner_name": claim.partner.name,
            "products": facts["products"],
            **more,
        },
        language=claim.customer_language,
        group=claim.number,
        now=event.applied_at,
    )
