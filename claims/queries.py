"""Reads about claims that are more than a filter: what waits, for whom, how much."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    TextChoices,
    Value,
)
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from claims.access import visible_to
from claims.machine import Action, Clock, Stage
from claims.models import Claim, Deadline, Line, Product, WorkCalendar
from claims.parts import Standing
from claims.reasons import Reason
from claims.rules import is_company_admin
from claims.workflow import CLAIM, Role

# A number without the letters in front of it, which full-text search would not find.
BARE_NUMBER = re.compile(r"[0-9]{4}-[0-9]+")
# What only the database reads, and is long.
UNSHOWN = ("search", "search_words")
COMING = timedelta(days=14)
LATELY = timedelta(days=30)
QUARTER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many there are, counted only as far as anybody wants to know."""

    count: int
    is_exact: bool

    def __bool__(self) -> bool:
        return self.count > 0


@dataclass(frozen=True, slots=True)
class Kept:
    """How many deadlines of one clock ended in time, of how many that ended."""

    clock: Clock
    kept: int
    ended: int

    @property
    def percent(self) -> int | None:
        """Whole per cent, rounded down: 100 means that none was late."""
        return self.kept * 100 // self.ended if self.ended else None


# --- Lists -------------------------------------------------------------------


def listed(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Fetch along what a row of a list shows, in a fixed number of queries."""
    lines = Line.objects.select_related("product").order_by("pk")
    return (
        claims.select_related("partner", "location", "assignee")
        .prefetch_related(Prefetch("lines", queryset=lines))
        .defer(*UNSHOWN)
    )


def search(claims: QuerySet[Claim], text: str) -> QuerySet[Claim]:
    """Return the claims in which every word of the text begins some word."""
    words = _words(text)
    if not words:
        return claims
    query = " & ".join(f"'{word}':*" for word in words)
    return claims.filter(search=SearchQuery(query, config="simple", search_type="raw"))


def _words(text: str) -> list[str]:
    """Return what of the text can be searched for, fit to be quoted in a tsquery."""
    composed = unicodedata.normalize("NFC", text)
    words = re.sub(r"['\\\s]+", " ", composed).split()
    return [
        f"CPOR-{word}" if BARE_NUMBER.fullmatch(word) else word
        for word in words
        if any(letter.isalnum() for letter in word)
    ]


def tally(claims: QuerySet[Claim]) -> Tally:
    """Count the claims exactly, or find that there are more than anybody reads."""
    limit = settings.LIST_EXACT_COUNT
    found = claims.order_by()[: limit + 1].count()
    return Tally(min(found, limit), is_exact=found <= limit)


def tallies(lists: Mapping[int, QuerySet[Claim]]) -> Mapping[int, Tally]:
    """Count several lists as `tally` does one, all of them in a single query."""
    limit = settings.LIST_EXACT_COUNT
    parts = [
        Claim.objects.filter(pk__in=claims.order_by().values("pk")[: limit + 1])
        .order_by()
        .annotate(of=Value(name))
        .values_list("of")
        .annotate(Count("pk"))
        for name, claims in lists.items()
    ]
    found = dict(parts[0].union(*parts[1:], all=True)) if parts else {}
    return {
        name: Tally(min(n, limit), is_exact=n <= limit)
        for name in lists
        for n in [found.get(name, 0)]
    }


def tally_by_state(claims: QuerySet[Claim]) -> Mapping[str, int] | None:
    """Count the claims in each state; None where there are too many to count."""
    limit = settings.LIST_EXACT_COUNT
    some = claims.order_by().values("pk")[: limit + 1]
    rows = Claim.objects.filter(pk__in=some).values_list("state").order_by()
    found = dict(rows.annotate(Count("pk")))
    return found if sum(found.values()) <= limit else None


def pipeline(claims: QuerySet[Claim]) -> list[tuple[str, Stage, Tally]]:
    """Return each state with its stage and how many claims are in it now."""
    known = tally_by_state(claims)
    return [
        (
            state,
            stage,
            tally(claims.filter(state=state))
            if known is None
            else Tally(known.get(state, 0), is_exact=True),
        )
        for state, stage in CLAIM.stages.items()
    ]


# --- Whose move it is --------------------------------------------------------


class Side(TextChoices):
    """Whose move a claim waits for; never a customer's, whose silence consents."""

    ME = "me", _("me")
    PARTNER = Role.PARTNER.value, _("the partner")
    REVIEWER = Role.REVIEWER.value, _("the reviewers")
    NOBODY = "nobody", _("nobody")


def waiting_on(claims: QuerySet[Claim], side: str, reader: User) -> QuerySet[Claim]:
    """Return the claims that wait for one side; what nobody can mend waits for none."""
    return claims.filter(waits_for(side, reader))


def waits_for(side: str, reader: User) -> Q:
    """Return the condition under which a claim waits for this side.

    :param reader: who "me" is
    """
    match Side(side):
        case Side.ME:
            return _waits_for_me(reader)
        case Side.NOBODY:
            return ~(_waits_for_role(Role.PARTNER) | _waits_for_role(Role.REVIEWER))
    return _waits_for_role(side)


def tally_by_wait(claims: QuerySet[Claim], reader: User) -> Mapping[str, int] | None:
    """Count the claims that wait for each side; None where they are too many."""
    return tally_by(claims, {side: waits_for(side, reader) for side in Side})


def tally_by(
    claims: QuerySet[Claim], conditions: Mapping[str, Q]
) -> Mapping[str, int] | None:
    """Count in one query how many claims meet each condition."""
    limit = settings.LIST_EXACT_COUNT
    some = claims.order_by().values("pk")[: limit + 1]
    counts = {
        f"is_{name}": Count("pk", filter=condition)
        for name, condition in conditions.items()
    }
    found = Claim.objects.filter(pk__in=some).aggregate(all=Count("pk"), **counts)
    if found["all"] > limit:
        return None
    return {name: found[f"is_{name}"] for name in conditions}


def _waits_for_role(role: str) -> Q:
    states = CLAIM.states(lambda stage: stage.waits_on == role)
    return Q(state__in=states) & ~_is_beyond_dispute()


def _waits_for_me(reader: User) -> Q:
    if reader.is_partner:
        states = CLAIM.states(lambda stage: _leads_on(stage, reader) is not None)
        return Q(state__in=states) & ~_is_beyond_dispute()
    if not reader.is_reviewer:
        return Q(pk__in=[])
    states = CLAIM.states(lambda stage: stage.waits_on == Role.REVIEWER)
    mine = Q(state__in=states, assignee=reader) & ~Q(state__in=_disputed())
    return mine | Q(state__in=_disputed()) & ~Q(rejected_by=reader)


def waiting_for(user: User) -> QuerySet[Claim]:
    """Return the claims on which this person has the next move, the soonest first."""
    claims = visible_to(user)
    if user.is_partner:
        waiting = claims.filter(_waits_for_me(user))
    elif user.is_reviewer:
        waiting = in_review_of(user)
    else:
        waiting = claims.none()
    return waiting.order_by(F("due_at").asc(nulls_last=True), "-updated_at", "pk")


def next_step(claim: Claim, user: User) -> Action | None:
    """Return the step with which this person of the partner would lead the claim on."""
    return _leads_on(claim.stage, user)


def in_review_of(user: User) -> QuerySet[Claim]:
    """Return the claims that wait for this reviewer's work, the soonest first."""
    mine = with_reviewers(visible_to(user)).filter(assignee=user)
    return mine.order_by("due_at", "pk")


def with_reviewers(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Return the claims that a reviewer starts or decides; disputes stand apart."""
    return claims.filter(
        state__in=CLAIM.states(lambda stage: stage.waits_on == Role.REVIEWER)
    ).exclude(state__in=_disputed())


def open_disputes(user: User) -> QuerySet[Claim]:
    """Return the disputes that wait for an answer, the soonest due first."""
    claims = visible_to(user).filter(state__in=_disputed())
    return claims.order_by("due_at", "pk")


def disputes_open_to(user: User) -> QuerySet[Claim]:
    """Return the disputes this reviewer may answer: of others' rejections."""
    return open_disputes(user).exclude(rejected_by=user)


def _disputed() -> list[str]:
    return CLAIM.states(lambda stage: stage.action("overturn"))


def is_beyond_dispute(claim: Claim) -> bool:
    """Return whether a rejection can no longer be disputed."""
    return claim.stage.action("dispute") is not None and (
        claim.disputed_at is not None or claim.was_withdrawn
    )


def _is_beyond_dispute() -> Q:
    return Q(state__in=CLAIM.states(lambda stage: stage.action("dispute"))) & (
        Q(disputed_at__isnull=False)
        | Q(reason_codes__contains=[Reason.PARTNER_REQUEST])
    )


def _leads_on(stage: Stage, user: User) -> Action | None:
    steps = (step for step in stage.steps if isinstance(step, Action))
    return next(
        (
            step
            for step in steps
            if step.by == Role.PARTNER
            and step.tone == "primary"
            and (user.is_partner_admin or is_company_admin not in step.rules)
        ),
        None,
    )


# --- For those who watch over the others -------------------------------------


def decided_lately(claims: QuerySet[Claim], now: datetime) -> QuerySet[Claim]:
    """Return the claims decided in the last 30 days, the latest first."""
    return claims.filter(decided_at__gt=now - LATELY).order_by("-decided_at", "-pk")


def overdue(claims: QuerySet[Claim], now: datetime) -> QuerySet[Claim]:
    """Return the claims whose time has run out, the longest overdue first."""
    return claims.filter(is_overdue(now)).order_by("due_at", "pk")


def is_overdue(now: datetime) -> Q:
    """Return the condition under which a claim's time has run out.

    A clock that is held stands still: it waits for a lead, and nobody is late.
    """
    return Q(due_at__lt=now) & ~Q(is_held())


def is_held() -> Exists:
    """Return the condition under which a claim's clock is held."""
    running = Deadline.objects.filter(claim=OuterRef("pk"), closed_at__isnull=True)
    return Exists(running.filter(held_at__isnull=False))


def due_soon(claims: QuerySet[Claim], now: datetime) -> QuerySet[Claim]:
    """Return the claims that are due within the next two weeks, the soonest first."""
    coming = claims.filter(due_at__gte=now, due_at__lt=now + COMING)
    return coming.order_by("due_at", "pk")


def unassigned(user: User) -> QuerySet[Claim]:
    """Return the claims that no reviewer has taken yet, the soonest due first."""
    free = with_reviewers(visible_to(user)).filter(assignee__isnull=True)
    return free.order_by("due_at", "pk")


def contested(user: User) -> QuerySet[Claim]:
    """Return claims with reviewers whose key another partner holds (DOMAIN.md §7)."""
    held_lines = Line.objects.filter(
        standing=Standing.HELD,
        tenant_id=OuterRef("tenant_id"),
        engagement=OuterRef("engagement"),
        product=OuterRef("product"),
    ).exclude(partner=OuterRef("partner"))
    lines = Line.objects.filter(
        Exists(held_lines.filter(subscription_id=OuterRef("subscription_id")))
        | Q(subscription_id__isnull=True)
        & Exists(held_lines.filter(subscription_id__isnull=True)),
        standing=Standing.OPEN,
        claim=OuterRef("pk"),
    )
    claims = with_reviewers(visible_to(user)).filter(Exists(lines))
    return claims.order_by("due_at", "pk")


def held(user: User) -> QuerySet[Claim]:
    """Return the claims whose clock waits for a lead's decision (DOMAIN.md §3)."""
    return visible_to(user).filter(is_held()).order_by("due_at", "pk")


def load(user: User, now: datetime) -> Mapping[int, Mapping[str, Any]]:
    """Return for each busy reviewer's key how many claims are open and overdue."""
    taken = with_reviewers(visible_to(user)).filter(assignee__isnull=False)
    rows = (
        taken.order_by()
        .values("assignee")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=is_overdue(now)))
    )
    return {row["assignee"]: row for row in rows}


def kept_in_time(user: User, now: datetime) -> list[Kept]:
    """Return for each clock that somebody owes how often its time was kept of late.

    A deadline that was extended has not ended: only the last of its chain counts.
    """
    extended = Deadline.objects.filter(extends=OuterRef("pk"))
    ended = Deadline.objects.filter(
        ~Exists(extended), claim__in=visible_to(user), closed_at__gt=now - QUARTER
    )
    rows = (
        ended.order_by()
        .values_list("clock")
        .annotate(
            kept=Count("pk", filter=Q(closed_at__lte=F("due_at"))), ended=Count("pk")
        )
    )
    found = {clock: (kept, ended) for clock, kept, ended in rows}
    return [
        Kept(clock, *found.get(name, (0, 0)))
        for name, clock in CLAIM.clocks.items()
        if not clock.is_right
    ]


def calendars() -> QuerySet[WorkCalendar]:
    """Return every calendar with the company it belongs to."""
    return WorkCalendar.objects.select_related("partner")


def products() -> QuerySet[Product]:
    """Return what can be claimed now."""
    return Product.objects.filter(is_active=True).order_by("area", "name", "pk")
