"""What one reader is still to be told, or was told, on a rung of a deadline."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Partner
from claims.models.deadline import Deadline


class Reminder(models.Model):
    """One rung of one deadline's ladder for one reader: said once or dropped."""

    class Outcome(models.TextChoices):
        SAID = "said", _("Said")
        OVER = "over", _("Dropped: the claim had moved on")
        STALE = "stale", _("Dropped: a later reminder was due as well")
        NOT_THEIRS = "not_theirs", _("Dropped: it was no longer this reader's")

    deadline = models.ForeignKey(
        Deadline, on_delete=models.CASCADE, related_name="reminders"
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    # Such as "left:2026-12-08" or "overdue:2026-12-15": the kind and the rung's day.
    rung = models.CharField(max_length=30)
    days = models.PositiveSmallIntegerField()
    # The first moment of the reader's working hours from which it may be said.
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ("at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["deadline", "reader", "rung"],
                name="one_reminder_per_reader_and_rung",
            ),
            models.CheckConstraint(
                name="reminder_settled_with_an_outcome",
                condition=Q(settled_at__isnull=True, outcome="")
                | Q(settled_at__isnull=False) & ~Q(outcome=""),
            ),
        )
        indexes = (
            models.Index(
                fields=["at", "id"],
                name="reminder_to_say",
                condition=Q(settled_at__isnull=True),
            ),
            models.Index(
                fields=["reader", "-settled_at"],
                name="reminder_said",
                condition=Q(outcome="said"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.rung} {self.reader_id}"

    @property
    def kind(self) -> str:
        return self.rung.partition(":")[0]
