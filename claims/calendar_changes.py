"""What programme admins do to calendars; running deadlines keep their dates."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.changes import (
    LABELS,
    WORDS,
    Values,
    require_programme_admin,
    require_unchanged,
    write_down,
)
from accounts.models import Partner, User
from accounts.rules import Refused
from claims.calendars import horizon, load_calendar, restore_day
from claims.models import CalendarDay, WorkCalendar

WORDS["working_weekdays"] = WEEKDAYS_ABBR
LABELS.update(
    {
        "country": gettext_lazy("Country"),
        "subdivision": gettext_lazy("Subdivision"),
        "time_zone": gettext_lazy("Time zone"),
        "working_weekdays": gettext_lazy("Working week"),
        "loaded": gettext_lazy("Loaded"),
        "holiday": gettext_lazy("Holiday"),
        "working_day": gettext_lazy("Extra working day"),
    }
)


def about_calendar(calendar: WorkCalendar) -> str:
    return f"calendar {calendar.pk}"


def calendar_values(calendar: WorkCalendar) -> Values:
    return {
        "country": calendar.country,
        "subdivision": calendar.subdivision,
        "time_zone": calendar.time_zone,
        "working_weekdays": list(calendar.working_weekdays),
    }


@transaction.atomic
def set_calendar(
    *,
    calendar: WorkCalendar | None,
    partner: Partner | None,
    country: str,
    subdivision: str,
    time_zone: str,
    working_weekdays: Sequence[int],
    seen: str = "",
    why: str,
    actor: User,
    now: datetime,
) -> WorkCalendar:
    """Give a calendar another place, zone or week, or a company its own calendar.

    The holidays are loaded anew, an admin's own days stay.

    :param calendar: None gives the company one
    :param partner: whose it is; None stands for the programme
    :raises Refused: if the company has one meanwhile
    :raises claims.calendar.CalendarError: if the place is unknown
    """
    require_programme_admin(actor)
    before = _before(calendar, partner, seen)
    saved = load_calendar(
        partner=partner,
        country=country,
        subdivision=subdivision,
        time_zone=time_zone,
        years=horizon(now),
    )
    saved.working_weekdays = sorted(working_weekdays)
    saved.save(update_fields=["working_weekdays"])
    after = {**calendar_values(saved), "loaded": _reach(saved)}
    _write_down(saved, _deed(before, after), before, after, why, actor, now)
    return saved


def _before(
    calendar: WorkCalendar | None, partner: Partner | None, seen: str
) -> Values:
    """Lock what is to change and return how it stands; nothing where it is new."""
    if partner is not None:
        Partner.objects.select_for_update().get(pk=partner.pk)
    if calendar is not None:
        calendar = WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
        require_unchanged(calendar_values(calendar), seen)
        return {**calendar_values(calendar), "loaded": _reach(calendar)}
    if WorkCalendar.objects.filter(partner=partner).exists():
        raise Refused(_("This company has a calendar of its own already."))
    return {}


@transaction.atomic
def add_day(
    *,
    calendar: WorkCalendar,
    on: date,
    name: str,
    name_de: str,
    is_working: bool,
    why: str,
    actor: User,
    now: datetime,
) -> CalendarDay:
    """Enter a holiday or an extra working day of one's own.

    It takes the place of what the tables say about that day.

    :raises Refused: if an own day stands there already
    """
    require_programme_admin(actor)
    WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    official = calendar.days.filter(on=on).first()
    if official is not None and official.is_own:
        raise Refused(
            _("“%(name)s” is entered for this day. Remove it first.")
            % {"name": official.name},
            field="on",
        )
    before = _said(official) if official else {}
    day, _created = CalendarDay.objects.update_or_create(
        calendar=calendar,
        on=on,
        defaults={
            "name": name,
            "name_de": name_de,
            "is_working": is_working,
            "is_own": True,
        },
    )
    _write_down(calendar, "added", before, _said(day), why, actor, now)
    return day


@transaction.atomic
def remove_day(*, day: CalendarDay, why: str, actor: User, now: datetime) -> None:
    """Take an own day away; what the tables say about it holds again.

    :raises Refused: if it is gone already
    """
    require_programme_admin(actor)
    calendar = WorkCalendar.objects.select_for_update().get(pk=day.calendar_id)
    gone, _by_model = calendar.days.filter(pk=day.pk, is_own=True).delete()
    if not gone:
        raise Refused(_("This day has been removed already."))
    official = restore_day(calendar=calendar, on=day.on)
    after = _said(official) if official else {}
    _write_down(calendar, "removed", _said(day), after, why, actor, now)


def _said(day: CalendarDay) -> Values:
    kind = "working_day" if day.is_working else "holiday"
    return {kind: f"{day.on.isoformat()} {day.name}".strip()}


def _reach(calendar: WorkCalendar) -> str:
    return f"{calendar.first_on} – {calendar.last_on}, {calendar.source}"


def _deed(before: Values, after: Values) -> str:
    if not before:
        return "added"
    same = all(before[key] == after[key] for key in before if key != "loaded")
    return "loaded" if same else "changed"


def _write_down(  # noqa: PLR0917 -- of this module only
    calendar: WorkCalendar,
    did: str,
    before: Values,
    after: Values,
    why: str,
    actor: User,
    now: datetime,
) -> None:
    name = _("Calendar of the programme")
    if calendar.partner is not None:
        name = _("Calendar of %(name)s") % {"name": calendar.partner}
    write_down(
        about=about_calendar(calendar),
        name=name,
        did=did,
        before=before,
        after=after,
        why=why,
        actor=actor,
        partner_id=calendar.partner_id,
        now=now,
    )
