"""Reading the audit trail: which rows somebody may see, narrowed, page by page.

Rows are read by time, the latest first, and never counted. Each way to narrow them has
an index in that order (ADR 0008).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from accounts.models import Deed, Partner, TrailEntry, User
from accounts.opaque import key_behind, opaque
from accounts.trail import is_signed
from accounts.trail_check import end_of_chain_holds

SIZE = 50
ROW = "trail row"
# What a company's admin may read of its own chain: who read, took out or was refused
# what. How people log in and what the programme changes is not in it.
OF_A_COMPANY = (
    Deed.DOCUMENT_READ,
    Deed.ERASURE,
    Deed.EXPORT,
    Deed.FILE_REFUSED,
    Deed.REFUSAL,
)
# All that a company's admin may read of a row; the database grants no more.
FOR_A_COMPANY = (
    *("id", "partner_id", "number", "deed", "actor_id", "actor_role"),
    *("about", "details", "at"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the trail is narrowed to; an empty value narrows nothing."""

    deed: str = ""
    person: str = ""  # an e-mail address
    company: str = ""  # a name or short name
    about: str = ""  # a claim's number, or what else a row is about
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows, and the name behind which the next ones begin."""

    rows: Sequence[TrailEntry]
    next: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """What the last check of all chains found, as far as the trail itself tells."""

    at: datetime | None  # never, if there is none
    rows: int
    faults: int
    first: str
    # Whether the end of the programme's chain, where this stands, is sealed right now.
    holds: bool

    @property
    def is_whole(self) -> bool:
        return self.holds and self.at is not None and not self.faults


def may_read_trail(reader: User) -> bool:
    """Auditors and programme admins read all of it, a company's admins their own."""
    return reader.is_active and (reads_everything(reader) or reader.is_partner_admin)


def reads_everything(reader: User) -> bool:
    """Say whether somebody reads the trail of the programme and of every company."""
    return reader.is_active and (reader.is_auditor or reader.is_programme_admin)


def deeds_shown_to(reader: User) -> list[Deed]:
    """Return the deeds that somebody may narrow the trail to, by their names."""
    deeds = list(Deed) if reads_everything(reader) else list(OF_A_COMPANY)
    return sorted(deeds, key=lambda deed: str(deed.label))


def entries_visible_to(reader: User) -> QuerySet[TrailEntry]:
    """Return the rows of the trail that somebody may read (DOMAIN.md §9)."""
    rows = TrailEntry.objects.select_related("actor", "partner")
    if reads_everything(reader):
        return rows
    if may_read_trail(reader):
        own = rows.filter(partner=reader.partner_id, deed__in=OF_A_COMPANY)
        # Of other columns the database would refuse to tell.
        return own.only(*FOR_A_COMPANY, *OF_THE_PERSON, "partner__name")
    return rows.none()


OF_THE_PERSON = ("actor__name", "actor__email", "actor__partner_id")


def narrowed(rows: QuerySet[TrailEntry], wanted: Wanted) -> QuerySet[TrailEntry]:
    """Return the rows that fit; a person or company nobody knows has none."""
    if wanted.deed:
        rows = rows.filter(deed=wanted.deed)
    if wanted.person:
        # Looked up first: a join would keep the index of the person from being used.
        person = User.objects.filter(email=wanted.person.strip().lower()).first()
        rows = rows.filter(actor=person) if person else rows.none()
    if wanted.company:
        rows = rows.filter(partner__in=_companies(wanted.company))
    if wanted.about:
        rows = rows.filter(about=wanted.about.strip())
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lt=wanted.until)
    return rows


def page_of(rows: QuerySet[TrailEntry], after: str = "", *, size: int = SIZE) -> Slice:
    """Return one page, the latest rows first.

    :param after: the name of the last row of the page before; all else: the first page
    """
    last = _row(after)
    if last is not None:
        place = Tuple(F("at"), F("pk"))
        rows = rows.filter(TupleLessThan(place, (last.at, last.pk)))
    found = list(rows.order_by("-at", "-pk")[: size + 1])
    shown = found[:size]
    more = opaque(ROW, shown[-1].pk) if len(found) > size else ""
    return Slice(shown, more, is_first=last is None)


def last_verified() -> Verified:
    """Return what the last check found, if that can still be believed.

    It reads three rows: the check is itself a row of the programme's chain, so it is
    believed only if it is signed and the chain's end still fits.
    """
    row = TrailEntry.objects.filter(deed=Deed.TRAIL_VERIFIED, partner=None).first()
    holds = end_of_chain_holds(None)
    if row is None:
        return Verified(None, 0, 0, "", holds)
    told = row.details
    return Verified(
        at=row.at,
        rows=int(told.get("rows", 0)),
        faults=int(told.get("faults", 0)),
        first=str(told.get("first", "")),
        holds=holds and is_signed(row),
    )


def _companies(name: str) -> list[int]:
    found = Partner.objects.filter(Q(slug=name) | Q(name__iexact=name.strip()))
    return list(found.values_list("pk", flat=True)[:10])


def _row(name: str) -> TrailEntry | None:
    key = key_behind(ROW, name) if name else None
    if key is None:
        return None
    return TrailEntry.objects.filter(pk=key).only("at").first()
