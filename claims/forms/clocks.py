"""What is asked before a clock is stopped, or many dates are moved."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.strict import StrictForm
from claims.brakes import LARGEST_LIMIT
from claims.workflow import CLAIM

REASON_LENGTH = 1000
FURTHEST = timedelta(days=3650)


class MomentInput(forms.DateTimeInput):
    """Day and time as a browser asks for them, without JavaScript."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def reason_field(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class BrakeForm(StrictForm, forms.Form):
    """Why a brake is used."""

    beside = ("deed",)
    reason = reason_field(
        _("It stands in the log and, while the clock is off, at each of its deadlines.")
    )


class LimitForm(StrictForm, forms.Form):
    """A new daily limit, and why."""

    beside = ("deed",)
    limit = forms.IntegerField(
        label=_("Steps a day"), min_value=1, max_value=LARGEST_LIMIT
    )
    reason = reason_field(_("It stands in the log."))


class OutageForm(StrictForm, forms.Form):
    """When the system was down, for which clocks, and why."""

    began_at = forms.DateTimeField(label=_("Down from"), widget=MomentInput())
    ended_at = forms.DateTimeField(label=_("Down until"), widget=MomentInput())
    clocks = forms.MultipleChoiceField(
        label=_("Clocks"),
        required=False,
        help_text=_("None chosen means all of them."),
        widget=forms.CheckboxSelectMultiple,
        choices=[(name, clock.label) for name, clock in CLAIM.clocks.items()],
    )
    reason = reason_field(_("Everybody whose date moves reads it."))


class RecalculateForm(StrictForm, forms.Form):
    """Why running deadlines are counted anew, and what the admin saw of it."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = reason_field(_("Everybody whose date moves reads it."))


class MomentForm(forms.Form):
    """The moment of a sweep that is only rehearsed."""

    at = forms.DateTimeField(label=_("As if it were"), widget=MomentInput())

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if abs(at - timezone.now()) > FURTHEST:
            raise forms.ValidationError(_("Choose a moment within ten years of now."))
        return at

    @property
    def moment(self) -> datetime | None:
        return self.cleaned_data["at"] if self.is_valid() else None
