"""When somebody is at work: from nine to five of a business day, where they live."""

from datetime import date, datetime, timedelta

from claims.calendar import Calendar, at_working_hour, local_date

WORKING_DAY = timedelta(hours=8)
DAY = timedelta(days=1)


def morning_of(on: date, days: Calendar) -> datetime:
    """Return when work begins on a day, or on the first business day after it."""
    while not days.is_working(on):
        on += DAY
    return at_working_hour(on, days.time_zone)


def next_working_moment(after: datetime, days: Calendar) -> datetime:
    """Return this moment if it is one of work, else when work begins again.

    :raises claims.calendar.OutOfHorizon: if the calendar does not reach so far
    """
    today = local_date(after, days.time_zone)
    morning = morning_of(today, days)
    if after <= morning:
        return morning
    if after < morning + WORKING_DAY:
        return after
    return morning_of(today + DAY, days)


def next_morning(after: datetime, days: Calendar) -> datetime:
    """Return when work begins on the next business day after today's."""
    return morning_of(local_date(after, days.time_zone) + DAY, days)
