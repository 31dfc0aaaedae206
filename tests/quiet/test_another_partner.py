"""Rivals on one key: both learn that there is "another partner", neither learns who.

One contest from filing to its end, then everything that either company can open or is
sent: pages, papers, the export, the API, the inbox and the mails themselves.
"""

import uuid
from dataclasses import replace

import pytest

from claims.access import actor_for
from claims.models import Claim, Line
from notifications.delivery import send as send_mail
from notifications.models import Message
from reviews.actions import arbitrate
from tests import factories
from tests.notifications.conftest import Post, mail_server, through
from tests.permissions import making
from tests.permissions.ask import send
from tests.quiet.asking import said, undone_after
from tests.quiet.readable import PATHS, READABLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest(world, undone):
    """Let B file for what A holds, and A for what B holds; each keeps its mark."""
    return [filed(world, world.a, world.b), filed(world, world.b, world.a)]


def filed(world, holder, challenger):
    tenant = uuid.uuid4()
    return [
        making.claim(company, state, world.reviewer, world.now, tenant_id=tenant)
        for company, state in ((holder, "approved"), (challenger, "in_review"))
    ]


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def decide(world, held, rival):
    """Let the lead decide for the challenger, to the end."""
    for line in Line.objects.filter(claim=held):
        arbitrate(line=line, by=world.lead, reason="Newer proof.", now=world.now)
    by = actor_for(world.lead)
    factories.take(fresh(held), "supersede", by=by, now=world.now)
    factories.take(fresh(rival), "approve", now=world.now)


def marks_in(world, actor, claims):
    """Return where this person finds the other company, and how much was opened."""
    ours = [claim for claim in claims if claim.partner == actor.own.partner]
    theirs = {fresh(claim).number.lower() for claim in claims if claim not in ours}
    found, opened = {}, 0
    for claim in ours:
        own = replace(actor.own, claims=dict.fromkeys(actor.own.claims, claim))
        for line in (each for each in READABLE if actor.role in each.may):
            path = address(world, replace(actor, own=own), line)
            with undone_after(actor.client):
                response = send(actor, line, path, {})
                text = said(response).lower()
            opened += response.status_code == 200
            if named := {
                mark for mark in theirs | {actor.foreign.mark} if mark in text
            }:
                found[path] = named
    return found, opened


def address(world, actor, line):
    found = world.addresses(PATHS[line.route], actor, line)
    return found.get("own") or found["the page"]


def partners(world):
    """Return one person of each role and company, by browser or by token."""
    asking = {"admin of A", "user of B", "admin of B by token"}
    return [each for each in world.actors if each.name in asking]


def walk(world, contest):
    found, opened = {}, 0
    for actor in partners(world):
        named, count = marks_in(
            world, actor, [each for pair in contest for each in pair]
        )
        found |= {(actor.name, path): marks for path, marks in named.items()}
        opened += count
    return found, opened


def test_no_page_names_the_rival_while_the_contest_is_open(world, contest):
    found, opened = walk(world, contest)
    assert found == {}
    assert opened > 100
    for actor in partners(world):
        held = next(pair[0] for pair in contest if pair[0].partner == actor.own.partner)
        if not actor.by_token:
            page = actor.client.get(f"/claims/{held.number}/").content.decode()
            assert "Another partner claims the same customer and product" in page


def test_no_page_names_the_rival_after_the_contest(world, contest):
    for held, rival in contest:
        decide(world, held, rival)
    found, opened = walk(world, contest)
    assert found == {}
    assert opened > 100
    states = {fresh(claim).state for pair in contest for claim in pair}
    assert states == {"approved", "rejected_final"}


def test_no_mail_names_the_rival(world, contest, settings):
    for held, rival in contest:
        decide(world, held, rival)
    post, found = Post(), {}
    with mail_server(post) as port:
        through(settings, port)
        for company, rival in ((world.a, world.b), (world.b, world.a)):
            for message in Message.objects.filter(recipient__partner=company.partner):
                send_mail(message)
                letter = post.accepted[-1]
                text = [str(part.get_content()) for part in letter.iter_parts()]
                if rival.mark in "\n".join([*letter.values(), *text]).lower():
                    found[message.topic] = message.context
    assert found == {}
    topics = {mail["Subject"] for mail in post.accepted}
    assert any("nother partner" in subject for subject in topics), topics


def test_the_programme_sees_who_it_is(world, contest):
    """What is hidden above is there: staff read both names on the page."""
    _held, rival = contest[0]
    reviewer = next(each for each in world.actors if each.name == "reviewer")
    page = reviewer.client.get(f"/claims/{rival.number}/").content.decode()
    assert world.a.mark in page
    assert world.b.mark in page
