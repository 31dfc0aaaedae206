"""The product lines of a claim; each stands for one key (DOMAIN.md §7)."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Partner
from accounts.opaque import key_behind, opaque
from claims.models import guards
from claims.models.catalogue import Product
from claims.parts import Standing

LINE = "line"


def line_behind(name: Any) -> int | None:
    """Return the key of the line that is called so outside, if we gave the name."""
    return key_behind(LINE, name)


class Line(models.Model):
    """One product of a claim.

    The parts of the key and the standing are copied from the claim by database
    triggers, so that the unique constraints below can judge them.
    """

    claim = models.ForeignKey(
        "claims.Claim", on_delete=models.CASCADE, related_name="lines"
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    subscription_id = models.UUIDField(_("subscription ID"), null=True, blank=True)
    tenant_id = models.UUIDField(null=True, editable=False)
    engagement = models.CharField(max_length=10, blank=True, editable=False)
    standing = models.CharField(
        max_length=10, choices=Standing, default=Standing.NONE, editable=False
    )
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("product line")
        verbose_name_plural = _("product lines")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "engagement", "product", "subscription_id"],
                name="one_approved_line_per_key",
                condition=Q(standing=Standing.HELD),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=[
                    "partner",
                    "tenant_id",
                    "engagement",
                    "product",
                    "subscription_id",
                ],
                name="one_open_line_per_partner_and_key",
                condition=Q(standing__in=[Standing.OPEN, Standing.HELD]),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["claim", "product", "subscription_id"],
                name="each_product_once_per_claim",
                nulls_distinct=False,
            ),
        )
        indexes = (
            models.Index(
                fields=["tenant_id", "product"],
                name="line_key",
                condition=Q(standing__in=[Standing.OPEN, Standing.HELD]),
            ),
        )
        triggers = (guards.line_is_born_like_its_claim(),)

    def __str__(self) -> str:
        return f"{self.product} {self.subscription_id or ''}".strip()

    @property
    def alias(self) -> str:
        return opaque(LINE, self.pk)

    @property
    def key(self) -> tuple[int, UUID | None]:
        """What two claims on the same customer and role can clash in."""
        return self.product_id, self.subscription_id

    @property
    def is_superseded(self) -> bool:
        return self.standing == Standing.SUPERSEDED

    @property
    def counts(self) -> bool:
        """Whether the line claims or holds its key at present."""
        return self.standing in {Standing.OPEN, Standing.HELD}

    @property
    def needs_subscription(self) -> bool:
        """Whether the product's key is incomplete without a subscription."""
        terms = self.claim.terms
        if terms is None or self.product.keyed_by != Product.KeyedBy.SUBSCRIPTION:
            return False
        if terms.subscription == "several":
            return self.product_id in self.claim.bought_several_times
        return terms.subscription == "always"

    @property
    def lacks_subscription(self) -> bool:
        return self.needs_subscription and self.subscription_id is None
