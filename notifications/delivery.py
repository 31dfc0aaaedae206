"""The way of a mail: leased in one transaction, sent outside of any, then recorded.

A worker that dies in between leaves a lease that runs out; the next one sends the mail
again under the same Message-ID. So a mail arrives at least once.
"""

from __future__ import annotations

import logging
import re
import smtplib
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from notifications import actions, queries, rendering
from notifications.models import Delivery, DeliveryState, Message, Trouble
from notifications.return_path import return_path
from notifications.topics import SECRETS

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
MOST_ATTEMPTS = 12
# A server that is away is no mail's fault: nothing counts, one mail at a time probes.
PROBE_WAIT = timedelta(minutes=5)
LEASED = ("state", "attempts", "next_attempt_at", "lease")
# From here on an SMTP answer is for good; below it, for now.
FINAL = 500


class CannotBeWritten(Exception):
    """The template failed: ours to mend, so the mail is tried again meanwhile."""


class Outcome(StrEnum):
    """What became of one attempt."""

    NOTHING = "nothing"
    ACCEPTED = "accepted"
    DROPPED = "dropped"
    DELAYED = "delayed"
    DEAD = "dead"
    UNREACHABLE = "unreachable"


def sweep(
    *,
    now: datetime,
    seconds: float = 50.0,
    going_on: Callable[[], bool] = lambda: True,
) -> Counter[Outcome]:
    """Send what is due, one by one, until the server is away or the time is up.

    :param going_on: asked before each mail; whoever is to stop says no
    """
    until = time.monotonic() + seconds
    counts: Counter[Outcome] = Counter()
    while time.monotonic() < until and going_on():
        outcome = deliver(now=now)
        if outcome is Outcome.NOTHING:
            break
        counts[outcome] += 1
        if outcome is Outcome.UNREACHABLE:
            break
    return counts


def deliver(*, now: datetime, pk: int | None = None) -> Outcome:
    """Send one mail that is due: the given one, or the one that waited longest.

    Call it outside a transaction: while the mail server talks, no row stays locked.
    """
    delivery = lease(now=now, pk=pk)
    if delivery is None:
        return Outcome.NOTHING
    if delivery.attempts > MOST_ATTEMPTS:
        return _bury(delivery, Trouble.STOPPED, now)
    try:
        trouble = queries.why_dropped(delivery.message)
        if trouble:
            return _dropped(delivery, trouble)
        send(delivery.message)
    except Exception as error:  # noqa: BLE001 - one mail's fault must not stop the rest
        return _failed(delivery, error, now)
    return _accepted(delivery, now)


def lease(*, now: datetime, pk: int | None = None) -> Delivery | None:
    """Take a due delivery; until the lease runs out nobody else gets it."""
    with transaction.atomic():
        due = queries.due(now).select_related("message__recipient")
        waiting = due.filter(pk=pk) if pk else due
        delivery = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if delivery is not None:
            delivery.state = DeliveryState.SENDING
            delivery.attempts += 1
            delivery.next_attempt_at = now + LEASE
            delivery.lease = uuid.uuid4()
            delivery.save(update_fields=LEASED)
    return delivery


def send(message: Message) -> None:
    """Hand one message to the mail server; raises whatever the server answers."""
    try:
        written = rendering.mail(message)
    except Exception as error:
        raise CannotBeWritten(repr(error)) from error
    email = EmailMultiAlternatives(
        written.subject,
        written.text,
        # The envelope's sender; what readers see stands among the headers.
        from_email=return_path(message) or None,
        to=[message.reader],
        headers=_headers(message),
    )
    email.attach_alternative(written.html, "text/html")
    email.send(using="default")


def wait_after(attempts: int) -> timedelta:
    """Return the pause after so many attempts: a minute, doubled up to six hours."""
    return min(FIRST_WAIT * (1 << (attempts - 1)), LONGEST_WAIT)


def is_unreachable(error: Exception) -> bool:
    """Return whether the server, or our account there, was at fault and no mail."""
    if isinstance(error, smtplib.SMTPException):
        return isinstance(
            error,
            smtplib.SMTPConnectError
            | smtplib.SMTPHeloError
            | smtplib.SMTPAuthenticationError
            | smtplib.SMTPNotSupportedError,
        )
    return isinstance(error, OSError)


def is_final(error: Exception) -> bool:
    """Return whether the server refused this mail or this address for good."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return all(code >= FINAL for code, _words in error.recipients.values())
        case smtplib.SMTPDataError():
            return error.smtp_code >= FINAL
        case _:
            # Django's word for an address that no mail can go to.
            return isinstance(error, ValueError)


def words_of(error: Exception) -> str:
    """Return what went wrong, in the mail server's own words where it has spoken."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            answers = [
                f"{code} {_text(words)}" for code, words in error.recipients.values()
            ]
            return "; ".join(answers)
        case smtplib.SMTPResponseException():
            return f"{error.smtp_code} {_text(error.smtp_error)}"
        case _:
            return f"{type(error).__name__}: {error}"


def _text(words: bytes | str) -> str:
    return words if isinstance(words, str) else words.decode(errors="replace")


def _headers(message: Message) -> dict[str, str]:
    headers = {
        "From": settings.DEFAULT_FROM_EMAIL,
        "Message-ID": message.message_id,
        # Keeps out-of-office programs from answering.
        "Auto-Submitted": "auto-generated",
    }
    claim = re.sub(r"[^A-Za-z0-9.-]", "", message.group)
    if claim:
        # Mail programs show what concerns one claim as one conversation.
        domain = message.message_id.rpartition("@")[2]
        headers["References"] = f"<{claim}@{domain}"
    return headers


def _failed(delivery: Delivery, error: Exception, now: datetime) -> Outcome:
    log.warning("Mail %s: %s", delivery.message.message_id, error)
    words = words_of(error)[:2000]
    if is_unreachable(error):
        return _unreachable(delivery, words, now)
    if is_final(error) or delivery.attempts >= MOST_ATTEMPTS:
        return _bury(delivery, words, now)
    _record(
        delivery,
        state=DeliveryState.WAITING,
        next_attempt_at=now + wait_after(delivery.attempts),
        unreachable_at=None,
        last_error=words,
    )
    return Outcome.DELAYED


def _unreachable(delivery: Delivery, words: str, now: datetime) -> Outcome:
    _record(
        delivery,
        state=DeliveryState.WAITING,
        attempts=delivery.attempts - 1,
        next_attempt_at=now + PROBE_WAIT,
        unreachable_at=now,
        last_error=words,
    )
    return Outcome.UNREACHABLE


def _bury(delivery: Delivery, words: str, now: datetime) -> Outcome:
    with transaction.atomic():
        if _record(
            delivery, state=DeliveryState.DEAD, unreachable_at=None, last_error=words
        ):
            delivery.last_error = words
            actions.report_undeliverable(delivery=delivery, now=now)
    return Outcome.DEAD


def _dropped(delivery: Delivery, trouble: Trouble) -> Outcome:
    with transaction.atomic():
        _record(delivery, state=DeliveryState.DROPPED, last_error=trouble)
        _forget_secret(delivery.message)
    return Outcome.DROPPED


def _accepted(delivery: Delivery, now: datetime) -> Outcome:
    """Record it whoever holds the lease by now: what has been sent has been sent.

    Only a mail that has come back meanwhile stays what it is.
    """
    with transaction.atomic():
        sent = Delivery.objects.filter(pk=delivery.pk)
        sent.exclude(state=DeliveryState.BOUNCED).update(
            state=DeliveryState.ACCEPTED,
            accepted_at=now,
            lease=None,
            unreachable_at=None,
            last_error="",
        )
        _forget_secret(delivery.message)
    return Outcome.ACCEPTED


def _record(delivery: Delivery, **changes: Any) -> int:
    """Write down an attempt, unless its lease ran out and somebody else took over."""
    held = Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease)
    return held.update(lease=None, **changes)


def _forget_secret(message: Message) -> None:
    secret = SECRETS.get(message.topic)
    if secret in message.context:
        del message.context[secret]
        message.save(update_fields=["context"])
