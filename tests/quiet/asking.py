"""Sending a request of the matrix and taking back whatever it did, log-out included."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.hashers import get_hasher
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from pypdf import PdfReader


@contextmanager
def undone_after(client: Client) -> Iterator[None]:
    """Let requests do what they do, then forget it: rows, cache and cookies."""
    cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    cache.clear()
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        client.cookies = cookies


def said(response: Any) -> str:
    """Return everything an answer tells: headers, cookies, body, a paper's text."""
    body = response.getvalue() if response.streaming else response.content
    parts = [f"{name}: {value}" for name, value in response.headers.items()]
    parts += [cookie.OutputString() for cookie in response.cookies.values()]
    if b"ReportLab" in body[:200]:  # a paper of ours; its streams are packed
        reader = PdfReader(BytesIO(body))
        parts += [page.extract_text() for page in reader.pages]
        parts += [str(reader.metadata), str(reader.get_fields())]
    return "\n".join([*parts, body.decode("utf-8", "replace")])


# What differs from one answer to the next by its nature and tells nothing.
BY_CHANCE = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"|nonce="[^"]+"'
    r'|"challenge": "[^"]+"|name="key" value="[^"]+"|cpor_\w+=\w+'
    r"|expires=[^;\n]+|Expires: [^\n]+"
)
NAMES = re.compile(r'"s\d+_x\d+"|"_django_curs_\w+"|IN \([^)]*\)')


@dataclass
class Work:
    """What it took to answer: the statements, without their values, and the hashes."""

    statements: list[str] = field(default_factory=list)
    hashes: int = 0


@contextmanager
def work_of() -> Iterator[Work]:
    """Note what the database and the password hasher are asked for."""
    work = Work()

    def listen(execute: Any, sql: str, *rest: Any) -> Any:
        work.statements.append(NAMES.sub("…", str(sql)))
        return execute(sql, *rest)

    hasher = type(get_hasher())
    encode = hasher.encode

    def counted(*args: Any, **options: Any) -> Any:
        work.hashes += 1
        return encode(*args, **options)

    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(listen))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(hasher, "encode", counted)
        yield work


def told(response: Any, *typed: str) -> str:
    """Return everything an answer tells, without chance and without what was asked."""
    text = BY_CHANCE.sub("", f"{response.status_code}\n{said(response)}")
    for each in typed:
        text = text.replace(each, "…")
    return re.sub(r"Content-Length: \d+", "", text) if typed else text
