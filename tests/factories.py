"""Builders of test data. A claim reaches a state only by its real steps."""

import uuid
from datetime import UTC, datetime
from itertools import count

from django.core.files.base import ContentFile

from accounts.models import Partner, PartnerLocation, StaffRole, Title, User
from claims import actions, engine, evidence
from claims.access import CUSTOMER, Actor, actor_for
from claims.actions import WantedLine
from claims.catalogue import load_catalogue
from claims.machine import Action, Given, GivenReason
from claims.models import Check, Claim, Evidence, Product
from claims.workflow import CLAIM, Role
from reviews.actions import comment_with_files
from reviews.models import Comment

# A Monday, 10:00 in Berlin; no holiday near.
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "a long enough passphrase"  # noqa: S105 -- for people of the tests
PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    b"trailer << /Root 1 0 R >>\n%%EOF\n"
)
numbers = count(1)

# How each state is reached; written by hand, since the shortest way is a withdrawal.
ROUTES = {
    "draft": [],
    "submitted": ["submit"],
    "in_review": ["submit", "start_review"],
    "action_required": ["submit", "start_review", "request_info"],
    "approved": ["submit", "start_review", "approve"],
    "rejected": ["submit", "start_review", "reject"],
    "disputed": ["submit", "start_review", "reject", "dispute"],
    "rejected_final": ["submit", "start_review", "reject", "dispute", "uphold"],
}


def partner(name: str = "") -> Partner:
    number = next(numbers)
    return Partner.objects.create(
        name=name or f"Partner {number}", slug=f"partner-{number}"
    )


def location(company: Partner, *, is_enrolled: bool = True) -> PartnerLocation:
    return PartnerLocation.objects.create(
        company=company,
        partner_id=f"{1_000_000 + next(numbers)}",
        name="Head office",
        is_enrolled=is_enrolled,
    )


def person(company: Partner, title: str = Title.GLOBAL_ADMIN, **fields) -> User:
    number = next(numbers)
    return User.objects.create_user(
        f"person-{number}@{company.slug}.example",
        PASSWORD,
        **{"name": f"Person {number}", "partner": company, "title": title, **fields},
    )


def staff(role: str = StaffRole.REVIEWER, **fields) -> User:
    number = next(numbers)
    return User.objects.create_user(
        f"{role}-{number}@cpor.example",
        PASSWORD,
        **{"name": f"{role.title()} {number}", "staff_role": role, **fields},
    )


def product(code: str = "EXO") -> Product:
    if not Product.objects.filter(code=code).exists():
        load_catalogue(Product)
    return Product.objects.get(code=code)


def draft(
    *,
    by: User | None = None,
    products: tuple[str, ...] = ("EXO",),
    files: int = 1,
    now: datetime = NOW,
    **fields,
) -> Claim:
    """Create a draft that could be submitted."""
    by = by or person(partner())
    assert by.partner is not None
    answers = {
        "area": "MWS",
        "engagement": "MWS-USE",
        "location": by.partner.locations.first() or location(by.partner),
        "customer_name": "Contoso",
        "domain": "contoso.example",
        "tenant_id": uuid.uuid4(),
        "name": "Exchange for Contoso",
        "customer_contact_name": "Clara Customer",
        "customer_contact_title": "CIO",
        "customer_contact_email": "clara@contoso.example",
        **fields,
    }
    claim = actions.create_claim(by=by, now=now, **answers)
    wanted = [WantedLine(product(code)) for code in products]
    if wanted:
        actions.replace_lines(claim=claim, by=by, wanted=wanted, now=now)
    for _ in range(files):
        file(claim, by=by, now=now)
    return Claim.objects.get(pk=claim.pk)


def file(
    claim: Claim, *, by: User | None = None, now: datetime = NOW, check=Check.CLEAN
) -> Evidence:
    """Attach a file, inspected with the given outcome."""
    added = evidence.attach(
        claim=claim,
        by=by or claim.created_by,
        upload=ContentFile(PDF, name=f"proof-{next(numbers)}.pdf"),
        now=now,
    )
    Evidence.objects.filter(pk=added.pk).update(
        check_state=check, content_type="application/pdf"
    )
    added.refresh_from_db()
    return added


def claim(state: str = "draft", *, now: datetime = NOW, **fields) -> Claim:
    """Create a claim and walk it to the given state, all at one moment."""
    made = draft(now=now, **fields)
    for step in ROUTES[str(state)]:
        take(made, step, now=now)
        made = Claim.objects.get(pk=made.pk)
    return made


def take(claim: Claim, step: str, *, by: Actor | None = None, now: datetime = NOW):
    """Take a step as whoever may, giving what it asks for."""
    action = CLAIM[claim.state].action(step)
    assert action is not None, f"{claim} is {claim.state}: no {step}"
    actor = by or whoever_may(claim, action)
    return engine.take(
        claim=claim, step=step, actor=actor, given=given_for(claim, action), now=now
    )


def given_for(claim: Claim, action: Action) -> Given:
    return Given(
        comment="Because.",
        reasons=[GivenReason(code) for code in action.reasons[:1]],
        accepted_lines=frozenset(line.pk for line in claim.lines_now),
    )


def whoever_may(claim: Claim, action: Action) -> Actor:
    """Return somebody of the action's role whom its rules let through."""
    match action.by:
        case Role.PARTNER:
            return actor_for(claim.created_by)
        case Role.CUSTOMER:
            return CUSTOMER
        case Role.LEAD:
            return actor_for(staff(StaffRole.LEAD))
    fresh = claim.disputed_at is not None
    reviewer = None if fresh else claim.assignee
    return actor_for(reviewer or staff())


def comment(claim: Claim, *, by: User, text: str = "A question.") -> Comment:
    return comment_with_files(claim=claim, by=by, text=text, uploads=[], now=NOW)
