"""Reading every kept content again: does it equal its hash, and does nothing lie about.

One run may take several sittings and several nights: each file remembers when it was
last verified, so whoever goes on begins where the last one stopped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched
from time import monotonic

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Min, Q, QuerySet

from claims import gate, vault
from claims.models import Evidence, Fault, KeepingFault, KeepingRun, ScannerState
from claims.models.evidence import PENDING

log = structlog.get_logger(__name__)

# A new run begins so long after the last one began.
NIGHTLY = timedelta(hours=20)
# What is younger may belong to an upload that is still under way.
SAFETY_AGE = timedelta(hours=24)
# A check takes seconds; whoever waits longer waits for something.
PATIENCE = timedelta(minutes=15)
# Orphans beyond so many are counted, not listed one by one.
MOST_LISTED = 500
# So many in a row, and it is the storage that does not answer.
MOST_FAILED = 5
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Watch:
    """How scanner and storage are, for those who look after them."""

    has_scanner: bool
    scanner: ScannerState | None
    waiting: int
    waiting_since: datetime | None
    faults: int

    @property
    def is_shut(self) -> bool:
        return self.scanner is not None and not self.scanner.is_open

    @property
    def is_slow(self) -> bool:
        """Whether files wait although nothing is known to be in their way."""
        return self.waiting_since is not None and not self.is_shut

    def __bool__(self) -> bool:
        return bool(self.is_shut or self.is_slow or self.faults)


@dataclass(slots=True)
class Failed:
    """Contents that could not be read just now: theirs is the fault, or the storage's.

    As long as others can be read, it is theirs.
    """

    files: list[Evidence] = field(default_factory=list)

    @property
    def keys(self) -> list[int]:
        return [file.pk for file in self.files]

    def settle(self, now: datetime) -> None:
        """Note them as faults, since the storage itself answers."""
        for file in self.files:
            _note(file.content.name or "", Fault.UNREADABLE, now, evidence=file)
            Evidence.objects.filter(pk=file.pk).update(verified_at=now)
        self.files.clear()


@dataclass(slots=True)
class Sitting:
    """What one sitting did, and whether the run is done with it."""

    files: int = 0
    bytes: int = 0
    is_done: bool = False


def watch(*, now: datetime) -> Watch:
    """Return what may need somebody's hand now; in as few queries as it takes."""
    late = Evidence.objects.filter(
        check_state__in=PENDING, uploaded_at__lt=now - PATIENCE
    )
    counted = late.aggregate(count=Count("pk"), oldest=Min("uploaded_at"))
    return Watch(
        has_scanner=gate.scanner() is not None,
        scanner=gate.last_look(),
        waiting=counted["count"],
        waiting_since=counted["oldest"],
        faults=open_faults().count(),
    )


def last_runs(count: int = 5) -> list[KeepingRun]:
    """Return the latest checks, the newest first."""
    return list(KeepingRun.objects.all()[:count])


def open_run(*, now: datetime, anew: bool = False) -> KeepingRun | None:
    """Return the run under way, or begin one if the last is long enough ago.

    :param anew: begin one however short ago the last was
    """
    if run := KeepingRun.objects.filter(is_open=True).first():
        return run
    last = KeepingRun.objects.first()
    if last and not anew and now - last.started_at < NIGHTLY:
        return None
    try:
        with transaction.atomic():
            return KeepingRun.objects.create(started_at=now)
    except IntegrityError:  # somebody else began it this very moment
        return KeepingRun.objects.filter(is_open=True).first()


def go_on(
    *, run: KeepingRun, now: datetime, most_files: int, most_seconds: float
) -> Sitting:
    """Verify files until none is left or the bounds are reached.

    :raises vault.Unavailable: if the storage does not answer; the run stays open
    """
    until, sitting, failed = monotonic() + most_seconds, Sitting(), Failed()
    while sitting.files < most_files and monotonic() < until:
        file = _to_verify(run).exclude(pk__in=failed.keys).first()
        if file is None:
            sitting.is_done = True
            break
        try:
            sitting.bytes += _verify(file, now)
        except vault.Unavailable:
            if len(failed.files) + 1 >= MOST_FAILED:
                raise
            failed.files.append(file)
        else:
            failed.settle(now)
        sitting.files += 1
    if sitting.is_done:
        failed.settle(now)
    KeepingRun.objects.filter(pk=run.pk).update(
        files=F("files") + sitting.files, bytes=F("bytes") + sitting.bytes
    )
    if sitting.is_done:
        _finish(run, now)
    return sitting


def open_faults() -> QuerySet[KeepingFault]:
    """Return what is wrong now, the newest first."""
    return KeepingFault.objects.filter(mended_at=None).select_related("evidence__claim")


def orphans(*, now: datetime, age: timedelta = SAFETY_AGE) -> Iterator[str]:
    """Yield the names of contents older than `age` that belong to no file.

    :raises vault.Unavailable: if the storage does not answer
    """
    old = (entry.name for entry in vault.walk() if now - entry.written_at > age)
    for names in batched(old, _PAGE, strict=False):
        kept = Evidence.objects.filter(content__in=names)
        yield from sorted(set(names) - set(kept.values_list("content", flat=True)))


def delete_orphans(*, now: datetime, age: timedelta = SAFETY_AGE) -> list[str]:
    """Delete contents that belong to no file; return the names of those deleted.

    :param age: how old they must be at least; never below an hour
    """
    age = max(age, timedelta(hours=1))
    gone = [name for name in orphans(now=now, age=age) if vault.give_up(name)]
    _mend(KeepingFault.objects.filter(what=Fault.ORPHAN, name__in=gone), now)
    return gone


def rename_old(*, most: int = 1000) -> int:
    """Give contents of an earlier naming the name of their hash; return how many.

    Each is copied before the row changes; the old object is swept up as an orphan.
    """
    named = Q(
        content__regex=rf"^{vault.FOLDER}/[0-9a-f]{{2}}/[0-9a-f]{{64}}(-[0-9]+)?$"
    )
    old = Evidence.objects.filter(erased_at=None).exclude(named).order_by("pk")
    return sum(_renamed(file) for file in old[:most])


def _renamed(file: Evidence) -> bool:
    try:
        return vault.rename(file)
    except vault.Missing:
        return False  # the check lists it


def _to_verify(run: KeepingRun) -> QuerySet[Evidence]:
    stale = Q(verified_at=None) | Q(verified_at__lt=run.started_at)
    waiting = Evidence.objects.filter(stale, erased_at=None)
    return waiting.order_by(F("verified_at").asc(nulls_first=True), "pk")


def _verify(file: Evidence, now: datetime) -> int:
    """Read one content, note what is wrong with it or no more; return its bytes."""
    what, size = None, 0
    try:
        digest = vault.digest_of(file.content.name or "")
        size = digest.size
        if digest.sha256 != file.sha256:
            what = Fault.CHANGED
    except vault.Missing:
        what = Fault.MISSING
    name = file.content.name or ""
    if what is not None:
        _note(name, what, now, evidence=file)
    wrong = KeepingFault.objects.filter(name=name).exclude(what=what or "")
    _mend(wrong, now)
    Evidence.objects.filter(pk=file.pk).update(verified_at=now)
    return size


def _finish(run: KeepingRun, now: datetime) -> None:
    """Look for contents without a file, then close the run."""
    count, listed = 0, set()
    vault.tidy(before=now - SAFETY_AGE)
    for name in orphans(now=now):
        count += 1
        if count <= MOST_LISTED:
            listed.add(name)
            _note(name, Fault.ORPHAN, now)
    if count <= MOST_LISTED:
        known = KeepingFault.objects.filter(what=Fault.ORPHAN)
        _mend(known.exclude(name__in=listed), now)
    KeepingRun.objects.filter(pk=run.pk, is_open=True).update(
        is_open=False, finished_at=now, orphans=count
    )


def _note(
    name: str, what: Fault, now: datetime, evidence: Evidence | None = None
) -> None:
    """Put a fault on the list, once while it lasts."""
    _fault, is_new = KeepingFault.objects.get_or_create(
        name=name,
        what=what,
        mended_at=None,
        defaults={"found_at": now, "evidence": evidence},
    )
    if is_new:
        log.error("content_fault", name=name, what=str(what))


def _mend(faults: QuerySet[KeepingFault], now: datetime) -> None:
    faults.filter(mended_at=None).update(mended_at=now)
