"""The history of a claim as a story: who did what, why, when, and what changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from claims.calendar import zone_of
from claims.machine import GivenReason
from claims.models import Area, Claim, Engagement, Event, Kind
from claims.models.event import STRUCK_OUT
from claims.parts import Standing
from claims.reasons import REASON_SENTENCES, Reason
from claims.workflow import CLAIM, Role

# What happened, without the name: the line below says who and when.
SENTENCES = {
    "submit": gettext_lazy("Claim submitted"),
    "start_review": gettext_lazy("Review started"),
    "return": gettext_lazy("Returned because a file was refused"),
    "request_info": gettext_lazy("More information asked for"),
    "approve": gettext_lazy("Claim approved"),
    "reject": gettext_lazy("Claim rejected"),
    "resubmit": gettext_lazy("Claim submitted again"),
    "lapse": gettext_lazy("Rejected because no answer came in time"),
    "withdraw": gettext_lazy("Claim withdrawn"),
    "decline": gettext_lazy("Association declined by the customer"),
    "disassociate": gettext_lazy("Association ended by the partner"),
    "supersede": gettext_lazy("Association superseded in arbitration"),
    "dispute": gettext_lazy("Rejection disputed"),
    "uphold": gettext_lazy("Dispute decided: the rejection stands"),
    "overturn": gettext_lazy("Dispute decided: the claim is approved"),
    "expire": gettext_lazy("Time to dispute ended"),
    "edit": gettext_lazy("Claim changed"),
    "attach": gettext_lazy("File added"),
    "describe": gettext_lazy("File described"),
    "remove": gettext_lazy("File removed"),
    "erase": gettext_lazy("Contents and personal data erased"),
    "assign": gettext_lazy("Reviewer assigned"),
    "extend": gettext_lazy("Deadline extended"),
    "hold": gettext_lazy("Clock stopped: no warning had reached the partner"),
    "resend": gettext_lazy("Clock set going again: the request was sent anew"),
    "run_out": gettext_lazy("Clock set going again: it ends without a further mail"),
    "postpone": gettext_lazy("Deadline moved together with others"),
    "arbitrate": gettext_lazy("Product line lost in arbitration"),
}
BY_THE_CLOCK = {
    "start_review": gettext_lazy("Review started by the deadline"),
}
HEADINGS = {
    "request_info": gettext_lazy("What the reviewers asked for"),
    "return": gettext_lazy("Why the claim came back"),
    "reject": gettext_lazy("Why the claim was rejected"),
    "lapse": gettext_lazy("Why the claim was rejected"),
    "withdraw": gettext_lazy("Why the claim was rejected"),
    "decline": gettext_lazy("Why the claim was rejected"),
}
SYMBOLS = {
    "attach": "paperclip",
    "remove": "trash",
    "erase": "trash",
    "assign": "user-check",
    "extend": "calendar-plus",
    "hold": "player-pause",
    "resend": "player-play",
    "run_out": "player-play",
    "postpone": "calendar-plus",
    "arbitrate": "swords",
}
FIELDS = {
    "area": gettext_lazy("Solution area"),
    "engagement": gettext_lazy("Role"),
    "location": gettext_lazy("Partner ID"),
    "customer_name": gettext_lazy("Customer"),
    "domain": gettext_lazy("Customer's domain"),
    "tenant_id": gettext_lazy("Tenant ID"),
    "name": gettext_lazy("Claim name"),
    "products": gettext_lazy("Products"),
    "customer_contact_name": gettext_lazy("Customer contact"),
    "customer_contact_title": gettext_lazy("Customer contact's title"),
    "customer_contact_email": gettext_lazy("Customer contact's e-mail"),
    "customer_language": gettext_lazy("Language of the mails to the customer"),
    "partner_contact_name": gettext_lazy("Partner's contact"),
    "partner_contact_email": gettext_lazy("Partner contact's e-mail"),
    "solution_seller": gettext_lazy("Solution seller"),
    "isv_solution": gettext_lazy("ISV solution"),
    "evidence": gettext_lazy("File"),
    "kind": gettext_lazy("What it is"),
    "document_on": gettext_lazy("Document date"),
    "signed_on": gettext_lazy("Signature date"),
    "signer": gettext_lazy("Signed by"),
    "contents": gettext_lazy("Contents of files"),
    "people": gettext_lazy("Names and addresses"),
    "reviewer": gettext_lazy("Reviewer"),
    "due_at": gettext_lazy("Due"),
    "superseded": gettext_lazy("Product"),
}
WORDS = {
    "area": dict(Area.choices),
    "kind": dict(Kind.choices),
    "engagement": dict(Engagement.choices),
    "customer_language": dict(settings.LANGUAGES),
}
# Why a lead decided between two partners may name the other one.
FOR_STAFF_ONLY = frozenset({"arbitrate"})


@dataclass(frozen=True, slots=True)
class Change:
    """A value as it was and as it is."""

    label: Any
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, as templates/parts/_history.html shows it."""

    at: datetime
    who: object
    sentence: Any
    # When the clock's step was entered, where that was later than it took effect.
    entered_at: datetime | None = None
    from_label: Any = ""
    to_label: Any = ""
    colour: str = "gray"
    icon: str = "edit"
    comment: str = ""
    reasons: Sequence[str] = ()
    changes: Sequence[Change] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A reason in words, and the product lines it is about."""

    code: str
    label: Any
    sentence: Any
    products: Sequence[str] = ()
    lines: frozenset[int] = frozenset()

    def __str__(self) -> str:
        if not self.products:
            return str(self.sentence)
        return _("%(sentence)s This is about: %(products)s.") % {
            "sentence": self.sentence,
            "products": ", ".join(self.products),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The last step that gave reasons, with its reasons in words."""

    event: Event
    reasons: Sequence[Told]

    @property
    def heading(self) -> Any:
        return HEADINGS.get(self.event.step, gettext_lazy("Why the claim ended"))

    def about(self, line: int) -> list[Told]:
        """Return the reasons that concern one product line."""
        return [told for told in self.reasons if line in told.lines]


def story(events: Iterable[Event], reader: User, zone: str) -> list[Entry]:
    """Return what happened, the latest first, as this reader may know it.

    :param zone: for times that stand inside a change
    """
    return [_entry(event, reader, zone) for event in reversed(list(events))]


def reasons_told(event: Event) -> list[Told]:
    """Return an event's reasons in words, one entry for each code."""
    about = defaultdict[str, list[dict[str, Any]]](list)
    for reason in event.reasons:
        about[reason["code"]].append(reason)
    return [_told(Reason(code), rows) for code, rows in about.items()]


def reasons_chosen(reasons: Iterable[GivenReason], claim: Claim) -> list[Told]:
    """Return reasons that somebody is about to give, as their reader will see them."""
    names = {line.pk: str(line) for line in claim.lines_all}
    about = defaultdict[str, list[dict[str, Any]]](list)
    for reason in reasons:
        about[reason.code].append(
            {"line": reason.line, "about": names.get(reason.line or 0)}
        )
    return [_told(Reason(code), rows) for code, rows in about.items()]


def last_verdict(claim: Claim, events: Sequence[Event]) -> Verdict | None:
    """Return why more was asked for or the claim rejected, as long as that matters."""
    if claim.stage.standing == Standing.HELD:
        return None
    event = next((each for each in reversed(events) if each.reasons), None)
    return Verdict(event, reasons_told(event)) if event else None


def last_answer(events: Sequence[Event]) -> Event | None:
    """Return what the partner last said with a step, if it came after the verdict."""
    latest = next((e for e in reversed(events) if e.reasons or e.is_step), None)
    if latest is None or latest.reasons or latest.actor_role != Role.PARTNER:
        return None
    return latest if latest.comment else None


def _told(reason: Reason, rows: Sequence[Mapping[str, Any]]) -> Told:
    return Told(
        code=reason,
        label=reason.label,
        sentence=REASON_SENTENCES[reason],
        products=[row["about"] for row in rows if row.get("about")],
        lines=frozenset(row["line"] for row in rows if row["line"] is not None),
    )


def _entry(event: Event, reader: User, zone: str) -> Entry:
    stage = CLAIM[event.to_state]
    moved = event.is_step
    return Entry(
        at=event.at,
        who=_who(event),
        sentence=_sentence(event),
        entered_at=event.applied_at if event.applied_at > event.at else None,
        from_label=CLAIM[event.from_state].label if moved else "",
        to_label=stage.label if moved else "",
        colour=stage.colour if moved else "gray",
        icon=stage.icon if moved else SYMBOLS.get(event.step, "edit"),
        comment=_comment(event, reader),
        reasons=[str(told) for told in reasons_told(event)],
        changes=_changes(event.changes, zone),
    )


def _who(event: Event) -> object:
    """Return a name, or nothing for the system."""
    if event.actor_role == Role.CUSTOMER:
        return _("The customer")
    return event.actor or ""


def _sentence(event: Event) -> Any:
    if event.actor_role == Role.SYSTEM and event.step in BY_THE_CLOCK:
        return BY_THE_CLOCK[event.step]
    return SENTENCES.get(event.step, _("Claim changed"))


def _comment(event: Event, reader: User) -> str:
    if reader.is_partner and event.step in FOR_STAFF_ONLY:
        return ""
    # A change that asks for a reason keeps it among its changes.
    _nothing, reason = event.changes.get("reason", ("", ""))
    return event.comment or str(reason)


def _changes(changes: Mapping[str, Sequence[Any]], zone: str) -> list[Change]:
    return [
        Change(FIELDS[name], _in_words(name, old, zone), _in_words(name, new, zone))
        for name, (old, new) in changes.items()
        if name in FIELDS
    ]


def _in_words(name: str, value: Any, zone: str) -> str:
    """Return a stored value as its reader knows it."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if value == STRUCK_OUT:
        return _("erased")
    if name == "due_at" and value:
        local = datetime.fromisoformat(value).astimezone(zone_of(zone))
        return format_date(local, pgettext("due date and time", "D j M Y, H:i"))
    return str(WORDS.get(name, {}).get(value, value or ""))
