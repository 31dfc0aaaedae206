"""Browsers that have logged somebody in before, known by a signed cookie.

A known browser has a budget of tries of its own, so that whoever hammers at an account
from elsewhere cannot keep its owner out. The cookie opens nothing by itself.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

SALT = "accounts.devices"
PEOPLE_PER_BROWSER = 10


def known_device(request: HttpRequest, email: str) -> str | None:
    """Return the name of this browser if this person has logged in with it."""
    device = _read(request)
    return device["id"] if _mark(email) in device["people"] else None


def remember_device(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Let this browser be known to be used by this person."""
    device = _read(request)
    mark = _mark(email)
    others = [each for each in device["people"] if each != mark]
    known = {"id": device["id"], "people": [mark, *others][:PEOPLE_PER_BROWSER]}
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(known, salt=SALT),
        max_age=settings.DEVICE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        known: dict[str, Any] = signing.loads(
            cookie, salt=SALT, max_age=settings.DEVICE_COOKIE_AGE
        )
    except signing.BadSignature:
        return {"id": secrets.token_urlsafe(12), "people": []}
    return known


def _mark(email: str) -> str:
    """Return what the cookie says of a person: nothing to those who read it."""
    known = salted_hmac(SALT, email.strip().lower(), algorithm="sha256")
    return known.hexdigest()[:24]
