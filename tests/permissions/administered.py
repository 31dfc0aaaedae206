"""What an administration form takes: a change that goes through, for whoever may.

The same body is sent by everybody; only the programme admin's is carried out.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from tests.permissions.words import PROGRAMME

SEEN = re.compile(r'name="seen" value="([^"]*)"')
A_PLACE = {
    "country": "DE",
    "subdivision": "HH",
    "time_zone": "Europe/Berlin",
    "working_weekdays": ["0", "1", "2", "3"],
}
A_SUBSCRIPTION = {"product": "EXO", "condition": "grace"}
SOMEBODY = {"email": "matrix-new@cpor.example", "language": "en"}
BODIES: Mapping[str, Mapping[str, Any]] = {
    "number": {"value": "13"},
    "number-reset": {},
    "role": {"role": "billing_admin"},
    "access": {},
    "factor": {},
    "invite": SOMEBODY | {"role": "reviewer"},
    "revoke": {},
    "company-new": {"name": "Company of the matrix"},
    "company-invite": SOMEBODY | {"role": "partner_user"},
    "company-rename": {"name": "Another name"},
    "company-standing": {},
    "location": {"name": "Another place", "is_enrolled": "on"},
    "location-new": {"partner_id": "7654321", "name": "Kiel", "is_enrolled": "on"},
    "calendar-new": A_PLACE,
    "calendar-change": A_PLACE,
    "day-new": {"on": "2027-06-16", "kind": "holiday", "name": "Outing"},
    "day-remove": {},
    "product": {"name": "Another name"},
    "product-new": {
        "code": "MATRIX",
        "name": "Matrix",
        "area": "MWS",
        "keyed_by": "tenant",
    },
    "product-offer": {},
    "product-remove": {},
    "customer-new": {
        "name": "Fabrikam",
        "tenant_id": str(UUID(int=7)),
        "domains": "fabrikam.example",
    },
    "customer-change": {
        "name": "Another name",
        "tenant_id": str(UUID(int=8)),
        "domains": "contoso.example",
    },
    "subscription": A_SUBSCRIPTION,
    "subscription-new": A_SUBSCRIPTION | {"subscription_id": str(UUID(int=9))},
}


def changed(part: str) -> Any:
    """Return what a line gives: the body, the reason, and the seal of its page."""
    return partial(_body, part)


def _body(part: str, *, world: Any, path: str, **_about: Any) -> Mapping[str, Any]:
    return {"why": "Decided.", "seen": _seen(world, path), **BODIES[part]}


def _seen(world: Any, path: str) -> str:
    """Return the seal that the page shows to whoever may change something there."""
    if path not in world.seals:
        admin = next(each for each in world.actors if each.role == PROGRAMME)
        page = admin.client.get(path).content.decode()
        found = SEEN.search(page)
        world.seals[path] = found[1] if found else ""
    return str(world.seals[path])
