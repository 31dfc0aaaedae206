"""Who is here: log-in, reset and invitation answer alike for a known address and none.

The same words after as many hashes. What is written differs, since a company's trail
and a mail are; so the answer comes after a fixed time, when nothing is locked any more.
"""

import base64
import re

import pytest
from django.core.cache import cache

from accounts import middleware
from tests.claims.pages import browser
from tests.factories import PASSWORD
from tests.quiet.asking import told, undone_after, work_of

pytestmark = pytest.mark.django_db

WRONG = "none of all the passphrases"
LOG_IN, RESET = "/accounts/login/", "/accounts/password/reset/"
TOKEN, INVITE = "/api/v1/token/", "/company/people/invite/"
OUTSIDE = [
    (LOG_IN, {"login": "{email}", "password": WRONG}),
    (TOKEN, {"email": "{email}", "password": WRONG}),
    (RESET, {"email": "{email}"}),
]
NAMES = ["log-in", "token", "reset"]


@pytest.fixture
def waits(settings, monkeypatch):
    """Note how long each answer would have waited, instead of waiting."""
    settings.EVEN_ANSWER_SECONDS = 30
    noted = []
    monkeypatch.setattr(middleware, "sleep", noted.append)
    return noted


def addresses(world):
    """Return an address of nobody, then those of people of each kind."""
    return {
        "nobody": "nobody@zqnone.example",
        "rival": world.b.user.email,
        "removed": world.b.gone.email,
        "programme": world.reviewer.email,
    }


def answers(world, client, path, typed):
    """Yield for each kind of address what was told and what it took."""
    for kind, email in addresses(world).items():
        given = {name: value.format(email=email) for name, value in typed.items()}
        with undone_after(client), work_of() as work:
            cache.clear()
            response = client.post(path, given)
            yield kind, response.status_code, readable(told(response), email), work


def readable(text, email):
    """Open the cookie that carries a message; leave out the address and its seal."""
    found = re.search(r"messages=([\w-]+):[\w:-]+", text)
    if found:
        content = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
        text = text.replace(found[0], content.decode())
    return re.sub(r"Content-Length: \d+", "", text.replace(email, "…"))


@pytest.mark.parametrize(("path", "typed"), OUTSIDE, ids=NAMES)
def test_whoever_stands_outside_learns_nothing_of_an_address(world, waits, path, typed):
    _nobody, *others = found = list(answers(world, browser(None), path, typed))
    for kind, _status, words, work in others:
        assert words == found[0][2], kind
        assert work.hashes == found[0][3].hashes, kind
    assert [29 < wait <= 30 for wait in waits] == [True] * len(found)


def test_whoever_invites_learns_nothing_of_an_address(world, waits):
    typed = {"email": "{email}", "title": "partner_user", "language": "en"}
    client = browser(world.a.admin)
    _nobody, *others = found = list(answers(world, client, INVITE, typed))
    for kind, status, words, work in others:
        assert status == 302, kind
        assert words == found[0][2], kind
        assert work.statements == found[0][3].statements, kind
    assert "on its way to …" in found[0][2]
    assert waits == []


def test_who_comes_in_waits_for_nothing(world, waits):
    with undone_after(client := browser(None)):
        right = {"login": world.b.user.email, "password": PASSWORD}
        assert client.post(LOG_IN, right).status_code == 302
    assert waits == []
