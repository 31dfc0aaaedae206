"""What the bell rings for that concerns more than one app."""

from celery import shared_task
from django.utils import timezone

from cpor import reminders


@shared_task
def tell_the_queue() -> int:
    """Send today's summaries of the queue to whoever has not got one."""
    return reminders.tell_the_queue(timezone.now())
