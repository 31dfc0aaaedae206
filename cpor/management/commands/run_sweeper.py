"""Do what beat and worker do, in a loop that needs neither broker nor cache."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cpor.sweeper import Sweeper

SHORTEST, LONGEST = 1, 3600


class Command(BaseCommand):
    help = (
        "Take due steps, send mails and inspect files in a loop, without Redis. May "
        "run beside beat and worker, and more than once. SIGTERM ends it after the "
        "claim in hand."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="go round once, then end"
        )
        parser.add_argument(
            "--interval",
            type=float,
            default=60,
            metavar="SECONDS",
            help="between two rounds (60)",
        )

    def handle(
        self, *args: Any, once: bool = False, interval: float = 60, **options: Any
    ) -> None:
        if not SHORTEST <= interval <= LONGEST:
            raise CommandError(
                f"--interval takes {SHORTEST} to {LONGEST} seconds, not {interval:g}."
            )
        sweeper = Sweeper()
        if not once:
            sweeper.run(interval=interval)
            return
        done = sweeper.go_round()
        for name, result in done.items():
            self.stdout.write(f"{name}: {result!s}")
        if any(isinstance(result, Exception) for result in done.values()):
            raise CommandError("Not every job got through; see the log.")
