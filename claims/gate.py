"""Whether files may pass the scanner now: looked at each minute, and remembered."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings

from claims.models import ScannerState, Why
from claims.scanner import Scanner, ScannerDown, distrust

log = structlog.get_logger(__name__)

# How long a look at the scanner is good for.
FRESH = timedelta(minutes=1)


def scanner() -> Scanner | None:
    """Return the scanner of this installation, or None where none is configured."""
    if not (settings.CLAMD_HOST or settings.CLAMD_SOCKET):
        return None
    return Scanner(
        host=settings.CLAMD_HOST,
        port=settings.CLAMD_PORT,
        path=settings.CLAMD_SOCKET,
        patience=settings.CLAMD_TIMEOUT,
    )


def is_open(*, now: datetime) -> bool:
    """Return whether the scanner is there and to be believed; closed when in doubt."""
    known = last_look()
    if known and abs(now - known.checked_at) < FRESH:
        return known.is_open
    return look(now=now).is_open


def last_look() -> ScannerState | None:
    """Return what was seen last; None when nobody has looked, or needs to."""
    if scanner() is None:
        return None
    return ScannerState.objects.filter(pk=ScannerState.ONLY).first()


def look(*, now: datetime) -> ScannerState:
    """Ask the scanner for the test virus and more, and remember the answer."""
    why, version, detail = _asked(now)
    known = ScannerState.objects.filter(pk=ScannerState.ONLY).first()
    is_news = known is None or (known.is_open, known.why) != (not why, why)
    state, _made = ScannerState.objects.update_or_create(
        pk=ScannerState.ONLY,
        defaults={
            "is_open": not why,
            "why": why,
            "detail": detail[:200],
            "version": version[:100],
            "since": now if is_news or known is None else known.since,
            "checked_at": now,
        },
    )
    if is_news and why:
        log.error("scanner_closed", why=why, detail=detail)
    return state


def shut(*, detail: str, now: datetime) -> None:
    """Remember that the scanner has just failed; the next who asks looks anew."""
    log.warning("scanner_failed", detail=detail)
    ScannerState.objects.filter(pk=ScannerState.ONLY).update(checked_at=now - FRESH)


def _asked(now: datetime) -> tuple[str, str, str]:
    """Return why the gate is closed (or ""), the version, and details."""
    one = scanner()
    if one is None:
        return Why.OFF, "", ""
    version = ""
    try:
        version = one.version()
        no = distrust(one, version, most_days=settings.CLAMD_MAX_AGE_DAYS, now=now)
    except ScannerDown as error:
        return Why.SILENT, version, str(error)
    return (Why(no) if no else ""), version, ""
