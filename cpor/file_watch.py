"""Telling leads and programme admins, once, what is wrong with scanner and storage."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from claims import evidence, gate, keeping
from claims.models import Fault, KeepingFault, KeepingRun, Why
from cpor import readers
from notifications.actions import compose_for_all
from notifications.topics import Topic
from notifications.wording import in_every_language

SHOWN = 10
# A scanner that is only being restarted is nobody's business.
PATIENCE = timedelta(minutes=15)
# Files of a comment that nobody sends are kept so long for whoever wrote it.
LEFT_OVER = timedelta(days=7)


def verify(*, now: datetime, most_files: int, most_seconds: float) -> int:
    """Go on with the check of the stored files, and tell of what its end found.

    :raises vault.Unavailable: if the storage does not answer
    """
    run = keeping.open_run(now=now)
    if run is None:
        return 0
    sitting = keeping.go_on(
        run=run, now=now, most_files=most_files, most_seconds=most_seconds
    )
    if sitting.is_done:
        evidence.drop_left_over(before=now - LEFT_OVER)
        _tell_of_faults(run, now)
    return sitting.files


def tell_of_scanner(*, now: datetime) -> None:
    """Tell once of each time the scanner is shut for longer than a restart."""
    state = gate.last_look()
    if state is None or state.is_open or now - state.since < PATIENCE:
        return
    key = f"scanner:{state.since.isoformat()}"
    _tell(key, {"scanner": in_every_language(Why(state.why).label), **_place()}, now)


def _tell_of_faults(run: KeepingRun, now: datetime) -> None:
    """Tell of what was found since the run began; older faults were told of."""
    new = keeping.open_faults().filter(found_at__gte=run.started_at)
    faults = new.exclude(what=Fault.ORPHAN)
    count = faults.count()
    if count:
        listed = [_line(fault) for fault in faults[:SHOWN]]
        context = {"count": count, "claims": listed, "more": max(0, count - SHOWN)}
        _tell(f"file-faults:{run.pk}", {**context, **_place()}, now)


def _line(fault: KeepingFault) -> dict[str, str]:
    claim = fault.evidence.claim if fault.evidence else None
    return {
        "number": claim.number if claim else fault.name,
        "customer_name": claim.customer_name if claim else "",
    }


def _place() -> dict[str, str]:
    return {"url": f"{settings.PUBLIC_URL}{reverse('file-watch')}"}


def _tell(key: str, context: Mapping[str, Any], now: datetime) -> None:
    compose_for_all(
        keys={person: f"{key}:{person.pk}" for person in readers.clock_keepers()},
        topic=Topic.FILES_AT_RISK,
        context=context,
        url=reverse("file-watch"),
        now=now,
    )
