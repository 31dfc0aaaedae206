"""What waits for a reader, what waits for the mail server, and what came through."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.models import User
from notifications import rendering
from notifications.models import (
    FAILED_STATES,
    OPEN_STATES,
    Delivery,
    DeliveryState,
    Message,
    Preference,
    Trouble,
)
from notifications.topics import (
    BY_MAIL_ONLY,
    GROUP_OF,
    OBLIGATORY,
    Topic,
    TopicGroup,
    can_switch_off,
)

IN_APP = sorted(set(Topic) - BY_MAIL_ONLY)
PAGE = 50
MOST_UNREAD = 100
# How long after a failure a fresh mail is left to the sweep instead of tried at once.
QUIET = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One message as the inbox shows it."""

    message: Message
    headline: str
    action: str


@dataclass(frozen=True, slots=True)
class InboxGroup:
    """What one claim has to say, newest first; the name is empty for anything else."""

    name: str
    lines: tuple[InboxLine, ...]


def inbox_of(user: User) -> QuerySet[Message]:
    """Return the messages that this reader, and nobody else, finds in the inbox."""
    return (
        Message.objects.filter(recipient=user, topic__in=IN_APP)
        .select_related("recipient")
        .order_by("-pk")
    )


def unread(user: User) -> QuerySet[Message]:
    return inbox_of(user).filter(read_at__isnull=True)


def unread_count(user: User) -> int:
    """Return how many messages the reader has not opened; counts to 100 at most."""
    return unread(user).order_by()[:MOST_UNREAD].count()


def read_before(user: User, before: int | None) -> QuerySet[Message]:
    """Return one page of what has been read, and one more to tell that there is more.

    `before` is the last message of the page before this one.
    """
    read = inbox_of(user).filter(read_at__isnull=False)
    return (read.filter(pk__lt=before) if before else read)[: PAGE + 1]


def grouped(messages: Iterable[Message]) -> list[InboxGroup]:
    """Return messages gathered by claim; the claim with the newest one stands first."""
    groups: dict[str, list[InboxLine]] = {}
    for message in messages:
        said = rendering.line(message)
        line = InboxLine(message, said.headline, said.action)
        groups.setdefault(message.group or f"#{message.pk}", []).append(line)
    return [
        InboxGroup("" if name.startswith("#") else name, tuple(lines))
        for name, lines in groups.items()
    ]


def preferences_of(user: User) -> dict[str, bool]:
    """Return, for each group this reader can switch off, whether mails are wanted."""
    chosen = dict(Preference.objects.filter(user=user).values_list("group", "by_mail"))
    return {group: chosen.get(group, True) for group in optional_groups(user)}


def optional_groups(user: User) -> list[TopicGroup]:
    """Return the groups this reader may switch off, without those of other people."""
    return [
        group
        for group in TopicGroup
        if group not in OBLIGATORY
        and (group is not TopicGroup.TEAM or user.is_staff_member)
    ]


def why_dropped(message: Message) -> Trouble | None:
    """Return why this reader gets no mail, judged at the moment of sending."""
    reader = message.recipient
    if reader is None:
        return None
    if not reader.is_active:
        return Trouble.CLOSED
    return None if wants_mail(reader, message.topic) else Trouble.UNWANTED


def wants_mail(reader: User, topic: str) -> bool:
    """Return whether this reader gets mails on a topic."""
    return not (can_switch_off(topic) and _switched_off(reader, topic))


def due(now: datetime) -> QuerySet[Delivery]:
    """Return what can be sent now, what has waited longest first."""
    return Delivery.objects.filter(
        state__in=OPEN_STATES, next_attempt_at__lte=now
    ).order_by("next_attempt_at", "pk")


def some_are_being_sent() -> bool:
    """Return whether a worker has a mail in its hands at this moment."""
    return Delivery.objects.filter(state=DeliveryState.SENDING).exists()


def server_is_quiet(now: datetime) -> bool:
    """Return whether the mail server could not be reached a moment ago."""
    return Delivery.objects.filter(unreachable_at__gt=now - QUIET).exists()


def dead_letters() -> QuerySet[Delivery]:
    """Return the mails that nobody will try again by themselves, newest first."""
    return (
        Delivery.objects.filter(state__in=FAILED_STATES)
        .select_related("message__recipient")
        .order_by("-pk")
    )


def delayed(now: datetime) -> QuerySet[Delivery]:
    """Return the mails that have waited for more than five minutes."""
    return Delivery.objects.filter(
        state__in=OPEN_STATES, message__created_at__lt=now - timedelta(minutes=5)
    )


def accepted_in(
    *, groups: Collection[str], topics: Collection[str]
) -> set[tuple[str, int, str, datetime]]:
    """Return group, company, topic and time of the mails that reached a company.

    The mail server took them, alone or within a summary, and they did not come back.
    A partner's deadline acts only after a delivered warning (DOMAIN.md §3).
    """
    return set(
        _accepted(topics)
        .filter(group__in=groups, recipient__partner__isnull=False)
        .values_list("group", "recipient__partner", "topic", "created_at")
    )


def _accepted(topics: Collection[str]) -> QuerySet[Message]:
    return Message.objects.filter(
        Q(delivery__state=DeliveryState.ACCEPTED)
        | Q(told_in__delivery__state=DeliveryState.ACCEPTED),
        topic__in=topics,
    )


def groups_that_came_back(*, topics: Collection[str], since: datetime) -> set[str]:
    """Return the groups of which some mail on these topics came back lately."""
    bounced = Delivery.objects.filter(
        state=DeliveryState.BOUNCED, bounced_at__gte=since
    ).values("message")
    told = Message.objects.filter(topic__in=topics).values_list("group", flat=True)
    return {*told.filter(pk__in=bounced), *told.filter(told_in__in=bounced)}


def sent_about(
    *, group: str, partner: int, topics: Collection[str], since: datetime
) -> list[Message]:
    """Return what a company was told of a claim, with the fate of each mail."""
    return list(
        Message.objects.filter(
            group=group,
            recipient__partner=partner,
            topic__in=topics,
            created_at__gte=since,
        )
        .select_related("recipient", "delivery", "told_in__delivery")
        .order_by("pk")
    )


def _switched_off(user: User, topic: str) -> bool:
    return Preference.objects.filter(
        user=user, group=GROUP_OF.get(topic, ""), by_mail=False
    ).exists()
