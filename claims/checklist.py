"""The five points a proof of execution must meet, the same for both sides.

The partner sees them before submitting, the reviewer while deciding (DOMAIN.md §6).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rulebook import value_of
from claims.evidence import oldest_acceptable
from claims.models import Claim
from claims.reasons import Reason
from claims.rulebook import EVIDENCE_SIGNATURE_MONTHS


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to look for in the PoE."""

    label: str
    sentence: str
    # What the claim says, to be found in the PoE.
    wanted: Sequence[str]
    # What the application itself can see to be wrong; empty where only reading helps.
    problem: str
    # What a reviewer asks for when the point is not met.
    reason: Reason


def checklist(claim: Claim, now: datetime) -> list[Point]:
    """Return the five points with what this claim's PoE has to show.

    :param now: the moment of submission as long as the claim has none
    """
    return [
        Point(
            _("Both companies"),
            _("The PoE names the partner and the customer."),
            _known(claim.partner.name, claim.customer_name),
            "",
            Reason.POE_MISSING,
        ),
        Point(
            _("Domain and tenant"),
            _("The PoE names the customer's domain and tenant ID."),
            _known(claim.domain, claim.tenant_id),
            "",
            Reason.POE_MISSING,
        ),
        _acknowledgement(claim, now),
        Point(
            _("The work"),
            _("The PoE describes the partner's solution or service."),
            _known(claim.terms and claim.get_engagement_display(), claim.isv_solution),
            "",
            Reason.SERVICE_MISSING,
        ),
        Point(
            _("The products"),
            _("The PoE names every product of the claim."),
            [str(line) for line in claim.lines_now],
            "",
            Reason.PRODUCTS_MISSING,
        ),
    ]


def _acknowledgement(claim: Claim, now: datetime) -> Point:
    months = value_of(EVIDENCE_SIGNATURE_MONTHS)
    problem, reason = _signature_problem(claim, now)
    return Point(
        _("The customer's acknowledgement"),
        ngettext(
            "The customer has signed and dated it, at most %(months)s month before "
            "the claim was submitted.",
            "The customer has signed and dated it, at most %(months)s months before "
            "the claim was submitted.",
            months,
        )
        % {"months": months},
        [
            " · ".join(_known(date_format(file.signed_on), file.signer, file.name))
            for file in claim.evidence_now
            if file.signed_on
        ],
        problem,
        reason,
    )


def _signature_problem(claim: Claim, now: datetime) -> tuple[str, Reason]:
    dates = [file.signed_on for file in claim.evidence_now if file.signed_on]
    if not dates:
        return _("No file has a signature date."), Reason.ACKNOWLEDGEMENT_MISSING
    if max(dates) < oldest_acceptable(claim.last_submitted_at or now):
        return (
            _("The latest signature, of %(day)s, is too old.")
            % {"day": date_format(max(dates))},
            Reason.DATES_MISSING_OR_OLD,
        )
    return "", Reason.ACKNOWLEDGEMENT_MISSING


def _known(*values: Any) -> list[str]:
    return [str(value) for value in values if value]
