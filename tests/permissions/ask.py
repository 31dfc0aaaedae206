"""Sending one request of the matrix and taking back what it did."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.urls import is_valid_path

from tests.headers import header_faults
from tests.permissions.words import ANONYMOUS, Line
from tests.permissions.world import Actor, World

# What differs from one answer to the next without telling anything.
CHANGING = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"|nonce="[^"]+"'
    r'|name="key" value="[^"]+"'
)
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)', re.IGNORECASE)
# Written whether or not something is allowed: who asked, how often, and the session.
ALLOWED_WRITES = (
    "accounts_trail",
    "accounts_budget",
    "django_session",
    "usersessions_",
)


@dataclass(frozen=True)
class Answer:
    """What came back, and which tables were written."""

    status: int
    location: str
    body: str
    written: tuple[str, ...]
    header_faults: tuple[str, ...]

    @property
    def leads_to_login(self) -> bool:
        return self.status == 302 and self.location.startswith("/accounts/login/")


def ask(world: World, actor: Actor, line: Line, path: str) -> Answer:
    """Send the request as this person and roll everything back."""
    cookies = SimpleCookie(actor.client.cookies.output(header="", sep=";"))
    written: list[str] = []

    def listen(execute: Any, sql: str, *rest: Any) -> Any:
        if found := WRITES.match(sql):
            written.append(found.group(1))
        return execute(sql, *rest)

    cache.clear()  # nobody is slowed down for what another cell tried
    try:
        with transaction.atomic(), connection.execute_wrapper(listen):
            response = send(actor, line, path, given(world, actor, line, path))
            body = text_of(response).replace(path, "")
            transaction.set_rollback(True)
    finally:
        actor.client.cookies = cookies
    return Answer(
        response.status_code,
        response.headers.get("Location", ""),
        CHANGING.sub("", body).lower(),
        tuple(name for name in written if not name.startswith(ALLOWED_WRITES)),
        tuple(header_faults(response, private=is_known(actor, line, path))),
    )


def is_known(actor: Actor, line: Line, path: str) -> bool:
    """Tell whether the product knows who asks; a token is not read everywhere."""
    reads_tokens = ANONYMOUS not in line.may and bool(is_valid_path(path))
    return actor.role != ANONYMOUS and (reads_tokens or not actor.by_token)


def given(world: World, actor: Actor, line: Line, path: str) -> Mapping[str, Any]:
    if callable(line.give):
        claim = actor.own.claims[line.on or "in_review"]
        return line.give(world=world, actor=actor, claim=claim, path=path)
    return line.give


def send(actor: Actor, line: Line, path: str, data: Mapping[str, Any]) -> Any:
    client = actor.client
    if line.method == "GET":
        return client.get(path)
    if line.is_api and "file" not in data:
        return client.generic(
            line.method, path, json.dumps(data), content_type="application/json"
        )
    return (
        client.post(path, data)
        if line.method == "POST"
        else client.generic(line.method, path)
    )


def text_of(response: Any) -> str:
    content: bytes = response.getvalue() if response.streaming else response.content
    return content.decode(errors="replace")
