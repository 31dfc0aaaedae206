"""Putting down who was refused, after the request that refused it was rolled back."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import structlog
from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import trail
from accounts.models import Deed, User

SAFE = ("GET", "HEAD", "OPTIONS")
CLOSED = (403, 404)
CONFLICT = 409
LONGEST_KEPT = 60  # an opaque name has 32 signs, a step less
# Whoever knows these may do what they are for: they stand in no log.
SECRETS = ("token", "key", "uidb36")

log = structlog.get_logger(__name__)
# What waits for the end of the request in which it happened; None outside of one.
_waiting: ContextVar[list[dict[str, Any]] | None] = ContextVar("waiting", default=None)


def afterwards(**deed: Any) -> None:
    """Record a deed that must be kept although what it belongs to is rolled back.

    Within a request it is written when that is over; elsewhere at once. It takes what
    `trail.record` takes.
    """
    waiting = _waiting.get()
    if waiting is None:
        trail.record(**deed)
    else:
        waiting.append(deed)


class WitnessMiddleware:
    """Record each refusal of somebody who has logged in (DOMAIN.md §9).

    It stands innermost, where the request's number is known, and outside the view's
    transaction: what a refusal rolls back does not take the record along.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        structlog.contextvars.bind_contextvars(network=_network(request))
        request.wanted = None  # type: ignore[attr-defined]
        before = _waiting.set([])
        try:
            response = self.get_response(request)
            _write_down(_waiting.get() or [])
        finally:
            _waiting.reset(before)
        wanted = request.wanted  # type: ignore[attr-defined]
        if wanted and _is_refusal(request, response) and isinstance(request.user, User):
            _record(request, request.user, response.status_code, wanted)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> None:
        """Remember what is asked for; an address that leads nowhere comes not here."""
        match = request.resolver_match
        if match is not None:
            request.wanted = (match.view_name, kwargs)  # type: ignore[attr-defined]


def _write_down(deeds: list[dict[str, Any]]) -> None:
    for deed in deeds:
        try:
            trail.record(**deed)
        except DatabaseError:
            log.exception("deed_not_recorded", deed=deed["deed"], about=deed["about"])


def _network(request: HttpRequest) -> str:
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # by a socket of this machine, which has no address
        return ""


def _is_refusal(request: HttpRequest, response: HttpResponse) -> bool:
    """A page that says why a step is closed refuses nothing; pressing it does."""
    if response.status_code in CLOSED:
        return True
    return response.status_code == CONFLICT and request.method not in SAFE


def _record(
    request: HttpRequest, person: User, status: int, wanted: tuple[str, dict[str, Any]]
) -> None:
    route, named = wanted
    known = {name: _kept(value) for name, value in named.items() if name not in SECRETS}
    try:
        trail.record(
            deed=Deed.REFUSAL,
            actor=person,
            partner_id=person.partner_id,
            about=known.pop("number", route),
            details={
                "route": route,
                "method": request.method,
                "status": status,
                **known,
            },
            now=timezone.now(),
        )
    except DatabaseError:
        # The refusal stands all the same, and the log keeps what the trail could not.
        log.exception("refusal_not_recorded", route=route, person=person.pk)


def _kept(value: object) -> str:
    """Return of what somebody wrote into an address so much as a trail needs."""
    return "".join(filter(str.isprintable, str(value)))[:LONGEST_KEPT]
