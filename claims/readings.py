"""Having files read: after the inspection, and anew when the claim says otherwise."""

from datetime import datetime
from typing import Any

from claims.hints import days_in, facts_of, fingerprint, found_in
from claims.models import Claim, Evidence, Reading
from claims.reading.process import (
    CannotRead,
    Document,
    ReaderUnavailable,
    read_document,
)
from claims.serving import Unreadable, open_content
from notifications.bell import Bell

# Wakes a worker; a lost broker costs nothing but a minute.
ring = Bell("claims.tasks.read_evidence").ring


def readings_of(claim: Claim) -> dict[int, Reading]:
    """Return the readings that are about what the claim says now, by file."""
    said = fingerprint(facts_of(claim))
    clean = [file.pk for file in claim.evidence_all if file.is_clean]
    found = Reading.objects.filter(evidence__in=clean, facts_sha256=said)
    return {reading.evidence_id: reading for reading in found}


def unread(claim: Claim) -> list[Evidence]:
    """Return the files that count and were not read for what the claim says now."""
    known = readings_of(claim)
    return [
        file for file in claim.evidence_now if file.is_clean and file.pk not in known
    ]


def have_read(claim: Claim) -> None:
    """Wake a worker if files of the claim wait to be read."""
    if unread(claim):
        ring(claim.pk)


def read_all(*, claim: Claim, now: datetime) -> int:
    """Read what waits to be read; returns how many files that were."""
    waiting = unread(claim)
    for file in waiting:
        read(file=file, now=now)
    return len(waiting)


def read(*, file: Evidence, now: datetime) -> Reading:
    """Read a clean file and keep where the facts of its claim stand.

    :raises ReaderUnavailable: if no reader can be started now
    """
    facts = facts_of(file.claim)
    reading, _is_new = Reading.objects.update_or_create(
        evidence=file,
        defaults={
            "partner_id": file.partner_id,
            "facts_sha256": fingerprint(facts),
            "read_at": now,
            **_outcome(file, facts),
        },
    )
    return reading


def reading_to_show(*, file: Evidence, now: datetime) -> Reading | None:
    """Return how many pages a file has, looked up now if nobody did before.

    None if that cannot be said at the moment.
    """
    known = Reading.objects.filter(evidence=file).first()
    try:
        return known or read(file=file, now=now)
    except ReaderUnavailable:
        return None


def _outcome(file: Evidence, facts: dict[str, str]) -> dict[str, Any]:
    try:
        with open_content(file) as content:
            document = read_document(content, file.content_type)
    except (CannotRead, Unreadable):
        return {"outcome": Reading.Outcome.UNREADABLE}
    return _told(document, facts)


def _told(document: Document, facts: dict[str, str]) -> dict[str, Any]:
    texts = [page.text for page in document.pages]
    has_text = any(text.strip() for text in texts)
    return {
        "outcome": Reading.Outcome.READ if has_text else Reading.Outcome.NO_TEXT,
        "unit": document.unit,
        "page_count": document.count,
        "page_sizes": [
            [page.width, page.height] for page in document.pages if page.width
        ],
        "found": found_in(texts, facts) if has_text else {},
        "days": days_in(texts),
    }
