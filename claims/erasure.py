"""Taking contents and people out of what has ended; the history and the hashes stay.

Personal data goes on request or when its time is over. What happened, when, and the
fingerprint of every file remain, so that a receipt can still be held against them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import trail
from accounts.models import User
from accounts.rulebook import value_of
from accounts.scopes import Across, across
from claims import evidence, journal
from claims.access import SYSTEM, actor_for, may_erase
from claims.arithmetic import moment
from claims.machine import Refused
from claims.models import Claim
from claims.models.event import PERSONAL
from claims.rulebook import ERASURE_AFTER_DAYS, RETENTION_DAYS
from claims.workflow import CLAIM
from notifications.actions import forget

CUSTOMER = ("customer_contact_name", "customer_contact_title", "customer_contact_email")
PARTNER = ("partner_contact_name", "partner_contact_email")
CONTACTS = {"customer_contact_email": CUSTOMER, "partner_contact_email": PARTNER}
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Erased:
    """The numbers of the claims that were erased, and why others were not."""

    numbers: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def erase_claim(*, claim: Claim, by: User | None, reason: str, now: datetime) -> Claim:
    """Erase the contents and names of a claim's files, and its contacts.

    :param by: a programme admin; None when its time is over by itself
    :raises Refused: while the claim is open, or too short a time after its end
    """
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    _refuse_too_early(claim, by, reason, now)
    with across(Across.ERASURE):
        count = evidence.erase(claim=claim, now=now)
        people = _without(claim, (*CUSTOMER, *PARTNER))
        journal.strike_out(claim=claim, fields=PERSONAL)
        if count or people:
            _note(claim, by, now, reason, {"contents": count, "people": people})
    return claim


def erase_contact(
    *, address: str, by: User | None, reason: str, now: datetime
) -> Erased:
    """Take a person out of every ended claim that names them as a contact.

    Each claim by itself: what is still open is refused and named.
    """
    erased = Erased()
    named = Q()
    for mail in CONTACTS:
        named |= Q(**{f"{mail}__iexact": address.strip()})
    for claim in Claim.objects.filter(named).order_by("pk"):
        try:
            _erase_person(claim, address.strip(), by, reason, now)
        except Refused as refused:
            erased.refused[claim.number] = str(refused)
        else:
            erased.numbers.append(claim.number)
    return erased


def erase_due(*, now: datetime, most: int = _AT_ONCE) -> Erased:
    """Erase what has been over for longer than the programme keeps it."""
    erased = Erased()
    for claim in due(now=now)[:most]:
        erase_claim(claim=claim, by=None, reason=_("Time to keep is over."), now=now)
        erased.numbers.append(claim.number)
    return erased


def due(*, now: datetime) -> QuerySet[Claim]:
    """Return the ended claims whose time to keep is over; none if kept for ever."""
    days = value_of(RETENTION_DAYS)
    if not days:
        return Claim.objects.none()
    over = CLAIM.states(lambda stage: stage.is_final)
    ended = Claim.objects.filter(
        state__in=over, state_since__lte=now - timedelta(days=days)
    )
    kept = Q(evidence__isnull=False, evidence__erased_at=None)
    named = ~Q(customer_contact_email="", partner_contact_email="")
    return ended.filter(kept | named).order_by("state_since", "pk").distinct()


def why_not(*, claim: Claim, now: datetime) -> str | None:
    """Return why a claim cannot be erased now, or None."""
    if not claim.stage.is_final:
        return _("Only a claim that has ended for good can be erased.")
    days = value_of(ERASURE_AFTER_DAYS)
    begin = claim.state_since + timedelta(days=days)
    if now < begin:
        zone = timezone.get_current_timezone_name()
        return ngettext(
            "A claim can be erased %(days)d day after its end: this one from "
            "%(begin)s.",
            "A claim can be erased %(days)d days after its end: this one from "
            "%(begin)s.",
            days,
        ) % {"days": days, "begin": f"{moment(begin, zone)} {zone}"}
    return None


@transaction.atomic
def _erase_person(
    claim: Claim, address: str, by: User | None, reason: str, now: datetime
) -> None:
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    _refuse_too_early(claim, by, reason, now)
    fields = [
        name
        for mail, names in CONTACTS.items()
        if getattr(claim, mail).lower() == address.lower()
        for name in names
    ]
    names = {getattr(claim, field) for field in fields if field.endswith("_name")}
    with across(Across.ERASURE):
        evidence.forget_signers(claim=claim, names=names)
        journal.strike_out(claim=claim, fields=fields)
        journal.strike_out(claim=claim, fields={"signer"}, only=names - {""})
        if people := _without(claim, fields):
            _note(claim, by, now, reason, {"people": people})


def _refuse_too_early(
    claim: Claim, by: User | None, reason: str, now: datetime
) -> None:
    if by is not None and not may_erase(by):
        raise Refused(_("Only a programme admin erases."))
    if not reason.strip():
        raise Refused(_("Write a reason: it stays in the history."))
    if no := why_not(claim=claim, now=now):
        raise Refused(no)


def _without(claim: Claim, fields: Sequence[str]) -> int:
    """Empty these fields, and what letters to outside readers knew of them."""
    filled = [field for field in fields if getattr(claim, field)]
    for name in filled:
        setattr(claim, name, "")
    claim.save(update_fields=filled)
    if filled:
        forget(group=claim.number)
    return len(filled)


def _note(
    claim: Claim, by: User | None, now: datetime, reason: str, counts: dict[str, int]
) -> None:
    changes = {name: [str(count), "0"] for name, count in counts.items() if count}
    journal.note_change(
        claim=claim,
        step="erase",
        actor=actor_for(by) if by else SYSTEM,
        now=now,
        changes={**changes, "reason": ["", reason.strip()]},
    )
    trail.record(
        deed=trail.Deed.ERASURE,
        actor=by,
        partner_id=claim.partner_id,
        about=claim.number,
        details={**counts, "reason": reason.strip()},
        now=now,
    )
