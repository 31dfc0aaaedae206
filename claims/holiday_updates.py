"""Loading the tables of the installed `holidays` package into calendars that exist.

Own days, the working week and days outside the new horizon stay as they are, and no
running deadline moves (claims/recalculation.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts import trail
from claims.calendar import Calendar, calendar_of, holidays_of
from claims.calendars import horizon
from claims.models import CalendarDay, WorkCalendar
from claims.places import TABLES


@dataclass(frozen=True, slots=True)
class Entry:
    """What a calendar says of one day that differs from the working week."""

    name: str
    name_de: str
    is_working: bool

    def __str__(self) -> str:
        return "working day" if self.is_working else self.name or "day off"


@dataclass(frozen=True, slots=True)
class Change:
    """One day of which the tables now say something else. None: nothing special."""

    on: date
    old: Entry | None
    new: Entry | None


@dataclass(frozen=True, slots=True)
class Update:
    """How one calendar differs from the tables that are installed."""

    place: WorkCalendar
    changes: Sequence[Change]
    source: tuple[str, str]  # old and new
    last_on: tuple[date, date]

    def __bool__(self) -> bool:
        return bool(self.changes or len({*self.source}) > 1 or len({*self.last_on}) > 1)


@transaction.atomic
def update_holidays(*, place: WorkCalendar, now: datetime) -> Update:
    """Bring one calendar up to the installed tables; return what changed.

    :raises claims.calendar.CalendarError: if the tables no longer know the place
    """
    place = WorkCalendar.objects.select_for_update(of=("self",)).get(pk=place.pk)
    days = calendar_of(place.country, place.subdivision, place.time_zone, horizon(now))
    told = _told(place, days, now)
    old = _stored(place, days)
    own = set(place.days.filter(is_own=True).values_list("on", flat=True))
    new = {on: entry for on, entry in told.items() if on not in own}
    changes = [
        Change(on, old.get(on), new.get(on))
        for on in sorted(old.keys() | new.keys())
        if old.get(on) != new.get(on)
    ]
    reach = max(place.last_on, days.last)
    update = Update(place, changes, (place.source, TABLES), (place.last_on, reach))
    if update:
        _write(update, now)
    return update


def _told(place: WorkCalendar, days: Calendar, now: datetime) -> dict[date, Entry]:
    """Return what the installed tables say of each special day."""
    german = holidays_of(place.country, place.subdivision, horizon(now), language="de")
    names = {on: name for on, name in days.holidays.items() if on >= days.first}
    names |= dict.fromkeys(days.working_days, "")
    return {
        on: Entry(name, german.get(on, ""), on in days.working_days)
        for on, name in names.items()
        if on <= days.last
    }


def _stored(place: WorkCalendar, days: Calendar) -> Mapping[date, Entry]:
    rows = place.days.filter(is_own=False, on__range=(days.first, days.last))
    return {day.on: Entry(day.name, day.name_de, day.is_working) for day in rows}


def _write(update: Update, now: datetime) -> None:
    place = update.place
    place.days.filter(
        is_own=False, on__in=[change.on for change in update.changes]
    ).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=place,
            on=change.on,
            name=change.new.name,
            name_de=change.new.name_de,
            is_working=change.new.is_working,
        )
        for change in update.changes
        if change.new is not None
    )
    place.source, place.last_on = update.source[1], update.last_on[1]
    place.save(update_fields=["source", "last_on"])
    trail.record(
        deed=trail.Deed.SETTING_CHANGED,
        actor=None,
        partner_id=place.partner_id,
        about=f"holidays of {place.place}",
        details={
            "source": list(update.source),
            "last_on": [on.isoformat() for on in update.last_on],
            "days": len(update.changes),
        },
        now=now,
    )
