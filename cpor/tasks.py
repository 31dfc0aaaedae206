"""What the bell rings for that concerns more than one app."""

import structlog
from celery import shared_task
from django.utils import timezone

from claims import erasure, vault
from cpor import file_watch, reminders

log = structlog.get_logger(__name__)


@shared_task
def tell_the_queue() -> int:
    """Send today's summaries of the queue to whoever has not got one."""
    return reminders.tell_the_queue(timezone.now())


@shared_task
def watch_files() -> int:
    """Verify stored files for some minutes, and tell of a scanner that stays shut."""
    now = timezone.now()
    file_watch.tell_of_scanner(now=now)
    try:
        return file_watch.verify(now=now, most_files=20_000, most_seconds=300)
    except vault.Unavailable:
        log.exception("storage_unavailable")
        return 0


@shared_task
def erase_due() -> int:
    """Erase what has been over for longer than the programme keeps it."""
    return len(erasure.erase_due(now=timezone.now()).numbers)
