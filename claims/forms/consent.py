"""What the customer may say when declining."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.strict import StrictForm
from claims.machine import Given


class DeclineForm(StrictForm, forms.Form):
    reason = forms.CharField(
        label=_("Reason (optional)"),
        required=False,
        max_length=2000,
        help_text=_("The partner and we read what you write here."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def given(self) -> Given:
        return Given(comment=self.cleaned_data["reason"])
