"""The deadline of a claim: fixed when its clock starts, kept when it is over."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Partner
from claims.machine import Clock
from claims.workflow import CLAIM


class Deadline(models.Model):
    """A running or ended clock. All times are UTC; the calendar's zone is copied."""

    claim = models.ForeignKey(
        "claims.Claim", on_delete=models.CASCADE, related_name="deadlines"
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    clock = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    time_zone = models.CharField(max_length=50)
    rule = models.CharField(max_length=40)
    place = models.CharField(max_length=80)
    # How the date came about: {"start_on", "due_on", "skipped": [[date, name], …]};
    # "lost" are the days that an outage took, "given" how many were added for them.
    arithmetic = models.JSONField(default=dict)
    closed_at = models.DateTimeField(null=True, blank=True)
    # When the sweep should look again: the due time, later after a vain attempt.
    act_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, blank=True)
    held_because = models.CharField(max_length=40, blank=True)
    # A lead has made sure that the partner knows, and lets the clock act without mail.
    warned_otherwise = models.BooleanField(default=False)
    # [{"at": iso, "kind": "left", "days": 7}, …]: what is still to be said, in order.
    ladder = models.JSONField(default=list)
    next_reminder_at = models.DateTimeField(null=True, blank=True)
    extends = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    extension_reason = models.TextField(blank=True)
    # Where it was moved together with others: an outage, time off, a new calendar.
    postponement = models.ForeignKey(
        "claims.Postponement",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deadlines",
    )

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ("started_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["claim"],
                name="one_running_deadline_per_claim",
                condition=Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="deadline_after_its_start", condition=Q(due_at__gt=F("started_at"))
            ),
        )
        indexes = (
            models.Index(
                fields=["act_at", "id"],
                name="deadline_to_act_on",
                condition=Q(closed_at__isnull=True, held_at__isnull=True),
            ),
            models.Index(
                fields=["closed_at", "clock"],
                name="deadline_ended",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(
                fields=["next_reminder_at", "id"],
                name="deadline_to_remind_of",
                condition=Q(closed_at__isnull=True, next_reminder_at__isnull=False),
            ),
            models.Index(
                fields=["held_at", "id"],
                name="deadline_held",
                condition=Q(closed_at__isnull=True, held_at__isnull=False),
            ),
            models.Index(
                fields=["clock", "id"],
                name="deadline_running_by_clock",
                condition=Q(closed_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.claim_id} {self.clock} {self.due_at:%Y-%m-%d}"

    @property
    def declared(self) -> Clock:
        return CLAIM.clocks[self.clock]

    @property
    def is_held(self) -> bool:
        return self.held_at is not None
