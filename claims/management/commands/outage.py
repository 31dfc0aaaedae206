"""Extend every running deadline by the days on which the system was down."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from claims import postponements
from claims.machine import Refused
from claims.management.commands.enforce_deadlines import moment
from claims.workflow import CLAIM


class Command(BaseCommand):
    help = (
        "Record that the system was down from-until, and extend the deadlines that "
        "were running. The same outage twice is the same record; a run that died is "
        "taken up again. What the clocks have already ended is counted, not undone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, dest in (("--from", "began"), ("--until", "ended")):
            parser.add_argument(name, dest=dest, required=True, metavar="ISO-TIME")
        parser.add_argument("--reason", required=True)
        parser.add_argument(
            "--clock",
            action="append",
            default=[],
            choices=sorted(CLAIM.clocks),
            help="only this clock; may be given several times",
        )

    def handle(
        self,
        *args: Any,
        began: str,
        ended: str,
        reason: str,
        clock: list[str],
        **options: Any,
    ) -> None:
        now = timezone.now()
        try:
            record = postponements.record_outage(
                began_at=moment(began),
                ended_at=moment(ended),
                clocks=clock,
                reason=reason,
                by=None,
                now=now,
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        postponements.carry_out(postponement=record, now=now)
        self.stdout.write(f"{record.moved} deadlines moved.")
        for number, why in record.failed:
            self.stdout.write(f"{number}: not moved: {why}")
        if ended_meanwhile := postponements.ended_during(record).count():
            self.stdout.write(
                f"{ended_meanwhile} claims were moved on by the clock for deadlines "
                "that ended in that time; see docs/deadlines.md."
            )
