"""Who hears that a clock was stopped, or that dates moved: one message per reader."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import ADMIN_TITLES, StaffRole, User
from claims.models import Brake, Deadline, Postponement
from notifications.actions import compose
from notifications.topics import Topic
from notifications.wording import in_every_language

SHOWN = 50  # claims named in one message; the others are counted


def clock_stopped(brake: Brake, now: datetime) -> None:
    """Tell leads and programme admins that a clock waits for them."""
    page = reverse("clock", args=[brake.clock])
    watching = User.objects.filter(
        staff_role__in=[StaffRole.LEAD, StaffRole.PROGRAMME_ADMIN], is_active=True
    )
    for person in watching.order_by("pk"):
        compose(
            key=f"limit:{brake.clock}:{now.isoformat()}:{person.pk}",
            topic=Topic.CLOCK_STOPPED,
            audience=person,
            context={
                "due_kind": in_every_language(brake.declared.label),
                "count": brake.taken,
                "url": settings.PUBLIC_URL + page,
            },
            url=page,
            now=now,
        )


def dates_moved(postponement: Postponement, now: datetime) -> None:
    """Tell everybody whose claims got a later date, each with their own claims."""
    moved = postponement.deadlines.order_by("partner_id", "pk")
    companies = moved.order_by("partner_id").values_list("partner_id", flat=True)
    for company in companies.distinct():
        rows = list(_with_claims(moved.filter(partner=company)))
        for person, theirs in _by_reader(company, rows).items():
            _tell(postponement, person, theirs, now)
    reviewers = User.objects.filter(
        assigned_claims__deadlines__postponement=postponement, is_active=True
    )
    for person in reviewers.distinct().order_by("pk"):
        rows = list(_with_claims(moved.filter(claim__assignee=person)))
        _tell(postponement, person, rows, now)


def _with_claims(moved: QuerySet[Deadline]) -> QuerySet[Deadline]:
    rows = moved.select_related("claim")
    return rows.defer("claim__search", "claim__search_words").order_by("due_at", "pk")


def _by_reader(company: int, rows: list[Deadline]) -> dict[User, list[Deadline]]:
    """Return who of a company hears of which claims: its admins of all of them."""
    people = User.objects.filter(partner=company, is_active=True).order_by("pk")
    found = defaultdict[User, list[Deadline]](list)
    for person in people:
        for row in rows:
            if person.title in ADMIN_TITLES or row.claim.created_by_id == person.pk:
                found[person].append(row)
    return found


def _tell(
    postponement: Postponement, person: User, rows: list[Deadline], now: datetime
) -> None:
    page = reverse("claims")
    compose(
        key=f"postponement:{postponement.pk}:{person.pk}",
        topic=Topic.DATES_MOVED,
        audience=person,
        context={
            "cause": in_every_language(Postponement.Cause(postponement.cause).label),
            "comment": postponement.reason,
            "count": len(rows),
            "more": max(0, len(rows) - SHOWN),
            "moved": [_facts(row) for row in rows[:SHOWN]],
            "url": settings.PUBLIC_URL + page,
        },
        url=page,
        now=now,
    )


def _facts(row: Deadline) -> dict[str, Any]:
    return {
        "number": row.claim.number,
        "customer_name": row.claim.customer_name,
        "due_at": row.due_at.isoformat(),
        "zone": row.time_zone,
    }
