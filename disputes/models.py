"""The one dispute a claim may ever have."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Partner
from claims.models import Claim


class Result(models.TextChoices):
    OVERTURNED = "overturned", _("Overturned")
    UPHELD = "upheld", _("Upheld")


class Dispute(models.Model):
    """What the partner holds against a rejection, and what came of it."""

    # One to one: the database itself refuses a second dispute.
    claim = models.OneToOneField(
        Claim, on_delete=models.PROTECT, related_name="dispute"
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    justification = models.TextField(_("business justification"), blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    result = models.CharField(max_length=12, choices=Result, blank=True)
    statement = models.TextField(_("statement"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ("opened_at", "pk")
        triggers = (
            pgtrigger.Protect(name="disputes_stay", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="grounds_never_change",
                fields=["claim", "partner", "justification", "opened_by", "opened_at"],
            ),
        )

    def __str__(self) -> str:
        return f"dispute of {self.claim_id}"
