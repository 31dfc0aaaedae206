"""Why contents and contacts of a claim are erased."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.strict import StrictForm


class EraseForm(StrictForm, forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        help_text=_("It stays in the history. Name no person in it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_meant = forms.BooleanField(
        label=_("I have checked that nobody needs these files any more."),
        error_messages={"required": _("Confirm that the files may go.")},
    )
