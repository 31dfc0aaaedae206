"""Claim numbers: in a row for the database, in no order for its readers."""

import hashlib
import hmac
from datetime import datetime

from django.conf import settings
from django.db import connection

HALF = 1000  # a number has two halves of three digits
ROUNDS = 4


def next_number(now: datetime) -> str:
    """Return an unused claim number such as CPOR-2026-048213.

    A running number would tell a rival how many claims the others file. So the row
    number is permuted: every six-digit block is used up before a seventh digit comes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('claims_number')")
        row = cursor.fetchone()[0]
    block, place = divmod(row, HALF * HALF)
    digits = f"{block}{shuffled(place):06d}" if block else f"{shuffled(place):06d}"
    return f"CPOR-{now.year}-{digits}"


def shuffled(place: int) -> int:
    """Return another number below a million; no two places share one (Feistel)."""
    left, right = divmod(place, HALF)
    for turn in range(ROUNDS):
        left, right = right, (left + _mix(turn, right)) % HALF
    return left * HALF + right


def _mix(turn: int, half: int) -> int:
    key = settings.SECRET_KEY.encode()
    digest = hmac.digest(key, f"claim number {turn} {half}".encode(), hashlib.sha256)
    return int.from_bytes(digest[:8])
