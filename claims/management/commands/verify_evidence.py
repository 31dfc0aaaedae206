"""Hold every stored file against its hash, and find what belongs to no file."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from claims import keeping, vault


class Command(BaseCommand):
    help = (
        "Hold every stored file against its hash and list what belongs to no file; "
        "exit 1 if something is wrong. Stopped, it goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=10**9, help="files at most")
        parser.add_argument("--seconds", type=float, default=10**9, help="at most")
        parser.add_argument("--delete-orphans", action="store_true")
        parser.add_argument(
            "--age-hours",
            type=float,
            default=keeping.SAFETY_AGE / timedelta(hours=1),
            help="how old an orphan must be before it is deleted; at least 1",
        )
        parser.add_argument(
            "--rename", action="store_true", help="give old contents their new names"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._handle(options)
        except vault.Unavailable as error:
            raise CommandError(f"The storage does not answer: {error}") from error

    def _handle(self, options: dict[str, Any]) -> None:
        now = timezone.now()
        if options["rename"]:
            self.stdout.write(f"{keeping.rename_old()} contents renamed.")
        run = keeping.open_run(now=now, anew=True)
        if run is None:
            raise CommandError("Somebody else has just finished. Run it again.")
        sitting = keeping.go_on(
            run=run,
            now=now,
            most_files=options["limit"],
            most_seconds=options["seconds"],
        )
        self.stdout.write(f"{sitting.files} files read, {sitting.bytes} bytes.")
        if not sitting.is_done:
            self.stdout.write("More are left: run it again to go on.")
        if options["delete_orphans"]:
            age = timedelta(hours=options["age_hours"])
            for name in keeping.delete_orphans(now=now, age=age):
                self.stdout.write(f"{name}: deleted")
        self._report()

    def _report(self) -> None:
        count = 0
        for fault in keeping.open_faults():
            count += 1
            whose = f" ({fault.evidence.claim.number})" if fault.evidence else ""
            self.stdout.write(f"{fault.name}{whose}: {fault.get_what_display()}")
        if count:
            raise CommandError(f"{count} faults found.")
        self.stdout.write("Every content that was read equals its hash.")
