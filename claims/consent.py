"""The customer's signed link: who may decline which approval (DOMAIN.md §8)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.opaque import key_behind, opaque
from accounts.scopes import Scope, Standing, become
from claims.access import CUSTOMER, offers_for
from claims.models import Claim
from claims.workflow import Role

PURPOSE = "claims.consent"
CLAIM = "claim"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Consent:
    """What a link stands for: one approval of one claim."""

    claim: Claim
    approval: int

    @property
    def is_current(self) -> bool:
        """Whether the claim was not approved anew since the link was sent."""
        return approval_of(self.claim) == self.approval

    @property
    def step(self) -> str | None:
        """The step that is open to the customer, as long as this approval stands."""
        offers = offers_for(CUSTOMER, self.claim) if self.is_current else []
        return next((offer.action.name for offer in offers if offer.is_open), None)

    @property
    def declined_at(self) -> datetime | None:
        """When the customer declined this very approval."""
        if not self.is_current:
            return None
        answer = self.claim.events.filter(
            actor_role=Role.CUSTOMER, at__gte=self.claim.approved_at
        ).last()
        return answer.at if answer else None


def consent_url(claim: Claim) -> str:
    """Return the absolute address under which the customer may decline.

    It works for the claim's present approval only, as long as that stands.
    """
    token = _signer().sign_object([opaque(CLAIM, claim.pk), approval_of(claim)])
    return f"{settings.PUBLIC_URL}{reverse('consent', args=[token])}"


def consent_behind(token: str) -> Consent | None:
    """Return what a link stands for; None if we never signed it.

    From here on the transaction sees this one claim, whoever is signed in.
    """
    try:
        name, approval = _signer().unsign_object(token)
    except BadSignature:
        return None
    # Links of the past carry the key itself; they work as long as they are signed.
    pk = name if isinstance(name, int) else key_behind(CLAIM, name)
    if pk is None:
        return None
    become(Standing(Scope.CUSTOMER, claim=pk))
    claim = Claim.objects.select_related("partner", "location").filter(pk=pk).first()
    return Consent(claim, approval) if claim else None


def approval_of(claim: Claim) -> int | None:
    """Return what tells one approval of a claim from another: its microsecond."""
    if claim.approved_at is None:
        return None
    return (claim.approved_at - EPOCH) // MICROSECOND


def _signer() -> Signer:
    # A full stop, unlike the usual colon, survives mail programs that look for links.
    return Signer(salt=PURPOSE, sep=".")
