"""Mails that came back: reads delivery status notifications (RFC 3464)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from email.message import Message as Part
from email.parser import BytesParser
from email.policy import compat32
from enum import StrEnum
from pathlib import Path

from django.db import transaction

from notifications import actions, wording
from notifications.models import Delivery, DeliveryState, Message
from notifications.return_path import message_of

# Mail servers give up after five days; what comes much later is no bounce.
LONGEST_WAY_BACK = timedelta(days=14)
LONGEST_MAIL = 1024 * 1024
# Where the servers on the way note for whom a mail was.
ENVELOPE = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
OUT = (DeliveryState.SENDING, DeliveryState.ACCEPTED)


class Verdict(StrEnum):
    """What became of one mail in the bounces' mailbox."""

    BOUNCED = "bounced"  # the delivery is marked as come back
    DELAYED = "delayed"  # the other server still tries
    UNKNOWN = "unknown"  # no mail of ours, or a made-up address
    NO_REPORT = "no report"  # an out-of-office answer, a person's answer, spam
    TOO_LATE = "too late"
    AGAIN = "again"  # we know already


def read(*, raw: bytes, now: datetime) -> Verdict:
    """Read one mail that came to the return address, and act on what it reports."""
    mail = BytesParser(policy=compat32).parsebytes(raw[:LONGEST_MAIL])
    report = _report_in(mail)
    if report is None:
        return Verdict.NO_REPORT
    message = message_of("\n".join(_envelope(mail)))
    if message is None:
        return Verdict.UNKNOWN
    if _said(report, "Action") != "failed":
        return Verdict.DELAYED
    return _came_back(message, _words(report), now)


def read_folder(*, folder: Path, now: datetime) -> Counter[Verdict]:
    """Read what is new in a Maildir; what was read is moved to its `cur`."""
    counts: Counter[Verdict] = Counter()
    for file in sorted((folder / "new").iterdir()):
        with file.open("rb") as mail:
            counts[read(raw=mail.read(LONGEST_MAIL), now=now)] += 1
        file.rename(folder / "cur" / f"{file.name}:2,S")
    return counts


def _report_in(mail: Part) -> Part | None:
    """Return the fields about the one recipient: of each of our mails there is one."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            for fields in part.get_payload():
                if isinstance(fields, Part) and "Action" in fields:
                    return fields
    return None


def _envelope(mail: Part) -> list[str]:
    """Return whatever says for whom the report was; the seal tells what is true."""
    return [str(value) for name in ENVELOPE for value in mail.get_all(name, [])]


def _said(report: Part, field: str) -> str:
    return str(report.get(field, "")).strip().lower()


def _words(report: Part) -> str:
    """Return the other server's own words, else the status code."""
    said = str(report.get("Diagnostic-Code") or report.get("Status") or "")
    return wording.one_line(said.partition(";")[2] or said)[:2000]


@transaction.atomic
def _came_back(message: Message, words: str, now: datetime) -> Verdict:
    delivery = Delivery.objects.select_for_update().filter(message=message).first()
    if delivery is None or delivery.state not in OUT:
        return Verdict.AGAIN
    sent_at = delivery.accepted_at or message.created_at
    if now - sent_at > LONGEST_WAY_BACK:
        return Verdict.TOO_LATE
    delivery.state = DeliveryState.BOUNCED
    delivery.bounced_at = now
    delivery.last_error = words
    delivery.save(update_fields=["state", "bounced_at", "last_error"])
    actions.report_undeliverable(delivery=delivery, now=now)
    return Verdict.BOUNCED
