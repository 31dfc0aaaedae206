"""The files of a claim: proof of execution and what is attached to comments."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Partner
from claims.inspection import codes
from claims.inspection.names import is_as_sent, laid_open
from claims.reading.limits import DRAWN
from claims.workflow import DISPUTE_PROOF, PROOF


class Kind(models.TextChoices):
    POE_TEMPLATE = "poe_template", _("PoE template")
    STATEMENT_OF_WORK = "statement_of_work", _("Statement of work")
    ORDER_LETTER = "order_letter", _("Order letter")
    CUSTOMER_CONFIRMATION = "customer_confirmation", _("Customer confirmation")
    ACCEPTANCE_REPORT = "acceptance_report", _("Acceptance report")
    DEPLOYMENT_REPORT = "deployment_report", _("Deployment report")
    USAGE_REPORT = "usage_report", _("Usage report")
    TRAINING_PLAN = "training_plan", _("Training plan")
    WORKSHOP_RESULT = "workshop_result", _("Workshop result")
    SCREENSHOT = "screenshot", _("Screenshot")
    DISCLOSURE = "disclosure", _("Public-sector disclosure")
    JUSTIFICATION = "justification", _("Dispute justification")


class Check(models.TextChoices):
    """How far the inspection of a file has come."""

    RECEIVED = "received", _("Received")
    INSPECTING = "inspecting", _("Being checked")
    WAITING = "waiting", _("Waiting for the scanner")
    CLEAN = "clean", _("Clean")
    REFUSED = "refused", _("Refused")
    INFECTED = "infected", _("Infected")


PENDING = (Check.RECEIVED, Check.INSPECTING, Check.WAITING)
REFUSED_CHECKS = frozenset({Check.REFUSED, Check.INFECTED})


class Purpose(models.TextChoices):
    """What a file is there for; only proof counts as PoE."""

    PROOF = PROOF, _("Proof of execution")
    DISPUTE = DISPUTE_PROOF, _("Proof for the dispute")
    COMMENT = "comment", _("Attachment of a comment")


def storage_name(evidence: "Evidence", filename: str) -> str:
    """Return the name that claims.vault has given the content."""
    return filename


class Evidence(models.Model):
    """One uploaded file. Its content never changes; a replacement is a new row."""

    # Which version of a replaced file this is; counted by Claim.evidence_all.
    version = 1

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(
        "claims.Claim", on_delete=models.CASCADE, related_name="evidence"
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.PROOF)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind, blank=True)
    document_on = models.DateField(_("document date"), null=True, blank=True)
    signed_on = models.DateField(_("signature date"), null=True, blank=True)
    signer = models.CharField(_("signer"), max_length=200, blank=True)
    name = models.CharField(_("file name"), max_length=150)
    original_name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    content = models.FileField(upload_to=storage_name, max_length=200)
    check_state = models.CharField(max_length=12, choices=Check, default=Check.RECEIVED)
    refusal_code = models.CharField(max_length=30, blank=True)
    # What the scanner called it, for the programme's people.
    malware = models.CharField(max_length=100, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    # When the sweep may try again: set while a worker holds the file.
    check_after = models.DateTimeField()
    # How often the scanner broke off over this very file.
    check_attempts = models.PositiveSmallIntegerField(default=0)
    # When the content was last found to equal its hash.
    verified_at = models.DateTimeField(null=True, blank=True)
    # When content, names and people were taken out; what is left is the record.
    erased_at = models.DateTimeField(null=True, blank=True)
    round = models.PositiveIntegerField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    # A comment's attachment shows up only once the comment was sent.
    replaced_by = models.OneToOneField(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="replaces",
    )
    # Set when the claim was submitted with this file: from then on it stays for ever.
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ("uploaded_at", "pk")
        constraints = (
            models.CheckConstraint(
                name="evidence_has_content", condition=Q(size__gt=0)
            ),
        )
        indexes = (
            models.Index(fields=["sha256"], name="evidence_sha256"),
            models.Index(fields=["content"], name="evidence_content"),
            models.Index(
                models.F("verified_at").asc(nulls_first=True),
                "id",
                name="evidence_to_verify",
                condition=Q(erased_at__isnull=True),
            ),
            models.Index(
                fields=["check_after", "id"],
                name="evidence_to_check",
                condition=~Q(
                    check_state__in=[Check.CLEAN, Check.REFUSED, Check.INFECTED]
                ),
            ),
        )
        triggers = (
            pgtrigger.Protect(
                name="submitted_evidence_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__submitted_at__isnull=False),
            ),
            pgtrigger.ReadOnly(
                name="content_never_changes",
                fields=["claim", "partner", "sha256", "size", "public_id"],
            ),
            pgtrigger.Protect(
                name="content_stays_where_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__content__df=pgtrigger.F("new__content"))
                & ~pgtrigger.Q(new__content="", new__erased_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="erased_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__erased_at__isnull=False)
                & (
                    pgtrigger.Q(new__erased_at__isnull=True)
                    | pgtrigger.Q(old__name__df=pgtrigger.F("new__name"))
                    | pgtrigger.Q(old__content__df=pgtrigger.F("new__content"))
                ),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_clean(self) -> bool:
        return self.check_state == Check.CLEAN and not self.is_erased

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None

    @property
    def is_refused(self) -> bool:
        return self.check_state in REFUSED_CHECKS

    @property
    def is_pending(self) -> bool:
        return self.check_state in PENDING

    @property
    def is_kept(self) -> bool:
        return self.submitted_at is not None

    # --- In words, for templates/parts/_file.html ------------------------------------

    @property
    def kind_label(self) -> str:
        return str(self.get_kind_display())

    @property
    def sent_as(self) -> str:
        """The name it was sent under, where that is another: nothing in it hidden."""
        if is_as_sent(self.name, self.original_name):
            return ""
        return laid_open(self.original_name)

    @property
    def state_label(self) -> str:
        return str(_("Erased") if self.is_erased else Check(self.check_state).label)

    @property
    def sentence(self) -> str:
        """Why the file was refused and what to do about it."""
        if self.is_erased:
            return str(_("The content was erased. Its fingerprint stays."))
        return str(codes.sentence(self.refusal_code)) if self.refusal_code else ""

    @property
    def url(self) -> str:
        return reverse("evidence", args=[self.claim.number, self.public_id])

    @property
    def pages_url(self) -> str:
        """Where its pages can be looked at; empty where they can't."""
        if not self.is_clean or self.content_type not in DRAWN:
            return ""
        return reverse("evidence-pages", args=[self.claim.number, self.public_id])
