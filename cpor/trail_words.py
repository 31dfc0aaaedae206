"""The audit trail in plain words: what was done, by whom, as its page and file say it.

A row keeps codes and names, never sentences; here they become sentences in the
reader's language. A deed without words of its own is told by its name.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.changes import SENTENCES, WORDS
from accounts.models import Deed, TrailEntry, User
from accounts.trail_list import reads_everything
from claims.inspection import codes
from claims.workflow import CLAIM

type Words = Callable[[TrailEntry], object]

NUMBER = re.compile(r"CPOR-[0-9]{4}-[0-9]{6,9}", re.ASCII)
WAYS = {
    "download": _("Downloaded %(file)s of claim %(about)s"),
    "link": _("Downloaded %(file)s of claim %(about)s by a link"),
    "pages": _("Looked at the pages of %(file)s of claim %(about)s"),
}
FILES = {
    "claims.csv": _("Exported claims as CSV"),
    "trail.csv": _("Exported the audit trail as CSV"),
}
# What a refused request got as its answer.
REFUSALS = {
    403: _("Was refused: not for this role"),
    404: _("Was refused: not there, or not theirs"),
    409: _("Was refused: closed in this status"),
}
MEANS = {
    "password": _("password"),
    "totp": _("authenticator app"),
    "webauthn": _("passkey"),
    "recovery_codes": _("recovery codes"),
    "second factor": _("second factor"),
    "code": _("code"),
}
TONES: Mapping[str, tuple[str, str]] = {
    Deed.FILE_REFUSED: ("file-x", "red"),
    Deed.LOG_IN_FAILED: ("lock", "amber"),
    Deed.REFUSAL: ("ban", "amber"),
    Deed.ERASURE: ("trash", "red"),
    Deed.EXPORT: ("download", "blue"),
    Deed.DOCUMENT_READ: ("eye", "blue"),
    Deed.RIGHTS_CHANGED: ("user-shield", "purple"),
    Deed.SIGN_IN_CHANGED: ("key", "purple"),
    Deed.SETTING_CHANGED: ("settings", "purple"),
    Deed.TRAIL_VERIFIED: ("shield-check", "green"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the trail as somebody reads it."""

    entry: TrailEntry
    what: str
    note: str
    who: User | None
    # How the page calls them: people of the programme are a role to a company.
    called: str
    role: str
    icon: str
    tone: str
    claim_url: str

    @property
    def at(self) -> datetime:
        return self.entry.at


def told(entry: TrailEntry, reader: User) -> Told:
    """Return a row in the reader's words, with no more than they may know."""
    icon, tone = TONES.get(entry.deed, ("circle-dot", "gray"))
    role = role_of(entry)
    who = entry.actor if is_named(entry, reader) else None
    if entry.actor_id is None:
        called = _t("Somebody") if entry.deed == Deed.LOG_IN_FAILED else _t("System")
    else:
        called = str(who) if who else _t("Programme: %(role)s") % {"role": role}
    return Told(
        entry=entry,
        what=what_was_done(entry),
        note=note_on(entry),
        who=who,
        called=called,
        role=role if who else "",
        icon=icon,
        tone=tone,
        claim_url=_claim_url(entry.about),
    )


def is_named(entry: TrailEntry, reader: User) -> bool:
    """Say whether the reader learns who it was: a company knows its own people."""
    if entry.actor is None:
        return False
    return reads_everything(reader) or entry.actor.partner_id == reader.partner_id


def role_of(entry: TrailEntry) -> str:
    """Return what the person was at that time."""
    return str(WORDS["role"].get(entry.actor_role, entry.actor_role))


def what_was_done(entry: TrailEntry) -> str:
    """Return one sentence about a row."""
    tell = SPEAKERS.get(entry.deed)
    return str(tell(entry)) if tell else _label(entry)


def note_on(entry: TrailEntry) -> str:
    """Return what else the row says, in a line; often nothing."""
    return " · ".join(str(part) for part in _notes(entry) if part)


def _notes(entry: TrailEntry) -> Iterator[object]:
    details: Mapping[str, Any] = entry.details
    if tell := NOTES.get(entry.deed):
        yield from tell(details)
    yield details.get("why") or details.get("reason")


def _ways(details: Mapping[str, Any]) -> Iterator[object]:
    yield ", ".join(str(MEANS.get(way, way)) for way in details.get("by", []))


def _why_refused(details: Mapping[str, Any]) -> Iterator[object]:
    if code := details.get("code"):
        yield codes.sentence(str(code))


def _rights(details: Mapping[str, Any]) -> Iterator[object]:
    if "did" not in details:
        yield from (f"{name}: {_listed(value)}" for name, value in details.items())


NOTES: Mapping[str, Callable[[Mapping[str, Any]], Iterator[object]]] = {
    Deed.FILE_REFUSED: _why_refused,
    Deed.REFUSAL: lambda details: iter(
        [f"{details.get('method', '')} {details.get('route', '')}"]
    ),
    Deed.EXPORT: lambda details: iter([details.get("list")]),
    Deed.LOG_IN: _ways,
    Deed.SIGN_IN_CHANGED: lambda details: (
        f"{MEANS.get(name, name)}: {value}" for name, value in details.items()
    ),
    Deed.RIGHTS_CHANGED: _rights,
    Deed.TRAIL_VERIFIED: lambda details: iter([details.get("first")]),
}


def _file(entry: TrailEntry) -> dict[str, object]:
    return {"file": entry.details.get("name", ""), "about": entry.about}


def _read(entry: TrailEntry) -> object:
    way = WAYS.get(str(entry.details.get("how")), WAYS["download"])
    return way % _file(entry)


def _changed(entry: TrailEntry) -> object:
    name = entry.details.get("name", entry.about)
    did = str(entry.details.get("did", ""))
    if did in SENTENCES:
        return f"{name}: {SENTENCES[did]}"
    return f"{_label(entry)}: {name}"


def _refused(entry: TrailEntry) -> object:
    sentence = REFUSALS.get(entry.details.get("status", 0), _("Was refused"))
    return f"{sentence} ({entry.about})" if NUMBER.fullmatch(entry.about) else sentence


def _braked(entry: TrailEntry) -> object:
    clock = CLAIM.clocks.get(entry.about)
    name = {"clock": clock.label if clock else entry.about}
    return _t("Used the brake of the clock “%(clock)s”") % name


def _moved(entry: TrailEntry) -> object:
    count = int(entry.details.get("moved", 0))
    return ngettext("Moved %(count)d deadline", "Moved %(count)d deadlines", count) % {
        "count": count
    }


def _verified(entry: TrailEntry) -> object:
    faults = int(entry.details.get("faults", 0))
    if not faults:
        return _t("Checked the whole trail: nothing was changed")
    return ngettext(
        "Checked the whole trail: %(count)d fault",
        "Checked the whole trail: %(count)d faults",
        faults,
    ) % {"count": faults}


SPEAKERS: Mapping[str, Words] = {
    Deed.DOCUMENT_READ: _read,
    Deed.EXPORT: lambda entry: FILES.get(entry.about) or _label(entry),
    Deed.FILE_REFUSED: lambda entry: (
        _t("%(file)s of claim %(about)s was refused") % _file(entry)
    ),
    Deed.ERASURE: lambda entry: (
        _t("Erased contents and contacts of claim %(claim)s") % {"claim": entry.about}
    ),
    Deed.LOG_IN_FAILED: lambda entry: (
        _t("A log-in failed: %(email)s") % {"email": entry.about}
    ),
    Deed.REFUSAL: _refused,
    Deed.RIGHTS_CHANGED: _changed,
    Deed.SIGN_IN_CHANGED: lambda entry: (
        _t("Changed how %(email)s logs in") % {"email": entry.about}
    ),
    Deed.SETTING_CHANGED: _changed,
    Deed.CLOCK_BRAKED: _braked,
    Deed.DATES_MOVED: _moved,
    Deed.TRAIL_VERIFIED: _verified,
}


def _label(entry: TrailEntry) -> str:
    """Return what a deed is called; one of a later version by its code."""
    return str(dict(Deed.choices).get(entry.deed, entry.deed))


def _claim_url(about: str) -> str:
    return reverse("claim", args=[about]) if NUMBER.fullmatch(about) else ""


def _listed(value: object) -> str:
    if isinstance(value, list):
        return " → ".join(str(WORDS["role"].get(each, each)) for each in value)
    return str(WORDS["role"].get(value, value))
