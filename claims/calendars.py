"""Loading the holidays of a place into the calendar that deadlines run on."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from accounts.models import Partner
from accounts.once import Once
from accounts.scopes import Across, across
from claims.calendar import Calendar, calendar_of, holidays_of
from claims.models import CalendarDay, WorkCalendar
from claims.places import TABLES

# By company; None is the programme.
_calendars = Once[int | None, WorkCalendar | None]("calendars")
# Each is fetched at most once within a sweep; the next one sees a change.
kept = _calendars.within


@transaction.atomic
def load_calendar(
    *,
    partner: Partner | None,
    country: str,
    subdivision: str,
    time_zone: str,
    years: Iterable[int],
) -> WorkCalendar:
    """Create or renew a calendar; an admin's own days stay.

    Running deadlines keep their dates (DOMAIN.md §3).

    :param partner: None stands for the programme
    :raises claims.calendar.CalendarError: if the place is unknown
    """
    years = list(years)
    days = calendar_of(country, subdivision, time_zone, years)
    german = holidays_of(country, subdivision, years, language="de")
    calendar, _created = WorkCalendar.objects.update_or_create(
        partner=partner,
        defaults={
            "country": country,
            "subdivision": subdivision,
            "time_zone": time_zone,
            "working_weekdays": sorted(days.working_weekdays),
            "first_on": days.first,
            "last_on": days.last,
            "source": TABLES,
        },
    )
    _load_days(calendar, days, german)
    return calendar


def _load_days(
    calendar: WorkCalendar, days: Calendar, german: Mapping[date, str]
) -> None:
    calendar.days.filter(is_own=False).delete()
    own = set(calendar.days.values_list("on", flat=True))
    names = {on: name for on, name in days.holidays.items() if _within(on, days)}
    names |= dict.fromkeys(days.working_days, "")
    CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=calendar,
            on=on,
            name=name,
            name_de=german.get(on, ""),
            is_working=on in days.working_days,
        )
        for on, name in names.items()
        if on not in own
    )


def restore_day(*, calendar: WorkCalendar, on: date) -> CalendarDay | None:
    """Let a day be what the tables say, now that no admin says otherwise."""
    place = (calendar.country, calendar.subdivision)
    days = calendar_of(*place, calendar.time_zone, [on.year])
    if on not in days.holidays and on not in days.working_days:
        return None
    german = holidays_of(*place, [on.year], language="de")
    return CalendarDay.objects.create(
        calendar=calendar,
        on=on,
        name=days.holidays.get(on, ""),
        name_de=german.get(on, ""),
        is_working=on in days.working_days,
    )


def stored_calendar(partner: int | None) -> WorkCalendar | None:
    """Return the calendar of a company, or for None the programme's, if it has one."""
    stored = WorkCalendar.objects.filter(partner=partner)
    if _calendars.is_kept:
        stored = stored.prefetch_related("days")
    return _calendars.answer(partner, stored.first)


def programme_calendar(now: datetime) -> WorkCalendar:
    """Return the programme's calendar; a new installation gets its set place."""
    calendar = stored_calendar(None)
    if calendar is not None:
        return calendar
    country, subdivision, time_zone = settings.PROGRAMME_PLACE
    with across(Across.CALENDAR):
        return load_calendar(
            partner=None,
            country=country,
            subdivision=subdivision,
            time_zone=time_zone,
            years=horizon(now),
        )


def horizon(now: datetime) -> range:
    """Return the years that are loaded: some behind us, and well over two ahead."""
    return range(now.year - 2, now.year + 6)


def _within(on: date, days: Calendar) -> bool:
    return days.first <= on <= days.last
