"""The wizard's parts about the customer, and whom the programme writes to there."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from claims.forms import notices
from claims.forms.fields import (
    ONE_OF_THESE,
    DomainField,
    GuidField,
    LineField,
    MailField,
)
from claims.forms.part import PartForm
from claims.models import LANGUAGES
from claims.notices import Notice
from claims.parts import Part


class CustomerForm(PartForm):
    slug, part, title = "customer", Part.CUSTOMER, _("Customer")
    lead = _("Who is the customer, and which tenant do they use?")
    helps = (
        (
            _("Where the tenant ID stands"),
            _(
                "In the customer's Microsoft Entra admin centre, on the overview page. "
                "It is a GUID: 32 digits in five groups."
            ),
        ),
        (
            _("Domain and tenant belong together"),
            _("A domain leads to one tenant. The reviewers look for both in your PoE."),
        ),
    )
    has_notices = True

    customer_name = LineField(
        label=_("Customer"),
        max_length=200,
        help_text=_("The company's full name, as it stands in the PoE."),
        missing=_("Write the customer's name."),
    )
    domain = DomainField(
        label=_("Domain"),
        help_text=_("Such as contoso.com."),
        missing=_("Write the customer's domain."),
    )
    tenant_id = GuidField(
        label=_("Tenant ID"), missing=_("Write the customer's tenant ID.")
    )

    def notices(self) -> list[Notice]:
        wish = self.wish()
        return [
            *notices.registry(wish),
            *notices.duplicates(wish),
            *notices.others_for_customer(wish, self.by),
        ]


class CustomerContactForm(PartForm):
    slug, part, title = "customer-contact", Part.CONTACTS, _("Customer's contact")
    lead = _("Who at the customer knows about your work?")
    helps = (
        (
            _("What this person gets"),
            _(
                "Once the claim is approved: one mail that says who is associated, for "
                "which products, and how to decline. Nothing before that."
            ),
        ),
    )
    has_notices = True

    customer_contact_name = LineField(
        label=_("Name"), max_length=120, missing=_("Write the contact's name.")
    )
    customer_contact_title = LineField(
        label=_("Title"),
        max_length=120,
        help_text=_("What they do at the customer, such as Head of IT."),
        missing=_("Write the contact's title."),
    )
    customer_contact_email = MailField(
        label=_("E-mail"), missing=_("Write the contact's e-mail address.")
    )
    customer_language = forms.ChoiceField(
        label=_("Language of the mails to the customer"),
        choices=LANGUAGES,
        error_messages={
            "required": _("Choose a language."),
            "invalid_choice": ONE_OF_THESE,
        },
    )

    def clean(self) -> dict[str, Any]:
        # A language is always stored; nothing chosen leaves it as it is.
        if not self.cleaned_data.get("customer_language"):
            self.cleaned_data.pop("customer_language", None)
        return super().clean()

    def notices(self) -> list[Notice]:
        return notices.addresses(self.wish())
