"""Inspecting and scanning what was received: who does it, when again, what comes of it.

Nothing but CLEAN lets a file out. What fails through no fault of the file (our process,
the storage, the scanner) leaves it waiting, for as long as it takes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

import structlog
from django.db import transaction
from django.db.models import QuerySet

from claims import gate, inspection, refusals, vault
from claims.inspection.finding import Code
from claims.models import Check, Claim, Evidence, Purpose
from claims.models.evidence import PENDING, REFUSED_CHECKS
from claims.scanner import Result, ScannerBroke, ScannerDown, Verdict
from claims.workflow import CLAIM

log = structlog.get_logger(__name__)

# How long a worker may hold a file before another one tries: longer than the
# inspection and the scanner's patience together.
LEASE = timedelta(minutes=5)
AGAIN = timedelta(minutes=1)
# A content that is not there, or not what it was, is for people to look into.
AGAIN_WHEN_LOST = timedelta(hours=1)
# So often the scanner may break off over one file before the file is to blame.
MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an inspection and a scan have led to."""

    state: Check
    code: str = ""
    content_type: str = ""
    malware: str = ""
    again: timedelta | None = None
    attempts: int = 0


def claim_for_check(
    *, now: datetime, pk: int | None = None, states: Iterable[Check] = PENDING
) -> Evidence | None:
    """Take one file that waits for its check; nobody else gets it meanwhile."""
    waiting = Evidence.objects.filter(check_state__in=states, check_after__lte=now)
    if pk is not None:
        waiting = waiting.filter(pk=pk)
    with transaction.atomic():
        evidence = (
            waiting.select_for_update(skip_locked=True)
            .order_by("check_after", "pk")
            .first()
        )
        if evidence is not None:
            evidence.check_state = Check.INSPECTING
            evidence.check_after = now + LEASE
            evidence.save(update_fields=["check_state", "check_after"])
    return evidence


def states_to_check(*, now: datetime) -> tuple[Check, ...]:
    """Return what can be worked on: while the scanner is shut, its queue waits."""
    if gate.scanner() is None or gate.is_open(now=now):
        return PENDING
    return (Check.RECEIVED, Check.INSPECTING)


def inspect(*, evidence: Evidence, now: datetime) -> Evidence:
    """Inspect and scan the content of a file, and note what came of it.

    Whoever lost the file meanwhile, since they took too long, changes nothing.
    """
    held = evidence.check_after
    outcome = _outcome(evidence, now)
    fresh = {
        "check_state": outcome.state,
        "refusal_code": outcome.code,
        "malware": outcome.malware[:100],
        "content_type": outcome.content_type or evidence.content_type,
        "checked_at": None if outcome.again else now,
        "check_after": now + outcome.again if outcome.again else held,
        "check_attempts": outcome.attempts,
    }
    mine = Evidence.objects.filter(pk=evidence.pk, check_after=held)
    with transaction.atomic():
        if mine.filter(check_state__in=PENDING).update(**fresh):
            for field, value in fresh.items():
                setattr(evidence, field, value)
            if evidence.is_refused:
                refusals.note_verdict(file=evidence, now=now)
        else:
            evidence.refresh_from_db()
    return evidence


def claims_to_return() -> QuerySet[Claim]:
    """Return the claims that a file refused after submission still keeps waiting."""
    refused = Evidence.objects.filter(
        check_state__in=REFUSED_CHECKS, replaced_by__isnull=True
    ).exclude(purpose=Purpose.COMMENT)
    returnable = CLAIM.states(lambda stage: stage.action("return"))
    return Claim.objects.filter(state__in=returnable, pk__in=refused.values("claim"))


def _outcome(evidence: Evidence, now: datetime) -> Outcome:
    try:
        with vault.borrowed(evidence.content.name or "") as (copy, digest):
            if digest.sha256 != evidence.sha256:
                return _lost(evidence, "differs from its hash")
            return _judged(evidence, copy, now)
    except vault.Missing as error:
        return _lost(evidence, str(error))
    except (vault.Unavailable, inspection.InspectorUnavailable) as error:
        log.warning("check_put_off", evidence=evidence.pk, error=str(error))
        return Outcome(Check.RECEIVED, again=AGAIN, attempts=evidence.check_attempts)


def _lost(evidence: Evidence, why: str) -> Outcome:
    log.error("content_lost", evidence=evidence.pk, why=why)
    return Outcome(
        Check.RECEIVED, again=AGAIN_WHEN_LOST, attempts=evidence.check_attempts
    )


def _judged(evidence: Evidence, copy: IO[bytes], now: datetime) -> Outcome:
    finding = inspection.inspect_open(copy, evidence.name)
    if finding.code:
        return Outcome(Check.REFUSED, str(finding.code), finding.content_type)
    copy.seek(0)
    return _scanned(evidence, copy, finding.content_type, now)


def _scanned(
    evidence: Evidence, copy: IO[bytes], content_type: str, now: datetime
) -> Outcome:
    one, attempts = gate.scanner(), evidence.check_attempts
    wait = Outcome(Check.WAITING, "", content_type, again=AGAIN, attempts=attempts)
    if one is None:
        return Outcome(Check.CLEAN, "", content_type)
    if not gate.is_open(now=now):
        return wait
    try:
        return _decided(one.scan(copy), content_type)
    except ScannerDown as error:
        gate.shut(detail=str(error), now=now)
        return wait
    except ScannerBroke as error:
        gate.shut(detail=str(error), now=now)
        return _broken_off(content_type, attempts + 1)


def _decided(verdict: Verdict, content_type: str) -> Outcome:
    match verdict.result:
        case Result.CLEAN:
            return Outcome(Check.CLEAN, "", content_type)
        case Result.INFECTED:
            return Outcome(Check.INFECTED, Code.MALWARE, content_type, verdict.what)
        case Result.ENCRYPTED:
            return Outcome(Check.REFUSED, Code.ENCRYPTED, content_type, verdict.what)
    return Outcome(Check.REFUSED, Code.SCAN_INCOMPLETE, content_type, verdict.what)


def _broken_off(content_type: str, attempts: int) -> Outcome:
    """A scanner that stops over one file again and again will never read it."""
    if attempts >= MOST_ATTEMPTS:
        return Outcome(Check.REFUSED, Code.SCAN_INCOMPLETE, content_type)
    return Outcome(
        Check.WAITING, "", content_type, again=AGAIN * attempts, attempts=attempts
    )
