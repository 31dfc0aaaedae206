"""Foreign is missing: the same answer to the last header, after the same work.

The matrix compares status and body of the requests that are meant to be sent. Here
the request is also of another method, or its body is nonsense, and what is compared is
every header and every statement that the database was asked to do.
"""

import json
from difflib import unified_diff

import pytest

from cpor.routes import routes
from tests.permissions import words
from tests.permissions.ask import given
from tests.permissions.table import TABLE
from tests.quiet.asking import said, told, undone_after, work_of

pytestmark = pytest.mark.django_db

PATHS = {route["name"]: route["path"] for route in routes()}
METHODS = {route["name"]: route["methods"] for route in routes()}
# One line for each route that names something of a company.
NAMING = {
    (line.route, line.on): line
    for line in TABLE
    if "<" in PATHS[line.route].replace("<slug:step>", "").replace("<slug:part>", "")
    and not line.route.startswith(("administration", "mfa_", "account_", "openid"))
    and words.ANONYMOUS not in line.may
    and "undelivered" not in line.route
    and line.route not in {"calendar-recalculate", "clock"}
}
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def requests(line, meant):
    """Yield method, content and its type: as meant, empty, broken, of no sense."""
    for method in ("GET", "HEAD", "OPTIONS", "DELETE"):
        yield method, "", FORM
    for method in ("POST", "PATCH") if line.is_api else ("POST",):
        yield method, "", FORM
        yield method, json.dumps(meant, default=str), JSON
        yield method, "{", JSON
        yield method, '[1, "x"]', JSON
        yield method, "version=x&text=%ff&reasons=nothing&number=", FORM
        yield method, "--x\r\nbroken", "multipart/form-data; boundary=x"


@pytest.mark.parametrize("line", NAMING.values(), ids=str)
def test_a_rivals_is_answered_like_nothing_after_the_same_work(world, line):
    wrong = []
    for actor in (each for each in world.actors if each.name in WHO):
        addresses = world.addresses(PATHS[line.route], actor, line)
        pairs = [("missing", "foreign")]
        if "own claim, foreign file" in addresses:
            pairs.append(("own claim, no file", "own claim, foreign file"))
        for one, other in pairs:
            wrong += differences(world, actor, line, addresses[one], addresses[other])
    assert not wrong, "\n\n".join(wrong)


# What only takes a POST, and names something; API and programme included.
BUTTONS = {
    line.route: line
    for line in TABLE
    if line.method == "POST"
    and "<" in PATHS[line.route]
    and METHODS[line.route] == ["POST"]
}


@pytest.mark.parametrize("line", BUTTONS.values(), ids=str)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE"])
def test_an_address_that_takes_a_post_alone_is_otherwise_none(world, line, method):
    """Own, foreign, missing and malformed are one answer, to whoever asks."""
    for actor in world.asking(line):
        answers = {}
        for which, path in world.addresses(PATHS[line.route], actor, line).items():
            with undone_after(actor.client):
                response = actor.client.generic(method, path)
                answers[which] = told(response, path)
        assert len({*answers.values()}) == 1, (actor.name, sorted(answers.items()))
        assert response.status_code == 404, actor.name


WHO = ("admin of A", "anonymous")


def differences(world, actor, line, missing, foreign):
    meant = given(world, actor, line, foreign)
    meant = {} if "file" in meant else meant
    for method, content, kind in requests(line, meant):
        if content and actor.name == "anonymous":  # led to log-in before it is read
            continue
        answers = []
        for path in (missing, foreign):
            with undone_after(actor.client), work_of() as work:
                response = actor.client.generic(method, path, content, kind)
                answers.append((told(response, path), work.statements, work.hashes))
        if answers[0] != answers[1]:
            about = f"{actor.name}: {method} {content[:20]!r}"
            yield "\n".join([about, *unified_diff(*map(lines_of, answers), n=0)])


def lines_of(answer):
    text, statements, hashes = answer
    return [*text.splitlines(), *statements, f"{hashes} hashes"]


def test_the_rivals_things_are_there_for_the_rival(world):
    """What is denied above is allowed to whoever it belongs to, and tells more."""
    rival = next(each for each in world.actors if each.name == "admin of B")
    mine = next(each for each in world.actors if each.name == "admin of A")
    seen = 0
    for line in NAMING.values():
        foreign = world.addresses(PATHS[line.route], mine, line)["foreign"]
        if line.method != "GET" or words.ADMIN not in line.may:
            continue
        if line.route.startswith(
            ("inbox", "claims-view")
        ):  # a person's, not a company's
            continue
        with undone_after(rival.client):
            response = rival.client.get(foreign)
            said(response)  # to its end
        status = response.status_code
        assert status in line.statuses, line
        seen += status == 200
    assert seen >= 10
