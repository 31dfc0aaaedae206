"""The wizard's part about products, with the subscriptions that belong to them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from claims import actions, validation
from claims.actions import WantedLine
from claims.forms import notices
from claims.forms.fields import GuidsField
from claims.forms.part import Fact, PartForm
from claims.models import Claim, Line, Product
from claims.notices import Notice
from claims.parts import Part
from claims.validation import Wanted


@dataclass(frozen=True, slots=True)
class Row:
    """One product with its box and, where it has one, its subscription field."""

    product: Product
    auto_id: str
    is_chosen: bool
    subscription: BoundField | None


class ProductsForm(PartForm):
    slug, part, title = "products", Part.PRODUCTS, _("Products")
    lead = _("Which products or workloads is it about?")
    helps = (
        (
            _("Claim what the PoE names"),
            _(
                "The reviewers accept each product by itself. One that your PoE does "
                "not name will come back to you."
            ),
        ),
        (
            _("Subscription ID"),
            _(
                "A GUID from the customer's billing page. Products of Business "
                "Applications are told apart by it."
            ),
        ),
    )
    template = "claims/wizard/_products.html"
    has_notices = True

    products = forms.MultipleChoiceField(
        label=_("Products"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one product."),
            "invalid_choice": _("Choose from the products of the solution area."),
        },
    )

    def settle(self) -> None:
        present = {line.product for line in self.claim.lines_now}
        offered = Product.objects.filter(area=self.claim.area, is_active=True)
        self.offered = {each.code: each for each in offered} | {
            each.code: each for each in present
        }
        choices = [(each.code, each.name) for each in self.offered.values()]
        self.fields["products"].choices = choices  # type: ignore[attr-defined]
        for product in self.offered.values():
            if product.keyed_by == Product.KeyedBy.SUBSCRIPTION:
                self.fields[_field_of(product)] = self._subscription_field(product)

    def _subscription_field(self, product: Product) -> GuidsField:
        line = Line(claim=self.claim, product=product)
        note = _("Several? Write one in each line.")
        return GuidsField(
            label=_("Subscription ID of %(product)s") % {"product": product},
            help_text=note if line.needs_subscription else _t("Optional."),
            required=False,
        )

    def rows(self) -> list[Row]:
        """Return the products to choose from."""
        chosen = set(self["products"].value() or ())
        return [
            Row(
                product,
                f"{self['products'].auto_id}_{number}",
                product.code in chosen,
                self[_field_of(product)] if _field_of(product) in self.fields else None,
            )
            for number, product in enumerate(self.offered.values())
        ]

    def stored(self) -> dict[str, Any]:
        ids: dict[str, list[str]] = {}
        for line in self.claim.lines_now:
            found = ids.setdefault(line.product.code, [])
            if line.subscription_id:
                found.append(str(line.subscription_id))
        fields = {
            _field_of(self.offered[code]): "\n".join(found)
            for code, found in ids.items()
        }
        return {"products": list(ids), **fields}

    def was_overtaken(self, seen: str) -> bool:
        if not seen or seen == self.seen:
            return False
        stored = {
            (line.product_id, line.subscription_id) for line in self.claim.lines_now
        }
        return stored != {(product.pk, each) for product, each in self.wanted()}

    def wanted(self) -> list[Wanted]:
        """Return the product lines as typed."""
        wanted: list[Wanted] = []
        for code in self.typed.get("products", ()):
            product = self.offered[code]
            ids: list[UUID] = self.typed.get(_field_of(product)) or []
            wanted += [(product, each) for each in ids] or [(product, None)]
        return wanted

    def wish(self) -> Claim:
        claim = super().wish()
        if self.is_bound:
            claim.lines_all = [
                Line(claim=claim, product=product, subscription_id=each)
                for product, each in self.wanted()
            ]
        return claim

    def clean(self) -> dict[str, Any]:
        self.typed = dict(self.cleaned_data)
        wanted = self.wanted()
        for (product, each), sentence in validation.line_problems(
            self.claim, wanted
        ).items():
            self.add_error(_field_of(product) if each else "products", sentence)
        if not self.may_be_empty:
            self._demand_subscriptions()
        return self.cleaned_data

    def _demand_subscriptions(self) -> None:
        for line in self.wish().lines_now:
            field = _field_of(line.product)
            if line.lacks_subscription and not self.has_error(field):
                self.add_error(
                    field,
                    _t("Write the subscription ID of %(product)s.")
                    % {"product": line.product},
                )

    def save(self, *, now: datetime) -> None:
        lines = [WantedLine(product, each) for product, each in self.wanted()]
        actions.replace_lines(claim=self.claim, by=self.by, wanted=lines, now=now)

    def notices(self) -> list[Notice]:
        wish = self.wish()
        return [*notices.lines(wish), *notices.duplicates(wish)]

    def facts(self) -> list[Fact]:
        lines = self.claim.lines_now
        if not lines:
            return [Fact(_t("Products"), "")]
        if len(lines) == 1:  # the page leaves out the label of a single answer
            [line] = lines
            key = line.subscription_id or _t("whole tenant")
            return [Fact(_t("Products"), f"{line.product.name} · {key}")]
        return [
            Fact(
                line.product.name,
                line.subscription_id or _t("whole tenant"),
                is_code=line.subscription_id is not None,
            )
            for line in lines
        ]

    def is_complete(self) -> bool:
        return bool(self.claim.lines_now) and not self.has_problem()

    def has_problem(self) -> bool:
        lacking = any(line.lacks_subscription for line in self.claim.lines_now)
        return lacking or self.claim.twin() is not None

    def summary(self) -> str:
        count = len(self.claim.lines_now)
        text = ngettext("%(count)d product", "%(count)d products", count)
        return text % {"count": count} if count else ""


def _field_of(product: Product) -> str:
    return f"subscription_{product.code}"
