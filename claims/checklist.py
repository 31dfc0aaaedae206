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
from claims.hints import signer_of
from claims.models import Claim, Evidence
from claims.reasons import Reason
from claims.rulebook import EVIDENCE_SIGNATURE_MONTHS
from claims.traces import Traces, Wanted


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to look for in the PoE."""

    label: str
    sentence: str
    # What the claim says, to be found in the PoE, and where a program found it.
    wanted: Sequence[Wanted]
    # What the application itself can see to be wrong; empty where only reading helps.
    problem: str
    # What a reviewer asks for when the point is not met.
    reason: Reason


@dataclass(frozen=True, slots=True)
class Checklist:
    """The five points, and what no program could look into."""

    points: Sequence[Point]
    notes: Sequence[str]


def checklist(claim: Claim, now: datetime) -> Checklist:
    """Return the five points with what this claim's PoE has to show.

    :param now: the moment of submission as long as the claim has none
    """
    traces = Traces(claim)
    points = [
        *_names(claim, traces),
        _acknowledgement(claim, traces, now),
        Point(
            _("The work"),
            _("The PoE describes the partner's solution or service."),
            _work(claim, traces),
            "",
            Reason.SERVICE_MISSING,
        ),
        Point(
            _("The products"),
            _("The PoE names every product of the claim."),
            [
                traces.of(f"product:{line.product.code}", line)
                for line in claim.lines_now
            ],
            "",
            Reason.PRODUCTS_MISSING,
        ),
    ]
    return Checklist(points, traces.notes())


def _names(claim: Claim, traces: Traces) -> list[Point]:
    companies = [("partner", claim.partner.name), ("customer", claim.customer_name)]
    places = [("domain", claim.domain), ("tenant", claim.tenant_id)]
    return [
        Point(
            _("Both companies"),
            _("The PoE names the partner and the customer."),
            _known(traces, companies),
            "",
            Reason.POE_MISSING,
        ),
        Point(
            _("Domain and tenant"),
            _("The PoE names the customer's domain and tenant ID."),
            _known(traces, places),
            "",
            Reason.POE_MISSING,
        ),
    ]


def _work(claim: Claim, traces: Traces) -> list[Wanted]:
    role = [Wanted(str(claim.get_engagement_display()))] if claim.terms else []
    return role + _known(traces, [("isv_solution", claim.isv_solution)])


def _acknowledgement(claim: Claim, traces: Traces, now: datetime) -> Point:
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
            *(
                _signature(file, traces)
                for file in claim.evidence_now
                if file.signed_on
            ),
            *(
                traces.of(signer_of(file), file.signer)
                for file in {each.signer: each for each in claim.evidence_now}.values()
                if file.signer
            ),
            *traces.latest_day(claim.last_submitted_at or now),
        ],
        problem,
        reason,
    )


def _signature(file: Evidence, traces: Traces) -> Wanted:
    told = [date_format(file.signed_on or ""), file.signer, file.name]
    return traces.of_signature(file, " · ".join(filter(None, told)))


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


def _known(traces: Traces, facts: Sequence[tuple[str, Any]]) -> list[Wanted]:
    return [traces.of(fact, value) for fact, value in facts if value]
