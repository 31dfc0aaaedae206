"""Writing the audit trail: one row per deed, chained by keyed hashes (ADR 0008).

Take other locks first and record last: from here to the end of the transaction nobody
else can append to this chain.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction

from accounts.models import Deed, TrailEntry, TrailHead, User
from accounts.scopes import Across, across

__all__ = ["Deed", "hash_of", "is_sealed", "is_signed", "keys", "record", "seal_of"]


@across(Across.TRAIL)
@transaction.atomic(savepoint=False)
def record(
    *,
    deed: Deed,
    actor: User | None,
    partner_id: int | None,
    about: str = "",
    details: Mapping[str, object] | None = None,
    now: datetime,
) -> None:
    """Append a deed to a company's chain, or to the programme's if there is none.

    It stands and falls with the transaction around it; for what must be kept although
    the request is refused there is `accounts.witness.afterwards`.

    :param about: what was read or changed, as a number or name: no secrets
    :param details: more of it, as JSON; a number with a fraction becomes text
    """
    head = _locked_head(partner_id, now)
    entry = TrailEntry(
        id=_next_id(),
        partner_id=partner_id,
        number=head.count + 1,
        deed=deed,
        actor=actor,
        actor_role=(actor.staff_role or actor.title) if actor else "",
        about=_plain(about)[:200],
        details=_plain(details or {}),
        at=now,
        previous_hash=head.last_hash,
        **_circumstances(),
    )
    entry.hash = hash_of(entry, keys()[0])
    entry.save(force_insert=True)
    head.count, head.last_hash = entry.number, entry.hash
    head.seal = seal_of(head, keys()[0])
    head.save(update_fields=["count", "last_hash", "seal"])


def record_about(
    person: User,
    *,
    deed: Deed,
    actor: User | None,
    details: dict[str, Any] | None = None,
    now: datetime,
) -> None:
    """Append one deed about somebody's account to the chain of their company."""
    record(
        deed=deed,
        actor=actor,
        partner_id=person.partner_id,
        about=person.email,
        details=details,
        now=now,
    )


def hash_of(entry: TrailEntry, key: bytes) -> str:
    """Return the keyed hash over every other column of a row."""
    return _hmac(
        key,
        [
            "entry",
            entry.pk,
            entry.partner_id,
            entry.number,
            entry.deed,
            entry.actor_id,
            entry.actor_role,
            entry.about,
            entry.details,
            entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            entry.network,
            entry.request_id,
            entry.previous_hash,
        ],
    )


def seal_of(head: TrailHead, key: bytes) -> str:
    """Return the keyed hash over the end of a chain; no row's hash equals it."""
    return _hmac(key, ["head", head.partner_id, head.count, head.last_hash])


def is_signed(entry: TrailEntry) -> bool:
    """Say whether a row is as it was written, by any key that we know."""
    return any(hmac.compare_digest(hash_of(entry, key), entry.hash) for key in keys())


def is_sealed(head: TrailHead) -> bool:
    """Say whether the end of a chain is as it was written."""
    return any(hmac.compare_digest(seal_of(head, key), head.seal) for key in keys())


def keys() -> list[bytes]:
    """Return the keys, the one that signs first; the others verify older rows."""
    secrets = [settings.AUDIT_KEY, *settings.AUDIT_KEY_FALLBACKS]
    return [hashlib.sha256(f"audit trail:{each}".encode()).digest() for each in secrets]


def _locked_head(partner_id: int | None, now: datetime) -> TrailHead:
    """Lock the end of the chain; a company's first deed opens its chain.

    The opening is recorded in the programme's chain, so that a chain which vanished
    whole is missed.
    """
    heads = TrailHead.objects.select_for_update()
    head = heads.filter(partner=partner_id).first()
    if head is not None:
        return head
    _open_chain(partner_id)
    head = heads.get(partner=partner_id)
    if partner_id is not None and head.count == 0:
        record(
            deed=Deed.CHAIN_OPENED,
            actor=None,
            partner_id=None,
            about=str(partner_id),
            now=now,
        )
    return head


def _open_chain(partner_id: int | None) -> None:
    """Insert an empty head unless somebody else just did."""
    fresh = TrailHead(partner_id=partner_id)
    fresh.seal = seal_of(fresh, keys()[0])
    TrailHead.objects.bulk_create([fresh], ignore_conflicts=True)


def _next_id() -> int:
    """Return the next row's id, drawn under the chain's lock: ids rise along it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('accounts_trailentry', 'id'))"
        )
        return int(cursor.fetchone()[0])


def _circumstances() -> dict[str, str]:
    """Return where the request came from and its number in the log."""
    around = structlog.contextvars.get_contextvars()
    return {
        "network": str(around.get("network", ""))[:45],
        "request_id": str(around.get("request_id", ""))[:64],
    }


def _hmac(key: bytes, columns: list[Any]) -> str:
    text = json.dumps(columns, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _plain(value: Any) -> Any:
    """Return a value that Postgres gives back exactly as it was written."""
    if isinstance(value, Mapping):
        return {_plain(str(name)): _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    return str(value).encode(errors="replace").decode().replace("\0", "�")
