"""The claim itself: a partner company's association with a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import cached_property  # a prefetch may fill it
from django.utils.translation import gettext_lazy as _

from accounts.models import Partner, PartnerLocation, StaffRole, User
from accounts.once import Once
from claims.models import guards, order
from claims.models.catalogue import TERMS, Area, Engagement, Terms
from claims.models.customer import Subscription
from claims.models.evidence import Evidence, Purpose
from claims.models.line import Line
from claims.parts import Standing
from claims.reasons import Reason
from claims.workflow import CLAIM, State

if TYPE_CHECKING:
    from claims.machine import Stage

# What must be answered before a claim can be submitted, beside lines and contacts.
ANSWERS = (
    ("area", _("solution area")),
    ("engagement", _("role")),
    ("location_id", _("partner ID")),
    ("customer_name", _("customer's name")),
    ("domain", _("customer's domain")),
    ("tenant_id", _("tenant ID")),
    ("name", _("claim name")),
)
EXTRA_ANSWERS = {
    "solution_seller": _("solution seller"),
    "isv_solution": _("ISV solution"),
}
CONTACT_FIELDS = (
    "customer_contact_name",
    "customer_contact_title",
    "customer_contact_email",
    "partner_contact_name",
    "partner_contact_email",
)

_some_review = Once[None, bool]("some_review")
# Within a block that only looks, it is asked once whether anybody reviews.
reviewers_kept = _some_review.within

# The languages in which the customer can be written to.
LANGUAGES = [("en", _("English")), ("de", _("German"))]


class Claim(models.Model):
    """One claim. Its state changes only through claims.engine."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="claims"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        _("status"), max_length=20, choices=State, default=CLAIM.initial
    )
    version = models.PositiveIntegerField(default=0)
    round = models.PositiveIntegerField(_("round"), default=1)

    area = models.CharField(_("solution area"), max_length=3, choices=Area, blank=True)
    engagement = models.CharField(
        _("role"), max_length=10, choices=Engagement, blank=True
    )
    location = models.ForeignKey(
        PartnerLocation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("partner ID"),
    )
    customer_name = models.CharField(_("customer"), max_length=200, blank=True)
    domain = models.CharField(_("customer's domain"), max_length=253, blank=True)
    tenant_id = models.UUIDField(_("tenant ID"), null=True, blank=True)
    name = models.CharField(_("claim name"), max_length=120, blank=True)
    customer_contact_name = models.CharField(_("name"), max_length=120, blank=True)
    customer_contact_title = models.CharField(_("title"), max_length=120, blank=True)
    customer_contact_email = models.EmailField(_("e-mail"), blank=True)
    customer_language = models.CharField(
        _("language of the mails to the customer"),
        max_length=2,
        choices=LANGUAGES,
        default="en",
    )
    partner_contact_name = models.CharField(_("name"), max_length=120, blank=True)
    partner_contact_email = models.EmailField(_("e-mail"), blank=True)
    solution_seller = models.CharField(_("solution seller"), max_length=200, blank=True)
    isv_solution = models.CharField(_("ISV solution"), max_length=200, blank=True)
    # Goes to the reviewers with the next submission, and is empty again afterwards.
    covering_note = models.TextField(
        _("comment for the reviewers"), max_length=5000, blank=True
    )

    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_claims",
        verbose_name=_("reviewer"),
    )
    rejected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    # The reasons of the last decision, for lists and exports.
    reason_codes = ArrayField(models.CharField(max_length=30), default=list)
    prefilled_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The form a draft was made with: sending it twice makes one draft.
    draft_key = models.UUIDField(null=True, editable=False)

    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("updated"))
    state_since = models.DateTimeField()
    # A copy of the running deadline, so that lists can sort by it.
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    first_submitted_at = models.DateTimeField(null=True, blank=True)
    last_submitted_at = models.DateTimeField(null=True, blank=True)
    review_started_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    disputed_at = models.DateTimeField(null=True, blank=True)
    association_ended_at = models.DateTimeField(null=True, blank=True)

    # Filled by claims.actions.index_for_search: every word a search may find.
    search_words = models.TextField(blank=True, editable=False)
    search = models.GeneratedField(
        expression=SearchVector("search_words", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = (
            models.CheckConstraint(
                name="claim_state_is_declared",
                condition=Q(state__in=list(State.values)),
            ),
            models.CheckConstraint(
                name="claim_due_exactly_when_timed",
                condition=(
                    Q(state__in=CLAIM.states(lambda s: s.clock), due_at__isnull=False)
                    | ~Q(state__in=CLAIM.states(lambda s: s.clock))
                    & Q(due_at__isnull=True)
                ),
            ),
            # So that children can refer to (claim, partner) together.
            models.UniqueConstraint(
                fields=["id", "partner"], name="claim_and_its_partner"
            ),
            models.UniqueConstraint(
                fields=["partner", "draft_key"], name="one_draft_per_form"
            ),
        )
        indexes = (
            GinIndex(fields=["search"], name="claim_search"),
            models.Index(fields=["partner", "-updated_at", "-id"], name="claim_recent"),
            models.Index(fields=["-updated_at", "-id"], name="claim_recent_all"),
            models.Index(fields=["partner", "state", "due_at"], name="claim_waiting"),
            models.Index(fields=["state", "due_at", "id"], name="claim_queue"),
            models.Index(fields=["assignee", "due_at", "id"], name="claim_mine"),
            models.Index(fields=["tenant_id"], name="claim_tenant"),
            # Staff sort the claims of all partners by each column of the list.
            models.Index(order.folded("name"), "id", name="claim_by_name"),
            models.Index(order.folded("customer_name"), "id", name="claim_by_customer"),
            models.Index(fields=["engagement", "id"], name="claim_by_role"),
            models.Index(order.stage_rank(), "id", name="claim_by_status"),
            models.Index(order.due_or(order.NEVER), "id", name="claim_by_due"),
            models.Index(order.due_or(order.LONG_AGO), "id", name="claim_by_due_last"),
        )
        triggers = (
            pgtrigger.Protect(
                name="born_in_the_initial_state",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state=CLAIM.initial),
            ),
            pgtrigger.FSM(
                name="declared_steps_only", field="state", transitions=CLAIM.edges
            ),
            pgtrigger.Protect(
                name="only_drafts_are_deleted",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state=CLAIM.initial)
                | pgtrigger.Q(old__version__gt=0),
            ),
            pgtrigger.ReadOnly(
                name="identity_never_changes",
                fields=["number", "partner", "created_at", "created_by"],
            ),
            guards.one_version_per_step(),
            guards.one_event_per_version(),
            guards.one_dispute_for_ever(),
            guards.lines_follow_the_claim(),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("claim", args=[self.number])

    # --- What it is ---------------------------------------------------------------

    @property
    def stage(self) -> Stage:
        return CLAIM[self.state]

    @property
    def terms(self) -> Terms | None:
        return TERMS[Engagement(self.engagement)] if self.engagement else None

    @property
    def was_submitted(self) -> bool:
        return self.first_submitted_at is not None

    @property
    def was_withdrawn(self) -> bool:
        return Reason.PARTNER_REQUEST in self.reason_codes

    @property
    def was_declined(self) -> bool:
        return Reason.CUSTOMER_DECLINED in self.reason_codes

    @property
    def has_both_contacts(self) -> bool:
        return all(getattr(self, field) for field in CONTACT_FIELDS)

    def missing_answers(self) -> list[Any]:
        """Return the names of the wizard's answers that are still empty."""
        extra = self.terms.extra if self.terms else ()
        wanted = [*ANSWERS, *((field, EXTRA_ANSWERS[field]) for field in extra)]
        return [label for field, label in wanted if not getattr(self, field)]

    # --- What hangs on it ------------------------------------------------------------

    @cached_property
    def lines_all(self) -> list[Line]:
        lines = list(self.lines.select_related("product"))
        for line in lines:
            line.claim = self
        return lines

    @property
    def lines_now(self) -> list[Line]:
        """The lines that are not lost in arbitration."""
        return [line for line in self.lines_all if not line.is_superseded]

    @cached_property
    def evidence_all(self) -> list[Evidence]:
        files = list(
            self.evidence.exclude(purpose=Purpose.COMMENT).select_related("uploaded_by")
        )
        for file in files:
            file.claim = self
        # A replacement comes after what it replaces.
        before = {file.replaced_by_id: file for file in files if file.replaced_by_id}
        for file in files:
            file.version = before[file.pk].version + 1 if file.pk in before else 1
        return files

    @property
    def evidence_now(self) -> list[Evidence]:
        """The PoE files that count: the newest version of each."""
        return [file for file in self.evidence_all if file.replaced_by_id is None]

    def dispute_evidence(self) -> list[Evidence]:
        """Files attached since the rejection, for the dispute."""
        return [
            file
            for file in self.evidence_now
            if file.purpose == Purpose.DISPUTE and not file.is_refused
        ]

    def changed_in_this_round(self) -> bool:
        """Whether the partner edited or attached anything since being asked."""
        edits = self.events.filter(step="edit", at__gte=self.state_since)
        # A file that was added and taken away again is nothing new.
        return edits.exists() or any(not file.is_kept for file in self.evidence_now)

    @cached_property
    def bought_several_times(self) -> set[int]:
        """Products of which the customer is known to have several subscriptions."""
        if self.tenant_id is None:
            return set()
        bought = Subscription.objects.filter(customer__tenant_id=self.tenant_id)
        counted = bought.exclude(condition=Subscription.Condition.ENDED)
        several = counted.values("product").annotate(count=Count("pk"))
        return set(several.filter(count__gt=1).values_list("product", flat=True))

    # --- Others on the same key (DOMAIN.md §7) ------------------------------------

    def _same_key(self, standings: list[str]) -> models.QuerySet[Line]:
        keys = Q(pk__in=[])
        for line in self.lines_now:
            keys |= Q(product=line.product_id, subscription_id=line.subscription_id)
        return Line.objects.filter(
            keys,
            tenant_id=self.tenant_id,
            engagement=self.engagement,
            standing__in=standings,
        ).exclude(claim=self)

    def twin(self) -> Claim | None:
        """Return the same partner's other open claim on one of the keys, if any."""
        if self.tenant_id is None:
            return None
        line = (
            self._same_key([Standing.OPEN, Standing.HELD])
            .filter(partner=self.partner_id)
            .select_related("claim")
            .first()
        )
        return line.claim if line else None

    def held_by_rivals(self) -> list[Line]:
        """Return other partners' approved lines on the keys of this claim."""
        return list(
            self._same_key([Standing.HELD])
            .exclude(partner=self.partner_id)
            .select_related("claim__partner", "product")
        )

    def challenged_by_rivals(self) -> list[Line]:
        """Return other partners' open lines on the keys of this claim."""
        return list(
            self._same_key([Standing.OPEN])
            .exclude(partner=self.partner_id)
            .select_related("claim__partner", "product")
        )

    def has_reviewer(self) -> bool:
        """Return whether somebody has taken it or could take it."""
        if self.assignee_id:
            return True
        return _some_review.answer(None, lambda: _available_reviewers().exists())

    def next_reviewer(self) -> User | None:
        """Return the available reviewer with the fewest open claims."""
        open_states = CLAIM.states(lambda s: s.standing == Standing.OPEN)
        working = Q(assigned_claims__state__in=open_states)
        loads = Count("assigned_claims", filter=working)
        free = _available_reviewers().annotate(load=loads)
        return free.order_by("load", "pk").first()


def _available_reviewers() -> models.QuerySet[User]:
    roles = [StaffRole.REVIEWER, StaffRole.LEAD]
    return User.objects.filter(staff_role__in=roles, is_active=True, is_available=True)
