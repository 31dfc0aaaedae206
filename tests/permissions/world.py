"""Two rival companies, the programme's people, and what each of them owns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.admindocs.views import simplify_regex
from django.core.files.base import ContentFile
from django.db.models import Model
from django.test import Client
from django.urls.converters import get_converters

from accounts.models import Invitation, Partner, PartnerLocation, StaffRole, Title, User
from accounts.queries import token_hash
from claims import evidence
from claims.access import actor_for
from claims.catalogue import load_catalogue
from claims.consent import consent_url
from claims.models import (
    CalendarDay,
    Check,
    Claim,
    Customer,
    Evidence,
    Product,
    SavedView,
)
from claims.queries import calendars
from claims.saved_views import keep_view
from claims.serving import link_token
from claims.workflow import CLAIM, Role
from notifications import mailbox
from notifications.actions import compose
from notifications.models import Delivery, DeliveryState, Message
from tests import factories
from tests.claims.pages import browser
from tests.permissions import words

STATES = tuple(factories.ROUTES)
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
    "administration-revoke": lambda _w, _a, owner: {"pk": owner.invitation.pk},
    "inbox-read": own_message,
    "inbox-open": own_message,
    "claims-view-delete": own_view,
    "file-link": link,
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

# --- Building it ------------------------------------------------------------------


def build(now: datetime) -> World:
    """Create both companies with the same things, and everybody who asks for them."""
    load_catalogue(Product)
    reviewer = factories.staff(StaffRole.REVIEWER)
    a, b = company("zqalfa", reviewer, now), company("zqbravo", reviewer, now)
    dead = Delivery.objects.get(message=letter_to(a.admin, now))
    Delivery.objects.filter(pk=dead.pk).update(state=DeliveryState.DEAD)
    world = World(
        now,
        a,
        b,
        reviewer,
        factories.staff(StaffRole.LEAD),
        a_customer(),
        a_day(),
        mail_in_the_folder(),
        dead,
    )
    world.actors = actors(world)
    for actor in world.actors:
        if actor.person:
            keep_view(owner=actor.person, name="Mine", query="", now=now)
        if actor.person and actor.person != a.admin:
            letter_to(actor.person, now)
    return world


def a_customer() -> Customer:
    customer = Customer.objects.create(name="Contoso", tenant_id=uuid4())
    product = Product.objects.order_by("pk")[0]
    customer.subscriptions.create(
        subscription_id=uuid4(), product=product, condition="active"
    )
    return customer


def a_day() -> CalendarDay:
    calendar = calendars().all()[0]
    return calendar.days.create(on=date(2027, 5, 5), name="Our own", is_own=True)


def company(mark: str, reviewer: User, now: datetime) -> Company:
    partner = Partner.objects.create(name=f"{mark} GmbH", slug=mark)
    location = factories.location(partner)

    def person(name: str, title: str, **fields: Any) -> User:
        return factories.person(partner, title, name=f"{mark} {name}", **fields)

    admin = person("admin", Title.GLOBAL_ADMIN)
    invitation, token = invited(partner, admin, mark, now)
    made = Company(
        mark,
        partner,
        location,
        admin=admin,
        user=person("user", Title.PARTNER_USER),
        colleague=person("colleague", Title.PARTNER_USER),
        gone=person("gone", Title.PARTNER_USER, is_active=False),
        invitation=invitation,
        invitation_token=token,
    )
    for state in STATES:
        made.claims[state] = claim(made, state, reviewer, now)
    return made


def claim(owner: Company, state: str, reviewer: User, now: datetime) -> Claim:
    """Walk a claim to a status; the reviewer of the matrix is the assigned one."""
    mark = owner.mark
    made = factories.draft(
        by=owner.admin,
        products=("EXO", "SPO"),
        files=0,
        now=now,
        name=f"{mark} {state}",
        customer_name=f"{mark} customer",
        domain=f"{mark}-{state.replace('_', '-')}.example",
        covering_note=f"{mark} note",
        customer_contact_email=f"clara@{mark}.example",
    )
    file(made, owner, now)
    made = Claim.objects.get(pk=made.pk)
    for step in factories.ROUTES[state]:
        action = CLAIM[made.state].action(step)
        fresh = made.disputed_at is not None
        by_desk = action is not None and action.by == Role.REVIEWER
        by = (factories.staff() if fresh else reviewer) if by_desk else owner.admin
        factories.take(made, step, by=actor_for(by), now=now)
        made = Claim.objects.get(pk=made.pk)
    return made


def file(claim: Claim, owner: Company, now: datetime) -> None:
    """Attach a clean file whose name, content and hash are this company's alone."""
    content = factories.PDF + f"% {owner.mark} {claim.number}".encode()
    upload = ContentFile(content, name=f"{owner.mark}-proof.pdf")
    attached = evidence.attach(claim=claim, by=owner.admin, upload=upload, now=now)
    Evidence.objects.filter(pk=attached.pk).update(
        check_state=Check.CLEAN, content_type="application/pdf"
    )


def invited(partner: Partner, admin: User, mark: str, now: datetime) -> Any:
    token = f"{mark}-invitation-token"
    invitation = partner.invitations.create(
        email=f"new@{mark}.example",
        title=Title.PARTNER_USER,
        invited_by=admin,
        token_hash=token_hash(token),
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    return invitation, token


def letter_to(person: User, now: datetime) -> Message:
    letter = compose(
        key=f"matrix:{person.pk}",
        topic="approved",
        audience=person,
        context={"number": "CPOR-2026-000001"},
        now=now,
    )
    assert letter is not None
    return letter


def mail_in_the_folder() -> str:
    """Write one mail as development's backend does, and return its name."""
    folder = Path(settings.MAIL_FOLDER or "")
    folder.mkdir(exist_ok=True)
    head = b"Subject: Matrix\nTo: matrix@cpor.example\n"
    date = b"Date: Mon, 23 Nov 2026 10:00:00 +0000\n\nText\n"
    (folder / "matrix.log").write_bytes(head + date + b"-" * 79 + b"\n")
    (letter,) = mailbox.letters(folder, "matrix@cpor.example")
    return letter.name


def signed_in_browser(person: User | None) -> Client:
    """Return a browser in which somebody has just logged in, for the whole run."""
    client = browser(person)
    if person is not None:
        TOTP.activate(person, generate_totp_secret())
        RecoveryCodes.activate(person)
        session = client.session
        for record in session["account_authentication_methods"]:
            record["at"] += timedelta(days=1).total_seconds()
        session.save()
    return client


def actors(world: World) -> list[Actor]:
    a, b = world.a, world.b
    disabled = factories.person(a.partner, Title.GLOBAL_ADMIN, name="zqalfa disabled")
    people = [
        ("anonymous", words.ANONYMOUS, None, a, b),
        ("disabled", words.ANONYMOUS, disabled, a, b),
        ("user of A", words.USER, a.user, a, b),
        ("admin of A", words.ADMIN, a.admin, a, b),
        ("user of B", words.USER, b.user, b, a),
        ("admin of B", words.ADMIN, b.admin, b, a),
        ("reviewer", words.REVIEWER, world.reviewer, a, b),
        ("lead", words.LEAD, world.lead, a, b),
        ("auditor", words.AUDITOR, factories.staff(StaffRole.AUDITOR), a, b),
        (
            "programme admin",
            words.PROGRAMME,
            factories.staff(StaffRole.PROGRAMME_ADMIN),
            a,
            b,
        ),
    ]
    found = [
        Actor(name, role, person, signed_in_browser(person), own, foreign)
        for name, role, person, own, foreign in people
    ]
    # Only now: somebody whose access ends while the browser stays open.
    User.objects.filter(pk=disabled.pk).update(is_active=False)
    return found
