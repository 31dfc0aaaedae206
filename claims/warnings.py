"""Whether a partner was warned before a deadline takes something (DOMAIN.md §3)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from claims.models import Deadline
from notifications import queries as messages
from notifications.topics import Topic

# What a deadline that takes something from the partner must have announced.
REQUESTS = frozenset({Topic.ACTION_REQUIRED, Topic.RETURNED})
REMINDERS = frozenset({Topic.REMINDER})
WARNINGS = REQUESTS | REMINDERS

type Arrived = dict[tuple[str, int], list[tuple[str, datetime]]]


def was_warned(deadline: Deadline) -> bool:
    """Return whether the partner got the request and a reminder."""
    return not unwarned([deadline])


def unwarned(deadlines: Iterable[Deadline]) -> list[Deadline]:
    """Return those of which no request or no reminder has stayed with the partner.

    A mail counts that the mail server accepted and that has not come back; so does the
    word of a lead who has told the partner otherwise.
    """
    asked = [each for each in deadlines if not each.warned_otherwise]
    arrived = _arrived({each.claim.number for each in asked})
    return [each for each in asked if not _is_warning(each, arrived)]


def _arrived(groups: set[str]) -> Arrived:
    arrived: Arrived = defaultdict(list)
    for group, partner, topic, at in messages.accepted_in(
        groups=groups, topics=WARNINGS
    ):
        arrived[group, partner].append((topic, at))
    return arrived


def _is_warning(deadline: Deadline, arrived: Arrived) -> bool:
    told = arrived[deadline.claim.number, deadline.partner_id]
    topics = {topic for topic, at in told if at >= deadline.started_at}
    return not REQUESTS.isdisjoint(topics) and not REMINDERS.isdisjoint(topics)
