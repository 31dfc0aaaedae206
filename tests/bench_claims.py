"""What `make bench` measures: lists, search, export, due dates and the sweep."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client

from claims import calendar
from claims.calendars import programme_calendar
from claims.models import Claim, Deadline
from claims.sweep import sweep
from cpor import owner
from tests import doors, factories

PAGES = {
    "the list, newest first": "/claims/",
    "the list by customer": "/claims/?sort=customer",
    "the list of one status": "/claims/?status=draft",
    "a search": "/claims/?q=contoso",
}
# A page of 25 rows must hardly feel how many claims other companies have.
BOUND = 2.5
OVERDUE = 60

INSERT = """
INSERT INTO claims_claim (number, partner_id, created_by_id, state, version, round,
    area, engagement, customer_name, domain, name, customer_contact_name,
    customer_contact_title, customer_contact_email, customer_language,
    partner_contact_name, partner_contact_email, solution_seller, isv_solution,
    covering_note, reason_codes, created_at, updated_at, state_since, search_words)
SELECT 'CPOR-2020-' || lpad((%(from)s + n)::text, 7, '0'), %(partner)s, %(by)s,
    'draft', 0, 1, '', '', 'Customer ' || n %% 977, '', 'Claim ' || n, '', '', '',
    'en', '', '', '', '', '', '{}', now() - n * interval '1 minute',
    now() - n * interval '1 minute', now(), 'customer ' || n %% 977 || ' claim ' || n
FROM generate_series(1, %(count)s) AS n
"""


def measure(
    few: int,
    many: int,
    companies: int,
    median_of: Callable[[Callable[[], object]], float],
    ratio: Callable[[str, float, float], Any],
) -> list[Any]:
    """Measure with few claims, then with many more, and compare."""
    call_command("migrate", verbosity=0)
    with owner.connected():
        doors.let_tests_go_round()
    people = [factories.person(factories.partner()) for _ in range(companies)]
    fill(people, few)
    before = pages(people[0], median_of)
    fill(people[1:], many)
    after = pages(people[0], median_of)
    lists = [
        ratio(f"{name}: {many:,} claims of others / {few:,}", after[name] / t, BOUND)
        for name, t in before.items()
    ]
    return [*lists, export_ratio(people[0], ratio), *clock_ratios(median_of, ratio)]


def insert_drafts(person: Any, count: int) -> None:
    """Insert drafts of a person's company, round the application but not its rules."""
    given = {"partner": person.partner_id, "by": person.pk, "count": count}
    with connection.cursor() as cursor:
        cursor.execute(INSERT, {"from": Claim.objects.count(), **given})


def fill(people: list[Any], count: int) -> None:
    """Insert drafts, shared out among the people's companies."""
    for person in people:
        insert_drafts(person, count // len(people))
    with owner.connected(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def pages(
    person: Any, median_of: Callable[[Callable[[], object]], float]
) -> dict[str, float]:
    client = Client()
    client.force_login(person)
    return {name: median_of(partial(client.get, path)) for name, path in PAGES.items()}


def export_ratio(person: Any, ratio: Callable[[str, float, float], Any]) -> Any:
    """The first line of an export must not wait for the last one."""
    client = Client()
    client.force_login(person)
    start = perf_counter()
    answer: Any = client.get("/claims/export.csv")
    lines = iter(answer.streaming_content)
    next(lines)
    first = perf_counter() - start
    for _line in lines:
        pass
    whole = perf_counter() - start
    return ratio("export: time to the first line / to the last", first / whole, 0.9)


def clock_ratios(
    median_of: Callable[[Callable[[], object]], float],
    ratio: Callable[[str, float, float], Any],
) -> list[Any]:
    days = programme_calendar(factories.NOW).as_days()
    short, long = calendar.BusinessDays(5), calendar.BusinessDays(50)
    due = [
        median_of(partial(calendar.due, factories.NOW, rule, days))
        for rule in (short, long)
    ]
    return [
        ratio("a due date in 50 business days / in 5", due[1] / due[0], 15),
        sweep_ratio(ratio),
    ]


def sweep_ratio(ratio: Callable[[str, float, float], Any]) -> Any:
    """A sweep's cost follows the work that is due, not the work that isn't."""
    for _ in range(OVERDUE):
        factories.claim("rejected")
    last = Deadline.objects.order_by("-due_at").values_list("due_at", flat=True)[0]
    start = perf_counter()
    done = sweep(now=last + timedelta(seconds=1))
    per_claim = (perf_counter() - start) / done.steps.total()
    sweep(now=last + timedelta(seconds=2))  # sends the mails that the first one wrote
    start = perf_counter()
    sweep(now=last + timedelta(seconds=3))
    idle = perf_counter() - start
    return ratio("an idle sweep / the work on one due claim", idle / per_claim, 5)
