"""What the worker does: send one mail when the bell rings, all due ones each minute."""

from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from notifications import bounces, delivery, queries


@shared_task(name="notifications.tasks.deliver")
def deliver(delivery_id: int) -> str:
    """Send one fresh mail at once; while the server is away the sweep sees to it."""
    now = timezone.now()
    if queries.server_is_quiet(now):
        return delivery.Outcome.NOTHING
    return delivery.deliver(now=now, pk=delivery_id)


@shared_task(name="notifications.tasks.deliver_due")
def deliver_due() -> dict[str, int]:
    """Send everything that is due by now."""
    counts = delivery.sweep(now=timezone.now())
    return {outcome.value: count for outcome, count in counts.items()}


@shared_task(name="notifications.tasks.read_bounces")
def read_bounces() -> dict[str, int]:
    """Read what came back into the folder that is set, if one is."""
    if not (settings.MAIL_BOUNCES and settings.MAIL_BOUNCES_FOLDER):
        return {}
    folder = Path(settings.MAIL_BOUNCES_FOLDER)
    counts = bounces.read_folder(folder=folder, now=timezone.now())
    return {verdict.value: count for verdict, count in counts.items()}
