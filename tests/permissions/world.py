"""Two rival companies, the programme's people, and what each of them owns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admindocs.views import simplify_regex
from django.db.models import Model
from django.test import Client
from django.urls.converters import get_converters

from accounts.models import Invitation, Partner, PartnerLocation, User
from claims.consent import consent_url
from claims.models import (
    CalendarDay,
    Claim,
    Customer,
    Evidence,
    Product,
    SavedView,
)
from claims.queries import calendars
from claims.serving import link_token
from notifications.models import Delivery, Message
from tests.permissions import words

MISSING = {
    "number": "CPOR-2026-999999",
    "public_id": "6f2f6f0e-0000-4000-8000-000000000000",
    "token": "a" * 43,
    **dict.fromkeys(("pk", "person_id", "invitation_id"), 987_654_321),
    "name": "nothing-0",
}
MALFORMED = {"number": "CPOR-26-1", "public_id": "not-a-uuid", "token": "nonsense"}
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
# What stands behind these addresses belongs to no company.
OF_NOBODY = {
    "invitation",
    "consent",
    "undelivered-retry",
    "mailbox-letter",
    "mailbox-html",
}


@dataclass
class Company:
    """One of the two rivals. Its mark stands in everything that could leak."""

    mark: str
    partner: Partner
    location: PartnerLocation
    admin: User
    user: User
    colleague: User
    gone: User
    invitation: Invitation
    invitation_token: str
    claims: dict[str, Claim] = field(default_factory=dict)

    @cached_property
    def secrets(self) -> set[str]:
        """Return what must never reach the other company."""
        files = Evidence.objects.filter(partner=self.partner)
        return {
            self.mark,
            *(claim.number.lower() for claim in self.claims.values()),
            *(str(file.public_id) for file in files),
            *(file.sha256 for file in files),
        }


@dataclass(frozen=True)
class Actor:
    """Somebody who sends requests, and what is theirs."""

    name: str
    role: str
    person: User | None
    client: Client
    own: Company
    foreign: Company
    by_token: bool = False


@dataclass
class World:
    """Everything the requests of the matrix are about."""

    now: datetime
    a: Company
    b: Company
    reviewer: User
    lead: User
    customer: Customer
    day: CalendarDay
    letter: str
    dead: Delivery
    actors: list[Actor] = field(default_factory=list)
    # What the pages of the administration show of what they would change.
    seals: dict[str, str] = field(default_factory=dict)

    def asking(self, line: words.Line) -> list[Actor]:
        """Return who asks: with a token at the API alone, else everybody."""
        return [each for each in self.actors if line.is_api or not each.by_token]

    def addresses(self, path: str, actor: Actor, line: words.Line) -> dict[str, str]:
        """Return what a route's address names for somebody: own, foreign, missing, …"""
        path = simplify_regex(path)
        found = PARAMETER.findall(path)
        names = [name for _kind, name in found if name not in line.fill]
        if not names:
            return {"the page": filled(path, line.fill)}
        own = self.keys(line, actor, actor.own)
        wanted = {
            "own": own,
            "missing": MISSING,
            "malformed": dict.fromkeys(names, "x.y") | MALFORMED,
        }
        if foreign := self.foreign(line, actor, names):
            wanted["foreign"] = foreign
        if "public_id" in names:
            wanted["own claim, no file"] = own | {"public_id": MISSING["public_id"]}
            wanted["own claim, foreign file"] = own | {
                "public_id": foreign["public_id"]
            }
        return {
            which: filled(path, {**keys, **line.fill}) for which, keys in wanted.items()
        }

    def foreign(
        self, line: words.Line, actor: Actor, names: list[str]
    ) -> dict[str, Any]:
        """Return what belongs to somebody else: a rival, or for staff a draft."""
        is_bearer = actor.role == words.ANONYMOUS and actor.role in line.may
        sees_all = line.guarded and actor.role in line.may
        if is_bearer or sees_all or line.route in OF_NOBODY:
            return {}
        if actor.role not in words.STAFF:
            return self.keys(line, actor, actor.foreign)
        if "number" in names:
            draft = actor.foreign.claims["draft"]
            return {"number": draft.number, "public_id": file_of(draft)}
        return self.keys(line, actor, actor.foreign) if "pk" in names else {}

    def keys(self, line: words.Line, actor: Actor, company: Company) -> dict[str, Any]:
        """Return what names a company's object in the address of a route."""
        if find := OBJECTS.get(line.route):
            return find(self, actor, company)
        for part, thing in ADMINISTERED.items():
            if line.route.startswith(f"administration-{part}"):
                return {"pk": thing(self).pk}
        if line.route.startswith("administration-company"):
            return {"pk": company.partner.pk}
        if line.route.startswith("administration-"):
            return {"pk": company.colleague.pk}
        claim = company.claims[line.on or "in_review"]
        return {"number": claim.number, "public_id": file_of(claim)}


def filled(path: str, keys: Mapping[str, Any]) -> str:
    def named(match: re.Match[str]) -> str:
        kind, name = match.groups()
        key = str(keys[name])
        is_row = kind and key.isdigit()
        return get_converters()[kind].to_url(int(key)) if is_row else key

    return PARAMETER.sub(named, path)


def file_of(claim: Claim) -> UUID:
    return claim.evidence_all[0].public_id


def message_to(person: User) -> Message:
    return Message.objects.get(key=f"matrix:{person.pk}")


def consent_token(claim: Claim) -> str:
    return consent_url(claim).rstrip("/").rpartition("/")[2]


def own_message(world: World, actor: Actor, company: Company) -> dict[str, Any]:
    mine = company is actor.own and actor.person
    return {"pk": message_to(mine or company.admin).pk}


def own_view(world: World, actor: Actor, company: Company) -> dict[str, Any]:
    owner = (actor.person if company is actor.own else None) or company.admin
    return {"pk": SavedView.objects.get(owner=owner).pk}


def own_passkey(world: World, actor: Actor, company: Company) -> dict[str, Any]:
    owner = (actor.person if company is actor.own else None) or company.admin
    return {"pk": Authenticator.objects.get(user=owner, type="webauthn").pk}


def own_session(world: World, actor: Actor, company: Company) -> dict[str, Any]:
    owner = (actor.person if company is actor.own else None) or company.admin
    return {"pk": UserSession.objects.get(session_key=elsewhere(owner)).pk}


def elsewhere(person: User) -> str:
    """Return the key of a session that somebody left open on another device."""
    return f"elsewhere{person.pk}"


def link(world: World, actor: Actor, company: Company) -> dict[str, Any]:
    is_own = company is actor.own and actor.role != words.ANONYMOUS
    reader = (actor.person if is_own else None) or company.admin
    file = company.claims["in_review"].evidence_all[0]
    return {"token": link_token(file=file, reader=reader)}


def mail(world: World, actor: Actor, company: Company) -> dict[str, Any]:
    return {"name": world.letter}


# What stands behind a route's address, where that is not a claim and its first file.
OBJECTS: dict[str, Callable[[World, Actor, Company], dict[str, Any]]] = {
    "invitation-revoke": lambda _w, _a, owner: {"invitation_id": owner.invitation.pk},
    "invitation": lambda _w, _a, owner: {"token": owner.invitation_token},
    "consent": lambda _w, _a, owner: {"token": consent_token(owner.claims["approved"])},
    "person": lambda _w, _a, owner: {"person_id": owner.colleague.pk},
    "person-remove": lambda _w, _a, owner: {"person_id": owner.colleague.pk},
    "person-bring-back": lambda _w, _a, owner: {"person_id": owner.gone.pk},
    "calendar-recalculate": lambda _w, _a, _o: {"pk": calendars().all()[0].pk},
    "administration-location-new": lambda _w, _a, owner: {"pk": owner.partner.pk},
    "administration-location": lambda _w, _a, owner: {"pk": owner.location.pk},
    "administration-factor": lambda _w, _a, owner: {"pk": owner.user.pk},
    "administration-revoke": lambda _w, _a, owner: {"pk": owner.invitation.pk},
    "inbox-read": own_message,
    "inbox-open": own_message,
    "claims-view-delete": own_view,
    "file-link": link,
    "session-end": own_session,
    "mfa_edit_webauthn": own_passkey,
    "mfa_remove_webauthn": own_passkey,
    "undelivered-retry": lambda world, _a, _o: {"pk": world.dead.pk},
    "mailbox-letter": mail,
    "mailbox-html": mail,
}

# What else is administered: no company's, so every programme admin has the same.
ADMINISTERED: dict[str, Callable[[World], Model]] = {
    "calendar-new": lambda world: world.b.partner,
    "calendar": lambda world: world.day.calendar,
    "day-new": lambda world: world.day.calendar,
    "day": lambda world: world.day,
    "product": lambda _world: Product.objects.all()[0],
    "customer": lambda world: world.customer,
    "subscription-new": lambda world: world.customer,
    "subscription": lambda world: world.customer.subscriptions.all()[0],
}
