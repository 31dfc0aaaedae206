"""Fields that take what people paste and say in a sentence what to do."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from claims import validation

MAIL_LENGTH = 254
# What is pasted may be a whole address or list; the ID in it is judged afterwards.
PASTED_LENGTH = 2000
TOO_LONG = ngettext_lazy(
    "Shorten this to %(limit_value)d character; it has %(show_value)d.",
    "Shorten this to %(limit_value)d characters; it has %(show_value)d.",
    "limit_value",
)
ONE_OF_THESE = _("Choose one of those listed.")
NO_ADDRESS = _("An e-mail address looks like name@company.com.")


class TextField(forms.CharField):
    """Text whose line breaks stay; what nobody can see is taken out."""

    widget: Any = forms.Textarea(attrs={"rows": 5})

    def __init__(self, *, max_length: int, missing: Any = "", **options: Any) -> None:
        if missing:
            options["error_messages"] = {"required": missing}
        super().__init__(**options)
        self.validators.append(MaxLengthValidator(max_length, TOO_LONG))

    def to_python(self, value: Any) -> str:
        return validation.paragraphs(super().to_python(value) or "")


class LineField(TextField):
    """Text in one line."""

    widget: Any = forms.TextInput

    def to_python(self, value: Any) -> str:
        return validation.one_line(super().to_python(value))


class MailField(LineField):
    """One e-mail address."""

    widget = forms.EmailInput(attrs={"autocomplete": "off"})

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAIL_LENGTH, **options)
        self.validators.append(EmailValidator(NO_ADDRESS))


class DomainField(LineField):
    """A domain, also when a whole address or an e-mail was pasted."""

    widget = forms.TextInput(
        attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=PASTED_LENGTH, **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return validation.domain(text) if text else ""


class GuidField(LineField):
    """A GUID, with or without braces; one letter too many is told."""

    widget = forms.TextInput(
        attrs={
            "autocomplete": "off",
            "autocapitalize": "none",
            "spellcheck": "false",
            "placeholder": "00000000-0000-0000-0000-000000000000",
            "class": "is-code",
        }
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=PASTED_LENGTH, **options)

    def clean(self, value: Any) -> UUID | None:
        text = super().clean(value)
        return validation.guid(text) if text else None


class GuidsField(TextField):
    """GUIDs, one in each line."""

    widget = forms.Textarea(
        attrs={
            "rows": 1,
            "autocomplete": "off",
            "autocapitalize": "none",
            "spellcheck": "false",
            "placeholder": "00000000-0000-0000-0000-000000000000",
            "class": "is-code is-lines",
        }
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=PASTED_LENGTH, **options)

    def clean(self, value: Any) -> list[UUID]:
        text = super().clean(value)
        words = text.replace(",", " ").replace(";", " ").split()
        wrong, found = [], []
        for word in words:
            try:
                found.append(validation.guid(word))
            except ValidationError as error:
                wrong.append(error)
        if wrong:
            raise ValidationError([wrong[0]])
        return found


class Cards(forms.RadioSelect):
    """Radio buttons as cards, each with a sentence of its own."""

    def __init__(
        self,
        helps: Mapping[str, Any] | None = None,
        closed: frozenset[str] = frozenset(),
        css: str = "choice-cards",
    ) -> None:
        super().__init__(attrs={"class": css})
        self.helps, self.closed = helps or {}, closed

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> Any:
        option = super().create_option(name, value, *args, **options)
        option["help"] = self.helps.get(str(value), "")
        if str(value) in self.closed:
            option["attrs"]["disabled"] = True
        return option
