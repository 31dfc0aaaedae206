"""What a rival does moves nothing that a company sees: no count, no order, no number.

Every page and answer of company A is taken before and after B files, answers, uploads,
disputes, invites and keeps a view, at one moment, and compared to the last header.
"""

from difflib import unified_diff

import pytest
import time_machine

from accounts.actions import invite_person
from accounts.models import Title
from claims.saved_views import keep_view
from tests import factories
from tests.permissions.ask import send
from tests.quiet.asking import told, undone_after, work_of
from tests.quiet.readable import PATHS, READABLE

pytestmark = pytest.mark.django_db

LISTS = [
    "/claims/?sort=number",
    "/claims/?sort=-due_at",
    "/claims/?q=contoso",
    "/claims/?status=in_review&waiting=reviewer",
    "/api/v1/claims/?page_size=1",
]


@pytest.fixture(autouse=True)
def _at_one_moment(world):
    with time_machine.travel(world.now, tick=False):
        yield


def busy(world):
    """Let the rival do everything that leaves a row."""
    admin, now = world.b.admin, world.now
    for state in factories.ROUTES:
        factories.claim(state, by=admin, now=now, name="Busy Contoso")
    factories.comment(factories.claim("in_review", by=admin, now=now), by=admin)
    keep_view(owner=admin, name="Busy", query="q=busy", now=now)
    invite_person(
        partner=world.b.partner,
        email="busy@zqbravo.example",
        title=Title.PARTNER_USER,
        language="en",
        actor=admin,
        now=now,
    )


def taken(world, actor):
    """Return what each page tells and what it takes, by address."""
    found = {}
    for path, ask in asked(world, actor).items():
        with undone_after(actor.client), work_of() as work:
            text = told(ask(path))
            found[path] = [*text.splitlines(), *work.statements]
    return found


def asked(world, actor):
    lines = {}
    for line in (each for each in READABLE if actor.role in each.may):
        addresses = world.addresses(PATHS[line.route], actor, line)
        for which in {"own", "foreign", "the page"} & set(addresses):
            path = addresses[which]
            lines[path] = lambda path, line=line: send(actor, line, path, {})
    return lines | dict.fromkeys(LISTS, actor.client.get)


@pytest.mark.parametrize("name", ["admin of A", "user of A by token", "anonymous"])
def test_no_page_of_a_company_changes_by_what_its_rival_does(world, undone, name):
    actor = next(each for each in world.actors if each.name == name)
    before = taken(world, actor)
    busy(world)
    after = taken(world, actor)
    changed = [
        line
        for path, lines in before.items()
        for line in unified_diff(lines, after[path], path, "afterwards", n=0)
    ]
    assert not changed, "\n".join(changed)
    assert len(before) > 3


def test_the_rivals_own_pages_change(world, undone):
    """What is compared above would show it."""
    rival = next(each for each in world.actors if each.name == "admin of B")
    before = taken(world, rival)
    busy(world)
    after = taken(world, rival)
    changed = {path for path in before if before[path] != after[path]}
    assert {"/", "/claims/", "/api/v1/claims/", "/company/people/"} <= changed
