"""What the page of the audit trail can be narrowed to, as its address says it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.trail_list import Wanted, deeds_shown_to, reads_everything

FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)
NO_DAY = _("Choose a day between 2000 and 2199.")


class DayField(forms.DateField):
    """A day; which instants it has is for the reader's time zone to say."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            validators=[
                MinValueValidator(FIRST, NO_DAY),
                MaxValueValidator(LAST, NO_DAY),
            ],
            error_messages={"invalid": NO_DAY},
        )


class TrailFilter(forms.Form):
    """A deed, a person, a claim or thing, days; for those who see all, a company."""

    deed = forms.ChoiceField(
        label=_("Deed"),
        required=False,
        error_messages={"invalid_choice": _("Choose one of those listed.")},
    )
    person = forms.CharField(
        label=_("E-mail of the person"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    about = forms.CharField(
        label=_("Claim number"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    company = forms.CharField(
        label=_("Company"),
        required=False,
        max_length=200,
        help_text=_("Its name or short name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    since = DayField(pgettext_lazy("day", "From"))
    until = DayField(pgettext_lazy("day", "Until"))

    def __init__(self, data: Mapping[str, Any], *, reader: User) -> None:
        super().__init__(data, auto_id="trail-%s")
        shown = [(deed.value, deed.label) for deed in deeds_shown_to(reader)]
        deed: Any = self.fields["deed"]
        deed.choices = [("", _("All")), *shown]
        if not reads_everything(reader):
            del self.fields["company"]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day lies before the first one."))
        return given

    @property
    def wanted(self) -> Wanted:
        """Return what was asked for; the form must be valid."""
        given = self.cleaned_data
        until = given.get("until")
        return Wanted(
            deed=given["deed"],
            person=given["person"],
            company=given.get("company", ""),
            about=given["about"].upper() if given["about"] else "",
            since=_begin_of(given.get("since")),
            until=_begin_of(until + timedelta(days=1)) if until else None,
        )

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    @property
    def state(self) -> str:
        """Return the filters that are set, as the trail keeps them of an export."""
        pairs = ((name, self.data.get(name, "")) for name in self.fields)
        return "&".join(f"{name}={value}" for name, value in pairs if value)


def _begin_of(day: date | None) -> datetime | None:
    """Return the first instant of a day where the reader is."""
    if day is None:
        return None
    return datetime.combine(day, time.min, timezone.get_current_timezone())
