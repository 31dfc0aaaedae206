"""What can be claimed: solution areas, engagement roles, products and workloads."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Area(models.TextChoices):
    BIZ = "BIZ", _("Business Applications")
    MWS = "MWS", _("Modern Work and Security")


class Engagement(models.TextChoices):
    """The partner's role in the customer's purchase or use (DOMAIN.md §4)."""

    BIZ_ADV = "BIZ-ADV", _("Build intent – Advisor")
    BIZ_USE = "BIZ-USE", _("Usage recognition – Non-Incentivized")
    BIZ_REV = "BIZ-REV", _("Influenced Revenue recognition – Non-Incentivized")
    MWS_USE = "MWS-USE", _("Use or consume")


@dataclass(frozen=True, slots=True)
class Terms:
    """What follows from an engagement role."""

    area: str
    pays: bool
    question: Any  # the plain question that leads to this role
    extra: tuple[str, ...] = ()  # further fields of the claim it asks for
    # "always", or only "several": when the customer has several of the product
    subscription: str = "never"


TERMS = {
    Engagement.BIZ_ADV: Terms(
        Area.BIZ,
        pays=True,
        question=_("You advised the customer before the purchase."),
        subscription="always",
    ),
    Engagement.BIZ_USE: Terms(
        Area.BIZ,
        pays=False,
        question=_("The customer uses the product with your help."),
        subscription="several",
    ),
    Engagement.BIZ_REV: Terms(
        Area.BIZ,
        pays=False,
        question=_("Your own solution led the customer to buy."),
        extra=("solution_seller", "isv_solution"),
        subscription="several",
    ),
    Engagement.MWS_USE: Terms(
        Area.MWS,
        pays=True,
        question=_("You help the customer to use Microsoft 365 or its security."),
    ),
}


def terms_of(engagement: str) -> Terms | None:
    """Return what follows from a role; None for no role or one that is unknown."""
    return next((terms for role, terms in TERMS.items() if role == engagement), None)


class Product(models.Model):
    """A product or workload that a claim may name. Codes never change."""

    class KeyedBy(models.TextChoices):
        TENANT = "tenant", _("tenant")
        SUBSCRIPTION = "subscription", _("subscription")

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    area = models.CharField(_("solution area"), max_length=3, choices=Area)
    keyed_by = models.CharField(_("keyed by"), max_length=12, choices=KeyedBy)
    is_active = models.BooleanField(_("may be claimed"), default=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("area", "name", "pk")

    def __str__(self) -> str:
        return self.name
