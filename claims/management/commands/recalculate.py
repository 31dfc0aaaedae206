"""Count the running deadlines of a changed calendar anew; they only move later."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from claims import postponements
from claims.calendar import local_date
from claims.machine import Refused
from claims.models import WorkCalendar
from claims.recalculation import preview


class Command(BaseCommand):
    help = (
        "Show which running deadlines a changed calendar would move, old → new. With "
        "--reason they are moved; --dry-run only shows. Without a calendar: list them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("calendar", nargs="?", type=int)
        parser.add_argument("--reason", default="")
        parser.add_argument("--dry-run", action="store_true")

    def handle(
        self,
        *args: Any,
        calendar: int | None = None,
        reason: str = "",
        dry_run: bool = False,
        **options: Any,
    ) -> None:
        places = WorkCalendar.objects.select_related("partner").order_by("pk")
        if calendar is None:
            for place in places:
                self.stdout.write(
                    f"{place.pk}: {place.partner or 'Programme'}, {place}"
                )
            return
        chosen = places.filter(pk=calendar).first()
        if chosen is None:
            raise CommandError(f"There is no calendar {calendar}.")
        self._show(chosen)
        if dry_run:
            self.stdout.write("Nothing was changed.")
            return
        self._move(chosen, reason)

    def _show(self, place: WorkCalendar) -> None:
        found = preview(place)
        for move in found.moves:
            old, to = move.deadline, move.to
            self.stdout.write(
                f"{old.claim.number} {old.clock}: "
                f"{local_date(old.due_at, old.time_zone)} → "
                f"{local_date(to.due_at, to.time_zone)}"
            )
        for deadline, why in found.failed:
            self.stdout.write(f"{deadline.claim.number}: {why}")
        self.stdout.write(
            f"{len(found.moves)} would move, {found.unmoved} stay, "
            f"{len(found.failed)} cannot be told."
        )

    def _move(self, place: WorkCalendar, reason: str) -> None:
        now = timezone.now()
        try:
            record = postponements.record_recalculation(
                place=place, reason=reason, by=None, now=now
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        postponements.carry_out(postponement=record, now=now)
        self.stdout.write(f"{record.moved} deadlines moved.")
