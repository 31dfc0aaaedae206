"""Opening pages as somebody, the way a browser would."""

from html import unescape
from re import sub
from typing import Any

from django.test import Client

from accounts.models import User
from tests.signing_in import log_in

SILENT = r"<(script|style|svg|template)\b.*?</\1>"


def browser(reader: User | None, **options) -> Client:
    """Return a browser in which this person has logged in."""
    client = Client(**options)
    if reader is not None:
        log_in(client, reader)
    return client


def words(response: Any) -> str:
    """Return what the page's main part says, without markup, blanks made single."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    text = sub(r"<[^>]+>", " ", sub(SILENT, " ", "<main" + main))
    return " ".join(unescape(text).split())
