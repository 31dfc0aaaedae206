"""What `make bench` measures of a standstill: 10,000 overdue claims made up for."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import psycopg
from django.db import models
from django.utils import timezone

from accounts.models import StaffRole
from claims import verify
from claims.models import Claim, Deadline, Event, Evidence, Line
from notifications.models import Delivery, DeliveryState, Message
from tests import factories
from tests.doors import owner_address

OVERDUE = 10_000
MINUTES = 5.0
SWEEPERS = 2  # one for each core
COMPANIES = 10
# How each claim came to be overdue, in which share, and where its clock leads it.
SHARES = {
    "action_required": (0.4, "rejected"),
    "rejected": (0.3, "rejected_final"),
    "submitted": (0.3, "in_review"),
}
STARTED = timedelta(days=40)
# Due at some time of the standstill, which is over since an hour.
DUE = "%(due)s - (n * 7919 %% 258000) * interval '1 second'"
NUMBER = "'CPOR-2020-' || lpad((%(base)s + n)::text, 7, '0')"
TENANT = "md5((%(base)s + n)::text)::uuid"


def measure(ratio: Callable[[str, float, float], Any]) -> list[Any]:
    """Let two sweepers loose on what 72 hours left behind; every claim must move."""
    marks = overdue_claims(OVERDUE)
    start = perf_counter()
    sweep_all()
    seconds = perf_counter() - start
    assert_all_moved(marks)
    sys.stdout.write(f"{OVERDUE:,} overdue claims: {seconds:.0f} s\n")
    name = f"minutes to make up for 72 h: {OVERDUE:,} overdue claims"
    return [ratio(name, seconds / 60, MINUTES)]


def sweep_all(sweepers: int = SWEEPERS) -> None:
    """Run so many sweepers at once until nothing is left; without Redis."""
    program = [sys.executable, "manage.py", "enforce_deadlines"]
    with psycopg.connect(owner_address(), autocommit=True) as raw:
        raw.execute("ANALYZE")
    children = [subprocess.Popen(program, env=os.environ) for _ in range(sweepers)]
    codes = [child.wait() for child in children]
    assert codes == [0] * sweepers, codes


def now() -> datetime:
    return timezone.now()


def overdue_claims(count: int, companies: int = COMPANIES) -> dict[str, list[int]]:
    """Create overdue claims in bulk; return their keys by the state they are in."""
    now = timezone.now()
    for _ in range(companies):
        factories.staff()
    factories.staff(StaffRole.LEAD, is_available=False)
    people = [factories.person(factories.partner()) for _ in range(companies)]
    made: dict[str, list[int]] = {}
    for state, (share, _to) in SHARES.items():
        each = round(count * share / companies)
        made[state] = []
        for person in people:
            model = _model_of(state, person, now)
            made[state] += list(_copies(model, each, now))
    return made


def assert_all_moved(marks: Mapping[str, list[int]]) -> None:
    """Each claim took exactly its one step, at its due time; nothing else is wrong."""
    for state, (_share, to) in SHARES.items():
        moved = Claim.objects.filter(pk__in=marks[state])
        assert set(moved.values_list("state", flat=True)) == {to}, state
        last = Event.objects.filter(claim__in=marks[state], from_state=state)
        assert last.count() == len(marks[state])
        assert not last.exclude(applied_at__gt=models.F("at")).exists()
    assert next(verify.faults(), None) is None


def _model_of(state: str, person: Any, now: datetime) -> Claim:
    """Walk one claim to the state, long enough ago, and deliver its warnings."""
    claim = factories.claim(state, by=person, now=now - STARTED)
    if state == "action_required":
        facts = Message.objects.filter(group=claim.number, topic=state).first()
        assert facts is not None
        Message.objects.create(
            key=f"bench:{claim.pk}",
            topic="reminder",
            recipient=person,
            group=claim.number,
            context=facts.context,
            message_id=f"<{claim.pk}@bench>",
            created_at=now - STARTED,
        )
        for message in Message.objects.filter(group=claim.number, delivery=None):
            Delivery.objects.create(message=message)
    Delivery.objects.update(state=DeliveryState.ACCEPTED)
    Deadline.objects.filter(claim=claim, closed_at=None).update(next_reminder_at=None)
    return Claim.objects.get(pk=claim.pk)


def _copies(claim: Claim, count: int, now: datetime) -> range:
    """Copy a claim with all that hangs on it; triggers are off while this lasts."""
    with psycopg.connect(owner_address()) as raw, raw.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT max(id) FROM claims_claim")
        base = (cursor.fetchone() or [0])[0]
        copy = Copy(cursor, claim, base, count, now)
        copy.rows(
            Claim,
            f"id = {claim.pk}",
            id="%(base)s + n",
            number=NUMBER,
            tenant_id=TENANT,
            due_at=DUE,
            draft_key="NULL",
        )
        for table in (Event, Evidence):
            copy.rows(table, f"claim_id = {claim.pk}")
        copy.rows(Line, f"claim_id = {claim.pk}", tenant_id=TENANT)
        copy.rows(
            Deadline,
            f"claim_id = {claim.pk} AND closed_at IS NULL",
            due_at=DUE,
            act_at=DUE,
        )
        _copy_messages(copy)
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('claims_claim', 'id'), max(id)) "
            "FROM claims_claim"
        )
    return range(base + 1, base + count + 1)


class Copy:
    """Inserts n copies of some rows, each hung on its own copy of the claim."""

    def __init__(
        self, cursor: Any, claim: Claim, base: int, count: int, now: datetime
    ) -> None:
        self.cursor = cursor
        self.given = {"base": base, "count": count, "due": now - timedelta(hours=1)}
        self.given["model"] = claim.pk

    def rows(self, model: type[models.Model], where: str, **other: str) -> None:
        meta = model._meta  # noqa: SLF001 -- Django's own way to a table's columns
        fields = [
            str(field.column)
            for field in meta.concrete_fields
            if not isinstance(field, models.GeneratedField)
        ]
        values = {"claim_id": "%(base)s + n", "public_id": "gen_random_uuid()", **other}
        columns = [name for name in fields if (name and name != "id") or "id" in other]
        taken = ", ".join(values.get(name, f't."{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        self.cursor.execute(
            f"INSERT INTO {meta.db_table} ({names}) SELECT {taken} "  # noqa: S608
            f"FROM {meta.db_table} t, generate_series(1, %(count)s) n "
            f"WHERE t.{where}",
            self.given,
        )


def _copy_messages(copy: Copy) -> None:
    """Copy the warnings of the claim, each with its delivery."""
    where = '"group" = (SELECT number FROM claims_claim WHERE id = %(model)s)'
    copy.rows(
        Message,
        where,
        group=NUMBER,
        key="t.key || ':' || (%(base)s + n)",
        message_id="'<' || t.id || '.' || (%(base)s + n) || '@bench>'",
    )
    copy.cursor.execute(
        "INSERT INTO notifications_delivery (message_id, state, attempts, last_error) "
        "SELECT m.id, 'accepted', 1, '' FROM notifications_message m "
        "WHERE NOT EXISTS (SELECT FROM notifications_delivery d "
        "WHERE d.message_id = m.id)"
    )
