"""What a claim's page has to warn of: rivals on the key, a file seen elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.scopes import Across, across
from claims.deadlines import running
from claims.evidence import same_elsewhere
from claims.late_bounces import lapsed_unwarned
from claims.models import Claim, Line
from claims.parts import Standing


@dataclass(frozen=True, slots=True)
class Notice:
    """A box above the page's content."""

    kind: str
    symbol: str
    headline: Any
    sentence: Any
    # Claims the reader may open, for the programme's people only.
    claims: Sequence[Claim] = ()
    is_for_arbitration: bool = False
    # Where a lead decides about a clock that stands still, or gives more time.
    decide_url: str = ""
    extend_url: str = ""


def notices_about(claim: Claim, reader: User) -> list[Notice]:
    """Return the notices this reader may get; partners never learn who or what else."""
    rivals, found = _rivals_of(claim), _about_the_clock(claim, reader)
    if reader.is_partner:
        return [*found, _told_to_the_partner(claim)] if rivals else found
    if rivals:
        found.append(_told_to_staff(claim, rivals))
    same = same_elsewhere(claim)
    return [*found, _same_file(claim, same)] if same else found


def _about_the_clock(claim: Claim, reader: User) -> list[Notice]:
    """Say on both sides that the partner's clock stands still, and why."""
    clock = claim.stage.clock
    if clock is not None and clock.is_right and lapsed_unwarned(claim):
        return [_warned_in_vain(claim, reader)]
    if clock is None or not clock.needs_warning:
        return []
    deadline = running(claim)
    if deadline is None or not deadline.is_held:
        return []
    if reader.is_partner:
        sentence = _(
            "Our mails to your company did not arrive, so you lose nothing while we "
            "sort it out: a lead reviewer sets a new day. You can answer now. Check "
            "that the addresses of the people at your company are right."
        )
    else:
        sentence = _(
            "The partner has not answered, but the request or every reminder did not "
            "arrive or came back. A lead reviewer decides how to go on."
        )
    return [
        Notice(
            "amber",
            "player-pause",
            _("The clock of this claim stands still"),
            sentence,
            decide_url=reverse("claim-held", args=[claim.number])
            if reader.is_lead
            else "",
        )
    ]


def _warned_in_vain(claim: Claim, reader: User) -> Notice:
    """Say that the warning came back when the clock had acted already."""
    if reader.is_partner:
        sentence = _(
            "Our mails to your company came back after its time had run out. The "
            "rejection stands, but you can dispute it. Check that the addresses of "
            "the people at your company are right, and ask us if you need more time."
        )
    else:
        sentence = _(
            "The mail server had taken the request and a reminder, and they came back "
            "only after the claim had lapsed. A rejection is not taken back; the "
            "partner can dispute it. A lead reviewer reaches the partner in another "
            "way and gives more time for that."
        )
    return Notice(
        "amber",
        "mail-x",
        _("The warning came back after the claim had lapsed"),
        sentence,
        extend_url=reverse("claim-extend", args=[claim.number])
        if reader.is_lead
        else "",
    )


def _rivals_of(claim: Claim) -> list[Line]:
    """Return the lines of other partners that matter while this claim stands so."""
    with across(Across.RIVALS):
        match claim.stage.standing:
            case Standing.OPEN:
                return claim.held_by_rivals()
            case Standing.HELD:
                return claim.challenged_by_rivals()
    return []


def _is_incumbent(claim: Claim) -> bool:
    return claim.stage.standing == Standing.HELD


def _told_to_the_partner(claim: Claim) -> Notice:
    if _is_incumbent(claim):
        return Notice(
            "amber",
            "swords",
            _("Another partner claims the same customer and product"),
            _(
                "A lead reviewer decides between you. Upload current PoE: "
                "the most recent complete proof counts."
            ),
        )
    return Notice(
        "amber",
        "swords",
        _("Another partner is associated with this customer and product"),
        _(
            "Your claim stays in review. A lead reviewer compares both sides' PoE; "
            "the most recent complete proof counts."
        ),
    )


def _told_to_staff(claim: Claim, rivals: Sequence[Line]) -> Notice:
    products = sorted({str(line) for line in rivals})
    partners = sorted({str(line.claim.partner) for line in rivals})
    values = {"partners": ", ".join(partners), "products": ", ".join(products)}
    sentence = (
        _("%(partners)s claims what this partner holds: %(products)s.")
        if _is_incumbent(claim)
        else _("%(partners)s holds what this partner claims: %(products)s.")
    )
    return Notice(
        "amber",
        "swords",
        _("Two partners on one key"),
        sentence % values,
        claims=list({line.claim_id: line.claim for line in rivals}.values()),
        is_for_arbitration=True,
    )


def _same_file(claim: Claim, hashes: set[str]) -> Notice:
    names = [file.name for file in claim.evidence_all if file.sha256 in hashes]
    return Notice(
        "red",
        "copy",
        ngettext(
            "A file is also on another company's claim",
            "Files are also on another company's claim",
            len(names),
        ),
        _("Byte for byte the same: %(names)s. The partner does not see this notice.")
        % {"names": ", ".join(names)},
    )
