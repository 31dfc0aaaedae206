"""Plays the demo's stories: real steps, real files, the clock running in between."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import translation

from accounts.models import PartnerLocation, User
from claims import actions, checking, engine, evidence
from claims.access import CUSTOMER, Actor, actor_for, may_attach
from claims.actions import WantedLine
from claims.calendar import Calendar
from claims.calendars import programme_calendar
from claims.machine import Given, GivenReason
from claims.models import TERMS, Check, Claim, Engagement, Evidence, Product
from claims.sweep import sweep
from cpor.demo import people
from cpor.demo.papers import pdf
from cpor.demo.stories import STORIES, Story
from notifications.tasks import deliver_due
from reviews.actions import add_note, comment_with_files

CONTACT = ("Katrin Vogel", "Head of IT")


@dataclass(slots=True)
class Play:
    """One story on stage; the claim appears with its first scene."""

    story: Story
    claim: Claim | None = None


def play_all(now: datetime) -> int:
    """Play every story up to now, in the order of time; return how many there are."""
    plays = [Play(story) for story in STORIES]
    scenes = sorted(_scenes(plays, now), key=lambda scene: scene[0])
    with translation.override("en"):
        day = scenes[0][0].date()
        for at, play, step, extra in scenes:
            while day < at.date():
                day += timedelta(days=1)
                deliver_due()  # what yesterday said, while its readers worked
                sweep(now=min(at.replace(hour=10) - _days(at.date(), day), at))
            _play(play, step, extra, at)
        deliver_due()
        sweep(now=now)
    return len(plays)


def _days(later: date, earlier: date) -> timedelta:
    return later - earlier


def _scenes(
    plays: list[Play], now: datetime
) -> Iterator[tuple[datetime, Play, str, dict[str, Any]]]:
    days = programme_calendar(now).as_days()
    for number, play in enumerate(plays):
        minute = timedelta(minutes=7 * number % 53)
        first = max((ago for ago, _, _ in play.story.happenings), default=1)
        yield _ago(first, days, now) + minute - timedelta(hours=1), play, "create", {}
        for order, (ago, step, extra) in enumerate(play.story.happenings):
            at = _ago(ago, days, now) + minute + timedelta(seconds=order)
            yield min(at, now - timedelta(seconds=60 - order)), play, step, extra


def _ago(business_days: float, calendar: Calendar, now: datetime) -> datetime:
    """Return a moment of a working day so many business days before now."""
    at, whole = now, int(business_days)
    while whole:
        at -= timedelta(days=1)
        whole -= calendar.is_working(at.date())
    if business_days >= 1:
        return at.replace(hour=9, minute=0, second=0, microsecond=0)
    return now - timedelta(hours=24 * business_days)


def _play(play: Play, step: str, extra: dict[str, Any], at: datetime) -> None:
    if step == "create":
        play.claim = _create(play.story, at)
        return
    assert play.claim is not None  # noqa: S101 -- its first scene made it
    claim = Claim.objects.get(pk=play.claim.pk)
    match step:
        case "file":
            _attach(claim, extra["kind"], at)
        case "comment":
            comment_with_files(
                claim=claim,
                by=_person(claim, extra["by"]),
                text=extra["text"],
                uploads=[],
                now=at,
            )
        case "note":
            add_note(
                claim=claim, by=_person(claim, extra["by"]), text=extra["text"], now=at
            )
        case _:
            _step(claim, step, extra, at)


def _step(claim: Claim, step: str, extra: dict[str, Any], at: datetime) -> None:
    reasons = [GivenReason(extra["reason"])] if "reason" in extra else []
    engine.take(
        claim=claim,
        step=step,
        actor=_actor(claim, step, extra),
        given=Given(
            comment=extra.get("text", ""),
            reasons=reasons,
            accepted_lines=frozenset(line.pk for line in claim.lines_now),
        ),
        now=at,
    )


def _actor(claim: Claim, step: str, extra: dict[str, Any]) -> Actor:
    action = claim.stage.action(step)
    if action is None:
        raise LookupError(f"{claim} is {claim.state}: no {step}")
    if action.by == CUSTOMER.role:
        return CUSTOMER
    if "by" in extra:
        return actor_for(_person(claim, extra["by"]))
    staff = claim.assignee if action.by == "reviewer" else None
    return actor_for(staff or _person(claim, "admin-of-company"))


def _person(claim: Claim, name: str) -> User:
    if name in {"user", "admin-of-company"}:
        account = "admin" if name != "user" else "user"
        return User.objects.get(email=people.email(account, claim.partner.slug))
    return User.objects.get(email=people.email(name, "cpor"))


def _create(story: Story, at: datetime) -> Claim:
    by = User.objects.get(email=people.email("user", story.company))
    customer, domain = people.CUSTOMERS[story.customer]
    terms = TERMS[Engagement(story.engagement)]
    claim = actions.create_claim(
        by=by,
        now=at,
        area=terms.area,
        engagement=story.engagement,
        location=PartnerLocation.objects.filter(company=by.partner_id).first(),
        customer_name=customer,
        domain=domain,
        tenant_id=people.tenant_of(story.customer),
        name=story.name,
        customer_contact_name=CONTACT[0],
        customer_contact_title=CONTACT[1],
        customer_contact_email=f"katrin.vogel@{domain}",
        **{"customer_language": "de", **story.fields},
        **dict.fromkeys(terms.extra, "Nordwind Feldlösung"),
    )
    actions.replace_lines(claim=claim, by=by, wanted=_lines(story), now=at)
    for kind in story.files:
        _attach(claim, kind, at)
    return claim


def _lines(story: Story) -> list[WantedLine]:
    products = Product.objects.filter(code__in=story.products).order_by("pk")
    return [
        WantedLine(
            product,
            people.subscription_of(story.customer, product.code)
            if product.keyed_by == Product.KeyedBy.SUBSCRIPTION
            else None,
        )
        for product in products
    ]


def _attach(claim: Claim, kind: str, at: datetime) -> Evidence:
    by = _person(claim, "admin-of-company")
    if may_attach(by, claim) is None:
        raise AssertionError(f"{claim} takes no files now")
    file = evidence.attach(
        claim=claim,
        by=by,
        upload=ContentFile(_paper(claim, kind, at), name=f"{kind}.pdf"),
        now=at,
    )
    evidence.describe(
        evidence=file,
        by=by,
        details={
            "kind": kind,
            "document_on": at.date() - timedelta(days=6),
            "signed_on": at.date() - timedelta(days=4),
            "signer": CONTACT[0],
        },
        now=at,
    )
    checked = checking.inspect(evidence=file, now=at)
    if checked.check_state == Check.WAITING:
        # Made by this very program: no scanner that is down keeps the stories waiting.
        Evidence.objects.filter(pk=file.pk).update(check_state=Check.CLEAN)
        checked.refresh_from_db()
    return checked


def _paper(claim: Claim, kind: str, at: datetime) -> bytes:
    return pdf(
        [
            f"Proof of execution: {kind.replace('_', ' ')}",
            f"Partner: {claim.partner.name}",
            f"Customer: {claim.customer_name[:70]}",
            f"Domain: {claim.domain}   Tenant: {claim.tenant_id}",
            f"Products: {', '.join(str(line.product) for line in claim.lines_now)}",
            f"Acknowledged by {CONTACT[0]}, {CONTACT[1]}, on {at:%d %B %Y}",
            f"Reference {claim.number}",
        ]
    )
