"""See and use the brakes of the clocks from the command line."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from claims import brakes, foresight, postponements
from claims.local_time import in_utc
from claims.machine import Refused
from claims.workflow import CLAIM


class Command(BaseCommand):
    help = (
        "Without arguments: list the clocks. Otherwise switch one off or on, release "
        "it from its daily limit, or change that limit; --reason is obligatory."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", choices=sorted(CLAIM.clocks))
        parser.add_argument(
            "deed", nargs="?", choices=["off", "on", "release", "limit"]
        )
        parser.add_argument("number", nargs="?", type=int, help="of steps, for limit")
        parser.add_argument("--reason", default="")

    def handle(
        self,
        *args: Any,
        name: str | None = None,
        deed: str | None = None,
        number: int | None = None,
        reason: str = "",
        **options: Any,
    ) -> None:
        now = timezone.now()
        if name is not None and deed is not None:
            try:
                _do(name, deed, number, reason, now)
            except Refused as refused:
                raise CommandError(str(refused)) from refused
        for each in foresight.clocks(now):
            if name in (None, each.name):
                self.stdout.write(_line(each, now))


def _do(name: str, deed: str, number: int | None, reason: str, now: datetime) -> None:
    facts: dict[str, Any] = {"clock": name, "by": None, "reason": reason, "now": now}
    match deed:
        case "off":
            brakes.switch_off(**facts)
        case "on":
            begun = postponements.switch_on(**facts)
            postponements.carry_out(postponement=begun, now=now)
        case "release":
            brakes.release(**facts)
        case _:
            brakes.set_limit(**facts, limit=number or 0)


def _line(each: foresight.ShownClock, now: datetime) -> str:
    brake = each.brake
    state = "running"
    if brake.off_at:
        state = f"OFF since {in_utc(brake.off_at)}: {brake.off_because}"
    elif brake.tripped_at:
        state = f"STOPPED at its limit since {in_utc(brake.tripped_at)}"
    return (
        f"{each.name}: {state}; {each.running} deadlines, {each.held} held, "
        f"{each.soon} end within 7 days; "
        f"{brakes.taken_on(brake, now)} of {each.limit} steps today"
    )
