"""Moving many running deadlines later at once, for one stated cause."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from claims.models.calendar import WorkCalendar


class Postponement(models.Model):
    """An outage, a clock's time off, or a changed calendar, and how far it is applied.

    It is carried out claim by claim, each in its own transaction, in the order of the
    deadlines' keys; a run that dies is taken up again behind `reached`.
    """

    # How far it has come, over all companies: closed to partners (cpor/doors.py).
    PROGRESS = ("reached", "moved", "failed", "finished_at")

    class Cause(models.TextChoices):
        OUTAGE = "outage", _("The system was down")
        SWITCH = "switch", _("The clock was switched off")
        CALENDAR = "calendar", _("The calendar was changed")

    cause = models.CharField(max_length=10, choices=Cause)
    # What was lost; the same moment twice for a changed calendar.
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    # The clocks it is about; none named: all of them.
    clocks = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    calendar = models.ForeignKey(
        WorkCalendar,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="postponements",
    )
    reason = models.TextField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    recorded_at = models.DateTimeField()
    reached = models.BigIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    # Numbers of claims whose new date could not be told, with the sentence why.
    failed = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("postponement")
        verbose_name_plural = _("postponements")
        ordering = ("-recorded_at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="postponement_ends_after_its_start",
                condition=Q(ended_at__gte=F("began_at")),
            ),
            models.CheckConstraint(
                name="postponement_for_a_reason", condition=~Q(reason="")
            ),
            models.UniqueConstraint(
                fields=["began_at", "ended_at", "clocks"],
                name="one_record_per_outage",
                condition=Q(cause="outage"),
            ),
        )
        indexes = (
            models.Index(
                fields=["id"],
                name="postponement_unfinished",
                condition=Q(finished_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.cause} {self.began_at:%Y-%m-%d}"
