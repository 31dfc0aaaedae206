"""What programme admins type; every change asks for its reason."""

import unicodedata
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.changes import LABELS, Overtaken, Values, seal, words
from accounts.forms import EmailField, TitleChoice
from accounts.models import StaffRole, Title
from accounts.rulebook import Number, shown_value
from accounts.rules import Refused
from accounts.strict import StrictForm

LONGEST_REASON = 500
NO_CHANGE = _("Nothing is different. Change something, or go back.")
STAFF_HELPS = {
    StaffRole.REVIEWER: _("Takes claims, asks for more, decides claims and disputes."),
    StaffRole.LEAD: _("The same, and assigns, extends deadlines, arbitrates."),
    StaffRole.AUDITOR: _("Reads everything, changes nothing."),
    StaffRole.PROGRAMME_ADMIN: _(
        "Reads everything; catalogue, calendars, settings, partners and people."
    ),
}


class LineField(forms.CharField):
    """Text in one line; what nobody can see is taken out."""

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFC", str(value or ""))
        seen = (c if unicodedata.category(c)[0] != "C" else " " for c in text)
        return " ".join("".join(seen).split())


class ChangeForm(StrictForm, forms.Form):
    """A change to something that others may be changing too.

    `seen` is the seal of what the admin saw when the page was made.
    """

    why = forms.CharField(
        label=_("Reason for the change"),
        help_text=_("Stands in the audit trail beside the old and the new value."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why, in a few words.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    # Whether sending it without a difference is worth telling.
    must_differ = True

    def __init__(self, *args: Any, current: Values | None = None, **options: Any):
        self.current = current
        before = {} if current is None else {**current, "seen": seal(current)}
        super().__init__(*args, **{"initial": before, **options})
        self.order_fields([name for name in self.fields if name != "why"])
        self.theirs: list[tuple[Any, str]] = []

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if self.current and self.must_differ and not self.errors:
            wanted = {name: given.get(name) for name in self.current if name in given}
            if wanted and all(self.current[name] == wanted[name] for name in wanted):
                self.add_error(None, NO_CHANGE)
        return given

    def values(self) -> dict[str, Any]:
        """Return what was typed about the thing itself."""
        around = {"why", "seen"}
        return {k: v for k, v in self.cleaned_data.items() if k not in around}

    def reason(self) -> dict[str, Any]:
        """Return the reason and the seal, as every change takes them."""
        return {"why": self.cleaned_data["why"], "seen": self.cleaned_data["seen"]}

    def refuse(self, refused: Refused) -> None:
        """Say why not, at the field that it is about."""
        at = refused.field if refused.field in self.fields else None
        self.add_error(at, str(refused))

    def was_overtaken(self, by: Overtaken) -> None:
        """Show what somebody else made of it; what was typed can be saved again."""
        typed = cast("QueryDict", self.data).copy()
        typed["seen"] = seal(by.current)
        self.data = typed
        names = [name for name in by.current if name in LABELS]
        self.theirs = [(LABELS[name], words(name, by.current[name])) for name in names]
        self.add_error(
            None,
            _t(
                "Somebody else changed this while you were typing. Compare with what "
                "is stored now; what you typed is still here. Save again to put it in "
                "its place."
            ),
        )


class NumberForm(ChangeForm):
    """A number of the rulebook, within its bounds."""

    def __init__(self, *args: Any, number: Number, **options: Any) -> None:
        super().__init__(*args, current={"value": shown_value(number)}, **options)
        bounds = {"least": number.least, "most": number.most, "unit": number.unit}
        sentence = _("Between %(least)d and %(most)d %(unit)s.") % bounds
        refusal = _("Write a whole number from %(least)d to %(most)d.") % bounds
        self.fields["value"] = forms.IntegerField(
            label=_("New number, in %(unit)s") % bounds,
            help_text=sentence,
            min_value=number.least,
            max_value=number.most,
            error_messages=dict.fromkeys(
                ("required", "invalid", "min_value", "max_value"), refusal
            ),
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )
        self.order_fields(["value", "why"])


class ReasonForm(ChangeForm):
    """Nothing but the reason, for what is done by one button."""


class CompanyForm(ChangeForm):
    name = LineField(
        label=_("Name of the company"),
        max_length=200,
        error_messages={"required": _("Write the company's name.")},
    )


class LocationForm(ChangeForm):
    name = LineField(
        label=_("Location"),
        max_length=200,
        help_text=_("Such as Kiel or head office."),
        error_messages={"required": _("Write what the location is called.")},
    )
    is_enrolled = forms.BooleanField(
        label=_("Enrolled in the programme"),
        required=False,
        help_text=_(
            "New claims can only name a location that is enrolled. Claims that name it "
            "already stay."
        ),
    )


class NewLocationForm(LocationForm):
    field_order = ("partner_id", "name", "is_enrolled", "why")
    partner_id = LineField(
        label=_("Partner ID"),
        max_length=40,
        help_text=_("7 digits. It never changes."),
        validators=[RegexValidator(r"^[0-9]{7}\Z", _("A partner ID has 7 digits."))],
        error_messages={"required": _("Write the partner ID: 7 digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class StaffChoice(forms.RadioSelect):
    """The programme's roles, each with what it may do (DOMAIN.md §9)."""

    def create_option(
        self, name: str, value: Any, *args: Any, **options: Any
    ) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        return {**option, "help": STAFF_HELPS.get(value, "")}


def staff_role_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Role"),
        choices=StaffRole.choices,
        widget=StaffChoice(attrs={"class": "choice-cards is-single"}),
        error_messages={"required": _("Choose a role.")},
    )


def title_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Role"),
        choices=Title.choices,
        widget=TitleChoice(attrs={"class": "choice-cards is-single"}),
        error_messages={"required": _("Choose a role.")},
    )


class RoleForm(ChangeForm):
    """Another role, on the side that somebody works for."""

    def __init__(self, *args: Any, for_partner: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"] = title_field() if for_partner else staff_role_field()
        self.order_fields(["role", "why"])


class InvitationForm(RoleForm):
    """An address, a role and the language of the mail."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"] = EmailField(autocomplete="off")
        self.fields["language"] = forms.ChoiceField(
            label=_("Language of the mail"), choices=settings.LANGUAGES
        )
        self.order_fields(["email", "role", "language", "why"])
