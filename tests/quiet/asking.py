"""Sending a request of the matrix and taking back whatever it did, log-out included."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any

from django.core.cache import cache
from django.db import transaction
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
