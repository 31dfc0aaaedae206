"""Read mails that came back, from standard input or from a Maildir."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notifications import bounces


class Command(BaseCommand):
    help = (
        "Read delivery status notifications: one mail from standard input, as a mail "
        "server pipes it, or all new ones of a Maildir."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--maildir",
            type=Path,
            metavar="FOLDER",
            help="a Maildir with new, cur and tmp",
        )

    def handle(self, *args: Any, maildir: Path | None = None, **options: Any) -> None:
        if not settings.MAIL_BOUNCES:
            raise CommandError(
                "Set MAIL_BOUNCES to the address that mails come back to, such as "
                "bounces@cpor.example."
            )
        now = timezone.now()
        if maildir is None:
            raw = sys.stdin.buffer.read(bounces.LONGEST_MAIL)
            self.stdout.write(bounces.read(raw=raw, now=now))
            return
        if not (maildir / "new").is_dir():
            raise CommandError(f"{maildir} is no Maildir: it has no folder “new”.")
        counts = bounces.read_folder(folder=maildir, now=now)
        for verdict, count in sorted(counts.items()):
            self.stdout.write(f"{verdict}: {count}")
