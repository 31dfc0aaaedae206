"""What programme admins type about catalogue, customers and calendars."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.administration.forms import ChangeForm, LineField
from accounts.forms import time_zones
from claims import places, validation
from claims.calendar_errors import CalendarError
from claims.explanation import in_words
from claims.forms.fields import PASTED_LENGTH, GuidField, TextField
from claims.models import Area, Product, Subscription, WorkCalendar

CODE = RegexValidator(
    r"^[A-Z0-9](?:[A-Z0-9-]{0,18}[A-Z0-9])?\Z",
    _("A code has up to 20 capital letters, digits and hyphens, such as TEAMS-MTG."),
)
DAYS = [("holiday", _("Holiday: nobody works")), ("working", _("Extra working day"))]


class CodeField(LineField):
    """A product's code; small letters are meant as capitals."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).upper()


class ProductForm(ChangeForm):
    name = LineField(
        label=_("Name"),
        max_length=100,
        error_messages={"required": _("Write the product's name.")},
    )


class NewProductForm(ProductForm):
    code = CodeField(
        label=_("Code"),
        help_text=_("Such as TEAMS-MTG. It stands in exports and never changes."),
        validators=[CODE],
        error_messages={"required": _("Write a code.")},
    )
    area = forms.ChoiceField(
        label=_("Solution area"),
        choices=Area.choices,
        widget=forms.RadioSelect(attrs={"class": "choice-cards"}),
        error_messages={"required": _("Choose the solution area.")},
    )
    keyed_by = forms.ChoiceField(
        label=_("Keyed by"),
        choices=Product.KeyedBy.choices,
        widget=forms.RadioSelect(attrs={"class": "choice-cards"}),
        help_text=_(
            "What one approved claim holds: the product in a whole tenant, or in one "
            "subscription. It never changes."
        ),
        error_messages={"required": _("Choose what the product is keyed by.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields(["code", "name", "area", "keyed_by", "why"])


class DomainsField(TextField):
    """Domains, one in each line."""

    widget = forms.Textarea(
        attrs={"rows": 3, "autocapitalize": "none", "spellcheck": "false"}
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=PASTED_LENGTH, **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        words = super().clean(value).replace(",", " ").replace(";", " ").split()
        return sorted({validation.domain(word) for word in words})


class TenantField(GuidField):
    """A tenant ID as the registry writes it."""

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return str(found) if found else ""


class CustomerForm(ChangeForm):
    name = LineField(
        label=_("Name"),
        max_length=200,
        error_messages={"required": _("Write the customer's name.")},
    )
    tenant_id = TenantField(
        label=_("Tenant ID"),
        error_messages={"required": _("Write the tenant ID.")},
    )
    domains = DomainsField(
        label=_("Domains"),
        required=False,
        help_text=_("One in each line. A domain leads to one tenant."),
    )


class SubscriptionForm(ChangeForm):
    product = forms.ChoiceField(
        label=_("Product"), error_messages={"required": _("Choose the product.")}
    )
    condition = forms.ChoiceField(
        label=_("Condition"),
        choices=Subscription.Condition.choices,
        help_text=_("An ended subscription cannot be claimed."),
    )
    is_csp = forms.BooleanField(
        label=_("Bought through a CSP"),
        required=False,
        help_text=_("Such a subscription cannot be claimed."),
    )

    def __init__(
        self, *args: Any, products: list[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["product"].choices = products  # type: ignore[attr-defined]


class NewSubscriptionForm(SubscriptionForm):
    subscription_id = GuidField(
        label=_("Subscription ID"),
        error_messages={"required": _("Write the subscription ID.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields(["subscription_id", "product", "condition", "is_csp", "why"])


class CalendarForm(ChangeForm):
    """A place, its zone and its working week."""

    country = forms.ChoiceField(
        label=_("Country"),
        choices=places.countries,
        error_messages={"required": _("Choose the country.")},
    )
    subdivision = LineField(label=_("Subdivision"), required=False, max_length=60)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    working_weekdays = forms.TypedMultipleChoiceField(
        label=_("Working week"),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choice-cards is-days"}),
        error_messages={"required": _("Choose at least one working day.")},
    )
    # Saved as it is, it loads the holidays anew.
    must_differ = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = self.data.get("country") or self.initial.get("country") or ""
        self.fields["subdivision"].help_text = _subdivision_help(str(chosen))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("country"):
            try:
                place = places.place_of(given["country"], given.get("subdivision"))
            except CalendarError as error:
                self.add_error("subdivision", in_words(error))
            else:
                given["subdivision"] = place.subdivision
        return given


def _subdivision_help(country: str) -> str:
    known = places.subdivisions(country)
    if not known:
        return _t("Code or name, such as BY or Bayern; empty where there is none.")
    text = _t("Obligatory here, since holidays depend on it: %(known)s.")
    if country not in places.NEEDS_SUBDIVISION:
        text = _t("Optional here: %(known)s.")
    return text % {"known": ", ".join(known)}


class DayForm(ChangeForm):
    """A day that differs from what the tables say."""

    on = forms.DateField(
        label=_("Date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose the day."),
            "invalid": _("Write the day like 2027-01-31."),
        },
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("a day of a calendar", "What it is"),
        choices=DAYS,
        widget=forms.RadioSelect(attrs={"class": "choice-cards"}),
        error_messages={"required": _("Say whether it is a holiday or a working day.")},
    )
    name = LineField(
        label=_("Name"),
        max_length=200,
        help_text=_("Such as Company outing. Deadlines that pass over it name it."),
        error_messages={"required": _("Write what the day is called.")},
    )
    name_de = LineField(label=_("Name in German"), max_length=200, required=False)

    def __init__(self, *args: Any, calendar: WorkCalendar, **options: Any) -> None:
        super().__init__(*args, **options)
        self.calendar = calendar
        self.order_fields(["on", "kind", "name", "name_de", "why"])

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        first, last = self.calendar.first_on, self.calendar.last_on
        if first <= on <= last:
            return on
        raise forms.ValidationError(
            _t("This calendar reaches from %(first)s to %(last)s. Choose a day within.")
            % {"first": date_format(first), "last": date_format(last)}
        )
