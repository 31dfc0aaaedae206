"""How a lead gives the partner more time."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.strict import StrictForm

LONGEST_EXTENSION = timedelta(days=366)


class ExtendForm(StrictForm, forms.Form):
    until = forms.DateField(
        label=_("New last day"),
        help_text=_("It ends at midnight in the time zone of the deadline."),
        error_messages={"required": _("Choose the new last day.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        help_text=_("The partner reads it, and it stays in the history."),
        error_messages={"required": _("Write a reason.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until > self.today + LONGEST_EXTENSION:
            raise forms.ValidationError(_("Choose a day within the coming year."))
        return until
