"""The history of a claim: written once, never changed."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Partner
from claims.workflow import Role

# What stands in place of a personal value that was erased.
STRUCK_OUT = "\u232b"
# The changes whose values are personal data, or may name somebody as file names do.
PERSONAL = (
    "customer_contact_name",
    "customer_contact_title",
    "customer_contact_email",
    "partner_contact_name",
    "partner_contact_email",
    "signer",
    "evidence",
)
_NAMES = ", ".join(f"'{name}'" for name in PERSONAL)
# Each value stays as it was or, if there was one, is struck out; nothing else changes.
ONLY_STRUCK_OUT = f"""
    IF to_jsonb(NEW) - 'changes' IS DISTINCT FROM to_jsonb(OLD) - 'changes'
       OR EXISTS (
        SELECT FROM jsonb_each(OLD.changes) AS was
        FULL JOIN jsonb_each(NEW.changes) AS made ON made.key = was.key
        WHERE made.value IS DISTINCT FROM was.value AND NOT coalesce(
            was.key IN ({_NAMES})
            AND made.value = (
                SELECT jsonb_agg(
                    CASE WHEN each.value IN ('null', '""') THEN each.value
                         ELSE '"{STRUCK_OUT}"' END ORDER BY each.ordinality)
                FROM jsonb_array_elements(was.value) WITH ORDINALITY AS each
            ), false)
    ) THEN
        RAISE EXCEPTION 'Cannot update the history of claims: it is append-only.';
    END IF;
    RETURN NEW;
"""  # noqa: S608 - of names that stand above


class Event(models.Model):
    """One thing that happened to a claim: a step of its life, or a change in it."""

    claim = models.ForeignKey(
        "claims.Claim", on_delete=models.PROTECT, related_name="events"
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    step = models.CharField(max_length=40)
    from_state = models.CharField(max_length=20)
    to_state = models.CharField(max_length=20)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    actor_role = models.CharField(max_length=10, choices=Role)
    # [{"code": "products_missing", "line": 17}, …]; line is null for the whole claim.
    reasons = models.JSONField(default=list)
    comment = models.TextField(blank=True)
    # {"field": [old, new]} for edits; free of codes that only programs understand.
    changes = models.JSONField(default=dict)
    round = models.PositiveIntegerField()
    # When it took effect. A deadline takes effect when it was due, however late the
    # job ran; applied_at says when that was.
    at = models.DateTimeField()
    applied_at = models.DateTimeField()
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("history")
        ordering = ("version",)
        constraints = (
            models.UniqueConstraint(
                fields=["claim", "version"], name="one_event_per_version"
            ),
        )
        indexes = (models.Index(fields=["step", "at"], name="event_step_at"),)
        triggers = (
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            # An erasure strikes out personal values, and can do nothing else.
            pgtrigger.Trigger(
                name="only_struck_out",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=ONLY_STRUCK_OUT,
            ),
            pgtrigger.Trigger(
                name="never_truncated",
                level=pgtrigger.Statement,
                operation=pgtrigger.Truncate,
                when=pgtrigger.Before,
                func="RAISE EXCEPTION 'The history of claims is append-only.';",
            ),
        )

    def __str__(self) -> str:
        return f"{self.claim_id} v{self.version} {self.step}"

    @property
    def said_by(self) -> Any:
        """Who it was, as a name: the person, the customer, or nothing for the clock."""
        if self.actor_id is not None or self.actor_role == Role.SYSTEM:
            return self.actor
        return Role(self.actor_role).label

    @property
    def is_step(self) -> bool:
        return self.from_state != self.to_state
