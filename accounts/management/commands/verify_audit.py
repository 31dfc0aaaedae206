"""Check that no row of the audit trail was changed, removed or inserted."""

import json
from argparse import ArgumentParser
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.trail_check import faults, gone_since, heads_now, note_verified


class Command(BaseCommand):
    help = "Check the audit trail row by row; exit 1 if something is wrong with it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchor",
            type=Path,
            metavar="FILE",
            help="a file kept elsewhere: compare with the ends it names, then renew it",
        )

    def handle(self, *args: Any, anchor: Path | None = None, **options: Any) -> None:
        found = []
        for fault in chain(faults(), gone_since(_read(anchor))):
            found.append(fault)
            self.stdout.write(str(fault))
        if not note_verified(found=found, now=timezone.now()) and found:
            self.stdout.write("The trail takes no row that tells of this check.")
        if found:
            raise CommandError(f"{len(found)} faults in the audit trail.")
        if anchor:
            anchor.write_text(json.dumps(heads_now(), indent=1), encoding="utf-8")
        self.stdout.write("The audit trail is whole.")


def _read(anchor: Path | None) -> dict[str, list[Any]]:
    """Return what the file says of each chain: its last number and hash then."""
    if anchor is None or not anchor.exists():
        return {}
    try:
        said = json.loads(anchor.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise CommandError(f"{anchor} cannot be read: {problem}") from problem
    return dict(said)
