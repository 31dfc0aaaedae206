"""What the tests of the clocks' pages look at."""

from datetime import UTC, datetime

CLOCK = "dispute_window"


def running(claim):
    return claim.deadlines.get(closed_at=None)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
