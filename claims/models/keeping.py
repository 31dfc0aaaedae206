"""What is known about the scanner and the storage, for those who look after them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Why(models.TextChoices):
    """Why no file gets past the scanner."""

    OFF = "off", _("No virus scanner is configured.")
    SILENT = "silent", _("The virus scanner does not answer.")
    BLIND = "blind", _("The virus scanner does not find the test virus.")
    LAX = "lax", _("The virus scanner lets pass what it cannot read to its end.")
    OLD = "old", _("The signatures of the virus scanner are too old.")
    UNDATED = "undated", _("The virus scanner does not say how old its signatures are.")


class ScannerState(models.Model):
    """How the scanner was when somebody last looked: one row."""

    ONLY = 1

    is_open = models.BooleanField()
    why = models.CharField(max_length=10, choices=Why, blank=True)
    # The scanner's own words, in technical English.
    detail = models.CharField(max_length=200, blank=True)
    version = models.CharField(max_length=100, blank=True)
    since = models.DateTimeField()
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("state of the virus scanner")
        verbose_name_plural = _("states of the virus scanner")
        constraints = (models.CheckConstraint(name="one_scanner", condition=Q(pk=1)),)

    def __str__(self) -> str:
        return str(self.get_why_display()) or "open"


class KeepingRun(models.Model):
    """One reading of every stored object; it may take several sittings."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=True)
    files = models.PositiveIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    orphans = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("check of the stored files")
        verbose_name_plural = _("checks of the stored files")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["is_open"], name="one_open_run", condition=Q(is_open=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d}"


class Fault(models.TextChoices):
    """What is wrong with a kept file."""

    MISSING = "missing", _("The content is missing.")
    UNREADABLE = "unreadable", _("The content cannot be read.")
    CHANGED = "changed", _("The content differs from its hash.")
    ORPHAN = "orphan", _("No file belongs to this content.")


class KeepingFault(models.Model):
    """Something the check found; open until a later check finds it mended."""

    evidence = models.ForeignKey(
        "claims.Evidence", on_delete=models.CASCADE, null=True, related_name="+"
    )
    name = models.CharField(max_length=200)
    what = models.CharField(max_length=10, choices=Fault)
    found_at = models.DateTimeField()
    mended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("fault of a stored file")
        verbose_name_plural = _("faults of stored files")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["name", "what"],
                name="one_open_fault",
                condition=Q(mended_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.get_what_display()}"
