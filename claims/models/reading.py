"""What a reader found in a file: hints for people, never a verdict (DOMAIN.md §6)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Partner
from claims.models.evidence import Evidence


class Reading(models.Model):
    """Where the facts of its own claim stand in a file; the text is not kept."""

    class Outcome(models.TextChoices):
        READ = "read", _("Read")
        NO_TEXT = "no_text", _("No text in it")
        UNREADABLE = "unreadable", _("Cannot be read by the program")

    evidence = models.OneToOneField(
        Evidence, on_delete=models.CASCADE, related_name="reading"
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome)
    # What the claim said when the file was read; of another claim it says nothing.
    facts_sha256 = models.CharField(max_length=64)
    unit = models.CharField(max_length=5, blank=True)
    page_count = models.PositiveIntegerField(default=0)
    # [[width, height], …] in points, of the pages that can be looked at.
    page_sizes = models.JSONField(default=list)
    # {"customer": [1, 3], "product:EXO": [], …}: the pages on which each fact stands.
    found = models.JSONField(default=dict)
    # [["2026-11-03", 2], …]: days with the first page on which each stands.
    days = models.JSONField(default=list)
    read_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reading of a file")
        verbose_name_plural = _("readings of files")

    def __str__(self) -> str:
        return f"{self.evidence_id}: {self.outcome}"
