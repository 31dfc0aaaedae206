"""The numbers of the programme's rules: what is in force, and changing it."""

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import rulebook
from accounts.administration.forms import NumberForm, ReasonForm
from accounts.administration.page import Sheet, answer, for_programme_admins
from accounts.changes import history_of
from accounts.models import User
from accounts.registry import numbers as registry
from accounts.rulebook import Number


@require_safe
@for_programme_admins
def numbers(request: HttpRequest, reader: User) -> HttpResponse:
    """List every number with what is in force and what the environment says."""
    changed = rulebook.changed_numbers()
    rows = [
        {
            "number": number,
            "value": rulebook.shown_value(number),
            "default": number.default() // number.scale,
            "is_changed": number.name in changed,
        }
        for number in sorted(rulebook.numbers(), key=lambda each: str(each.group))
    ]
    groups = groupby(rows, key=lambda row: str(row["number"].group))  # type: ignore[attr-defined]
    context = {"groups": [(group, list(those)) for group, those in groups]}
    return render(request, "administration/numbers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def number(request: HttpRequest, reader: User, name: str) -> HttpResponse:
    """Show one number; POST changes it."""
    shown = _number(name)
    form = NumberForm(request.POST or None, number=shown)

    def act() -> None:
        registry.change_number(
            number=shown,
            value=form.cleaned_data["value"],
            **form.reason(),
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=shown.label,
        button=_("Change"),
        back=(_("Settings"), reverse("administration-numbers")),
        helps=_helps(shown),
        history=history_of(registry.about_number(shown)),
        more={
            "reset_url": reverse("administration-number-reset", args=[name])
            if name in rulebook.changed_numbers()
            else ""
        },
    )
    return answer(request, sheet, act, said=_("The change is in force."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def reset_number(request: HttpRequest, reader: User, name: str) -> HttpResponse:
    """Give a number back to the environment."""
    shown = _number(name)
    form = ReasonForm(request.POST or None, current=registry.number_values(shown))
    form.must_differ = False

    def act() -> None:
        registry.change_number(
            number=shown,
            value=None,
            **form.reason(),
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=_("%(number)s: back to the default") % {"number": shown.label},
        button=_("Back to the default"),
        back=(shown.label, reverse("administration-number", args=[name])),
        helps=_helps(shown),
    )
    return answer(request, sheet, act, said=_("The default is in force."))


def _helps(shown: Number) -> list[str]:
    default = _("The default of this installation: %(value)d %(unit)s.") % {
        "value": shown.default() // shown.scale,
        "unit": shown.unit,
    }
    kept = _(
        "Only what begins from now on follows the new number: running deadlines keep "
        "the date that was fixed when they started."
    )
    return [shown.meaning, default, kept]


def _number(name: str) -> Number:
    for each in rulebook.numbers():
        if each.name == name:
            return each
    raise Http404
