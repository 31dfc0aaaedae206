"""What the bell rings for: each task finds its work in the database and does it."""

from contextlib import suppress
from time import monotonic

import structlog
from celery import shared_task
from django.utils import timezone

from claims import checking, engine, postponements, readings
from claims.access import SYSTEM
from claims.machine import Refused
from claims.models import Claim, Evidence
from claims.reading.process import ReaderUnavailable
from claims.sweep import sweep

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 50
# A bell rings each minute: no ringing needs to do everything.
MOST_AT_ONCE = 200


@shared_task
def enforce_deadlines() -> str:
    """One sweep: reminders, warnings, and the steps whose time has come.

    It ends before the next one is rung for, so that a long standstill is made up for
    in pieces between which the worker sends mails and inspects files.
    """
    until = monotonic() + SWEEP_SECONDS
    return str(sweep(now=timezone.now(), going_on=lambda: monotonic() < until))


@shared_task
def carry_out_postponements() -> int:
    """Move the dates that an outage, a switch or a calendar still has to move."""
    begun = list(postponements.unfinished())
    for each in begun:
        postponements.carry_out(postponement=each, now=timezone.now())
    return len(begun)


@shared_task
def inspect_evidence(pk: int) -> None:
    """Inspect one file, if nobody else does and it still waits."""
    _inspect(checking.claim_for_check(now=timezone.now(), pk=pk))


@shared_task
def inspect_waiting_evidence() -> int:
    """Inspect every file whose bell was lost, whose worker died or that waited."""
    count = 0
    while count < MOST_AT_ONCE:
        now = timezone.now()
        states = checking.states_to_check(now=now)
        if not _inspect(checking.claim_for_check(now=now, states=states)):
            break
        count += 1
    for claim in checking.claims_to_return():  # a worker died before it sent them back
        send_back(claim)
    return count


@shared_task
def read_evidence(pk: int) -> None:
    """Read the files of a claim that nobody has read for what it says now."""
    claim = Claim.objects.filter(pk=pk).first()
    if claim is not None:
        with suppress(ReaderUnavailable):
            readings.read_all(claim=claim, now=timezone.now())


def _inspect(waiting: Evidence | None) -> bool:
    if waiting is None:
        return False
    try:
        checked = checking.inspect(evidence=waiting, now=timezone.now())
    except Exception:
        # One file that nobody can check never stops the others: its lease runs out.
        log.exception("check_failed", evidence=waiting.pk)
        return True
    if checked.is_refused:
        send_back(checked.claim)
    if checked.is_clean:
        readings.ring(checked.claim_id)
    return True


def send_back(claim: Claim) -> None:
    """A file refused after submission sends its claim back to the partner (§6)."""
    try:
        engine.take(claim=claim, step="return", actor=SYSTEM, now=timezone.now())
    except Refused:
        # Not submitted, or moved on: whoever has it now sees the refused file.
        return
