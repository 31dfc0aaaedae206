"""What partner and reviewers say to each other, and reviewers among themselves."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Partner
from accounts.opaque import opaque
from claims.models import Claim, Evidence


class Comment(models.Model):
    """A comment that both sides of a claim read."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="comments")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(_("comment"))
    attachments = models.ManyToManyField(Evidence, related_name="comments")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("at", "pk")
        indexes = (models.Index(fields=["claim", "at"], name="comment_of_claim"),)

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.text[:40]}"

    @property
    def alias(self) -> str:
        return opaque("comment", self.pk)


class Note(models.Model):
    """An internal note. A table of its own: no partner's query ever touches it."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(_("internal note"))
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ("at", "pk")
        indexes = (models.Index(fields=["claim", "at"], name="note_of_claim"),)

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.text[:40]}"

    @property
    def alias(self) -> str:
        return opaque("note", self.pk)
