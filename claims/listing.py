"""A list of claims as a page shows it: narrowed, counted, sorted and told in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from claims import queries
from claims.access import signed_in, visible_to
from claims.filters import ClaimFilter, end_of_day, sides_of
from claims.models import Claim, Line
from claims.paging import DEFAULT_SORT, Page, in_order, known_sort, page_of
from claims.presenters import ShownDeadline, shown_deadlines
from claims.queries import Tally, is_beyond_dispute, next_step
from claims.workflow import CLAIM, Role

SORT, PAGE = "sort", "page"
# Shown as pills and as the search field, so not among the chips below them.
OPEN_FILTERS = frozenset({"q", "status", "waiting"})
OVERDUE = "overdue"
ROWS = "rows"
DUE_WITHIN = (0, 3, 7, 14)  # days
# A claim is either overdue or due within some days: one pill takes the other's place.
INSTEAD = {OVERDUE: "due_within", "due_within": OVERDUE}
SHOWN_PRODUCTS = 2
# What the address may say besides the filters; "rows" is for the export.
KNOWN = frozenset({SORT, PAGE, ROWS})
# Of what is unknown, so much is named.
MOST_NAMED, LONGEST_NAMED = 5, 40


@dataclass(frozen=True, slots=True)
class Link:
    """A way to the same list with one filter more or less."""

    label: str
    query: str
    is_on: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class ListedClaim:
    """A row of the list."""

    claim: Claim
    waits_on: str
    is_mine: bool
    deadline: ShownDeadline | None

    @property
    def is_overdue(self) -> bool:
        return self.deadline is not None and self.deadline.is_overdue

    @property
    def lines(self) -> Sequence[Line]:
        return list(self.claim.lines.all())

    @property
    def first_lines(self) -> Sequence[Line]:
        return self.lines[:SHOWN_PRODUCTS]

    @property
    def other_lines(self) -> Sequence[Line]:
        return self.lines[SHOWN_PRODUCTS:]


class Listing:
    """What one request asks of the list of claims.

    Whatever the address says that makes no sense is left out, and named in `misread`.
    """

    def __init__(self, request: HttpRequest, now: datetime) -> None:
        self.reader, self.now = signed_in(request), now
        seen = visible_to(self.reader)
        self.filter = ClaimFilter(request.GET, seen, request=request, now=now)
        self.sort = known_sort(request.GET.get(SORT, ""))
        self.at = request.GET.get(PAGE, "")
        self.query = self._understood(request.GET)
        self._unknown = self._not_known(request.GET)

    def claims_in_order(self) -> QuerySet[Claim]:
        """Return every claim that is listed, over all pages."""
        return in_order(self.filter.narrowed(), self.sort)

    def page(self) -> Page:
        listed = queries.listed(self.filter.narrowed())
        return page_of(listed, sort=self.sort, at=self.at)

    def rows(self, claims: Sequence[Claim]) -> list[ListedClaim]:
        return listed_claims(claims, self.reader, self.now)

    def counts(self) -> tuple[Mapping[str, int] | None, Tally]:
        """Return how many pass in each state, where that is known, and in all."""
        by_state = queries.tally_by_state(self.filter.narrowed(but="status"))
        chosen = self.filter.chosen.get("status")
        if by_state is not None:
            found = sum(by_state.get(state, 0) for state in chosen or by_state)
            return by_state, Tally(found, is_exact=True)
        if chosen:
            return None, queries.tally(self.filter.narrowed())
        return None, Tally(settings.LIST_EXACT_COUNT, is_exact=False)

    def pills(self, by_state: Mapping[str, int] | None) -> list[Link]:
        """Return the states to choose from; each adds itself or goes away again."""
        chosen = self.filter.chosen.get("status", [])
        return [
            Link(
                str(stage.label),
                self._with("status", _toggled(chosen, state)),
                is_on=state in chosen,
                count=None if by_state is None else by_state.get(state, 0),
            )
            for state, stage in CLAIM.stages.items()
            if self.reader.is_partner or state != CLAIM.initial
        ]

    def waits(self) -> list[Link]:
        """Return whom the claims wait for, each with their number where it is known."""
        others = self.filter.narrowed(but="waiting")
        counts = queries.tally_by_wait(others, self.reader) or {}
        chosen = self.filter.chosen.get("waiting")
        return [
            self._pill("waiting", side, str(label), counts.get(side), chosen == side)
            for side, label in sides_of(self.reader)
        ]

    def untils(self) -> list[Link]:
        """Return until when they wait: overdue, today, within some days."""
        others = self.filter.narrowed(but=("overdue", "due_within"))
        due = {OVERDUE: queries.is_overdue(self.now)} | {
            str(days): Q(due_at__range=(self.now, end_of_day(self.now, days)))
            for days in DUE_WITHIN
        }
        counts = queries.tally_by(others, due) or {}
        is_on = self.filter.chosen.get(OVERDUE) is True
        late = self._pill(OVERDUE, "true", _("overdue"), counts.get(OVERDUE), is_on)
        return [late, *(self._due_pill(days, counts) for days in DUE_WITHIN)]

    def _due_pill(self, days: int, counts: Mapping[str, int]) -> Link:
        is_on = self.filter.chosen.get("due_within") == days
        words = ngettext("within %(days)d day", "within %(days)d days", days)
        label = words % {"days": days} if days else _("today")
        value = str(days)
        return self._pill("due_within", value, label, counts.get(value), is_on)

    def _pill(
        self,
        name: str,
        value: str,
        label: str,
        count: int | None,
        is_on: bool,  # noqa: FBT001 -- built here only
    ) -> Link:
        """Return the way to one value of a filter, or away from it where it is on."""
        query = self._with(name, [] if is_on else [value], INSTEAD.get(name, ""))
        return Link(label, query, is_on, count)

    def chips(self) -> list[Link]:
        """Return the other filters that are on, each with the way to drop it."""
        return [
            Link(f"{self._label(name)}: {self._told(name, value)}", self._with(name))
            for name, value in self.filter.chosen.items()
            if name not in OPEN_FILTERS and not self._is_pill(name, value)
        ]

    def _is_pill(self, name: str, value: Any) -> bool:
        """Return whether a pill shows it already."""
        return (name == OVERDUE and value is True) or (
            name == "due_within" and value in DUE_WITHIN
        )

    def without_filters(self) -> str:
        """Return the address of the whole list, sorted as it is."""
        kept = QueryDict(mutable=True)
        if self.sort != DEFAULT_SORT:
            kept[SORT] = self.sort
        return f"?{kept.urlencode()}"

    @property
    def state(self) -> str:
        """The filters and the order, as an address says them; no page."""
        kept = self.query.copy()
        kept.pop(PAGE, None)
        return kept.urlencode()

    @property
    def is_narrowed(self) -> bool:
        return bool(self.filter.chosen)

    @property
    def misread(self) -> str:
        """A sentence that names what was left out of the address, and why."""
        values = ", ".join(self._label(name) for name in self.filter.misread)
        unknown = ", ".join(f"“{name}”" for name in self._unknown)
        said = [
            values
            and _("Left out, since the value cannot be used here: %(filters)s.")
            % {"filters": values},
            unknown
            and _("Left out, since this list has no such filter or order: %(names)s.")
            % {"names": unknown},
        ]
        return " ".join(filter(None, said))

    def _understood(self, given: QueryDict) -> QueryDict:
        """Return what the links of the page repeat: no blanks and nothing unknown."""
        kept = QueryDict(mutable=True)
        for name in self.filter.chosen:
            kept.setlist(name, given.getlist(name))
        if self.sort != DEFAULT_SORT:
            kept[SORT] = self.sort
        if self.at:
            kept[PAGE] = self.at
        return kept

    def _not_known(self, given: QueryDict) -> list[str]:
        """Return what the address names and the list does not know, fit to be shown."""
        unknown = sorted(set(given) - set(self.filter.filters) - KNOWN)
        order = given.get(SORT, "")
        if order and order != self.sort:
            unknown.append(order)
        return [
            "".join(filter(str.isprintable, name))[:LONGEST_NAMED]
            for name in unknown[:MOST_NAMED]
        ]

    def _with(self, name: str, values: Sequence[str] = (), instead: str = "") -> str:
        changed = self.query.copy()
        for gone in (PAGE, instead):
            changed.pop(gone, None)
        changed.setlist(name, list(values))
        return f"?{changed.urlencode()}"

    def _label(self, name: str) -> str:
        return str(self.filter.form.fields[name].label)

    def _told(self, name: str, value: Any) -> str:
        if isinstance(value, Model):
            return str(value)
        if isinstance(value, date):
            return date_format(value)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        choices = dict(getattr(self.filter.form.fields[name], "choices", ()))
        return str(choices.get(value, value))


def listed_claims(
    claims: Sequence[Claim], reader: User, now: datetime
) -> list[ListedClaim]:
    """Return claims as rows for this reader; the number of queries is fixed."""
    deadlines = shown_deadlines(claims, now)
    return [
        ListedClaim(
            claim,
            waits_on=_waits_on(claim, reader),
            is_mine=is_move_of(claim, reader),
            deadline=deadlines.get(claim.pk),
        )
        for claim in claims
    ]


def is_move_of(claim: Claim, reader: User) -> bool:
    """Return whether the next move is this reader's, told without a further query."""
    if is_beyond_dispute(claim):
        return False
    if reader.is_partner:
        return next_step(claim, reader) is not None
    waits = claim.stage.waits_on == Role.REVIEWER
    if waits and claim.disputed_at is not None:
        return reader.is_reviewer and claim.rejected_by_id != reader.pk
    return waits and claim.assignee_id == reader.pk


def _waits_on(claim: Claim, reader: User) -> str:
    if is_beyond_dispute(claim):
        return ""
    match claim.stage.waits_on, reader.is_partner:
        case Role.PARTNER, True:
            mine = next_step(claim, reader) is not None
            return _("You") if mine else _("An admin of your company")
        case Role.PARTNER, False:
            return _("The partner")
        case Role.REVIEWER, False if claim.assignee and not claim.disputed_at:
            return str(claim.assignee)
        case Role.REVIEWER, _:
            return _("The reviewers")
    return ""


def _toggled(chosen: Sequence[str], state: str) -> list[str]:
    """Return the chosen states in the order of a claim's life, this one turned over."""
    return [each for each in CLAIM.stages if (each in chosen) != (each == state)]
