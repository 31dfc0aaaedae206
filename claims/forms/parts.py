"""The parts of the wizard that ask questions, one form each (DOMAIN.md §4)."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import PartnerLocation
from claims import actions
from claims.forms import notices
from claims.forms.fields import (
    ONE_OF_THESE,
    Cards,
    LineField,
    MailField,
    TextField,
)
from claims.forms.part import PartForm
from claims.models import TERMS, Area, Claim, Engagement
from claims.notices import Notice
from claims.parts import Part


class AreaForm(PartForm):
    slug, part, title = "area", Part.ENGAGEMENT, _("Solution area")
    lead = _("Which Microsoft products is this claim about?")
    helps = (
        (
            _("One claim, one area"),
            _("File a second claim if you work for the customer in both areas."),
        ),
        (
            _("What a claim is"),
            _(
                "An approved claim associates your company with the customer. It says "
                "nothing yet about what you earn."
            ),
        ),
    )
    has_notices = True

    area = forms.ChoiceField(
        label=_("Solution area"),
        choices=Area.choices,
        widget=Cards(
            {
                Area.BIZ: _("Dynamics 365 and Power Platform"),
                Area.MWS: _("Microsoft 365, Teams, Entra, Intune, Defender, Purview"),
            }
        ),
        error_messages={
            "required": _("Choose a solution area."),
            "invalid_choice": ONE_OF_THESE,
        },
    )

    def wish(self) -> Claim:
        """Return the claim in the chosen area; another area's role goes."""
        claim = super().wish()
        if claim.terms is not None and claim.terms.area != claim.area:
            claim.engagement = ""
        return claim

    def notices(self) -> list[Notice]:
        if self.wish().engagement == self.claim.engagement:
            return []
        return [
            notices.warning(
                _t(
                    "Another solution area removes the role and the products that you "
                    "have chosen for this claim."
                )
            )
        ]


PAYS = (
    "tone-green",
    _("Pays incentives"),
    _("An approved claim can earn, by the programme's rules."),
)
RECOGNISES = (
    "tone-gray",
    _("Recognition only"),
    _("An approved claim counts, but pays nothing."),
)


class RoleForm(PartForm):
    slug, part, title = "role", Part.ENGAGEMENT, _("Role")
    lead = _("What did you do for the customer?")
    helps = (
        (
            _("Which role pays?"),
            _(
                "Advising before the purchase, and helping the customer to use "
                "Microsoft 365 and its security, pay incentives. Usage and influenced "
                "revenue in Business Applications are recognised without payment."
            ),
        ),
        (
            _("Both at once?"),
            _(
                "A claim has one role. File one claim for each if you advised before "
                "the purchase and help with the use today."
            ),
        ),
    )
    has_notices = True

    engagement = forms.ChoiceField(
        label=_("Role"),
        error_messages={
            "required": _("Choose your role."),
            "invalid_choice": ONE_OF_THESE,
        },
    )

    def settle(self) -> None:
        area = self.claim.area
        roles = [role for role in Engagement if TERMS[role].area == area or not area]
        field = self.fields["engagement"]
        field.choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        field.widget = Cards(
            {role: _offer(role) for role in roles}, css="choice-cards is-single"
        )
        field.widget.choices = field.choices  # type: ignore[attr-defined]

    def suggested(self) -> dict[str, Any]:
        choices = self.fields["engagement"].choices  # type: ignore[attr-defined]
        if self.claim.engagement or len(choices) > 1:
            return {}
        return {"engagement": choices[0][0]}

    def wish(self) -> Claim:
        """Return the claim with the role, and with its area where none was chosen."""
        claim = super().wish()
        if claim.terms is not None:
            claim.area = claim.area or claim.terms.area
        return claim

    def save(self, *, now: datetime) -> None:
        wish = self.wish()
        fields = {"area": wish.area, "engagement": wish.engagement}
        actions.edit_claim(claim=self.claim, by=self.by, fields=fields, now=now)

    def notices(self) -> list[Notice]:
        return notices.duplicates(self.wish())


def _offer(role: Engagement) -> str:
    """Return in plain words what a role is for, and whether it pays."""
    terms = TERMS[role]
    return format_html(
        '{} <span class="offer-pay"><span class="status-badge {}">{}</span>{}</span>',
        terms.question,
        *(PAYS if terms.pays else RECOGNISES),
    )


class PartnerIdForm(PartForm):
    slug, part, title = "partner-id", Part.PARTNER_ID, _("Partner ID")
    lead = _("Which of your locations did the work?")
    helps = (
        (
            _("Partner ID"),
            _(
                "Seven digits, one for each location of your company. Only locations "
                "that are enrolled in the programme can be chosen."
            ),
        ),
    )

    location: "forms.ModelChoiceField[PartnerLocation]" = forms.ModelChoiceField(
        queryset=None,
        to_field_name="partner_id",
        empty_label=None,
        label=_("Partner ID"),
        error_messages={
            "required": _("Choose a partner ID."),
            "invalid_choice": _("Choose a partner ID of your company."),
        },
    )

    def settle(self) -> None:
        field = self.fields["location"]
        locations = self.claim.partner.locations.all()
        field.queryset = locations  # type: ignore[attr-defined]
        closed = frozenset(
            each.partner_id for each in locations if not each.is_enrolled
        )
        helps = dict.fromkeys(closed, _("Not enrolled in the programme."))
        field.widget = Cards(helps, closed)
        field.widget.choices = field.choices  # type: ignore[attr-defined]

    def suggested(self) -> dict[str, Any]:
        enrolled = [
            each for each in self.claim.partner.locations.all() if each.is_enrolled
        ]
        if self.claim.location_id or len(enrolled) != 1:
            return {}
        return {"location": enrolled[0].partner_id}

    def stored(self) -> dict[str, Any]:
        return {"location": self.claim.location}

    def notices(self) -> list[Notice]:
        if any(each.is_enrolled for each in self.claim.partner.locations.all()):
            return []
        return [
            notices.warning(
                _t(
                    "None of your company's locations is enrolled in the programme. "
                    "Ask the programme office to enrol one; the draft stays as it is."
                )
            )
        ]


class NameForm(PartForm):
    slug, part, title = "name", Part.NAME, _("Claim name")
    lead = _("What do you call this claim?")
    helps = (
        (
            _("For you and the reviewers"),
            _("The name helps everybody to find the claim in lists."),
        ),
    )

    name = LineField(
        label=_("Claim name"),
        max_length=120,
        help_text=_("Customer and work in a few words."),
        missing=_("Give the claim a name."),
    )

    def suggested(self) -> dict[str, Any]:
        claim = self.claim
        if claim.name or not claim.customer_name:
            return {}
        products = ", ".join(line.product.name for line in claim.lines_now[:2])
        what = products or str(claim.get_area_display())
        return {"name": f"{claim.customer_name[:60]}: {what}"[:120]}


class OwnContactForm(PartForm):
    slug, part, title = "own-contact", Part.CONTACTS, _("Your contact")
    lead = _("Whom may the reviewers ask in your company?")
    helps = (
        (
            _("Filled in for you"),
            _("This is you. Change it if a colleague knows the work better."),
        ),
    )

    partner_contact_name = LineField(
        label=_("Name"), max_length=120, missing=_("Write your contact's name.")
    )
    partner_contact_email = MailField(
        label=_("E-mail"), missing=_("Write your contact's e-mail address.")
    )


class DetailsForm(PartForm):
    slug, part, title = "details", Part.EXTRA, _("Details of the role")
    lead = _("This role asks for two things more.")
    helps = (
        (
            _("Why these two?"),
            _(
                "Influenced revenue is recognised for your own solution: who sold it, "
                "and what it is called, must be the same in the PoE."
            ),
        ),
    )

    solution_seller = LineField(
        label=_("Solution seller"),
        max_length=200,
        help_text=_("The company that sold the solution to the customer."),
        missing=_("Write who sold the solution."),
    )
    isv_solution = LineField(
        label=_("ISV solution"),
        max_length=200,
        help_text=_("The name of your solution."),
        missing=_("Write the solution's name."),
    )

    def settle(self) -> None:
        asked = self.claim.terms.extra if self.claim.terms else ()
        for name in set(self.fields) - set(asked):
            del self.fields[name]


class CommentForm(PartForm):
    slug, part, title = "comment", Part.COVERING_NOTE, _("Comment")
    lead = _("Is there anything the reviewers should know?")
    helps = (
        (
            _("When it is sent"),
            _(
                "With the claim, when you submit it. Until then only your company "
                "sees it."
            ),
        ),
    )
    is_optional = True

    covering_note = TextField(
        label=_("Comment for the reviewers"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def is_complete(self) -> bool:
        return bool(self.claim.covering_note)

    def summary(self) -> str:
        return "" if self.claim.covering_note else _t("optional")
