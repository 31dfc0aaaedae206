"""The PoE form: prefilled from the claim, for the customer to sign (DOMAIN.md §6)."""

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Table

from accounts.rulebook import value_of
from claims.models import Claim
from claims.papers.sheet import (
    GRID,
    LABEL,
    LABEL_WIDTH,
    NOTE,
    TITLE,
    WIDTH,
    Blank,
    Heading,
    Signature,
    facts,
    fits_a_field,
    gap,
    print_sheet,
    table,
    text,
)
from claims.rulebook import EVIDENCE_SIGNATURE_MONTHS


def poe_form(claim: Claim, language: str) -> bytes:
    """Return the form as PDF, in the language in which the customer signs it."""
    with override(language):
        title = _("Proof of execution (PoE)")
        return print_sheet(
            title=f"{title} · {claim.number}",
            subject=_("Confirmation by the customer of work done by its partner"),
            about=f"{title} · {claim.number}",
            story=[
                *_head(claim),
                *_parties(claim),
                *_work(claim),
                *_results(),
                *_products(claim),
                KeepTogether(_acknowledgement(claim)),
            ],
        )


def _head(claim: Claim) -> list[Flowable]:
    return [
        Heading(_("Proof of execution (PoE)"), TITLE),
        text(_("Confirmation by the customer of work done by its partner"), NOTE),
        gap(),
        text(
            _(
                "The partner fills in sections 1 to 3. The customer checks all of it, "
                "signs and dates it. The partner then uploads the signed form to the "
                "claim."
            )
        ),
    ]


def _parties(claim: Claim) -> list[Flowable]:
    place = claim.location
    return [
        Heading(_("Partner and customer")),
        facts(
            [
                (_("Claim"), [" · ".join(filter(None, [claim.number, claim.name]))]),
                (_("Partner"), [claim.partner.name]),
                (
                    _("Partner ID"),
                    [f"{place.partner_id} · {place.name}" if place else ""],
                ),
                (
                    _("Partner's contact"),
                    [claim.partner_contact_name, claim.partner_contact_email],
                ),
                (_("Customer"), [claim.customer_name]),
                (_("Customer's domain"), [claim.domain]),
                (_("Tenant ID"), [str(claim.tenant_id or "")]),
                (
                    _("Customer's contact"),
                    [
                        ", ".join(
                            filter(
                                None,
                                [
                                    claim.customer_contact_name,
                                    claim.customer_contact_title,
                                ],
                            )
                        ),
                        claim.customer_contact_email,
                    ],
                ),
            ]
        ),
    ]


def _work(claim: Claim) -> list[Flowable]:
    role = claim.get_engagement_display() if claim.engagement else ""
    known = [
        (_("Done by"), [claim.partner.name]),
        (_("Done for"), [claim.customer_name]),
        (_("Partner's role"), [role]),
        (_("Solution seller"), [claim.solution_seller]),
        (_("ISV solution"), [claim.isv_solution]),
    ]
    told = [(label, values) for label, values in known if any(values)]
    period = Table(
        [
            [
                text(pgettext("day", "From"), NOTE),
                Blank("work_from", _("Work begun on"), height=7 * mm),
                text(pgettext("day", "To"), NOTE),
                Blank("work_to", _("Work ended on"), height=7 * mm),
            ]
        ],
        [LABEL_WIDTH, 40 * mm, 12 * mm, 40 * mm],
        hAlign="LEFT",
        style=[*GRID[1:2], ("VALIGN", (0, 0), (-1, -1), "MIDDLE")],
    )
    label = _("What did the partner do, and who took part?")
    return [
        Heading(_("1. The work done")),
        facts(told),
        period,
        text(label, LABEL),
        Blank("work", label, height=38 * mm, lines=8),
    ]


def _results() -> list[Flowable]:
    label = _("Which results or services were delivered, and since when are they used?")
    return [
        Heading(_("2. Results and services delivered")),
        text(label, LABEL),
        Blank("results", label, height=38 * mm, lines=8),
    ]


def _products(claim: Claim) -> list[Flowable]:
    rows = [
        [
            line.product.name,
            line.product.code,
            str(line.subscription_id or _("whole tenant")),
        ]
        for line in claim.lines_now
    ] or [["–", "", ""]]
    widths = [70 * mm, 28 * mm, WIDTH - 98 * mm]
    return [
        Heading(_("3. Products")),
        text(_("The work concerned these products and workloads."), LABEL),
        table([_("Product"), _("Code"), _("Subscription ID")], rows, widths),
    ]


def _acknowledgement(claim: Claim) -> list[Flowable]:
    words = _(
        "%(customer)s confirms that %(partner)s did the work described here for the "
        "products named, and that the statements above are true."
    ) % {
        "customer": claim.customer_name or _("The customer"),
        "partner": claim.partner.name,
    }
    left, right = WIDTH * 0.55, WIDTH * 0.45
    name, title = claim.customer_contact_name, claim.customer_contact_title
    return [
        Heading(_("Acknowledgement by the customer")),
        text(words),
        gap(),
        Table(
            [
                [_blank("signer", _("Name"), name), _blank("place", _("Place"))],
                [_blank("signer_title", _("Title"), title), _blank("day", _("Date"))],
                [[Signature(), text(_("Signature of the customer"), NOTE)], ""],
            ],
            [left, right],
            style=[*GRID[:5], ("SPAN", (0, 2), (-1, 2))],
        ),
        text(
            _(
                "The signature should not be older than %(months)s months when the "
                "claim is submitted."
            )
            % {"months": value_of(EVIDENCE_SIGNATURE_MONTHS)},
            NOTE,
        ),
    ]


def _blank(name: str, label: str, value: str = "") -> list[Flowable]:
    """Return a field; what its letters can't write stands above it instead."""
    fits = fits_a_field(value)
    above = label if fits else f"{label}: {value}"
    field = Blank(name, label, height=6.5 * mm, value=value if fits else "")
    return [text(above, NOTE), gap(1 * mm), field]
