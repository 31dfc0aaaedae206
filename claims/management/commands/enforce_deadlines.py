"""Run one sweep of the clocks by hand."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from claims.sweep import sweep


class Command(BaseCommand):
    help = "Do what is due: reminders, warnings, and the steps that time takes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at",
            metavar="ISO-TIME",
            help="as if it were that time, such as 2027-01-13T00:00:00+01:00",
        )

    def handle(self, *args: Any, at: str | None = None, **options: Any) -> None:
        now = moment(at) if at else timezone.now()
        self.stdout.write(str(sweep(now=now, rehearse=bool(at))))


def moment(text: str) -> datetime:
    """Read the time to pretend; only where nobody's rights hang on it."""
    if settings.PRODUCTION:
        raise CommandError("--at is refused in production: it would end rights early.")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"“{text}” is no time. Write it like 2027-01-13T00:00:00+01:00."
        ) from None
    if at.utcoffset() is None:
        raise CommandError("Add the offset to the time, such as +01:00 or Z.")
    return at
