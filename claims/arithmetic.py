"""A deadline in words: its count, each move since, and what stops its clock."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from claims.calendar import parse_rule, zone_of
from claims.explanation import explain
from claims.models import Brake, Deadline, Postponement

Cause = Postponement.Cause


def with_brakes(rows: QuerySet[Deadline]) -> QuerySet[Deadline]:
    """Fetch along what stops each deadline's clock, in the same query."""
    brake = Brake.objects.filter(clock=OuterRef("clock"))
    names = ("off_at", "off_because", "tripped_at")
    return rows.annotate(**{name: Subquery(brake.values(name)) for name in names})


def why_due(chain: Sequence[Deadline]) -> list[str]:
    """Return how a date was counted, and how it moved since, the latest last.

    :param chain: a deadline, preceded by those whose place it took
    """
    first, *later = chain
    counted = _counted(first)
    if not later:
        return [counted]
    return [
        _("At first %(counted)s.") % {"counted": counted},
        *(_moved(old, new) for old, new in zip(chain, later, strict=False)),
    ]


def why_stopped(deadline: Any, now: datetime) -> str:
    """Return why the clock stands still though nobody holds this claim, or nothing.

    :param deadline: fetched through with_brakes
    """
    if deadline.off_at is not None:
        return _(
            "This clock is switched off since %(since)s: %(reason)s No time passes "
            "meanwhile; when it runs again, the date moves by the days lost."
        ) % {
            "since": moment(deadline.off_at, deadline.time_zone),
            "reason": _as_sentence(deadline.off_because),
        }
    if deadline.tripped_at is not None and deadline.due_at < now:
        return _(
            "The clock has reached its daily limit and waits for a lead reviewer. "
            "Until then nothing happens by itself."
        )
    return ""


def moment(at: datetime, zone: str) -> str:
    """Return "Tue 12 Jan 2027, 23:59" by the clock of a zone."""
    local = at.astimezone(zone_of(zone))
    return format_date(local, pgettext("due date and time", "D j M Y, H:i"))


def _counted(deadline: Deadline) -> str:
    return explain(
        due_at=deadline.due_at,
        time_zone=deadline.time_zone,
        rule=parse_rule(deadline.rule),
        start_on=date.fromisoformat(deadline.arithmetic["start_on"]),
        skipped=_holidays(deadline),
    )


def _holidays(deadline: Deadline) -> list[str]:
    """Return the names of the skipped holidays in the reader's language."""
    german = (get_language() or "").startswith("de")
    return [row[2] if german else row[1] for row in deadline.arithmetic["skipped"]]


def _moved(old: Deadline, new: Deadline) -> str:
    postponement = new.postponement
    if postponement is None:
        return _("Extended by %(who)s to %(due)s: %(reason)s") % {
            "who": new.extended_by,
            "due": moment(new.due_at, new.time_zone),
            "reason": new.extension_reason,
        }
    if postponement.cause == Cause.CALENDAR:
        return _("Counted anew on the changed calendar, %(counted)s: %(reason)s") % {
            "counted": "; ".join(filter(None, (_counted(new), _given(new)))),
            "reason": new.extension_reason,
        }
    return _made_up(old, new, postponement)


def _made_up(old: Deadline, new: Deadline, postponement: Postponement) -> str:
    causes = {
        Cause.OUTAGE: _(
            "Moved to %(due)s, because the system was down from %(began)s to "
            "%(ended)s; %(given)s: %(reason)s"
        ),
        Cause.SWITCH: _(
            "Moved to %(due)s, because the clock was switched off from %(began)s to "
            "%(ended)s; %(given)s: %(reason)s"
        ),
    }
    return causes[Cause(postponement.cause)] % {
        "due": moment(new.due_at, new.time_zone),
        "began": moment(postponement.began_at, new.time_zone),
        "ended": moment(postponement.ended_at, new.time_zone),
        "given": _given(new, since=old),
        "reason": new.extension_reason,
    }


def _given(new: Deadline, since: Deadline | None = None) -> str:
    """Return how many days were given back, if any were."""
    before = since.arithmetic.get("given", 0) if since else 0
    days = new.arithmetic.get("given", 0) - before
    if not days:
        return ""
    return ngettext("%(days)d day given back", "%(days)d days given back", days) % {
        "days": days
    }


def _as_sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."
