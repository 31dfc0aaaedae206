"""The audit trail as CSV, row by row; codes and names of columns never change."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from accounts.models import TrailEntry, User
from accounts.scopes import entered, standing_of
from accounts.trail_list import reads_everything
from claims.exports import CHUNK, as_file
from cpor.trail_words import is_named, what_was_done

type Cell = Callable[[TrailEntry, User], Any]


def _who(entry: TrailEntry, reader: User) -> str:
    named = is_named(entry, reader)
    return entry.actor.email if named and entry.actor else ""


# What everybody gets who may read the trail; a company not from where people came.
COMMON: Mapping[str, Cell] = {
    "at": lambda entry, _reader: entry.at,
    "deed": lambda entry, _reader: entry.deed,
    "what": lambda entry, _reader: what_was_done(entry),
    "person": _who,
    "role": lambda entry, _reader: entry.actor_role,
    "about": lambda entry, _reader: entry.about,
    "details": lambda entry, _reader: _json(entry.details),
}
FOR_STAFF: Mapping[str, Cell] = {
    "company": lambda entry, _reader: entry.partner.name if entry.partner else "",
    "number": lambda entry, _reader: entry.number,
    **COMMON,
    "network": lambda entry, _reader: entry.network,
    "request_id": lambda entry, _reader: entry.request_id,
    "previous_hash": lambda entry, _reader: entry.previous_hash,
    "hash": lambda entry, _reader: entry.hash,
}


def csv_lines(rows: QuerySet[TrailEntry], *, reader: User) -> Iterator[str]:
    """Yield the rows as a file, in the order of the page, a line at a time."""
    columns = FOR_STAFF if reads_everything(reader) else COMMON
    yield from as_file(columns, _cells(rows, reader, list(columns.values())))


def _cells(
    rows: QuerySet[TrailEntry], reader: User, columns: Sequence[Cell]
) -> Iterator[Iterable[Any]]:
    # A transaction and a scope of its own: the request's have ended by now.
    with entered(standing_of(reader)):
        for entry in rows.order_by("-at", "-pk").iterator(chunk_size=CHUNK):
            yield [cell(entry, reader) for cell in columns]


def _json(details: Any) -> str:
    return json.dumps(details, ensure_ascii=False, sort_keys=True) if details else ""
