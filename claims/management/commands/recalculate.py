"""Count the running deadlines of a changed calendar anew; they only move later."""

from argparse import ArgumentParser
from datetime import datetime
from itertools import batched
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from claims import postponements
from claims.calendar import local_date
from claims.machine import Refused
from claims.models import Deadline, WorkCalendar
from claims.recalculation import CHUNK, deadlines_of, preview


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
        for moves in batched(found.moves, CHUNK, strict=False):
            named = deadlines_of([each.pk for each in moves])
            for each in moves:
                line = _line(named[each.pk], each.to, place)
                self.stdout.write(line)
        for failed in batched(found.failed, CHUNK, strict=False):
            named = deadlines_of([pk for pk, _why in failed])
            for pk, why in failed:
                self.stdout.write(f"{named[pk].claim.number}: {why}")
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


def _line(old: Deadline, to: datetime, place: WorkCalendar) -> str:
    return (
        f"{old.claim.number} {old.clock}: {local_date(old.due_at, old.time_zone)} → "
        f"{local_date(to, place.time_zone)}"
    )
