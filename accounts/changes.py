"""Changes that programme admins make: guarded, reasoned, written into the trail.

Whoever changes something hands over the seal of what they saw. If somebody else was
quicker, nothing is saved and they are told; what they typed is theirs to save again.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import trail
from accounts.models import Deed, StaffRole, Title, TrailEntry, User
from accounts.rules import Refused

# What an admin can see of a thing and change, by name.
type Values = Mapping[str, Any]

SHOWN = 10
DEEDS = (Deed.SETTING_CHANGED, Deed.RIGHTS_CHANGED)
# What was done, as the history says it.
SENTENCES = {
    "added": _("Added"),
    "changed": _("Changed"),
    "retired": _("Retired"),
    "offered": _("Offered again"),
    "removed": _("Removed"),
    "invited": _("Invited"),
    "revoked": _("Invitation revoked"),
    "deactivated": _("Access ended"),
    "reactivated": _("Access given back"),
    "forgotten": _("Second factor forgotten"),
    "reset": _("Back to the default"),
    "loaded": _("Holidays loaded anew"),
}
SYMBOLS = {
    "added": "circle-plus",
    "retired": "circle-minus",
    "removed": "circle-minus",
    "invited": "user-plus",
    "deactivated": "lock",
    "reactivated": "lock-open",
    "forgotten": "lock-open",
}
# The names of what changes; every app adds its own.
LABELS: dict[str, Any] = {
    "name": _("Name"),
    "slug": _("Short name"),
    "partner_id": _("Partner ID"),
    "is_enrolled": _("Enrolled in the programme"),
    "takes_part": _("Takes part"),
    "email": _("E-mail"),
    "role": _("Role"),
    "may_log_in": _("May log in"),
    "people": _("People"),
    "value": _("Value"),
    "company": _("Company"),
}
# The words for coded values, by the name of what changes.
WORDS: dict[str, Mapping[Any, Any]] = {
    "role": dict([*Title.choices, *StaffRole.choices]),
}


class Overtaken(Exception):
    """Somebody else changed it meanwhile; nothing was saved."""

    def __init__(self, current: Values) -> None:
        super().__init__()
        self.current = current


@dataclass(frozen=True, slots=True)
class Changed:
    """A value as it was and as it is."""

    label: Any
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One change, as templates/parts/_history.html shows it."""

    at: datetime
    who: User | None
    sentence: Any
    comment: str
    changes: Sequence[Changed]
    icon: str
    colour: str = "gray"


def seal(values: Values) -> str:
    """Return the fingerprint of what somebody sees."""
    text = json.dumps(values, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def require_unchanged(current: Values, seen: str) -> None:
    """Compare with what the admin saw; the rows must be locked.

    :raises Overtaken: if somebody else was quicker
    """
    if seal(current) != seen:
        raise Overtaken(current)


@contextmanager
def unless_taken(refusal: Exception) -> Iterator[None]:
    """Write something that exists once; the database says whether it is there already.

    :raises: the refusal, with nothing written
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as conflict:
        raise refusal from conflict


def require_programme_admin(actor: User) -> None:
    """Look at the actor again, as they are now.

    :raises Refused: if they no longer administer the programme
    """
    actor.refresh_from_db(fields=["is_active", "staff_role"])
    if not (actor.is_active and actor.is_programme_admin):
        raise Refused(_t("Only a programme admin can change this."))


def write_down(
    *,
    about: str,
    name: str,
    did: str,
    before: Values,
    after: Values,
    why: str,
    actor: User,
    now: datetime,
    partner_id: int | None = None,
    deed: Deed = Deed.SETTING_CHANGED,
) -> None:
    """Record a change with its old and new values; call it last.

    :param about: what was changed, the same for all its changes: "product EXO"
    :param name: what it is called now, for lists of changes of many things
    :param did: a key of `SENTENCES`
    """
    trail.record(
        deed=deed,
        actor=actor,
        partner_id=partner_id,
        about=about,
        details={
            "name": name,
            "did": did,
            "why": why,
            "old": {
                key: before[key] for key in before if before[key] != after.get(key)
            },
            "new": {key: after[key] for key in after if after[key] != before.get(key)},
        },
        now=now,
    )


def history_of(about: str) -> list[Entry]:
    """Return the last changes of one thing, the latest first."""
    rows = TrailEntry.objects.filter(about=about, deed__in=DEEDS)
    return [_entry(row) for row in rows.select_related("actor")[:SHOWN]]


def latest() -> list[Entry]:
    """Return the last changes of whatever it was, each with its name."""
    rows = TrailEntry.objects.filter(deed__in=DEEDS, details__has_key="did")
    newest = rows.select_related("actor")[:SHOWN]
    return [
        replace(
            entry, sentence=f"{row.details.get('name', row.about)}: {entry.sentence}"
        )
        for row in newest
        if (entry := _entry(row))
    ]


def _entry(row: TrailEntry) -> Entry:
    did = str(row.details.get("did", "changed"))
    return Entry(
        at=row.at,
        who=row.actor,
        sentence=SENTENCES.get(did, SENTENCES["changed"]),
        comment=str(row.details.get("why", "")),
        changes=_changes(row.details.get("old") or {}, row.details.get("new") or {}),
        icon=SYMBOLS.get(did, "edit"),
    )


def _changes(old: Values, new: Values) -> list[Changed]:
    names = [*old, *(name for name in new if name not in old)]
    return [
        Changed(
            LABELS.get(name, name),
            words(name, old.get(name)),
            words(name, new.get(name)),
        )
        for name in names
    ]


def words(name: str, value: Any) -> str:
    """Return a value of this name as people read it."""
    if isinstance(value, bool):
        return _t("yes") if value else _t("no")
    if isinstance(value, list):
        return ", ".join(words(name, each) for each in value)
    coded = WORDS.get(name, {})
    return "" if value is None else str(coded.get(value, value))
