"""Partner companies and their locations."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, queries
from accounts.administration.forms import (
    CompanyForm,
    LocationForm,
    NewLocationForm,
    ReasonForm,
)
from accounts.administration.page import Sheet, answer, for_programme_admins, searched
from accounts.changes import history_of
from accounts.confirm import ask_who
from accounts.models import Partner, User
from accounts.paging import page_by_name
from accounts.registry import companies as registry

PEOPLE_SHOWN = 8


@require_safe
@for_programme_admins
def companies(request: HttpRequest, reader: User) -> HttpResponse:
    """List the companies by name."""
    text, only = searched(request), request.GET.get("only", "")
    found = queries.companies(text, only=only)
    context = {
        "page": page_by_name(found, request.GET.get("after", "")),
        "text": text,
        "only": only,
        "pills": [("", _("All")), ("active", _("Active")), ("ended", _("Ended"))],
    }
    return render(request, "administration/companies.html", context)


@require_safe
@for_programme_admins
def company(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    """Show one company: its locations, its people, what was changed."""
    shown = _company(reader, pk)
    people = list(
        queries.people(company=shown).order_by("name", "pk")[: PEOPLE_SHOWN + 1]
    )
    context = {
        "company": shown,
        "locations": list(shown.locations.all()),
        "people": people[:PEOPLE_SHOWN],
        "has_more_people": len(people) > PEOPLE_SHOWN,
        "invitations": list(queries.waiting_invitations(shown)),
        "history": history_of(registry.about_company(shown)),
        "now": timezone.now(),
    }
    return render(request, "administration/company.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def add_company(request: HttpRequest, reader: User) -> HttpResponse:
    form = CompanyForm(request.POST or None)

    def act() -> None:
        registry.add_company(
            **form.values(),
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=_("Add a company"),
        button=_("Add the company"),
        symbol="plus",
        back=(_("Partners"), reverse("administration-companies")),
        helps=[
            _("Then give it a location with its partner ID; invite its first admin."),
            _("Its deadlines run on the programme's calendar until it gets its own."),
        ],
    )
    return answer(request, sheet, act, said=_("The company is registered."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def rename_company(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    shown = _company(reader, pk)
    form = CompanyForm(request.POST or None, current=registry.company_values(shown))

    def act() -> None:
        registry.rename_company(
            partner=shown,
            **form.values(),
            **form.reason(),
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=_("Rename %(name)s") % {"name": shown},
        button=_("Rename"),
        back=_back(shown),
        helps=[_("People, locations and claims stay; every page shows the new name.")],
    )
    return answer(request, sheet, act, said=_("The company has its new name."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
@ask_who(keeps=True)
def change_standing(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    """Let a company go, or take part again."""
    shown = _company(reader, pk)
    form = ReasonForm(request.POST or None)
    do = registry.close_company if shown.is_active else registry.reopen_company

    def act() -> None:
        do(
            partner=shown,
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(form, back=_back(shown), **_standing_words(shown))
    said = _("The company no longer takes part.")
    if not shown.is_active:
        said = _("The company takes part again.")
    return answer(request, sheet, act, said=said)


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def add_location(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    shown = _company(reader, pk)
    form = NewLocationForm(request.POST or None, initial={"is_enrolled": True})

    def act() -> None:
        registry.add_location(
            partner=shown,
            **form.values(),
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=_("Add a location of %(name)s") % {"name": shown},
        button=_("Add the location"),
        symbol="plus",
        back=_back(shown),
        helps=[_("A claim names one location by its partner ID.")],
    )
    return answer(request, sheet, act, said=_("The location is registered."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def location(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    """Rename a location, or say whether it is enrolled."""
    shown = get_object_or_404(access.locations_administered_by(reader), pk=pk)
    form = LocationForm(request.POST or None, current=registry.location_values(shown))

    def act() -> None:
        registry.change_location(
            location=shown,
            wanted=form.values(),
            **form.reason(),
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=_("Location %(id)s") % {"id": shown.partner_id},
        button=_("Change"),
        back=_back(shown.company),
        helps=[_("The partner ID stays: claims are filed under it.")],
        history=history_of(registry.about_location(shown)),
    )
    return answer(request, sheet, act, said=_("The location is changed."))


def _company(reader: User, pk: int) -> Partner:
    return get_object_or_404(access.companies_administered_by(reader), pk=pk)


def _back(shown: Partner) -> tuple[str, str]:
    return str(shown), reverse("administration-company", args=[shown.pk])


def _standing_words(shown: Partner) -> dict[str, Any]:
    if shown.is_active:
        return {
            "heading": _("Deactivate %(name)s") % {"name": shown},
            "button": _("Deactivate the company"),
            "tone": "danger",
            "symbol": "lock",
            "helps": [
                _("Its people are logged out at once and can no longer log in."),
                _("Invitations that wait stop working."),
                _(
                    "Its claims and their deadlines stay. A deadline that would reject "
                    "a claim is held where no warning reaches anybody; a lead decides."
                ),
                _("You can reactivate it: whoever left with it comes back."),
            ],
        }
    return {
        "heading": _("Reactivate %(name)s") % {"name": shown},
        "button": _("Reactivate the company"),
        "symbol": "lock-open",
        "helps": [
            _("Whoever could log in before can log in again, with their password."),
            _("People who were removed one by one stay removed."),
        ],
    }
