"""Deadlines that could not act: set aside, told of once, and looked at again."""

from collections.abc import Collection
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F, QuerySet

from claims.models import Deadline, SetAside

log = structlog.get_logger(__name__)

LONGEST_ERROR = 500


@transaction.atomic
def set_aside(
    *, deadline: int, error: Exception, now: datetime, **again: datetime
) -> None:
    """Write down what a deadline stumbled over, and when it is looked at again."""
    log.error("deadline_set_aside", deadline=deadline, exc_info=error)
    running = Deadline.objects.filter(pk=deadline)
    running.update(**again)
    partner = running.values_list("partner", flat=True).first()
    if partner is None:
        return
    words = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    row, created = SetAside.objects.get_or_create(
        deadline_id=deadline,
        defaults={
            "partner_id": partner,
            "first_at": now,
            "last_at": now,
            "error": words,
        },
    )
    if not created:
        fresh = {"first_at": now, "reported_at": None} if row.mended_at else {}
        SetAside.objects.filter(pk=row.pk).update(
            last_at=now,
            attempts=F("attempts") + 1,
            error=words,
            mended_at=None,
            **fresh,
        )


def open_ones() -> QuerySet[SetAside]:
    """Return what is still set aside, the longest first."""
    return (
        SetAside.objects.filter(mended_at__isnull=True)
        .select_related("deadline__claim__partner")
        .order_by("first_at", "pk")
    )


def troubled() -> set[int]:
    """Return the keys of the deadlines that are set aside."""
    return set(open_ones().values_list("deadline", flat=True))


def mend(*, deadlines: Collection[int], now: datetime) -> None:
    """Note that these deadlines got through."""
    SetAside.objects.filter(deadline__in=deadlines, mended_at__isnull=True).update(
        mended_at=now
    )


def mend_the_ended(*, now: datetime) -> None:
    """Note that a deadline is over, whoever ended it."""
    over = open_ones().filter(deadline__closed_at__isnull=False)
    mend(deadlines=list(over.values_list("deadline", flat=True)), now=now)


@transaction.atomic
def take_unreported(*, now: datetime) -> list[SetAside]:
    """Return what nobody has been told of yet, and note that it is told now."""
    found = list(
        open_ones()
        .filter(reported_at__isnull=True)
        .select_for_update(skip_locked=True, of=("self",))
    )
    SetAside.objects.filter(pk__in=[row.pk for row in found]).update(reported_at=now)
    return found
