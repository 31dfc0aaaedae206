"""Everything that writes a message, marks one as read, or lets one try again."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from email.utils import parseaddr
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffRole, User
from accounts.scopes import Across, across
from notifications import bell, queries, wording
from notifications.models import Delivery, DeliveryState, Message, Preference
from notifications.topics import Topic

# Whose address was erased; no mail ever goes there.
FORGOTTEN = "erased@erased.invalid"


def compose(
    *,
    key: str,
    topic: str,
    audience: User | str,
    context: Mapping[str, Any],
    language: str | None = None,
    group: str = "",
    url: str = "",
    now: datetime | None = None,
    by_mail: bool = True,
) -> Message | None:
    """Write one message and its delivery within the caller's transaction.

    `key` names event and reader: a second call with it, even at the same moment,
    writes nothing and returns None. `audience` is a person or a bare address,
    `language` overrides the reader's own, `group` is the claim's number, `url` the
    path that the inbox opens. `now` is the time shown; sending never waits for it.
    Without `by_mail` nothing is sent until `post` or `tell_in` says how.
    Raises ValueError for an unknown topic.
    """
    message = _message(
        key=key,
        topic=topic,
        audience=audience,
        context=wording.clean(context),
        language=language,
        group=group,
        url=url,
        now=now,
    )
    return next(iter(_written([message], by_mail=by_mail)), None)


def compose_for_all(
    *,
    keys: Mapping[User, str],
    topic: str,
    context: Mapping[str, Any],
    group: str = "",
    url: str = "",
    now: datetime | None = None,
) -> list[Message]:
    """Write the same message for several people at once, each with a key of its own."""
    cleaned = wording.clean(context)
    messages = [
        _message(
            key=key,
            topic=topic,
            audience=person,
            context=cleaned,
            group=group,
            url=url,
            now=now,
        )
        for person, key in keys.items()
    ]
    return _written(messages, by_mail=True)


def post(*, message: Message) -> None:
    """Send a message by a mail of its own."""
    _send([message])


def tell_in(*, messages: Collection[Message], summary: Message) -> None:
    """Let these messages go out within the mail of a summary."""
    ids = [message.pk for message in messages]
    Message.objects.filter(pk__in=ids).update(told_in=summary)


def _message(
    *,
    key: str,
    topic: str,
    audience: User | str,
    context: Any,
    language: str | None = None,
    group: str,
    url: str,
    now: datetime | None,
) -> Message:
    reader = {"recipient": audience} if isinstance(audience, User) else {}
    return Message(
        key=key,
        topic=Topic(topic),
        **reader,
        address="" if reader else wording.one_line(audience),
        language=language or "",
        context=context,
        group=wording.one_line(group),
        url=url,
        message_id=_message_id(),
        created_at=now or timezone.now(),
    )


def _written(messages: Collection[Message], *, by_mail: bool) -> list[Message]:
    """Write down those whose key is new, with their deliveries; return them."""
    if not messages:
        return []
    ids = [message.message_id for message in messages]
    with across(Across.OUTBOX):
        Message.objects.bulk_create(messages, ignore_conflicts=True)
        written = list(Message.objects.filter(message_id__in=ids).order_by("pk"))
        if by_mail:
            _send(written)
    return written


def _send(messages: Collection[Message]) -> None:
    deliveries = [Delivery(message=message) for message in messages]
    for delivery in Delivery.objects.bulk_create(deliveries):
        _post(delivery)


def forget(*, group: str) -> int:
    """Take readers without an account out of the letters on a subject.

    That they were written, and when, stays. What is still under way is not sent.
    """
    letters = Message.objects.filter(group=group, recipient=None)
    Delivery.objects.filter(message__in=letters, state=DeliveryState.WAITING).update(
        state=DeliveryState.DROPPED
    )
    return letters.update(address=FORGOTTEN, context={})


def mark_read(*, user: User, pk: int, now: datetime) -> Message | None:
    """Mark one of the reader's own messages as read; None if there is no such one."""
    message = queries.inbox_of(user).filter(pk=pk).first()
    if message is not None and message.read_at is None:
        message.read_at = now
        message.save(update_fields=["read_at"])
    return message


def mark_all_read(*, user: User, newest: int, now: datetime) -> int:
    """Mark as read what the reader saw: nothing that came after the newest message."""
    return queries.unread(user).order_by().filter(pk__lte=newest).update(read_at=now)


def choose(*, user: User, by_mail: Mapping[str, bool]) -> None:
    """Keep which groups come by mail; groups that nobody can switch off are ignored."""
    rows = [
        Preference(user=user, group=group, by_mail=by_mail[group])
        for group in queries.optional_groups(user)
        if group in by_mail
    ]
    Preference.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["user", "group"],
        update_fields=["by_mail"],
    )


def retry(*, now: datetime, pk: int | None = None) -> int:
    """Let one dead letter, or all of them, start again; return how many there were."""
    with transaction.atomic():
        dead = queries.dead_letters().select_for_update(of=("self",))
        letters = list(dead.filter(pk=pk) if pk else dead)
        for letter in letters:
            letter.state = DeliveryState.WAITING
            letter.attempts = 0
            letter.next_attempt_at = now
            letter.bounced_at = None
        fresh = ["state", "attempts", "next_attempt_at", "bounced_at"]
        Delivery.objects.bulk_update(letters, fresh)
        for letter in letters:
            _post(letter)
    return len(letters)


def report_undeliverable(*, delivery: Delivery, now: datetime) -> None:
    """Tell the leads about a dead letter, unless it was such a report itself."""
    message = delivery.message
    if message.topic == Topic.UNDELIVERABLE:
        return
    page = reverse("undelivered")
    leads = User.objects.filter(staff_role=StaffRole.LEAD, is_active=True)
    for lead in leads:
        compose(
            key=f"undeliverable:{delivery.pk}:{lead.pk}",
            topic=Topic.UNDELIVERABLE,
            audience=lead,
            context={
                "number": message.group,
                "customer_name": message.context.get("customer_name", ""),
                "address": message.reader,
                "about": message.topic_label,
                "detail": delivery.trouble,
                "url": settings.PUBLIC_URL + page,
            },
            group=message.group,
            url=page,
            now=now,
        )


def _post(delivery: Delivery) -> None:
    transaction.on_commit(partial(bell.ring, delivery.pk), robust=True)


def _message_id() -> str:
    """Return a Message-ID of our own domain, without asking the network for a name."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{uuid.uuid4().hex}@{domain or 'localhost'}>"
