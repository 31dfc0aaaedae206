"""The audit trail: who read, took out or changed what; written once, never changed.

One chain for each partner company and one for the programme. The database refuses to
change or remove rows (triggers in the migration, without pgtrigger's way round); who
gets round the database is found by `manage.py verify_audit` (ADR 0008).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Partner, User


class Deed(models.TextChoices):
    """What the trail records."""

    CHAIN_OPENED = "chain_opened", _("Trail begun")
    DOCUMENT_READ = "document_read", _("Document read")
    ERASURE = "erasure", _("Contents and people erased")
    EXPORT = "export", _("Export")
    FILE_REFUSED = "file_refused", _("File refused")
    LOG_IN = "log_in", _("Logged in")
    LOG_IN_FAILED = "log_in_failed", _("Log-in failed")
    LOG_OUT = "log_out", _("Logged out")
    REFUSAL = "refusal", _("Refused")
    RIGHTS_CHANGED = "rights_changed", _("Rights changed")
    SIGN_IN_CHANGED = "sign_in_changed", _("Means of log-in changed")
    SETTING_CHANGED = "setting_changed", _("Setting changed")
    CLOCK_BRAKED = "clock_braked", _("Brake of a clock used")
    DATES_MOVED = "dates_moved", _("Many dates moved")
    TRAIL_VERIFIED = "trail_verified", _("Trail verified")


class TrailHead(models.Model):
    """The end of one chain: how many rows it has, and the hash of the last.

    Whoever appends locks this row, so numbers have no gap. The seal is keyed: rows cut
    off the end are missed even if the head was turned back to fit.
    """

    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, related_name="+"
    )
    count = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("end of an audit trail")
        verbose_name_plural = _("ends of audit trails")
        constraints = (
            models.UniqueConstraint(
                fields=["partner"],
                name="one_trail_per_company",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.partner_id or 'programme'}: {self.count}"


class TrailEntry(models.Model):
    """One deed. Every other column is part of its hash."""

    # Whose chain it stands in; none: the programme's.
    partner = models.ForeignKey(
        Partner,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("company"),
    )
    number = models.PositiveBigIntegerField()
    # Without choices: a new deed needs no migration.
    deed = models.CharField(_("deed"), max_length=30)
    actor = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("person"),
    )
    # What the person was at that moment: a title or a programme role.
    actor_role = models.CharField(max_length=20, blank=True)
    about = models.CharField(_("about"), max_length=200, blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(_("time"))
    network = models.CharField(_("network address"), max_length=45, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("entry of the audit trail")
        verbose_name_plural = _("audit trail")
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["partner", "number"],
                name="one_trail_entry_per_number",
                nulls_distinct=False,
            ),
        )
        indexes = (
            # In the order in which the trail is read, whatever it is narrowed to.
            models.Index(fields=["partner", "-at", "-id"], name="trail_of_company"),
            models.Index(fields=["actor", "-at", "-id"], name="trail_of_person"),
            models.Index(fields=["deed", "-at", "-id"], name="trail_of_deed"),
            models.Index(fields=["about", "-at", "-id"], name="trail_of_thing"),
            models.Index(fields=["-at", "-id"], name="trail_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.partner_id or 'programme'} {self.number}: {self.deed}"
