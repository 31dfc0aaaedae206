"""List every claim in an impossible state."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from claims.verify import faults


class Command(BaseCommand):
    help = "List every claim in an impossible state; exit 1 if there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for fault in faults():
            count += 1
            self.stdout.write(f"{fault.number}: {fault.what}")
        if count:
            raise CommandError(f"{count} impossible states found.")
        self.stdout.write("Every claim is in a possible state.")
