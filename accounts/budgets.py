"""How often something may be tried: counted in the database.

A cache may be emptied at any moment; these numbers stay. A span begins with its first
try and ends when it said, however much is tried meanwhile: nobody can prolong it. Which
limits there are, and why they lock nobody out: docs/decisions/0007-sign-in.md.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F
from django.utils.crypto import salted_hmac

from accounts.models import Budget

SPEND = """
INSERT INTO accounts_budget AS known (name, spent, ends_at) VALUES (%s, 1, %s)
ON CONFLICT (name) DO UPDATE SET
    spent = CASE WHEN known.ends_at <= %s THEN 1 ELSE known.spent + 1 END,
    ends_at = CASE WHEN known.ends_at <= %s THEN excluded.ends_at ELSE known.ends_at END
RETURNING spent
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries within a span of time, by whatever `of` tells apart."""

    name: str
    times: int
    within: timedelta


def spend(*, limit: Limit, of: str, now: datetime) -> bool:
    """Use up one try; False if there was none left.

    The row stays locked until the transaction ends: of many tries at once, each is
    counted before the next one is judged.
    """
    with connection.cursor() as cursor:
        ends_at = now + limit.within
        cursor.execute(SPEND, [_row_name(limit, of), ends_at, now, now])
        (spent,) = cursor.fetchone()
    return int(spent) <= limit.times


def refund(*, limit: Limit, of: str) -> None:
    """Give one try back; the others stay spent."""
    row = Budget.objects.filter(name=_row_name(limit, of), spent__gt=0)
    row.update(spent=F("spent") - 1)


def _row_name(limit: Limit, of: str) -> str:
    """Return a name that tells nobody which addresses were tried."""
    named = f"{limit.name}:{of}"
    return salted_hmac("accounts.budgets", named, algorithm="sha256").hexdigest()
