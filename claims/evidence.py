"""Receiving, checking and replacing the files of a claim (DOMAIN.md §6)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import Partner, User
from accounts.rulebook import value_of
from accounts.scopes import Across, across
from claims import inspection, journal, vault
from claims.access import actor_for, may_attach
from claims.inspection.finding import Code
from claims.machine import Refused
from claims.models import Claim, Evidence, Purpose, Reading
from claims.refusals import FileRefused, noting_refusals
from claims.rulebook import (
    EVIDENCE_MAX_FILES,
    EVIDENCE_QUOTA_BYTES,
    EVIDENCE_SIGNATURE_MONTHS,
)
from claims.uploads import sent_name
from notifications.bell import Bell

CHUNK = 64 * 1024
# Wakes a worker; a lost broker costs nothing but a minute.
ring = Bell("claims.tasks.inspect_evidence").ring
DETAILS = ("kind", "document_on", "signed_on", "signer")


class AlreadyThere(Refused):
    """The very content is attached already: `file` is it."""

    def __init__(self, file: Evidence) -> None:
        said = _("This file is already attached, as %(name)s.") % {"name": file.name}
        super().__init__(said)
        self.file = file


@noting_refusals
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
    :param purpose: given only for a comment's attachment, which waits for the comment
        to be sent; otherwise the claim's state decides what the file counts for
    :raises Refused: if files are not wanted now, or this one not at all
    :raises vault.Unavailable: if the storage does not take it; then nothing is there
    """
    _refuse_at_once(upload)
    with transaction.atomic():
        claim = Claim.objects.select_for_update().get(pk=claim.pk)
        purpose = purpose or _purpose(claim, by)
        _refuse_too_many(claim, purpose, replaces)
        evidence = _received(claim, by, upload, now)
        evidence.purpose = purpose
        if purpose != Purpose.COMMENT and not claim.stage.hands_in(purpose):
            evidence.submitted_at = now
        _refuse_over_quota(evidence)
        _store(evidence, upload)
        if replaces is not None:
            _replace(replaces, evidence)
        if claim.was_submitted and purpose != Purpose.COMMENT:
            added = {"evidence": [None, evidence.name]}
            _note_in_history(claim, by, now, step="attach", changes=added)
    return evidence


def _store(evidence: Evidence, upload: File[bytes]) -> None:
    """The object first, then the row: a death in between leaves nothing visible."""
    evidence.content.name = vault.put(
        partner_id=evidence.partner_id, sha256=evidence.sha256, content=upload
    )
    evidence.save()
    transaction.on_commit(partial(ring, evidence.pk), robust=True)


def _received(claim: Claim, by: User, upload: File[bytes], now: datetime) -> Evidence:
    """Return the file as it came, with its hash and a name that is safe to show."""
    name = sent_name(upload)
    return Evidence(
        claim=claim,
        partner_id=claim.partner_id,
        name=inspection.clean_name(name),
        # Postgres keeps no NUL: its picture stands for it.
        original_name=name[:255].replace("\x00", "\u2400"),
        content_type="application/octet-stream",
        size=upload.size,
        sha256=digest_of(upload),
        check_after=now,
        round=claim.round,
        uploaded_by=by,
        uploaded_at=now,
    )


def _note_in_history(
    claim: Claim, by: User, now: datetime, *, step: str, changes: dict[str, Any]
) -> None:
    journal.note_change(
        claim=claim, step=step, actor=actor_for(by), now=now, changes=changes
    )


@transaction.atomic
def describe(
    *, evidence: Evidence, by: User, details: dict[str, Any], now: datetime
) -> Evidence:
    """Set kind, dates and signer of a file.

    For a file that became part of the record as it came (an approved claim's), the
    history says what was changed.

    :raises Refused: if the file is part of a submission
    """
    evidence = _locked(evidence)
    _require(may_describe(evidence, by))
    changes = {
        field: [str(getattr(evidence, field) or ""), str(details[field] or "")]
        for field in DETAILS
        if field in details and getattr(evidence, field) != details[field]
    }
    for field in changes:
        setattr(evidence, field, details[field])
    evidence.save(update_fields=DETAILS)
    if evidence.is_kept and changes:
        changes = {"evidence": ["", evidence.name], **changes}
        _note_in_history(evidence.claim, by, now, step="describe", changes=changes)
    return evidence


def may_describe(evidence: Evidence, by: User) -> bool:
    """Whether this person may say what the file is, now."""
    claim = evidence.claim
    if may_attach(by, claim) != evidence.purpose:
        return False
    since = evidence.submitted_at
    as_it_came = not claim.stage.hands_in(evidence.purpose)
    return since is None or (as_it_came and since > claim.state_since)


@transaction.atomic
def remove(*, evidence: Evidence, by: User, now: datetime) -> None:
    """Delete a file that was never submitted, with its content.

    Once the claim was submitted, its history says who removed what.

    :raises Refused: if the file is already part of a submission
    """
    evidence = _locked(evidence)
    is_waiting = waiting(claim=evidence.claim, by=by).filter(pk=evidence.pk).exists()
    _require(is_waiting or (not evidence.is_kept and may_describe(evidence, by)))
    claim, gone, name = evidence.claim, evidence.name, evidence.content.name or ""
    Evidence.objects.filter(replaced_by=evidence).update(replaced_by=None)
    with across(Across.DRAFTS):  # reviewers delete nothing but what nobody has seen
        evidence.delete()
    if claim.was_submitted and not is_waiting:
        changes = {"evidence": [gone, None]}
        _note_in_history(claim, by, now, step="remove", changes=changes)
    _give_up_later(name)


def discard(*, claim: Claim) -> None:
    """Delete the contents of a draft's files, once the draft itself is gone."""
    for file in claim.evidence.all():
        _give_up_later(file.content.name or "")


def erase(*, claim: Claim, now: datetime) -> int:
    """Take contents, names and signers out of a claim's files; hash and size stay."""
    files = claim.evidence.filter(erased_at=None)
    for name in files.values_list("content", flat=True):
        _give_up_later(name)
    Reading.objects.filter(evidence__claim=claim).delete()
    nothing = dict.fromkeys(("content", "name", "original_name", "signer"), "")
    return files.update(**nothing, erased_at=now)


def forget_signers(*, claim: Claim, names: set[str]) -> None:
    """Take these people out of the descriptions of a claim's files."""
    claim.evidence.filter(signer__in=names - {""}).update(signer="")


def _give_up_later(name: str) -> None:
    """Delete a content once its row is gone for good; the nightly check sweeps up."""
    transaction.on_commit(partial(vault.give_up, name), robust=True)


def keep(*, claim: Claim, now: datetime) -> None:
    """Make the files that go with a submission part of it for ever."""
    handed_in = claim.evidence.exclude(purpose=Purpose.COMMENT)
    handed_in.filter(submitted_at__isnull=True).update(submitted_at=now)


def waiting(*, claim: Claim, by: User) -> QuerySet[Evidence]:
    """Return what somebody has attached to a comment that they have not sent yet."""
    return claim.evidence.filter(
        purpose=Purpose.COMMENT, uploaded_by=by, submitted_at=None
    )


def hand_over(*, claim: Claim, by: User, now: datetime) -> list[Evidence]:
    """Make what waits for a comment part of the record, and return it."""
    files = list(waiting(claim=claim, by=by))
    keys = [file.pk for file in files]
    Evidence.objects.filter(pk__in=keys).update(submitted_at=now)
    return files


def drop_left_over(*, before: datetime) -> int:
    """Delete what was attached to comments that nobody sent; return how many."""
    files = Evidence.objects.filter(
        purpose=Purpose.COMMENT, submitted_at=None, uploaded_at__lt=before
    )
    for file in files.select_related("uploaded_by"):
        remove(evidence=file, by=file.uploaded_by, now=before)
    return len(files)


def refuse_twin(upload: File[bytes], files: Iterable[Evidence]) -> None:
    """Take a content once.

    :raises AlreadyThere: with the file of that content that counts still
    """
    digest = digest_of(upload)
    for file in files:
        if file.sha256 == digest and not file.is_refused:
            raise AlreadyThere(file)


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


def digest_of(upload: File[bytes]) -> str:
    """Return the SHA-256 of an upload; one from the network was hashed on its way."""
    if known := getattr(upload, "sha256", ""):
        return str(known)
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
    code = inspection.quick_check(head, sent_name(upload), upload.size)
    if code:
        raise FileRefused(code, digest_of(upload))


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
    waiting = claim.evidence.filter(round=claim.round, purpose=purpose)
    if claim.stage.hands_in(purpose):
        waiting = waiting.filter(replaced_by=None, submitted_at=None)
    if replaced is not None:
        waiting = waiting.exclude(pk=replaced.pk)
    if waiting.count() >= most:
        raise Refused(
            _("A claim takes %(most)s files per round. Remove one before you add more.")
            % {"most": most}
        )


def _refuse_over_quota(evidence: Evidence) -> None:
    """Count one file of a company at a time, so that no two take the last room."""
    if evidence.uploaded_by.partner_id != evidence.partner_id:
        return  # what the programme's people attach is the programme's
    vault.lock_quota(evidence.partner_id)
    if room_used(evidence.partner_id) + evidence.size > room_of(evidence.partner):
        raise FileRefused(Code.QUOTA, evidence.sha256)


def room_used(partner_id: int) -> int:
    """Return the bytes of a company's files that are kept."""
    files = Evidence.objects.filter(partner=partner_id, erased_at=None)
    counted = files.filter(uploaded_by__partner=partner_id)
    return int(counted.aggregate(total=Sum("size"))["total"] or 0)


def room_of(partner: Partner) -> int:
    """Return how many bytes a company may keep."""
    if partner.storage_megabytes is None:
        return value_of(EVIDENCE_QUOTA_BYTES)
    return partner.storage_megabytes * 1024 * 1024


def _replace(old: Evidence, new: Evidence) -> None:
    old.refresh_from_db(fields=["replaced_by"])  # as it is now that the claim is locked
    if old.claim_id != new.claim_id or old.replaced_by_id is not None:
        raise Refused(_("This file was already replaced."))
    new.kind = new.kind or old.kind
    new.save(update_fields=["kind"])
    old.replaced_by = new
    old.save(update_fields=["replaced_by"])


def _locked(evidence: Evidence) -> Evidence:
    # The claim first, as every step does: a submission either has the file or not.
    claim = Claim.objects.select_for_update().get(pk=evidence.claim_id)
    evidence = Evidence.objects.select_for_update().get(pk=evidence.pk)
    evidence.claim = claim
    return evidence


def _require(is_open: bool) -> None:  # noqa: FBT001
    if not is_open:
        raise Refused(
            _("This file belongs to a submission: it stays. Add a new version instead.")
        )
