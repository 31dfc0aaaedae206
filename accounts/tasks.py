"""What the worker does about people: it throws away what has ended."""

from celery import shared_task
from django.utils import timezone

from accounts import actions


@shared_task(name="accounts.tasks.clear_out")
def clear_out() -> int:
    """Delete ended sessions, tokens and counts of tries; return how many rows."""
    return actions.clear_out(now=timezone.now())
