"""Lists of claims as CSV, row by row, so that no list is too long (DOMAIN.md §10).

Column names and codes never change and are not translated: programs read them. Times
are ISO 8601 in UTC. The file is UTF-8 with a byte order mark, without which Excel
would take umlauts apart.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import (
    Count,
    Max,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, TruncDate

from accounts import trail
from accounts.models import User
from accounts.scopes import entered, standing_of
from claims.machine import Stage
from claims.models import Claim, Event, Evidence, Line, Purpose
from claims.parts import Standing
from claims.queries import is_beyond_dispute, is_overdue
from claims.reasons import Reason
from claims.workflow import Role

BYTE_ORDER_MARK = "\ufeff"
CHUNK = 500
# A cell that begins like this would be run as a formula by a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
RESULTS = {"overturn": "overturned", "uphold": "upheld"}
END_REASONS = (
    Reason.DISPUTE_LOST,
    Reason.DISPUTE_WINDOW_EXPIRED,
    Reason.DISASSOCIATED,
    Reason.SUPERSEDED,
)


def note_export(
    *, reader: User, what: str, details: Mapping[str, object], now: datetime
) -> None:
    """Put down in the trail of the reader's company, or the programme's, what leaves.

    :param what: the kind of file
    :param details: which rows of it
    """
    trail.record(
        deed=trail.Deed.EXPORT,
        actor=reader,
        partner_id=reader.partner_id,
        about=what,
        details=details,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: a claim with all its product lines, or with one."""

    claim: Any  # a Claim with the annotations of _complete
    lines: Sequence[Line]
    reader: User
    now: datetime

    @property
    def stage(self) -> Stage:
        stage: Stage = self.claim.stage
        return stage

    @property
    def reason_codes(self) -> Sequence[str]:
        """Why the claim stands as it does; an approval leaves no reason behind."""
        stands = self.stage.standing == Standing.HELD
        return () if stands else self.claim.reason_codes

    @property
    def end_reason(self) -> str:
        ends = (code for code in self.claim.reason_codes if code in END_REASONS)
        return next(ends, "") if self.stage.is_final else ""

    @property
    def dispute_until(self) -> datetime | None:
        is_open = self.stage.action("dispute") and not is_beyond_dispute(self.claim)
        return self.claim.due_at if is_open else None

    @property
    def consent_state(self) -> str:
        """What the customer made of the last approval: silence is consent."""
        if self.claim.approved_at is None:
            return ""
        declined = self._follows_approval(self.claim.declined_at)
        return "declined" if declined else "silent"

    @property
    def association_ended_at(self) -> datetime | None:
        ended: datetime | None = self.claim.association_ended_at
        return ended if self._follows_approval(ended) else None

    @property
    def reviewer(self) -> str:
        return str(self.claim.assignee or "")

    def _follows_approval(self, at: datetime | None) -> bool:
        approved = self.claim.approved_at
        return at is not None and approved is not None and at >= approved


type Cell = Callable[[Row], Any]


def _field(name: str) -> tuple[str, Cell]:
    return name, lambda row: getattr(row.claim, name)


def _of_lines(value: Callable[[Line], Any], *, between: str = " ") -> Cell:
    return lambda row: between.join(str(v) for line in row.lines if (v := value(line)))


COLUMNS: Sequence[tuple[str, Cell]] = (
    ("claim_no", lambda row: row.claim.number),
    _field("name"),
    ("status", lambda row: row.claim.state),
    ("status_since", lambda row: row.claim.state_since),
    _field("due_at"),
    ("overdue", lambda row: row.claim.is_late),
    _field("round"),
    ("solution_area", lambda row: row.claim.area),
    ("partner_role", lambda row: row.claim.engagement),
    ("partner_company", lambda row: row.claim.partner.name),
    (
        "partner_id",
        lambda row: row.claim.location.partner_id if row.claim.location else "",
    ),
    _field("customer_name"),
    _field("tenant_id"),
    _field("domain"),
    ("product_code", _of_lines(lambda line: line.product.code)),
    ("product_name", _of_lines(lambda line: line.product.name, between="; ")),
    ("subscription_id", _of_lines(lambda line: line.subscription_id)),
    _field("customer_contact_name"),
    _field("customer_contact_title"),
    _field("customer_contact_email"),
    _field("partner_contact_name"),
    _field("partner_contact_email"),
    _field("created_at"),
    _field("first_submitted_at"),
    _field("last_submitted_at"),
    _field("review_started_at"),
    _field("decided_at"),
    ("reason_codes", lambda row: " ".join(row.reason_codes)),
    ("dispute_until", lambda row: row.dispute_until),
    _field("disputed_at"),
    ("dispute_result", lambda row: RESULTS.get(row.claim.dispute_step or "", "")),
    _field("approved_at"),
    ("consent_state", lambda row: row.consent_state),
    ("association_ended_at", lambda row: row.association_ended_at),
    ("end_reason", lambda row: row.end_reason),
    ("reviewer", lambda row: row.reviewer),
    ("poe_count", lambda row: row.claim.poe_count or 0),
    _field("latest_poe_date"),
)
HEADER = [name for name, _cell in COLUMNS]


class _Line:
    """What csv.writer writes to: it hands each line straight on."""

    def write(self, line: str) -> str:
        return line


def csv_lines(
    claims: QuerySet[Claim], *, reader: User, now: datetime, per_line: bool = False
) -> Iterator[str]:
    """Yield a CSV file of claims, in their order, a line at a time.

    :param claims: what the reader may see and wants, sorted
    :param per_line: one row for each product line instead of one for each claim
    """
    yield from as_file(HEADER, _cells(claims, reader, now, per_line=per_line))


def as_file(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Yield a CSV file a line at a time; nothing in a cell acts as a formula."""
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + writer.writerow(header)
    for cells in rows:
        yield writer.writerow([as_cell(each) for each in cells])


def _cells(
    claims: QuerySet[Claim], reader: User, now: datetime, *, per_line: bool
) -> Iterator[Iterable[Any]]:
    # A transaction and a scope of its own: the request's have ended when the file is
    # sent, and a server-side cursor lives in one.
    with entered(standing_of(reader)):
        for claim in _complete(claims, now).iterator(chunk_size=CHUNK):
            for lines in _rows(claim, per_line=per_line):
                row = Row(claim, lines, reader, now)
                yield [cell(row) for _name, cell in COLUMNS]


def as_cell(value: Any) -> str:
    """Return a value as it stands in the file; nothing in it acts as a formula."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        case date():
            return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _rows(claim: Claim, *, per_line: bool) -> Iterator[Sequence[Line]]:
    lines = list(claim.lines.all())
    if per_line and lines:
        yield from ([line] for line in lines)
    else:
        yield lines


def _complete(claims: QuerySet[Claim], now: datetime) -> QuerySet[Claim]:
    """Fetch along all that the columns show."""
    events = Event.objects.filter(claim=OuterRef("pk")).order_by("-version")
    files = (
        Evidence.objects.filter(claim=OuterRef("pk"), replaced_by__isnull=True)
        .exclude(purpose=Purpose.COMMENT)
        .order_by()
        .values("claim")
    )
    dated = Max(Coalesce("document_on", TruncDate("uploaded_at", tzinfo=UTC)))
    return (
        claims.select_related("partner", "location", "assignee")
        .prefetch_related(Prefetch("lines", Line.objects.select_related("product")))
        .defer("search", "search_words")
        .annotate(
            is_late=Coalesce(is_overdue(now), Value(value=False)),
            dispute_step=Subquery(events.filter(step__in=RESULTS).values("step")[:1]),
            declined_at=Subquery(
                events.filter(actor_role=Role.CUSTOMER).values("at")[:1]
            ),
            poe_count=Subquery(files.annotate(count=Count("pk")).values("count")),
            latest_poe_date=Subquery(files.annotate(latest=dated).values("latest")),
        )
    )
