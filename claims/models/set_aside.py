"""A deadline that could not act because something about its claim is broken."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Partner
from claims.models.deadline import Deadline


class SetAside(models.Model):
    """What the sweep stumbled over, until it gets through or the clock has ended."""

    deadline = models.OneToOneField(
        Deadline, on_delete=models.CASCADE, related_name="set_aside"
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=1)
    error = models.TextField()
    reported_at = models.DateTimeField(null=True, blank=True)
    mended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("deadline set aside")
        verbose_name_plural = _("deadlines set aside")
        ordering = ("first_at", "pk")
        indexes = (
            models.Index(
                fields=["first_at", "id"],
                name="set_aside_open",
                condition=Q(mended_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.deadline_id}: {self.error}"
