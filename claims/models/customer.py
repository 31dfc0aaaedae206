"""The registry of known customers: a domain has one tenant, a tenant subscriptions."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Customer(models.Model):
    """An end customer as the programme knows it."""

    name = models.CharField(_("name"), max_length=200)
    tenant_id = models.UUIDField(_("tenant ID"), unique=True)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ("name", "pk")
        indexes = (
            models.Index(fields=["name", "id"], name="customers_by_name"),
            GinIndex(SearchVector("name", config="simple"), name="customers_search"),
        )

    def __str__(self) -> str:
        return self.name


class CustomerDomain(models.Model):
    """A domain of a customer; it leads to one tenant only."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="domains"
    )
    domain = models.CharField(_("domain"), max_length=253)

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        constraints = (
            models.UniqueConstraint(Lower("domain"), name="one_tenant_per_domain"),
        )
        # For the beginning of a domain, whatever the database's collation.
        indexes = (
            models.Index(
                OpClass(Lower("domain"), name="varchar_pattern_ops"),
                name="domains_by_beginning",
            ),
        )

    def __str__(self) -> str:
        return self.domain


class Subscription(models.Model):
    """A subscription that the registry knows: whose it is and whether it counts."""

    class Condition(models.TextChoices):
        ACTIVE = "active", _("active")
        GRACE = "grace", _("in grace period")
        ENDED = "ended", _("ended")

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="subscriptions"
    )
    subscription_id = models.UUIDField(_("subscription ID"), unique=True)
    product = models.ForeignKey(
        "claims.Product", on_delete=models.PROTECT, related_name="+"
    )
    condition = models.CharField(
        _("condition"), max_length=10, choices=Condition, default=Condition.ACTIVE
    )
    is_csp = models.BooleanField(_("bought through a CSP"), default=False)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")

    def __str__(self) -> str:
        return str(self.subscription_id)

    @property
    def counts(self) -> bool:
        return self.condition != self.Condition.ENDED
