"""Load the holidays of the installed package, and say what changed."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from claims.calendar import CalendarError
from claims.explanation import in_words
from claims.holiday_updates import Change, Update, update_holidays
from claims.models import WorkCalendar
from claims.recalculation import preview


class Command(BaseCommand):
    help = (
        "Load the tables of the installed holidays package into every calendar. Own "
        "days stay, and no running deadline moves. Exit code 1 if a calendar could "
        "not be updated."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would change"
        )

    def handle(self, *args: Any, dry_run: bool = False, **options: Any) -> None:
        now, failed = timezone.now(), 0
        places = WorkCalendar.objects.select_related("partner").order_by("pk")
        for place in places:
            try:
                self._update(place, now, dry_run=dry_run)
            except CalendarError as error:
                failed += 1
                self.stdout.write(f"{_title(place)}: error: {in_words(error)}")
        if dry_run:
            self.stdout.write("Nothing was changed.")
        if failed:
            raise CommandError(f"{failed} calendars could not be updated.")

    @transaction.atomic
    def _update(self, place: WorkCalendar, now: datetime, *, dry_run: bool) -> None:
        update = update_holidays(place=place, now=now)
        self.stdout.write(f"{_title(place)}: {_summary(update)}")
        for change in update.changes:
            self.stdout.write(f"  {_line(change)}")
        moves = len(preview(update.place).moves) if update.changes else 0
        if moves:
            page = reverse("calendar-recalculate", args=[place.pk])
            self.stdout.write(
                f"  {moves} running deadlines would end later if they were counted "
                f"anew: {page}"
            )
        if dry_run:
            transaction.set_rollback(True)


def _title(place: WorkCalendar) -> str:
    return f"{place.partner or 'Programme'}, {place}"


def _summary(update: Update) -> str:
    if not update:
        return f"up to date with {update.source[1]}, until {update.last_on[1]}"
    source, last_on = (
        " → ".join(dict.fromkeys(map(str, pair)))
        for pair in (update.source, update.last_on)
    )
    return f"{source}, until {last_on}, {len(update.changes)} days differ"


def _line(change: Change) -> str:
    if change.old is None:
        return f"+ {change.on} {change.new}"
    if change.new is None:
        return f"- {change.on} {change.old}"
    if str(change.old) == str(change.new):
        return f"~ {change.on} {change.old.name_de} → {change.new.name_de}"
    return f"~ {change.on} {change.old} → {change.new}"
