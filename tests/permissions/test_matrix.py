"""Every route × method × person × own, foreign, missing, malformed.

Nothing here is written per route: requests and expectations come from the table. For
each line the same request is sent by those who may and by those who may not, to the
same objects; only who asks differs.
"""

import pytest

from cpor.routes import routes
from tests.permissions import words
from tests.permissions.ask import ask
from tests.permissions.table import TABLE
from tests.permissions.words import Line

pytestmark = pytest.mark.django_db

ROUTES = {route["name"]: route for route in routes()}
OWN = ("the page", "own")


def expected(line, actor, which):
    """Return the statuses that the table allows for one cell."""
    may = actor.role in line.may
    if which in OWN and may:
        return line.statuses
    if actor.role == words.ANONYMOUS and words.ANONYMOUS not in line.may:
        return {401} if line.is_api else {"log in"}
    if which in OWN or (line.guarded and not may and which != "malformed"):
        return line.refusals
    return {line.missing if may and which == "missing" else 404}


@pytest.mark.parametrize("line", TABLE, ids=str)
def test_everybody_gets_what_the_table_says(world, line):
    path = ROUTES[line.route]["path"]
    wrong = []
    for actor in world.asking(line):
        answers = {
            which: ask(world, actor, line, address)
            for which, address in world.addresses(path, actor, line).items()
        }
        wrong += [
            f"{actor.name}, {which}: {problem}"
            for which, answer in answers.items()
            for problem in problems(line, actor, which, answer)
        ]
        wrong += differences(actor, answers)
    assert wrong == []


def problems(line, actor, which, answer):
    """Say what is wrong with one answer."""
    wanted = expected(line, actor, which)
    got = "log in" if answer.leads_to_login and "log in" in wanted else answer.status
    no_address = which == "malformed" and answer.status == 404
    if got not in wanted and not (no_address and actor.role == words.ANONYMOUS):
        yield f"{got} instead of {wanted}"
    if answer.header_faults and line.route not in {"mailbox-letter", "mailbox-html"}:
        yield f"headers: {answer.header_faults}"
    is_let_through = which in OWN and actor.role in line.may
    if answer.written and not is_let_through:
        yield f"was refused but wrote {sorted(set(answer.written))}"
    if actor.role in words.COMPANY:
        for secret in sorted(actor.foreign.secrets):
            if secret in answer.body:
                yield f"shows {secret} of the rival"


def differences(actor, answers):
    """Foreign, missing and malformed are one answer to whoever has logged in."""
    if actor.role == words.ANONYMOUS:
        return
    others = {which: each for which, each in answers.items() if which not in OWN}
    for which, answer in others.items():
        missing = answers["missing"]
        if missing.status == 404 and (answer.status, answer.body) != (
            missing.status,
            missing.body,
        ):
            yield f"{actor.name}: {which} is not answered like missing"


def test_every_route_and_method_stands_in_the_table():
    listed = {(line.route, line.method) for line in TABLE}
    there = {
        (name, method) for name, route in ROUTES.items() for method in route["methods"]
    }
    assert there - listed == set()
    assert listed - there == set()


def test_every_line_lets_somebody_through():
    assert [str(line) for line in TABLE if not line.may] == []


UNDECLARED = [
    Line(name, method, frozenset())
    for name, route in ROUTES.items()
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    if method not in route["methods"]
]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_method_that_is_not_declared_does_nothing(world, method):
    wrong = []
    known = {line.route: line for line in TABLE}
    for line in (each for each in UNDECLARED if each.method == method):
        path, model = ROUTES[line.route]["path"], known[line.route]
        for actor in world.asking(line):
            if actor.role == words.ANONYMOUS:
                continue
            address = next(iter(world.addresses(path, actor, model).values()))
            answer = ask(world, actor, line, address)
            # allauth looks at the link before it looks at the method.
            if line.route == "account_reset_password_from_key" and not answer.written:
                continue
            if answer.status not in {302, 403, 404, 405} or answer.written:
                wrong.append(f"{line} by {actor.name}: {answer.status}")
    assert wrong == []
