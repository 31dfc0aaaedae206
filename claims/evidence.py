"""Receiving, checking and replacing the files of a claim (DOMAIN.md §6)."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rulebook import value_of
from claims import inspection, journal
from claims.access import actor_for, may_attach
from claims.inspection import codes
from claims.machine import Refused
from claims.models import Check, Claim, Evidence, Purpose
from claims.models.evidence import REFUSED_CHECKS
from claims.rulebook import EVIDENCE_MAX_FILES, EVIDENCE_SIGNATURE_MONTHS
from claims.workflow import CLAIM
from notifications.bell import Bell

CHUNK = 64 * 1024
# How long a worker may hold a file before another one tries.
LEASE = timedelta(minutes=2)
# Wakes a worker; a lost broker costs nothing but a minute.
ring = Bell("claims.tasks.inspect_evidence").ring
DETAILS = ("kind", "document_on", "signed_on", "signer")


def attach(
    *,
    claim: Claim,
    by: User,
    upload: File[bytes],
    purpose: Purpose | None = None,
    replaces: Evidence | None = None,
    now: datetime,
) -> Evidence:
    """Store a file and queue it for inspection.

    :param upload: the content with the name the person gave it
    :param purpose: given only for a comment's attachment; otherwise the claim's state
        decides what the file counts for
    :raises Refused: if files are not wanted now, or this one not at all
    """
    _refuse_at_once(upload)
    with transaction.atomic():
        claim = Claim.objects.select_for_update().get(pk=claim.pk)
        purpose = purpose or _purpose(claim, by)
        _refuse_too_many(claim, purpose, replaces)
        evidence = _received(claim, by, upload, now)
        evidence.purpose = purpose
        evidence.content.save(evidence.name, upload, save=False)
        evidence.save()
        if replaces is not None:
            _replace(replaces, evidence)
        transaction.on_commit(partial(ring, evidence.pk), robust=True)
        if claim.was_submitted and purpose != Purpose.COMMENT:
            _note_in_history(evidence, by, now)
    return evidence


def _received(claim: Claim, by: User, upload: File[bytes], now: datetime) -> Evidence:
    """Return the file as it came, with its hash and a name that is safe to show."""
    name = upload.name or ""
    return Evidence(
        claim=claim,
        partner_id=claim.partner_id,
        name=inspection.clean_name(name),
        original_name=name[:255].replace("\x00", ""),
        content_type="application/octet-stream",
        size=upload.size,
        sha256=_digest(upload),
        check_after=now,
        round=claim.round,
        uploaded_by=by,
        uploaded_at=now,
    )


def _note_in_history(evidence: Evidence, by: User, now: datetime) -> None:
    journal.note_change(
        claim=evidence.claim,
        step="attach",
        actor=actor_for(by),
        now=now,
        changes={"evidence": [None, evidence.name]},
    )


@transaction.atomic
def describe(*, evidence: Evidence, by: User, details: dict[str, Any]) -> Evidence:
    """Set kind, dates and signer of a file that is not submitted yet.

    :raises Refused: if the file is already part of a submission
    """
    evidence = _changeable(evidence, by)
    for field in DETAILS:
        if field in details:
            setattr(evidence, field, details[field])
    evidence.save(update_fields=DETAILS)
    return evidence


@transaction.atomic
def remove(*, evidence: Evidence, by: User) -> None:
    """Delete a file that was never submitted, with its content.

    :raises Refused: if the file is already part of a submission
    """
    evidence = _changeable(evidence, by)
    Evidence.objects.filter(replaced_by=evidence).update(replaced_by=None)
    storage, name = evidence.content.storage, evidence.content.name or ""
    evidence.delete()
    transaction.on_commit(lambda: storage.delete(name))


def discard(*, claim: Claim) -> None:
    """Delete the contents of a draft's files, once the draft itself is gone."""
    for file in claim.evidence.all():
        storage, name = file.content.storage, file.content.name or ""
        transaction.on_commit(partial(storage.delete, name))


def keep(*, claim: Claim, now: datetime) -> None:
    """Make the files that go with a submission part of it for ever."""
    claim.evidence.filter(submitted_at__isnull=True).exclude(
        purpose=Purpose.COMMENT
    ).update(submitted_at=now)


def claim_for_check(*, now: datetime, pk: int | None = None) -> Evidence | None:
    """Take one file that waits for its inspection; nobody else gets it meanwhile."""
    waiting = Evidence.objects.filter(
        check_state__in=[Check.RECEIVED, Check.INSPECTING, Check.WAITING],
        check_after__lte=now,
    )
    if pk is not None:
        waiting = waiting.filter(pk=pk)
    with transaction.atomic():
        evidence = waiting.select_for_update(skip_locked=True).order_by("pk").first()
        if evidence is not None:
            evidence.check_state = Check.INSPECTING
            evidence.check_after = now + LEASE
            evidence.save(update_fields=["check_state", "check_after"])
    return evidence


def inspect(*, evidence: Evidence, now: datetime) -> Evidence:
    """Inspect the content of a file in a throw-away process and note the answer."""
    with tempfile.NamedTemporaryFile(prefix="cpor-evidence-") as copy:
        with evidence.content.open("rb") as content:
            for chunk in iter(lambda: content.read(CHUNK), b""):
                copy.write(chunk)
        copy.flush()
        finding = inspection.inspect(Path(copy.name), evidence.name)
    evidence.content_type = finding.content_type or evidence.content_type
    evidence.check_state = Check.REFUSED if finding.code else Check.CLEAN
    evidence.refusal_code = finding.code or ""
    evidence.checked_at = now
    evidence.save(
        update_fields=["content_type", "check_state", "refusal_code", "checked_at"]
    )
    return evidence


def claims_to_return() -> QuerySet[Claim]:
    """Return the claims that a file refused after submission still keeps waiting."""
    refused = Evidence.objects.filter(
        check_state__in=REFUSED_CHECKS, replaced_by__isnull=True
    ).exclude(purpose=Purpose.COMMENT)
    returnable = CLAIM.states(lambda stage: stage.action("return"))
    return Claim.objects.filter(state__in=returnable, pk__in=refused.values("claim"))


def already_there(claim: Claim, upload: File[bytes]) -> Evidence | None:
    """Return the claim's file with this very content, if it counts still."""
    digest = _digest(upload)
    kept = [file for file in claim.evidence_now if not file.is_refused]
    return next((file for file in kept if file.sha256 == digest), None)


def same_elsewhere(claim: Claim) -> set[str]:
    """Return the hashes of the claim's files that another company's claim has too."""
    hashes = [file.sha256 for file in claim.evidence_all]
    return set(
        Evidence.objects.filter(sha256__in=hashes)
        .exclude(partner=claim.partner_id)
        .values_list("sha256", flat=True)
    )


def oldest_acceptable(now: datetime) -> date:
    """Return the earliest signature date that raises no warning."""
    months = value_of(EVIDENCE_SIGNATURE_MONTHS)
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return date(year, month + 1, min(now.day, 28))


def _digest(upload: File[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(upload):
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _chunks(upload: File[bytes]) -> Iterable[bytes]:
    upload.seek(0)
    return upload.chunks(CHUNK)


def _refuse_at_once(upload: File[bytes]) -> None:
    head = upload.read(CHUNK)
    upload.seek(0)
    code = inspection.quick_check(head, upload.name or "", upload.size)
    if code:
        raise Refused(str(codes.sentence(code)))


def _purpose(claim: Claim, by: User) -> Purpose:
    purpose = may_attach(by, claim)
    if purpose is None:
        raise Refused(
            _("No files can be added while the claim is %(status)s.")
            % {"status": claim.stage.label}
        )
    return purpose


def _refuse_too_many(claim: Claim, purpose: Purpose, replaced: Evidence | None) -> None:
    """Count what would be handed in next; what takes another's place is no more."""
    most = value_of(EVIDENCE_MAX_FILES)
    waiting = claim.evidence.filter(
        round=claim.round, purpose=purpose, replaced_by=None, submitted_at=None
    )
    if replaced is not None:
        waiting = waiting.exclude(pk=replaced.pk)
    if waiting.count() >= most:
        raise Refused(
            _("A claim takes %(most)s files per round. Remove one before you add more.")
            % {"most": most}
        )


def _replace(old: Evidence, new: Evidence) -> None:
    if old.claim_id != new.claim_id or old.replaced_by_id is not None:
        raise Refused(_("This file was already replaced."))
    new.kind = new.kind or old.kind
    new.save(update_fields=["kind"])
    old.replaced_by = new
    old.save(update_fields=["replaced_by"])


def _changeable(evidence: Evidence, by: User) -> Evidence:
    # The claim first, as every step does: a submission either has the file or not.
    Claim.objects.select_for_update().get(pk=evidence.claim_id)
    evidence = Evidence.objects.select_for_update().get(pk=evidence.pk)
    if evidence.is_kept or may_attach(by, evidence.claim) != evidence.purpose:
        raise Refused(
            _("This file belongs to a submission: it stays. Add a new version instead.")
        )
    return evidence
