"""Claims as JSON: what is shown, and what may be handed in."""

import copy
from collections.abc import Sequence
from typing import Any, cast

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from accounts.models import PartnerLocation, User
from accounts.opaque import opaque
from accounts.strict import Strict
from claims import validation
from claims.access import offers_to
from claims.actions import PART_OF, WantedLine
from claims.forms.evidence import detail_fields
from claims.machine import Need, Offer
from claims.models import (
    LANGUAGES,
    LINE,
    Area,
    Claim,
    Engagement,
    Event,
    Evidence,
    Line,
    Product,
)
from claims.workflow import State

# --- What is shown -----------------------------------------------------------


class ProductOut(serializers.ModelSerializer[Product]):
    class Meta:
        model = Product
        fields = ("code", "name", "area", "keyed_by")


class LineOut(serializers.ModelSerializer[Line]):
    id = serializers.CharField(source="alias")
    product = serializers.CharField(source="product.code")
    name = serializers.CharField(source="product.name")

    class Meta:
        model = Line
        fields = ("id", "product", "name", "subscription_id", "standing", "accepted_at")


class EvidenceOut(serializers.ModelSerializer[Evidence]):
    id = serializers.UUIDField(source="public_id")
    state = serializers.CharField(source="check_state")
    message = serializers.CharField(source="sentence")
    url = serializers.SerializerMethodField()
    sent_as = serializers.CharField(
        help_text="The name it was sent under, where that is another; "
        "what cannot be seen in it is spelled out."
    )

    class Meta:
        model = Evidence
        fields = (
            "id",
            "name",
            "sent_as",
            "kind",
            "purpose",
            "document_on",
            "signed_on",
            "signer",
            "size",
            "sha256",
            "content_type",
            "state",
            "refusal_code",
            "message",
            "round",
            "uploaded_at",
            "submitted_at",
            "url",
        )

    def get_url(self, evidence: Evidence) -> str:
        return reverse(
            "api-evidence",
            args=[evidence.claim.number, evidence.public_id],
            request=self.context.get("request"),
        )


class LinkOut(serializers.Serializer[Any]):
    """An address that hands out one file to one person, once."""

    url = serializers.URLField()
    expires_at = serializers.DateTimeField()


class EventOut(serializers.ModelSerializer[Event]):
    actor = serializers.CharField(default=None, allow_null=True)
    reasons = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields = (
            "version",
            "step",
            "from_state",
            "to_state",
            "actor",
            "actor_role",
            "reasons",
            "comment",
            "changes",
            "round",
            "at",
            "applied_at",
        )

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_reasons(self, event: Event) -> Sequence[dict[str, Any]]:
        """Name lines as `products` does."""
        return [
            {**row, "line": opaque(LINE, row["line"]) if row["line"] else None}
            for row in event.reasons
        ]


class OfferOut(serializers.Serializer[Offer]):
    """A step as this person sees it now: open, or closed for a stated reason."""

    name = serializers.CharField(source="action.name")
    label = serializers.CharField(source="action.label")  # type: ignore[assignment]
    leads_to = serializers.CharField(source="action.to")
    open = serializers.BooleanField(source="is_open")
    refusal = serializers.CharField(allow_null=True)
    comment = serializers.SerializerMethodField()
    reasons = serializers.ListField(
        child=serializers.CharField(), source="action.reasons"
    )
    accepts_lines = serializers.BooleanField(source="action.accepts_lines")
    url = serializers.SerializerMethodField()

    def get_comment(self, offer: Offer) -> str:
        return str(Need(offer.action.comment).value)

    def get_url(self, offer: Offer) -> str:
        return reverse(
            "api-step",
            args=[self.context["claim"].number, offer.action.name],
            request=self.context.get("request"),
        )


class ClaimRow(serializers.ModelSerializer[Claim]):
    """A claim as a list shows it."""

    status = serializers.ChoiceField(source="state", choices=State.choices)
    status_label = serializers.CharField(source="stage.label")
    role = serializers.CharField(source="engagement")
    partner = serializers.CharField(source="partner.name")
    partner_id = serializers.SerializerMethodField()
    reviewer = serializers.CharField(source="assignee", default=None, allow_null=True)
    products = LineOut(source="lines", many=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Claim
        fields: tuple[str, ...] = (
            "number",
            "name",
            "status",
            "status_label",
            "due_at",
            "round",
            "version",
            "area",
            "role",
            "partner",
            "partner_id",
            "customer_name",
            "domain",
            "tenant_id",
            "products",
            "reviewer",
            "created_at",
            "updated_at",
            "url",
        )

    def get_partner_id(self, claim: Claim) -> str | None:
        return claim.location.partner_id if claim.location else None

    def get_url(self, claim: Claim) -> str:
        return reverse(
            "api-claim", args=[claim.number], request=self.context.get("request")
        )


class ClaimOut(ClaimRow):
    """A claim with everything that belongs to it, and the steps on offer."""

    evidence = EvidenceOut(source="evidence_all", many=True)
    history = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()

    class Meta(ClaimRow.Meta):
        fields = (
            *ClaimRow.Meta.fields,
            "customer_contact_name",
            "customer_contact_title",
            "customer_contact_email",
            "customer_language",
            "partner_contact_name",
            "partner_contact_email",
            "solution_seller",
            "isv_solution",
            "covering_note",
            "reason_codes",
            "state_since",
            "first_submitted_at",
            "last_submitted_at",
            "review_started_at",
            "decided_at",
            "approved_at",
            "disputed_at",
            "association_ended_at",
            "evidence",
            "history",
            "steps",
        )

    @extend_schema_field(EventOut(many=True))
    def get_history(self, claim: Claim) -> Sequence[dict[str, Any]]:
        events = claim.events.select_related("actor")
        return cast("Sequence[Any]", EventOut(events, many=True).data)

    @extend_schema_field(OfferOut(many=True))
    def get_steps(self, claim: Claim) -> Sequence[dict[str, Any]]:
        offers = offers_to(self.context["request"].user, claim)
        context = {**self.context, "claim": claim}
        rows: Any = OfferOut(offers, many=True, context=context)  # type: ignore[arg-type]
        return cast("Sequence[Any]", rows.data)


# --- What is handed in ---------------------------------------------------------


@extend_schema_field(OpenApiTypes.UUID)
class GuidIn(serializers.Field[Any, Any, Any, Any]):
    """A GUID with or without braces; says how one looks."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return validation.guid(str(data))
        except DjangoValidationError as wrong:
            raise serializers.ValidationError(list(wrong.messages)) from None

    def to_representation(self, value: Any) -> str:
        return str(value)


class ProductIn(serializers.SlugRelatedField[Product]):
    """The code of a product; a text that Postgres cannot even look for is none."""

    def to_internal_value(self, data: Any) -> Product:
        if not isinstance(data, str) or "\0" in data:
            self.fail("invalid")
        return super().to_internal_value(data)


class LineIn(Strict):
    product = ProductIn(slug_field="code", queryset=Product.objects.all())
    subscription_id = GuidIn(required=False, allow_null=True, default=None)


class ClaimIn(Strict):
    """Fields of a claim to be set; those left out stay as they are."""

    area = serializers.ChoiceField(choices=Area.choices, required=False)
    role = serializers.ChoiceField(
        choices=Engagement.choices, required=False, source="engagement"
    )
    partner_id = serializers.CharField(required=False, source="location")
    customer_name = serializers.CharField(required=False, max_length=200)
    domain = serializers.CharField(required=False, max_length=2000)
    tenant_id = GuidIn(required=False)
    name = serializers.CharField(required=False, max_length=120)
    customer_contact_name = serializers.CharField(required=False, max_length=120)
    customer_contact_title = serializers.CharField(required=False, max_length=120)
    customer_contact_email = serializers.EmailField(required=False)
    customer_language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    partner_contact_name = serializers.CharField(required=False, max_length=120)
    partner_contact_email = serializers.EmailField(required=False)
    solution_seller = serializers.CharField(required=False, max_length=200)
    isv_solution = serializers.CharField(required=False, max_length=200)
    covering_note = serializers.CharField(
        required=False, max_length=5000, allow_blank=True
    )
    products = LineIn(many=True, required=False)

    def validate_domain(self, value: str) -> str:
        try:
            return validation.domain(value)
        except DjangoValidationError as wrong:
            raise serializers.ValidationError(list(wrong.messages)) from None

    def validate_partner_id(self, value: str) -> PartnerLocation:
        by: User = self.context["request"].user
        own = PartnerLocation.objects.filter(company=by.partner_id)
        found = own.filter(partner_id=value).first()
        if found is None:
            raise serializers.ValidationError(_("Choose a partner ID of your company."))
        return found

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Say at each field what contradicts the rest of the claim."""
        claim = copy.copy(self.context.get("claim") or self._blank())
        fields = {name: value for name, value in attrs.items() if name in PART_OF}
        for name, value in fields.items():
            setattr(claim, name, value)
        problems = validation.contradictions(claim, fields)
        if problems:
            names = {field.source: name for name, field in self.fields.items()}
            raise serializers.ValidationError(
                {names.get(name, name): [text] for name, text in problems.items()}
            )
        return attrs

    def _blank(self) -> Claim:
        return Claim(partner_id=self.context["request"].user.partner_id)

    @property
    def claim_fields(self) -> dict[str, Any]:
        return {k: v for k, v in self.validated_data.items() if k in PART_OF}

    @property
    def wanted(self) -> list[WantedLine] | None:
        lines = self.validated_data.get("products")
        if lines is None:
            return None
        return [WantedLine(line["product"], line["subscription_id"]) for line in lines]


class StepIn(serializers.Serializer[Any]):
    """What a step may take along; which of it a step wants, its offer says."""

    comment = serializers.CharField(required=False, allow_blank=True)
    reasons = serializers.ListField(required=False)
    accepted_lines = serializers.ListField(
        child=serializers.CharField(), required=False
    )
    version = serializers.IntegerField(required=False)


class DetailsIn(Strict):
    """What a file is, and who signed it when."""

    kind = serializers.CharField(required=False)
    document_on = serializers.DateField(required=False, allow_null=True)
    signed_on = serializers.DateField(required=False, allow_null=True)
    signer = serializers.CharField(required=False, max_length=200, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Judge by the same fields as the page: no day that has not come yet."""
        fields, problems = detail_fields(), {}
        for name, value in attrs.items():
            try:
                attrs[name] = fields[name].clean(value)
            except DjangoValidationError as wrong:
                problems[name] = list(wrong.messages)
        if problems:
            raise serializers.ValidationError(problems)
        return attrs


class UploadIn(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True)


class RefusalOut(serializers.Serializer[Any]):
    """Why a step or a change is not possible now."""

    code = serializers.CharField()
    detail = serializers.CharField()
