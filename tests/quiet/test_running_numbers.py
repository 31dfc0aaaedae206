"""No running number leaves the house: not in a page, a body, a header, a mail, a file.

Each table counts from a number of its own here, so a key is known wherever it stands.
"""

import base64
import json
import re
from datetime import timedelta

import pytest
from django.core.signing import dumps
from django.utils import timezone
from django.utils.http import int_to_base36

from accounts.models import User
from accounts.opaque import opaque
from claims.forms.wizard import BY_SLUG
from claims.models import Claim
from claims.saved_views import keep_view
from cpor.routes import routes
from notifications.delivery import send as send_mail
from notifications.models import Message
from tests import factories
from tests.claims.pages import browser
from tests.notifications.conftest import Post, mail_server, through
from tests.permissions import words
from tests.permissions.ask import given, send
from tests.permissions.table import TABLE
from tests.quiet.asking import said, undone_after
from tests.quiet.running import WIDE_STEP, beginnings, running_keys

pytestmark = pytest.mark.django_db

PATHS = {route["name"]: route["path"] for route in routes()}
WATCHED = (words.ANONYMOUS, words.USER, words.ADMIN)
LINES = [line for line in TABLE if line.may & set(WATCHED)]


@pytest.mark.parametrize("line", LINES, ids=str)
def test_no_answer_to_a_partner_or_the_public_holds_a_key(world, line):
    found = {}
    for actor in world.actors:
        if actor.name not in {"anonymous", "user of A", "admin of A"}:
            continue
        for which, path in world.addresses(PATHS[line.route], actor, line).items():
            if which in {"missing", "malformed", "own claim, no file"}:
                continue
            with undone_after(actor.client):
                response = send(actor, line, path, given(world, actor, line, path))
                tables = running_keys(path) | running_keys(said(response))
            if tables:
                found[actor.name, which] = tables
    assert found == {}


def test_every_part_of_a_claim_is_filled_in_without_a_key(world, undone):
    """What the walk meets only in one state: each form, a comment, one's own view."""
    person = world.a.admin
    answers = {"area": "BIZ", "engagement": "BIZ-REV", "products": ()}
    draft = factories.draft(by=person, **answers)
    factories.comment(world.a.claims["in_review"], by=person)
    view = keep_view(owner=person, name="Late", query="overdue=true", now=world.now)
    client, found = browser(person), {}
    pages = [f"/claims/{draft.number}/edit/{slug}/" for slug in BY_SLUG]
    number = world.a.claims["in_review"].number
    pages += [f"/claims/{number}/", f"/api/v1/claims/{number}/comments/"]
    pages += [f"/claims/?{view.query}", "/accounts/2fa/webauthn/add/"]
    for path in pages:
        response = client.get(path)
        assert response.status_code == 200, path
        if tables := running_keys(said(response)):
            found[path] = tables
    assert found == {}


def test_a_long_list_and_a_long_inbox_lead_on_without_a_key(world, undone):
    person = world.a.admin
    now = timezone.now()
    for _ in range(51):
        factories.draft(by=person, products=(), files=0)
    Message.objects.bulk_create(
        Message(
            key=f"long:{number}",
            topic="approved",
            recipient=person,
            context={"number": "CPOR-2026-000001", "customer_name": "x"},
            message_id=f"<{number}@x.example>",
            read_at=now - timedelta(days=1),
        )
        for number in range(52)
    )
    client = browser(person)
    leads_on = {"/claims/": "page=", "/inbox/": "before=", "/api/v1/claims/": "cursor="}
    for path, word in leads_on.items():
        page = said(client.get(path))
        assert word in page
        assert running_keys(page) == set(), path
        further = re.search(rf'[?&]({word}[^"&]+)', page)[1]
        second = client.get(f"{path}?{further}")
        assert second.status_code == 200
        assert second.content != client.get(path).content


def test_no_mail_to_a_partner_or_a_customer_holds_a_key(world, settings):
    settings.MAIL_BOUNCES = "bounces@cpor.example"
    customers = Message.objects.filter(address__contains="@zq")
    partners = Message.objects.filter(recipient__partner__in=[world.a.partner])
    post, found = Post(), {}
    with mail_server(post) as port:
        through(settings, port)
        for message in customers.union(partners.distinct()):
            send_mail(message)
            mail, sender = post.accepted[-1], post.senders[-1]
            parts = [str(part.get_content()) for part in mail.iter_parts()]
            letter = "\n".join([sender, *map(str, mail.values()), *parts])
            if tables := running_keys(letter) | _in_base32(sender):
                found[message.topic] = tables
    assert customers.exists()
    assert {mail["Message-ID"] for mail in post.accepted} == {
        message.message_id for message in customers.union(partners)
    }
    assert found == {}


def _in_base32(address):
    name = address.partition("+")[2].partition("@")[0].upper()
    opened = base64.b32decode(name + "=" * (-len(name) % 8))
    return running_keys(opened.decode("latin-1"))


def test_a_passkeys_address_and_a_reset_link_name_no_key(world, undone):
    person = world.a.user
    browser(None).post("/accounts/password/reset/", {"email": person.email})
    letter = Message.objects.filter(topic="password_reset", recipient=person).last()
    assert (
        letter.context["url"]
        .partition("/key/")[2]
        .startswith(opaque("person", person.pk))
    )
    assert running_keys(letter.context["url"]) == set()


# --- That the walk would find one ---------------------------------------------------


def test_keys_are_found_however_they_are_written(world):
    for row in (world.a.admin, world.a.claims["draft"], world.a.invitation):
        key = row.pk
        table = beginnings[key - key % WIDE_STEP]
        for text in (
            f"/people/{key}/",
            f'<p id="x-{key}">',
            json.dumps({"id": key}),
        ):
            assert running_keys(text) == {table}
        assert running_keys(f"key/{int_to_base36(key)}-abc") == {f"{table}, encoded"}
        assert running_keys(f"{key:x}") == {f"{table}, encoded"}
        assert running_keys(dumps([key], salt="x")) == {table}
        assert running_keys(dumps(["x" * 99, key], compress=True)) == {table}
        assert running_keys(opaque("person", key)) == set()
    assert User.objects.count() + Claim.objects.count() > 20


def test_the_walk_covers_every_route_that_a_partner_or_the_public_may_use():
    walked = {line.route for line in LINES}
    others = {line.route for line in TABLE} - walked
    assert {"people", "inbox", "claim", "api-claim", "claims-export"} <= walked
    assert all(
        name.startswith("administration") or not (line.may & set(WATCHED))
        for name in others
        for line in TABLE
        if line.route == name
    )
