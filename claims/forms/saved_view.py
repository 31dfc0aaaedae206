"""How a person names a state of the list that they keep."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.strict import StrictForm
from claims.models import LONGEST_NAME


class SavedViewForm(StrictForm, forms.Form):
    name = forms.CharField(
        label=_("Name of the view"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Give the view a name.")},
    )
