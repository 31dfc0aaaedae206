"""How many days an outage took from a deadline, and which day makes up for them.

The days that the outage touched are lost, a minute as much as the whole day: nobody
knows when in the day somebody meant to act. As many days of the rule's kind follow the
deadline, or the outage where that ended later. Touching days off only costs one day
all the same, since people also work on them. Plain functions, as in calendar.py.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from claims.calendar import Calendar, Rule, local_date

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


def days_touched(
    *, began_at: datetime, ended_at: datetime, start_on: date, due_on: date, zone: str
) -> list[date]:
    """Return the local days of a deadline that fell into the time from-to.

    An outage that ends at midnight does not touch the day that begins then.
    """
    first = max(local_date(began_at, zone), start_on)
    last = min(local_date(max(ended_at - INSTANT, began_at), zone), due_on)
    return [first + DAY * n for n in range((last - first).days + 1)]


def days_owed(
    touched: Collection[date], start_on: date, rule: Rule, calendar: Calendar
) -> int:
    """Return how many days are to be given back; day 0 was never counted.

    :raises OutOfHorizon: if the calendar does not know one of the days
    """
    return max(1, sum(on > start_on and rule.counts(on, calendar) for on in touched))


def day_after(after: date, days: int, rule: Rule, calendar: Calendar) -> date:
    """Return the day on which that many days of the rule's kind are over.

    :raises OutOfHorizon: if the calendar does not reach that far
    """
    on = after
    for _each in range(days):
        on += DAY
        while not rule.counts(on, calendar):
            on += DAY
    return on
