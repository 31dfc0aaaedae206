"""The receipt as a paper: what was handed in, when and by whom, with fingerprints."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.template.defaultfilters import filesizeformat
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from reportlab.platypus import Flowable, KeepTogether

from claims.models import Claim, Evidence
from claims.papers.sheet import (
    CODE,
    NOTE,
    TITLE,
    Heading,
    facts,
    gap,
    print_sheet,
    text,
)
from claims.receipts import Receipt, receipt_of


def receipt_paper(claim: Claim, language: str, zone: str) -> bytes:
    """Return the receipt as PDF; made again, it says the same.

    :param zone: the time zone in which the reader is told when the claim came in
    """
    with override(language):
        receipt = receipt_of(claim)
        title = f"{_('Receipt')} · {claim.number}"
        return print_sheet(
            title=title,
            subject=_("What was handed in, and when"),
            about=title,
            story=[
                Heading(title, TITLE),
                text(_("What was handed in, and when"), NOTE),
                Heading(_("Submission")),
                facts(_submission(claim, receipt, zone)),
                Heading(_("Files and their fingerprints")),
                *_files(receipt),
                Heading(_("What happens next")),
                *_next(receipt),
            ],
        )


def _submission(
    claim: Claim, receipt: Receipt, zone: str
) -> list[tuple[str, Sequence[str]]]:
    received, who = receipt.submitted_at, receipt.submitted_by
    return [
        (_("Claim number"), [claim.number]),
        (_("Round"), [str(receipt.round)]),
        (_("Received"), [_moment(received, zone) if received else ""]),
        (_("Submitted by"), [str(who), who.email] if who else []),
        (_("From"), [claim.partner.name, receipt.location]),
        (_("Customer"), [claim.customer_name, claim.domain]),
        (_("Tenant ID"), [str(claim.tenant_id or "")]),
        (_("Role"), [claim.get_engagement_display()]),
        (_("Products"), receipt.products),
    ]


def _files(receipt: Receipt) -> list[Flowable]:
    if not receipt.files:
        return [text("–")]
    shown: list[Flowable] = []
    for file in receipt.files:
        words: list[Flowable] = [
            text(file.name),
            text(_about(file), NOTE),
            text(file.sha256, CODE),
        ]
        shown += [KeepTogether(words), gap()]
    shown.append(
        text(
            _(
                "A fingerprint (SHA-256) belongs to one file only: it shows that "
                "exactly these files were handed in."
            ),
            NOTE,
        )
    )
    return shown


def _about(file: Evidence) -> str:
    version = _("version %(number)s") % {"number": file.version}
    told = [
        file.kind_label,
        filesizeformat(file.size),
        version if file.version > 1 else "",
    ]
    return " · ".join(filter(None, told)).replace("\N{NO-BREAK SPACE}", " ")


def _next(receipt: Receipt) -> list[Flowable]:
    if receipt.due is None:
        return [text("–")]
    due = _moment(receipt.due.due_at, receipt.due.time_zone)
    promise = _("A reviewer starts by %(due)s at the latest.") % {"due": due}
    return [text(promise), *(text(sentence, NOTE) for sentence in receipt.why)]


def _moment(at: datetime, zone: str) -> str:
    """Return an instant that means the same everywhere: with zone and offset."""
    local = at.astimezone(ZoneInfo(zone))
    pattern = pgettext("date and time on a paper", "D j M Y, H:i:s")
    offset = f"UTC{local:%:z}"
    return f"{format_date(local, pattern)} {zone} ({offset})"
