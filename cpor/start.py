"""The start page: what waits for this person, whoever they are (SCREENS.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import StaffRole, User
from accounts.rulebook import shown_value
from claims import keeping, queries
from claims.access import may_keep_watch, visible_to
from claims.machine import Stage
from claims.models import Claim
from claims.presenters import ShownDeadline, shown_deadlines
from claims.queries import Tally
from claims.reasons import REASON_SENTENCES, Reason
from claims.rulebook import REVIEW_DAYS, REVIEW_START_DAYS
from claims.workflow import CLAIM

SHOWN = 8
SHORT = 5
DATES = 20
# What a partner is asked for by the step that leads on, and what the button says.
ASKS = {
    "submit": gettext_lazy("Complete the draft and submit it."),
    "dispute": gettext_lazy("Read the decision; you may dispute it once."),
}
BUTTONS = {
    "submit": gettext_lazy("Continue"),
    "resubmit": gettext_lazy("Answer"),
    "dispute": gettext_lazy("Read the decision"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A claim on a start page: what is asked, until when, and the way there."""

    claim: Claim
    ask: str
    url: str
    button: str
    deadline: ShownDeadline | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """Some claims of one kind, the first ones shown, all of them counted."""

    items: Sequence[Item]
    total: Tally

    def __bool__(self) -> bool:
        return bool(self.items)


@dataclass(frozen=True, slots=True)
class Load:
    """How much one reviewer has to do."""

    person: User
    open: int
    overdue: int


def start_of(person: User, now: datetime) -> tuple[str, Mapping[str, Any]]:
    """Return the template of this person's start page, and what it shows."""
    if person.is_partner:
        return "start/partner.html", _partner(person, now)
    if person.is_lead:
        return "start/lead.html", _lead(person, now)
    if person.is_reviewer:
        return "start/reviewer.html", _reviewer(person, now)
    return "start/staff.html", _staff(person, now)


def _partner(person: User, now: datetime) -> dict[str, Any]:
    claims = visible_to(person)
    with_reviewers = queries.with_reviewers(claims) | queries.open_disputes(person)
    return {
        **_shelves(
            person,
            now,
            waiting=(queries.waiting_for(person), SHOWN),
            with_reviewers=(with_reviewers.order_by("due_at", "pk"), SHORT),
            decided=(queries.decided_lately(claims, now), SHORT),
        ),
        "dates": _dates(person, claims, now),
        "pipeline": (stages := _pipeline(person)),
        "has_claims": any(count for _stage, count, _url in stages),
        # Asked only by the page of a company that has no claims yet.
        "start_days": partial(shown_value, REVIEW_START_DAYS),
        "review_days": partial(shown_value, REVIEW_DAYS),
    }


def _reviewer(person: User, now: datetime) -> dict[str, Any]:
    mine = queries.in_review_of(person)
    return {
        **_shelves(
            person,
            now,
            waiting=(mine, SHOWN),
            disputes=(queries.disputes_open_to(person), SHORT),
            unassigned=(queries.unassigned(person), SHORT),
        ),
        "dates": _dates(person, mine, now),
        "pipeline": _pipeline(person),
    }


def _lead(person: User, now: datetime) -> dict[str, Any]:
    team = queries.with_reviewers(visible_to(person)) | queries.open_disputes(person)
    return {
        **_shelves(
            person,
            now,
            overdue=(queries.overdue(team, now), SHOWN),
            unassigned=(queries.unassigned(person), SHORT),
            disputes=(queries.open_disputes(person), SHORT),
            contested=(queries.contested(person), SHORT),
            held=(queries.held(person), SHORT),
        ),
        "load": _load(person, now),
        "watch": keeping.watch(now=now),
        "kept": queries.kept_in_time(person, now),
        "pipeline": _pipeline(person),
    }


def _staff(person: User, now: datetime) -> dict[str, Any]:
    claims = visible_to(person)
    team = queries.with_reviewers(claims) | queries.open_disputes(person)
    return {
        "overdue": queries.tally(queries.overdue(team, now)),
        "disputes": queries.tally(queries.open_disputes(person)),
        "contested": queries.tally(queries.contested(person)),
        "held": queries.tally(queries.held(person)),
        "watch": keeping.watch(now=now) if may_keep_watch(person) else None,
        **_shelves(person, now, decided=(queries.decided_lately(claims, now), SHOWN)),
        "pipeline": _pipeline(person),
    }


def _shelves(
    person: User, now: datetime, **wanted: tuple[QuerySet[Claim], int]
) -> dict[str, Shelf]:
    """Fetch every shelf, and the deadlines of all of them at once."""
    found = {name: list(_shown(claims)[:n]) for name, (claims, n) in wanted.items()}
    everything = [claim for claims in found.values() for claim in claims]
    deadlines = shown_deadlines(everything, now)
    return {
        name: Shelf(
            [_item(claim, person, deadlines.get(claim.pk)) for claim in claims],
            queries.tally(wanted[name][0]),
        )
        for name, claims in found.items()
    }


def _shown(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    return claims.select_related("partner", "assignee").defer(*queries.UNSHOWN)


def _item(claim: Claim, person: User, deadline: ShownDeadline | None) -> Item:
    step = queries.next_step(claim, person) if person.is_partner else None
    name = step.name if step else ""
    return Item(
        claim,
        ask=str(ASKS.get(name) or _reasons(claim) if step else _work(claim.stage)),
        url=claim.get_absolute_url(),
        button=str(BUTTONS.get(name, _("Open"))),
        deadline=deadline,
    )


def _reasons(claim: Claim) -> str:
    """Return in sentences what the reviewers asked for."""
    return " ".join(str(REASON_SENTENCES[Reason(code)]) for code in claim.reason_codes)


def _work(stage: Stage) -> str:
    """Return what a reviewer owes a claim, or how it stands."""
    return str(stage.clock.label if stage.clock else stage.meaning)


def _dates(
    person: User, claims: QuerySet[Claim], now: datetime
) -> list[tuple[date, list[Item]]]:
    """Return what is due in the next two weeks by local day, the soonest first."""
    coming = _shown(queries.due_soon(claims, now))[:DATES]
    items = [_item(claim, person, None) for claim in coming]
    days = groupby(items, key=lambda item: timezone.localdate(item.claim.due_at))
    return [(day, list(due)) for day, due in days]


def _pipeline(person: User) -> list[tuple[Stage, Tally, str]]:
    """Return how many claims stand where, each with the way to them."""
    listed = reverse("claims")
    return [
        (stage, count, f"{listed}?status={state}")
        for state, stage, count in queries.pipeline(visible_to(person))
        if person.is_partner or state != CLAIM.initial
    ]


def _load(person: User, now: datetime) -> list[Load]:
    """Return each reviewer with what they have to do, the busiest first."""
    busy = queries.load(person, now)
    people = User.objects.filter(
        staff_role__in=[StaffRole.REVIEWER, StaffRole.LEAD], is_active=True
    )
    loads = [
        Load(one, open=row.get("open", 0), overdue=row.get("overdue", 0))
        for one in people
        for row in [busy.get(one.pk, {})]
    ]
    return sorted(loads, key=lambda load: (-load.overdue, -load.open, str(load.person)))
