"""Stopping a clock: the switch, the daily limit, and who used them when and why."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims.machine import Clock
from claims.workflow import CLAIM


class Brake(models.Model):
    """The brake of one clock. A clock without a row was never stopped or counted."""

    clock = models.CharField(_("clock"), max_length=20, unique=True)
    # Switched off by a person. While it is on its way back the time is given back.
    off_at = models.DateTimeField(null=True, blank=True)
    off_because = models.TextField(blank=True)
    # How many steps the clock may take by itself in a day; empty: the usual number.
    daily_limit = models.PositiveIntegerField(_("daily limit"), null=True, blank=True)
    counted_on = models.DateField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)
    # The limit was reached: nothing more is taken until a lead releases the clock.
    tripped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("brake of a clock")
        verbose_name_plural = _("brakes of the clocks")
        constraints = (
            models.CheckConstraint(
                name="daily_limit_lets_something_pass",
                condition=Q(daily_limit__isnull=True) | Q(daily_limit__gte=1),
            ),
            models.CheckConstraint(
                name="clock_off_for_a_reason",
                condition=Q(off_at__isnull=True, off_because="")
                | Q(off_at__isnull=False) & ~Q(off_because=""),
            ),
        )

    def __str__(self) -> str:
        return self.clock

    @property
    def declared(self) -> Clock:
        return CLAIM.clocks[self.clock]


class BrakeEntry(models.Model):
    """One use of a brake. Never changed."""

    class Deed(models.TextChoices):
        OFF = "off", _("Switched off")
        ON = "on", _("Switched on")
        LIMIT = "limit", _("Daily limit changed")
        TRIPPED = "tripped", _("Daily limit reached")
        RELEASED = "released", _("Released")

    clock = models.CharField(max_length=20)
    deed = models.CharField(max_length=10, choices=Deed)
    # Nobody: the clock itself, or an operator at the command line.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    reason = models.TextField(blank=True)
    # Such as {"limit": [100, 500]}.
    details = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("use of a brake")
        verbose_name_plural = _("uses of the brakes")
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=["clock", "-at"], name="brake_entry_of_clock"),)
        triggers = (
            pgtrigger.Protect(
                name="append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        )

    def __str__(self) -> str:
        return f"{self.clock} {self.deed}"
