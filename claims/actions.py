"""Every write to a claim that is not a step of its life, and not about its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from claims import deadlines, journal, validation
from claims.access import actor_for, may_edit
from claims.machine import Refused
from claims.models import Claim, Line, Product, terms_of
from claims.numbers import next_number
from claims.parts import Part

# Which fields belong to which part; a field outside them is nobody's to set.
FIELDS: Mapping[Part, Sequence[str]] = {
    Part.ENGAGEMENT: ("area", "engagement"),
    Part.PARTNER_ID: ("location",),
    Part.CUSTOMER: ("customer_name", "domain", "tenant_id"),
    Part.NAME: ("name",),
    Part.CONTACTS: (
        "customer_contact_name",
        "customer_contact_title",
        "customer_contact_email",
        "customer_language",
        "partner_contact_name",
        "partner_contact_email",
    ),
    Part.EXTRA: ("solution_seller", "isv_solution"),
    Part.COVERING_NOTE: ("covering_note",),
}
PART_OF = {field: part for part, fields in FIELDS.items() for field in fields}
# Words for the reviewers that are not sent yet: no part of the claim's history.
UNSENT = frozenset(FIELDS[Part.COVERING_NOTE])
PREFILLED = [field for field in PART_OF if field not in UNSENT]


@dataclass(frozen=True, slots=True)
class WantedLine:
    """A product line as a person asks for it."""

    product: Product
    subscription_id: UUID | None = None


def create_claim(*, by: User, now: datetime, **fields: Any) -> Claim:
    """Create a draft for the person's company.

    :raises Refused: if the person works for no partner company, or the fields
        contradict each other
    """
    if by.partner is None:
        raise Refused(_("Only people of a partner company file claims."))
    claim = Claim(
        number=next_number(now),
        partner=by.partner,
        created_by=by,
        created_at=now,
        updated_at=now,
        state_since=now,
        partner_contact_name=by.name,
        partner_contact_email=by.email,
        customer_language=by.language,
    )
    for field, value in validation.cleaned(fields).items():
        setattr(claim, field, value)
    _refuse(validation.contradictions(claim, PART_OF.keys() & fields.keys()))
    index_for_search(claim=claim)
    claim.save()
    return claim


def create_claim_once(*, key: UUID, by: User, now: datetime, **fields: Any) -> Claim:
    """Create a draft, or return the one that the same form has made before.

    :param key: what tells one form from another; sent twice, it makes one draft
    :raises Refused: as create_claim
    """
    made = Claim.objects.filter(partner=by.partner_id, draft_key=key)
    if claim := made.first():
        # An old page of a claim that was submitted since begins another one.
        return create_claim(by=by, now=now, **fields) if claim.was_submitted else claim
    try:
        with transaction.atomic():
            return create_claim(by=by, now=now, draft_key=key, **fields)
    except IntegrityError:  # the other of two clicks was quicker
        return made.get()


@transaction.atomic
def create_claim_like(*, other: Claim, by: User, now: datetime) -> Claim:
    """Create a draft prefilled from an ended claim: a new association, new PoE.

    A second press finds the draft of the first. What can no longer be claimed is
    left out.

    :raises Refused: if the claim has not ended, or is not of the person's company
    """
    other = _locked(other)
    if other.partner_id != by.partner_id or not other.stage.is_final:
        raise Refused(_("A new claim can be made from one of yours that has ended."))
    waiting = Claim.objects.filter(prefilled_from=other, first_submitted_at=None)
    if claim := waiting.first():
        return claim
    fields = {field: getattr(other, field) for field in PREFILLED}
    if validation.location_problem(other.location, other.partner_id):
        del fields["location"]
    claim = create_claim(by=by, now=now, **fields, prefilled_from=other)
    Line.objects.bulk_create(
        Line(
            claim=claim,
            partner_id=claim.partner_id,
            product=line.product,
            subscription_id=line.subscription_id,
        )
        for line in other.lines_all
        if line.product.is_active
    )
    index_for_search(claim=claim)
    claim.save()
    return claim


@transaction.atomic
def edit_claim(
    *, claim: Claim, by: User, fields: Mapping[str, Any], now: datetime
) -> Claim:
    """Change fields that the claim's state and the person's role leave open.

    :raises Refused: if a field is not theirs to change now, or contradicts another;
        then nothing is changed
    """
    claim = _locked(claim)
    for field in fields:
        _require(claim, by, PART_OF.get(field))
    fields = _with_consequences(claim, validation.cleaned(fields))
    changes = {
        field: [_plain(getattr(claim, field)), _plain(value)]
        for field, value in fields.items()
        if getattr(claim, field) != value
    }
    for field in changes:
        setattr(claim, field, fields[field])
    _refuse(validation.contradictions(claim, changes))
    if "area" in changes:
        claim.lines.exclude(product__area=claim.area).delete()
    return _saved(claim, by, changes, now)


@transaction.atomic
def replace_lines(
    *, claim: Claim, by: User, wanted: Sequence[WantedLine], now: datetime
) -> Claim:
    """Make the claim's product lines equal to those wanted; unchanged ones stay.

    :raises Refused: if products are not theirs to change now, or one of them cannot
        be claimed
    """
    claim = _locked(claim)
    _require(claim, by, Part.PRODUCTS)
    _refuse(
        validation.line_problems(
            claim, [(line.product, line.subscription_id) for line in wanted]
        )
    )
    before = {(line.product_id, line.subscription_id): line for line in claim.lines_now}
    keys = {(line.product.pk, line.subscription_id): line for line in wanted}
    old = sorted(str(line) for line in before.values())
    for key in before.keys() - keys.keys():
        before[key].delete()
    _add_lines(claim, [line for key, line in keys.items() if key not in before])
    del claim.lines_all
    new = sorted(str(line) for line in claim.lines_now)
    return _saved(claim, by, {"products": [old, new]} if old != new else {}, now)


def _add_lines(claim: Claim, wanted: Sequence[WantedLine]) -> None:
    lines = [
        Line(
            claim=claim,
            partner_id=claim.partner_id,
            product=line.product,
            subscription_id=line.subscription_id,
        )
        for line in wanted
    ]
    try:
        with transaction.atomic():
            Line.objects.bulk_create(lines)
    except IntegrityError as clash:
        raise Refused(_why_not_again(clash)) from clash


def _why_not_again(clash: IntegrityError) -> str:
    """Say which promise of the database was touched; others are bugs and rise."""
    if "one_open_line_per_partner_and_key" in str(clash):
        return _("Your company already has an open claim on this customer and product.")
    if "each_product_once_per_claim" in str(clash):
        return _("A product line that was lost in arbitration cannot be added again.")
    raise clash


@transaction.atomic
def extend_deadline(
    *, claim: Claim, by: User, until: date, reason: str, now: datetime
) -> Claim:
    """Give the partner until the end of another day, with a reason for the record.

    :raises Refused: if the person is no lead or nothing of the partner's runs
    """
    if not by.is_lead:
        raise Refused(_("Only a lead reviewer extends deadlines."))
    if not reason.strip():
        raise Refused(_("Write a reason for the extension."))
    claim = _locked(claim)
    old = claim.due_at
    new = deadlines.extend(
        claim=claim, until=until, by_id=by.pk, reason=reason, now=now
    )
    claim.save(update_fields=["due_at"])
    journal.note_change(
        claim=claim,
        step="extend",
        actor=actor_for(by),
        now=now,
        changes={"due_at": [_plain(old), _plain(new.due_at)], "reason": ["", reason]},
    )
    return claim


def index_for_search(*, claim: Claim) -> None:
    """Collect the words a search may find; the caller saves the claim."""
    words = [
        claim.number,
        claim.number.rsplit("-", 1)[-1],
        claim.name,
        claim.customer_name,
        claim.domain,
        claim.domain.replace(".", " "),
        str(claim.tenant_id or ""),
        claim.location.partner_id if claim.location else "",
        claim.partner.name,
    ]
    lines = claim.lines_all if claim.pk else []
    words += [f"{line.product.code} {line.product.name}" for line in lines]
    claim.search_words = " ".join(filter(None, words))


def _locked(claim: Claim) -> Claim:
    return Claim.objects.select_for_update().get(pk=claim.pk)


def why_closed(claim: Claim, by: User, part: Part | None) -> str | None:
    """Return why a part of the claim is not this person's to change now, or None."""
    if part is not None and may_edit(by, claim, part):
        return None
    return _("%(part)s: this cannot be changed while the claim is “%(status)s”.") % {
        "part": part.label if part else _("This field"),
        "status": claim.stage.label,
    }


def _require(claim: Claim, by: User, part: Part | None) -> None:
    if no := why_closed(claim, by, part):
        raise Refused(no)


def _refuse(problems: Mapping[Any, str]) -> None:
    if problems:
        raise Refused(" ".join(problems.values()))


def _with_consequences(claim: Claim, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Add what a new area or role takes along: the old role, its own details."""
    if not fields.keys() & {"area", "engagement"}:
        return dict(fields)
    area = fields.get("area", claim.area)
    role = fields.get("engagement", claim.engagement)
    terms = terms_of(role)
    if "engagement" not in fields and terms and terms.area != area:
        role, terms = "", None
    asked = terms.extra if terms else ()
    gone = {field: "" for field in FIELDS[Part.EXTRA] if field not in asked}
    return {"engagement": role, **gone, **fields}


def _saved(claim: Claim, by: User, changes: dict[str, Any], now: datetime) -> Claim:
    """Save the claim; once it was submitted, every change is part of its history."""
    if not changes:
        return claim
    claim.updated_at = now
    index_for_search(claim=claim)
    claim.save()
    told = {field: each for field, each in changes.items() if field not in UNSENT}
    if claim.was_submitted and told:
        journal.note_change(
            claim=claim, step="edit", actor=actor_for(by), now=now, changes=told
        )
    return claim


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it and a reader can understand it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, (str, int, type(None))) else str(value)
