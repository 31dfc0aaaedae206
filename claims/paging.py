"""Sorting a list of claims, and seeking through it page by page (DESIGN.md §6).

A page begins right behind the last claim of the page before, which an index finds at
once: the thousandth page is as quick as the first, and a claim that moves meanwhile
shifts no other.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)

from accounts.opaque import key_behind, opaque
from claims.models import Claim
from claims.models.order import LONG_AGO, NEVER, due_or, folded, stage_rank

PAGE_SIZE = 25
LONGEST_CURSOR = 2000
CLAIM = "claim"
FORWARD, BACKWARD = "n", "p"


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    value.encode()  # half of a surrogate pair is no text
    return value


def _rank(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value


def _moment(value: object) -> datetime:
    at = datetime.fromisoformat(_text(value))
    if at.tzinfo is None:
        raise ValueError
    return at


@dataclass(frozen=True, slots=True)
class Key:
    """What a column is sorted by, and how a cursor's value of it is read."""

    rising: Combinable
    falling: Combinable
    read: Callable[[object], Any]


def _key(expression: Combinable, read: Callable[[object], Any]) -> Key:
    return Key(expression, expression, read)


KEYS = {
    "number": _key(F("number"), _text),
    "name": _key(folded("name"), _text),
    "customer": _key(folded("customer_name"), _text),
    "role": _key(F("engagement"), _text),
    "status": _key(stage_rank(), _rank),
    "due": Key(due_or(NEVER), due_or(LONG_AGO), _moment),
    "updated": _key(F("updated_at"), _moment),
}
DEFAULT_SORT = "-updated"
SORTS = frozenset(sign + name for name in KEYS for sign in ("", "-"))


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two claims of a sorted list, and which way to read from it."""

    forward: bool
    value: Any
    pk: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some claims of a list, with the cursors of the pages beside it."""

    claims: Sequence[Claim]
    previous: str = ""
    next: str = ""


def known_sort(wanted: str) -> str:
    """Return a sort order by its name, or the usual one if there is none."""
    return wanted if wanted in SORTS else DEFAULT_SORT


def in_order(claims: QuerySet[Claim], sort: str) -> QuerySet[Claim]:
    """Return the claims sorted; the primary key decides between equals."""
    return _sorted(claims, sort, backward=False)


def page_of(
    claims: QuerySet[Claim], *, sort: str, at: str = "", size: int = PAGE_SIZE
) -> Page:
    """Return one page of a list.

    :param at: a cursor of another page; what cannot be read leads to the first page
    """
    cursor = _read(at, sort)
    if cursor is None:
        return _first(claims, sort, size)
    page = _beside(claims, sort, cursor, size)
    # Nothing is left there, or the beginning is reached: that is the first page.
    is_first = not page.claims or not (cursor.forward or page.previous)
    return _first(claims, sort, size) if is_first else page


def _first(claims: QuerySet[Claim], sort: str, size: int) -> Page:
    found = list(in_order(claims, sort)[: size + 1])
    shown = found[:size]
    more = len(found) > size
    return Page(shown, next=_cursor(FORWARD, shown[-1], sort) if more else "")


def _beside(claims: QuerySet[Claim], sort: str, cursor: Cursor, size: int) -> Page:
    backward = not cursor.forward
    compare = TupleGreaterThan if _rises(sort, backward=backward) else TupleLessThan
    beyond = compare(Tuple(F("sort_key"), F("pk")), (cursor.value, cursor.pk))
    found = list(_sorted(claims, sort, backward=backward).filter(beyond)[: size + 1])
    more, shown = len(found) > size, found[:size]
    if not shown:
        return Page([])
    if backward:
        shown.reverse()
    return Page(
        shown,
        previous=_cursor(BACKWARD, shown[0], sort) if cursor.forward or more else "",
        next=_cursor(FORWARD, shown[-1], sort) if backward or more else "",
    )


def _sorted(claims: QuerySet[Claim], sort: str, *, backward: bool) -> QuerySet[Claim]:
    key = KEYS[sort.removeprefix("-")]
    expression = key.falling if sort.startswith("-") else key.rising
    order = ("sort_key", "pk")
    if not _rises(sort, backward=backward):
        order = ("-sort_key", "-pk")
    return claims.annotate(sort_key=expression).order_by(*order)


def _rises(sort: str, *, backward: bool) -> bool:
    return sort.startswith("-") == backward


def _cursor(way: str, claim: Claim, sort: str) -> str:
    """Write down the place of a claim in the list, fit for an address."""
    value = claim.sort_key  # type: ignore[attr-defined]  # annotated by _sorted
    if isinstance(value, datetime):
        value = value.isoformat()
    place = json.dumps([sort, value, opaque(CLAIM, claim.pk)], separators=(",", ":"))
    return way + base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read(cursor: str, sort: str) -> Cursor | None:
    """Return what a cursor says; None if it is broken or of another sort order."""
    if len(cursor) > LONGEST_CURSOR or cursor[:1] not in {FORWARD, BACKWARD}:
        return None
    try:
        of, value, name = json.loads(base64.urlsafe_b64decode(cursor[1:] + "==="))
        read = KEYS[sort.removeprefix("-")].read(value)
    except (ValueError, TypeError, RecursionError):
        return None
    pk = key_behind(CLAIM, name)
    if of != sort or pk is None:
        return None
    return Cursor(cursor[0] == FORWARD, read, pk)
