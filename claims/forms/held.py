"""How a lead lets a clock go on that stands still."""

from django import forms
from django.utils.translation import gettext_lazy as _

from claims.forms.extend import ExtendForm
from claims.held import Decision


class HeldForm(ExtendForm):
    how = forms.ChoiceField(
        label=_("How it goes on"),
        choices=Decision.choices,
        widget=forms.RadioSelect,
    )

    field_order = ("how", "until", "reason")
