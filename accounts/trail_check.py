"""Reading the audit trail again: finds rows that were changed, removed or inserted."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Sum

from accounts.models import Deed, TrailEntry, TrailHead
from accounts.trail import is_sealed, is_signed, record

AT_ONCE = 2000
PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Fault:
    """One row, or run of rows, of a chain and what is wrong with it."""

    chain: int | None
    number: int
    what: str

    def __str__(self) -> str:
        whose = PROGRAMME if self.chain is None else f"company {self.chain}"
        return f"{whose}, row {self.number}: {self.what}"


def faults() -> Iterator[Fault]:
    """Yield what is wrong with any chain; holds a few thousand rows at once."""
    heads = {head.partner_id: head for head in TrailHead.objects.all()}
    opened = _times_opened()
    chains = {*heads, *opened, *_chains_with_rows()}
    for chain in sorted(chains | {None} if chains else (), key=_programme_first):
        yield from _faults_of(chain, heads.get(chain))
        times = opened.get(chain, 0)
        if chain is not None and times != 1:
            yield Fault(chain, 1, f"the programme's trail saw it begin {times} times")


def heads_now() -> dict[str, list[Any]]:
    """Return the end of each chain, for a file that is kept outside the database."""
    return {
        str(head.partner_id or PROGRAMME): [head.count, head.last_hash]
        for head in TrailHead.objects.order_by("pk").iterator()
    }


def gone_since(anchored: Mapping[str, Sequence[Any]]) -> Iterator[Fault]:
    """Yield every chain that no longer holds the row which once was its last."""
    for name, (number, known) in anchored.items():
        chain = None if name == PROGRAMME else int(name)
        rows = TrailEntry.objects.filter(partner=chain, number=number)
        if number and rows.values_list("hash", flat=True).first() != known:
            yield Fault(chain, number, "it is not the row that the anchor names")


def end_of_chain_holds(chain: int | None) -> bool:
    """Compare the sealed end of one chain with its last row, and read no other."""
    head = TrailHead.objects.filter(partner=chain).first()
    last = TrailEntry.objects.filter(partner=chain).order_by("-number").first()
    if last is not None and not is_signed(last):
        return False
    return not any(_faults_at_end(chain, last, head))


def note_verified(*, found: Sequence[Fault], now: datetime) -> bool:
    """Put down in the programme's chain what a check of all chains has found.

    Return whether that could be written: a chain whose end was tampered with takes no
    row, and one that vanished is not begun anew, which would hide it. The page of the
    trail looks at the end by itself, so what it says then is not an earlier success.
    """
    if not TrailHead.objects.filter(partner=None).exists():
        return False
    counted = TrailHead.objects.aggregate(rows=Sum("count"))["rows"] or 0
    first = str(found[0]) if found else ""
    try:
        with transaction.atomic():
            record(
                deed=Deed.TRAIL_VERIFIED,
                actor=None,
                partner_id=None,
                details={"rows": counted, "faults": len(found), "first": first},
                now=now,
            )
    except DatabaseError:
        return False
    return True


def _faults_of(chain: int | None, head: TrailHead | None) -> Iterator[Fault]:
    before: TrailEntry | None = None
    rows = TrailEntry.objects.filter(partner=chain).order_by("number", "pk")
    for entry in rows.iterator(chunk_size=AT_ONCE):
        yield from _faults_between(before, entry)
        if not is_signed(entry):
            yield Fault(chain, entry.number, "it was changed or inserted")
        before = entry
    yield from _faults_at_end(chain, before, head)


def _faults_between(before: TrailEntry | None, entry: TrailEntry) -> Iterator[Fault]:
    """Compare a row with the one before it: no gap, no double, and the same hash."""
    last = before.number if before else 0
    if entry.number > last + 1:
        gap = _span(last + 1, entry.number - 1)
        yield Fault(entry.partner_id, last + 1, f"{gap} removed")
    elif entry.number <= last:
        yield Fault(entry.partner_id, entry.number, "its number stands twice")
    elif entry.previous_hash != (before.hash if before else ""):
        yield Fault(entry.partner_id, entry.number, "it does not follow the row before")
    if before and entry.pk <= before.pk:
        yield Fault(entry.partner_id, entry.number, "its id does not rise")


def _faults_at_end(
    chain: int | None, last: TrailEntry | None, head: TrailHead | None
) -> Iterator[Fault]:
    """Compare the last row with the sealed end of the chain."""
    number = last.number if last else 0
    if head is None:
        yield Fault(chain, number, "the end of this chain is gone")
        return
    if not is_sealed(head):
        yield Fault(chain, head.count, "the end of this chain was changed")
    if head.count > number:
        yield Fault(chain, number + 1, f"{_span(number + 1, head.count)} removed")
    elif head.count < number:
        added = _span(head.count + 1, number)
        yield Fault(chain, head.count + 1, f"{added} added past the end")
    elif head.last_hash != (last.hash if last else ""):
        yield Fault(chain, number, "the end of this chain names another row")


def _chains_with_rows() -> set[int | None]:
    return set(
        TrailEntry.objects.order_by().values_list("partner_id", flat=True).distinct()
    )


def _times_opened() -> dict[int | None, int]:
    """Return the chains that must exist: the programme's says which were begun."""
    opened = TrailEntry.objects.filter(partner=None, deed=Deed.CHAIN_OPENED)
    return Counter(int(about) for about in opened.values_list("about", flat=True))


def _programme_first(chain: int | None) -> int:
    return chain or 0


def _span(first: int, last: int) -> str:
    return "it was" if first == last else f"rows {first} to {last} were"
