"""Run one sweep of the clocks by hand."""

from argparse import ArgumentParser
from collections import Counter
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from claims.dry_run import Would
from claims.dry_run import dry_run as would_happen
from claims.local_time import in_utc
from claims.sweep import sweep


class Command(BaseCommand):
    help = "Do what is due: reminders, warnings, and the steps that time takes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at",
            metavar="ISO-TIME",
            help="as if it were that time, such as 2027-01-13T00:00:00+01:00",
        )

        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="only say what would happen; the database refuses every write",
        )

    def handle(
        self,
        *args: Any,
        at: str | None = None,
        dry_run: bool = False,
        **options: Any,
    ) -> None:
        if dry_run:
            self._tell(moment(at) if at else timezone.now())
            return
        now = pretended(at) if at else timezone.now()
        self.stdout.write(str(sweep(now=now, rehearse=bool(at))))

    def _tell(self, now: datetime) -> None:
        steps = Counter[str]()
        with would_happen(now=now, today=timezone.now()) as found:
            for each in found:
                steps[each.deadline.clock] += each.is_step
                self.stdout.write(_line(each))
        told = ", ".join(f"{name}: {n}" for name, n in sorted(steps.items()) if n)
        self.stdout.write(
            f"{steps.total()} steps ({told or 'none'}). Nothing was changed."
        )


def _line(would: Would) -> str:
    deadline = would.deadline
    due = f"{deadline.clock} (due {in_utc(deadline.due_at)})"
    return f"{deadline.claim.number} {due}: {would.what}"


def pretended(text: str) -> datetime:
    """Read the time to pretend; only where nobody's rights hang on it."""
    if settings.PRODUCTION:
        raise CommandError("--at is refused in production: it would end rights early.")
    return moment(text)


def moment(text: str) -> datetime:
    """Read a time with its offset."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"“{text}” is no time. Write it like 2027-01-13T00:00:00+01:00."
        ) from None
    if at.utcoffset() is None:
        raise CommandError("Add the offset to the time, such as +01:00 or Z.")
    return at
