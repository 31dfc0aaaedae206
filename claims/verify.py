"""Finding claims in a state that no run of steps could have led to."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Max, Prefetch, Q, QuerySet

from claims.models import Claim, Deadline, Event, Line
from claims.parts import Standing
from claims.workflow import CLAIM


@dataclass(frozen=True, slots=True)
class Fault:
    """One claim and what cannot be true of it."""

    number: str
    what: str


def faults() -> Iterator[Fault]:
    """Yield every claim in an impossible state; reads in chunks, changes nothing."""
    for what, claims in _questions():
        for number in claims.values_list("number", flat=True).iterator():
            yield Fault(number, what)
    yield from _broken_histories()


def _questions() -> Iterator[tuple[str, QuerySet[Claim]]]:
    claims = Claim.objects.order_by("number")
    yield from _about_deadlines(claims)
    yield from _about_history(claims)
    held = CLAIM.states(lambda stage: stage.standing == Standing.HELD)
    yield (
        "it is associated but none of its lines is",
        claims.filter(state__in=held).exclude(
            pk__in=Line.objects.filter(standing=Standing.HELD).values("claim")
        ),
    )


def _about_deadlines(
    claims: QuerySet[Claim],
) -> Iterator[tuple[str, QuerySet[Claim]]]:
    timed = CLAIM.states(lambda stage: stage.clock)
    running = Deadline.objects.filter(closed_at__isnull=True)
    has_running = Q(pk__in=running.values("claim"))
    astray = running.exclude(due_at=F("claim__due_at")).values("claim")
    yield (
        "its status has a clock but no deadline runs",
        claims.filter(state__in=timed).exclude(has_running),
    )
    yield (
        "a deadline runs although its status has no clock",
        claims.exclude(state__in=timed).filter(has_running),
    )
    yield (
        "its due date differs from that of its running deadline",
        claims.filter(pk__in=astray),
    )


def _about_history(claims: QuerySet[Claim]) -> Iterator[tuple[str, QuerySet[Claim]]]:
    counted = claims.annotate(count=Count("events"), last=Max("events__version"))
    disputes = Event.objects.filter(step="dispute").values("claim")
    yield (
        "its version differs from the number of its events",
        counted.filter(
            Q(version__gt=0) & (~Q(count=F("version")) | ~Q(last=F("version")))
        ),
    )
    yield (
        "it left draft without a date of submission",
        claims.exclude(state=CLAIM.initial).filter(first_submitted_at__isnull=True),
    )
    yield (
        "it was disputed but its history has no dispute",
        claims.filter(disputed_at__isnull=False).exclude(pk__in=disputes),
    )


def _broken_histories() -> Iterator[Fault]:
    claims = Claim.objects.filter(version__gt=0).prefetch_related(
        Prefetch("events", Event.objects.order_by("version"))
    )
    for claim in claims.iterator(chunk_size=500):
        if what := _fault_in_history(claim):
            yield Fault(claim.number, what)


def _fault_in_history(claim: Claim) -> str | None:
    """Each event starts where the one before it ended, along a declared edge."""
    state = str(CLAIM.initial)
    for event in claim.events.all():
        if event.from_state != state:
            return f"its history jumps before version {event.version}"
        if event.is_step and (state, event.to_state) not in CLAIM.edges:
            return f"version {event.version} is no declared step"
        state = event.to_state
    return None if state == claim.state else "its history ends in another status"
