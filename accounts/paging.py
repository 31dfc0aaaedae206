"""Lists by name, page by page: a page begins behind the last row of the one before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

SIZE = 25
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Page[Row: Model]:
    """Some rows, and behind which row the next page begins."""

    rows: Sequence[Row]
    next: int | None
    is_first: bool


def page_by_name[Row: Model](
    rows: QuerySet[Row], after: str = "", *, size: int = SIZE
) -> Page[Row]:
    """Return one page of what has a name, in its order; an index finds its beginning.

    :param after: key of the last row of the page before; all else leads to the first
    """
    last: Any = None
    if NUMBER.fullmatch(after):
        last = rows.model._base_manager.filter(pk=int(after)).first()  # noqa: SLF001
    ordered = rows.order_by("name", "pk")
    if last is not None:
        beyond = TupleGreaterThan(Tuple(F("name"), F("pk")), (last.name, last.pk))
        ordered = ordered.filter(beyond)
    found = list(ordered[: size + 1])
    shown = found[:size]
    more = len(found) > size
    return Page(shown, shown[-1].pk if more else None, is_first=last is None)
