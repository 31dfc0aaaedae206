"""Making the world of the matrix: each rival with the same things, and who asks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    generate_private_key,
)
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)

from accounts.actions import issue_token
from accounts.models import Partner, StaffRole, Title, User
from accounts.queries import token_hash
from claims import evidence
from claims.access import actor_for
from claims.catalogue import load_catalogue
from claims.models import CalendarDay, Check, Claim, Customer, Evidence, Product
from claims.queries import calendars
from claims.saved_views import keep_view
from claims.workflow import CLAIM, Role
from cpor.demo import papers
from notifications import mailbox
from notifications.actions import compose
from notifications.models import Delivery, DeliveryState, Message
from tests import factories
from tests.claims.pages import browser
from tests.permissions import words
from tests.permissions.world import Actor, Company, World, elsewhere

STATES = tuple(factories.ROUTES)


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
        if actor.person and not actor.by_token:
            keep_view(owner=actor.person, name="Mine", query="", now=now)
            left_open(actor.person)
        if actor.person and actor.person != a.admin and not actor.by_token:
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


def claim(
    owner: Company, state: str, reviewer: User, now: datetime, **answers: Any
) -> Claim:
    """Walk a claim to a status; the reviewer of the matrix is the assigned one.

    The company's mark stands in every answer but those that are given.
    """
    mark = owner.mark
    marked = {
        "name": f"{mark} {state}",
        "customer_name": f"{mark} customer",
        "domain": f"{mark}-{state.replace('_', '-')}.example",
        "covering_note": f"{mark} note",
        "partner_contact_name": f"{mark} contact",
        "partner_contact_email": f"paul@{mark}.example",
        "customer_contact_email": f"clara@{mark}.example",
    }
    made = factories.draft(
        by=owner.admin,
        products=("EXO", "SPO"),
        files=0,
        now=now,
        **{**marked, **answers},
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
    content = papers.pdf([owner.mark, claim.number])
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


def left_open(person: User) -> None:
    UserSession.objects.create(
        user=person, ip="192.0.2.7", session_key=elsewhere(person), user_agent="x"
    )


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
        Authenticator.objects.create(user=person, type="webauthn", data=a_passkey())
        session = client.session
        for record in session["account_authentication_methods"]:
            record["at"] += timedelta(days=1).total_seconds()
        session.save()
    return client


def actors(world: World) -> list[Actor]:
    a, b = world.a, world.b
    disabled = factories.person(a.partner, Title.GLOBAL_ADMIN, name="zqalfa disabled")
    auditor = factories.staff(StaffRole.AUDITOR)
    keeper = factories.staff(StaffRole.PROGRAMME_ADMIN)
    people: list[tuple[str, str, User | None, Company]] = [
        ("anonymous", words.ANONYMOUS, None, a),
        ("disabled", words.ANONYMOUS, disabled, a),
        ("user of A", words.USER, a.user, a),
        ("admin of A", words.ADMIN, a.admin, a),
        ("user of B", words.USER, b.user, b),
        ("admin of B", words.ADMIN, b.admin, b),
        ("reviewer", words.REVIEWER, world.reviewer, a),
        ("lead", words.LEAD, world.lead, a),
        ("auditor", words.AUDITOR, auditor, a),
        ("programme admin", words.PROGRAMME, keeper, a),
    ]
    found = [
        Actor(name + how, role, person, door(person), own, b if own is a else a, *token)
        for how, door, *token in (
            ("", signed_in_browser),
            (" by token", with_token, True),
        )
        for name, role, person, own in people
        if person or not token
    ]
    # Only now: somebody whose access ends while browser and token stay.
    User.objects.filter(pk=disabled.pk).update(is_active=False)
    return found


def with_token(person: User | None) -> Client:
    """Return what asks by a token of the API, and has no session."""
    assert person
    return Client(headers={"authorization": f"Token {issue_token(person=person)}"})


def a_passkey() -> dict[str, Any]:
    """Return what allauth keeps of a passkey that a browser has just made."""
    key = ES256.from_cryptography_key(generate_private_key(SECP256R1()).public_key())
    made = AttestedCredentialData.create(Aaguid.NONE, token_bytes(16), key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    about = AuthenticatorData.create(sha256(b"testserver").digest(), flags, 0, made)
    said = RegistrationResponse(
        raw_id=made.credential_id,
        response=AuthenticatorAttestationResponse(
            client_data=CollectedClientData.create(
                CollectedClientData.TYPE.CREATE, token_bytes(16), "http://testserver"
            ),
            attestation_object=AttestationObject.create("none", about, {}),
        ),
    )
    return {"name": "Laptop", "credential": {**said, "clientExtensionResults": {}}}
