"""The coded reasons of DOMAIN.md §5 and the sentences they stand for."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.rulebook import saying
from claims.rulebook import EVIDENCE_SIGNATURE_MONTHS


class Reason(TextChoices):
    """Why more is needed, why a claim was rejected, how it ended (DOMAIN.md §5)."""

    POE_MISSING = "poe_missing", _("PoE missing")
    ACKNOWLEDGEMENT_MISSING = "acknowledgement_missing", _("Acknowledgement missing")
    DATES_MISSING_OR_OLD = "dates_missing_or_old", _("Dates missing or too old")
    SERVICE_MISSING = "service_missing", _("Service missing")
    PRODUCTS_MISSING = "products_missing", _("Products missing")
    CUSTOMER_DECLINED = "customer_declined", _("Customer declined")
    POE_INSUFFICIENT = "poe_insufficient", _("PoE insufficient")
    PARTNER_REQUEST = "partner_request", _("Partner's own request")
    WRONG_PROGRAM = "wrong_program", _("Wrong programme")
    WRONG_ACTIVITY = "wrong_activity", _("Wrong activity")
    NO_LONGER_ENGAGED = "no_longer_engaged", _("No longer engaged")
    CONSENT_MISSING = "consent_missing", _("Consent missing")
    NO_PARTNER_RESPONSE = "no_partner_response", _("No partner response")
    POE_UNAVAILABLE = "poe_unavailable", _("PoE unavailable")
    DISPUTE_LOST = "dispute_lost", _("Dispute lost")
    DISPUTE_WINDOW_EXPIRED = "dispute_window_expired", _("Dispute window expired")
    DISASSOCIATED = "disassociated", _("Disassociated")
    SUPERSEDED = "superseded", _("Superseded")


REASON_SENTENCES = {
    Reason.POE_MISSING: _(
        "The proof of execution is missing, wrong or unrelated to this claim."
    ),
    Reason.ACKNOWLEDGEMENT_MISSING: _("The customer's signature is not in the PoE."),
    Reason.DATES_MISSING_OR_OLD: saying(
        EVIDENCE_SIGNATURE_MONTHS,
        ngettext_lazy(
            "Dates are missing in the PoE, or the signature is older than %(count)d "
            "month.",
            "Dates are missing in the PoE, or the signature is older than %(count)d "
            "months.",
            "count",
        ),
    ),
    Reason.SERVICE_MISSING: _(
        "Your solution or service is missing in the PoE or not described."
    ),
    Reason.PRODUCTS_MISSING: _("A claimed product or workload is not in the PoE."),
    Reason.CUSTOMER_DECLINED: _("The customer declined the association."),
    Reason.POE_INSUFFICIENT: _("The proof of execution does not prove the work."),
    Reason.PARTNER_REQUEST: _("The partner asked for it."),
    Reason.WRONG_PROGRAM: _("The claim was filed for the wrong programme."),
    Reason.WRONG_ACTIVITY: _("The claim was filed for the wrong activity."),
    Reason.NO_LONGER_ENGAGED: _("The partner no longer works for this customer."),
    Reason.CONSENT_MISSING: _("The customer's consent is missing."),
    Reason.NO_PARTNER_RESPONSE: _("The partner did not answer in time."),
    Reason.POE_UNAVAILABLE: _("The proof of execution could not be opened or read."),
    Reason.DISPUTE_LOST: _("The dispute did not change the decision."),
    Reason.DISPUTE_WINDOW_EXPIRED: _("Nobody disputed the rejection in time."),
    Reason.DISASSOCIATED: _("The partner ended the association."),
    Reason.SUPERSEDED: _("Another partner proved its claim in arbitration."),
}
WITHDRAWAL_REASONS = (
    Reason.WRONG_PROGRAM,
    Reason.WRONG_ACTIVITY,
    Reason.NO_LONGER_ENGAGED,
)
INFORMATION_REASONS = (
    Reason.POE_MISSING,
    Reason.ACKNOWLEDGEMENT_MISSING,
    Reason.DATES_MISSING_OR_OLD,
    Reason.SERVICE_MISSING,
    Reason.PRODUCTS_MISSING,
)
REJECTION_REASONS = (
    Reason.POE_INSUFFICIENT,
    Reason.CONSENT_MISSING,
    Reason.PRODUCTS_MISSING,
    Reason.POE_UNAVAILABLE,
)
# Reasons that may be about one product line rather than about the whole claim.
LINE_REASONS = frozenset({Reason.SERVICE_MISSING, Reason.PRODUCTS_MISSING})
# Reasons that a step gives by itself, since the person has no choice there.
STEP_REASONS = {
    "return": (Reason.POE_MISSING,),
    "lapse": (Reason.NO_PARTNER_RESPONSE,),
    "withdraw": (Reason.PARTNER_REQUEST,),
    "decline": (Reason.CUSTOMER_DECLINED,),
    "disassociate": (Reason.DISASSOCIATED,),
    "supersede": (Reason.SUPERSEDED,),
    "uphold": (Reason.DISPUTE_LOST,),
    "expire": (Reason.DISPUTE_WINDOW_EXPIRED,),
}
