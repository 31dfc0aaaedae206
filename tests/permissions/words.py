"""The words in which the permission table is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

# --- Roles (DOMAIN.md §9) --------------------------------------------------------

ANONYMOUS = "anonymous"
USER = "partner user"
ADMIN = "partner admin"
REVIEWER = "reviewer"
LEAD = "lead"
AUDITOR = "auditor"
PROGRAMME = "programme admin"
ROLES = (ANONYMOUS, USER, ADMIN, REVIEWER, LEAD, AUDITOR, PROGRAMME)

# --- Who may: sets of roles ------------------------------------------------------

COMPANY = frozenset({USER, ADMIN})
ADMINS = frozenset({ADMIN})
DESK = frozenset({REVIEWER, LEAD})
LEADS = frozenset({LEAD})
AUDITORS = frozenset({AUDITOR})
PROGRAMME_ADMINS = frozenset({PROGRAMME})
STAFF = frozenset({REVIEWER, LEAD, AUDITOR, PROGRAMME})
SIGNED_IN = COMPANY | STAFF
EVERYBODY = SIGNED_IN | {ANONYMOUS}

# --- One line of the table -------------------------------------------------------

type Give = Mapping[str, Any] | Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Line:
    """Who may send one method to one route, and how everybody else is answered."""

    route: str
    method: str
    may: frozenset[str]
    # What the others get who may see the object, or for whom there is none to see.
    closed: int | tuple[int, ...] = 403
    # What those get who may; left out, it follows from the method and the route.
    ok: int | tuple[int, ...] = ()
    # What those get who may but name something that is not theirs, or not there.
    missing: int = 404
    # Closed before anything is looked up: refused alike, whatever the address names.
    guarded: bool = False
    # The status of the claim that the request is about.
    on: str = ""
    # What is sent along: the same for those who may and those who may not.
    give: Give = field(default_factory=dict)
    # Parts of the address that are no object of a company, such as a step's name.
    fill: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api-")

    @property
    def statuses(self) -> set[int]:
        """Return how those are answered who may."""
        usual = 200 if self.is_api or self.method == "GET" else 302
        return as_set(self.ok or usual)

    @property
    def refusals(self) -> set[int]:
        """Return how those are answered who may not, but may know what is there."""
        return as_set(self.closed)

    def __str__(self) -> str:
        about = [self.on, *self.fill.values()]
        return " ".join([self.method, self.route, *filter(None, about)])


def as_set(statuses: int | tuple[int, ...]) -> set[int]:
    return {statuses} if isinstance(statuses, int) else set(statuses)


def both(
    route: str, may: frozenset[str], *, seen: int | tuple[int, ...] = (), **rest: Any
) -> list[Line]:
    """Return the lines of a page with a form: who may see it may also send it."""
    sent = Line(route, "POST", may, **rest)
    return [replace(sent, method="GET", ok=seen, give={}), sent]


def allauth(
    route: str, may: frozenset[str], *, put: int | tuple[int, ...] = (), **rest: Any
) -> list[Line]:
    """Return the lines of one of allauth's forms; to it, a PUT is an empty form."""
    shown, sent = both(route, may, **rest)
    return [shown, sent, replace(sent, method="PUT", ok=put or 200, give={})]


def step(
    name: str, on: str, may: frozenset[str], give: Give, **rest: Any
) -> list[Line]:
    """Return the lines of a step: its page, its button and its API call.

    Whoever may see the claim is refused with a sentence (409), others with 404.
    """
    options = {"on": on, "give": give, "closed": 409, "fill": {"step": name}, **rest}
    sent = Line("claim-step", "POST", may, **options)
    return [
        replace(sent, method="GET"),
        sent,
        replace(sent, route="api-step", ok=204 if name == "delete" else ()),
    ]
