"""How a lead lets a clock go on that stands still."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from claims.forms.extend import ExtendForm
from claims.forms.fields import Cards
from claims.held import Decision

HELPS: Mapping[str, Any] = {
    Decision.RESEND: _(
        "Have a wrong address corrected first. The request goes to everybody at the "
        "company who should have it, and reminders follow. At the end of the day the "
        "clock acts only if they arrived."
    ),
    Decision.EXTEND: _(
        "Both sides are told of the new day. The clock acts then only if the request "
        "and a reminder have arrived."
    ),
    Decision.RUN_OUT: _(
        "You have told the partner in another way, for example by telephone: say so "
        "in the reason. At the end of the day the claim is rejected."
    ),
}


class HeldForm(ExtendForm):
    how = forms.ChoiceField(
        label=_("How it goes on"),
        choices=Decision.choices,
        widget=Cards(helps=HELPS, css="choice-cards is-single"),
        error_messages={"required": _("Choose one of the three ways.")},
    )

    field_order = ("how", "until", "reason")
