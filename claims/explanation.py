"""A due date in words: when, where, and how it was counted."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from claims.calendar import CalendarError, Rule, zone_of


def explain(
    *,
    due_at: datetime,
    time_zone: str,
    rule: Rule,
    start_on: date,
    skipped: Sequence[str],
) -> str:
    """Return "Tue 12 Jan 2027, 23:59 Europe/Berlin: 14 business days after Fri 18 Dec".

    :param skipped: names of the holidays passed over, appended to the sentence
    """
    sentence = _("%(due)s %(time_zone)s: %(count)s") % {
        "due": format_date(
            due_at.astimezone(zone_of(time_zone)),
            pgettext("due date and time", "D j M Y, H:i"),
        ),
        "time_zone": time_zone,
        "count": _count(rule, start_on),
    }
    return f"{sentence}; {_skipped(skipped)}" if skipped else sentence


def in_words(error: CalendarError) -> str:
    """Return in the reader's language why a date cannot be told."""
    return _(error.template) % error.values


def _count(rule: Rule, start_on: date) -> str:
    forms = {
        "business": ngettext(
            "%(days)d business day after %(start)s",
            "%(days)d business days after %(start)s",
            rule.n,
        ),
        "calendar": ngettext(
            "%(days)d calendar day after %(start)s",
            "%(days)d calendar days after %(start)s",
            rule.n,
        ),
    }
    start = format_date(start_on, pgettext("start of a count", "D j M"))
    return forms[rule.kind] % {"days": rule.n, "start": start}


def _skipped(names: Sequence[str]) -> str:
    return ngettext(
        "%(days)d holiday skipped (%(names)s)",
        "%(days)d holidays skipped (%(names)s)",
        len(names),
    ) % {"days": len(names), "names": ", ".join(names)}
