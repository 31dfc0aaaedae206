"""The time that an answer takes tells nobody who is here, and keeps nobody waiting."""

import pytest
from django.db import connection
from django.test import Client

from accounts import middleware

NOBODY = "nobody@nordwind.example"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/accounts/login/", {"login": NOBODY, "password": "a wrong passphrase"}),
        ("/api/v1/token/", {"email": NOBODY, "password": "a wrong passphrase"}),
        ("/accounts/password/reset/", {"email": NOBODY}),
    ],
    ids=["log-in", "token", "reset"],
)
def test_nothing_is_locked_while_an_answer_waits(settings, monkeypatch, path, typed):
    settings.EVEN_ANSWER_SECONDS = 30
    open_then = []

    def wait(seconds):
        open_then.append((29 < seconds <= 30, connection.in_atomic_block))

    monkeypatch.setattr(middleware, "sleep", wait)
    Client().post(path, typed)
    assert open_then == [(True, False)]
