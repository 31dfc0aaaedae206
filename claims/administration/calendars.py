"""The calendars that deadlines run on: a year at a glance, places, own days."""

import re
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import companies_administered_by
from accounts.administration.forms import ReasonForm
from accounts.administration.page import Sheet, answer, for_programme_admins, searched
from accounts.changes import history_of
from accounts.models import Partner, User
from accounts.paging import page_by_name
from claims import calendar_changes, lookups
from claims.administration.forms import CalendarForm, DayForm
from claims.almanac import year_of
from claims.calendar import local_date
from claims.calendars import programme_calendar
from claims.models import WorkCalendar

YEAR = re.compile(r"[0-9]{4}", re.ASCII)


@require_safe
@for_programme_admins
def calendars(request: HttpRequest, reader: User) -> HttpResponse:
    """List the programme's calendar, then every company with the one it runs on."""
    text, only = searched(request), request.GET.get("only", "")
    found = lookups.companies_with_calendars(text, only=only)
    page = page_by_name(found, request.GET.get("after", ""))
    context = {
        "programme": programme_calendar(timezone.now()),
        "page": page,
        "text": text,
        "only": only,
        "pills": [("", _("All")), ("own", _("With their own calendar"))],
    }
    return render(request, "administration/calendars.html", context)


@require_safe
@for_programme_admins
def calendar(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    """Show a year of a calendar, twelve months and the list of special days."""
    shown, now = _calendar(pk), timezone.now()
    number = _wanted_year(request.GET.get("year", ""), shown, now)
    first, last = shown.first_on.year, shown.last_on.year
    context = {
        "calendar": shown,
        "year": year_of(
            calendar=shown,
            year=number,
            today=local_date(now, shown.time_zone),
        ),
        "years": range(first, last + 1),
        "weekdays": [(WEEKDAYS_ABBR[day], WEEKDAYS[day]) for day in range(7)],
        "earlier": number - 1 if number > first else None,
        "later": number + 1 if number < last else None,
        "recalculate_url": _recalculation(shown),
        "history": history_of(calendar_changes.about_calendar(shown)),
    }
    return render(request, "administration/calendar.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def change_calendar(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    """Change place, zone and working week, and load the holidays anew."""
    shown = _calendar(pk)
    form = CalendarForm(
        request.POST or None, current=calendar_changes.calendar_values(shown)
    )
    return _set_calendar(request, reader, form, shown, shown.partner)


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def add_calendar(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    """Give a company a calendar of its own."""
    company = get_object_or_404(companies_administered_by(reader), pk=pk)
    usual = calendar_changes.calendar_values(programme_calendar(timezone.now()))
    form = CalendarForm(request.POST or None, initial=dict(usual))
    return _set_calendar(request, reader, form, None, company)


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def add_day(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    shown = _calendar(pk)
    form = DayForm(request.POST or None, calendar=shown, initial={"kind": "holiday"})

    def act() -> None:
        typed = form.values()
        calendar_changes.add_day(
            calendar=shown,
            is_working=typed.pop("kind") == "working",
            **typed,
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=_("Add a day of your own"),
        button=_("Add the day"),
        symbol="calendar-plus",
        back=_back(shown),
        helps=[*_nothing_moves(), _("It stays when the holidays are loaded anew.")],
    )
    return answer(request, sheet, act, said=_("The day stands in the calendar."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def remove_day(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    day = get_object_or_404(lookups.own_days(), pk=pk)
    form = ReasonForm(request.POST or None)

    def act() -> None:
        calendar_changes.remove_day(
            day=day,
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=_("Remove “%(name)s” of %(day)s")
        % {"name": day.name, "day": date_format(day.on)},
        button=_("Remove the day"),
        back=_back(day.calendar),
        tone="danger",
        symbol="calendar-off",
        helps=[*_nothing_moves(), _("What the tables say of this day holds again.")],
    )
    return answer(request, sheet, act, said=_("The day is removed."))


def _set_calendar(
    request: HttpRequest,
    reader: User,
    form: CalendarForm,
    shown: WorkCalendar | None,
    company: Partner | None,
) -> HttpResponse:
    def act() -> None:
        calendar_changes.set_calendar(
            calendar=shown,
            partner=company,
            **form.values(),
            **form.reason(),
            actor=reader,
            now=timezone.now(),
        )

    owner = str(company) if company else _("the programme")
    back = _back(shown) if shown else (_("Calendars"), _list_address())
    sheet = Sheet(
        form,
        heading=_("Calendar of %(name)s") % {"name": owner},
        button=_("Save and load the holidays"),
        symbol="calendar",
        back=back,
        helps=[
            *_nothing_moves(),
            _("The holidays of the place are loaded anew; your own days stay."),
        ],
    )
    return answer(request, sheet, act, said=_("The calendar is saved."))


def _calendar(pk: int) -> WorkCalendar:
    return get_object_or_404(lookups.calendars(), pk=pk)


def _list_address() -> str:
    return reverse("administration-calendars")


def _back(shown: WorkCalendar) -> tuple[str, str]:
    owner = str(shown.partner) if shown.partner else _("the programme")
    name = _("Calendar of %(name)s") % {"name": owner}
    return name, reverse("administration-calendar", args=[shown.pk])


def _wanted_year(typed: str, shown: WorkCalendar, now: datetime) -> int:
    """Return the year asked for, within what is loaded; else this one."""
    year = int(typed) if YEAR.fullmatch(typed) else now.year
    return min(max(year, shown.first_on.year), shown.last_on.year)


def _recalculation(shown: WorkCalendar) -> str:
    try:
        return reverse("calendar-recalculate", args=[shown.pk])
    except NoReverseMatch:
        return ""


def _nothing_moves() -> list[str]:
    return [
        _(
            "Deadlines that start from now on follow the change. A running deadline "
            "keeps its date unless you recalculate it from the calendar's page."
        )
    ]
