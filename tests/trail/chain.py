"""A company's chain as tests write it, and what somebody can do who owns the tables."""

from contextlib import contextmanager
from datetime import timedelta

from django.db import connection

from accounts.models import Deed, TrailEntry
from accounts.trail import record
from accounts.trail_check import faults
from tests import doors
from tests.factories import NOW

ROWS = 5
TABLES = ("accounts_trailentry", "accounts_trailhead")


def write(company, actor=None, number=0):
    record(
        deed=Deed.DOCUMENT_READ,
        actor=actor,
        partner_id=company.pk if company else None,
        about=f"file {number}",
        details={"bytes": number, "names": ["ä", None, True]},
        now=NOW + timedelta(seconds=number, microseconds=number),
    )


@contextmanager
def around_the_triggers():
    """What somebody can do who owns the tables."""
    with doors.as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        yield cursor
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def said():
    return [str(fault) for fault in faults()]


def rows(company):
    return TrailEntry.objects.filter(partner=company).order_by("number")
