"""The export: exactly what is listed, safe to open, one row per claim or line."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Deed, StaffRole, TrailEntry
from claims.access import CUSTOMER
from claims.exports import HEADER, as_cell
from tests import factories
from tests.claims.lists.shown import numbers
from tests.claims.pages import browser, words
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return factories.person(factories.partner("Nordwind"))


def export(person, query=""):
    """Return the rows of the file as dictionaries."""
    response = browser(person).get(f"/claims/export.csv{query}")
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_file_is_a_download_that_spreadsheets_read_as_utf_8(admin):
    factories.claim("submitted", by=admin, customer_name="Müller & Söhne ß")
    response = browser(admin).get("/claims/export.csv")
    content = b"".join(response.streaming_content)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    assert content.startswith(b"\xef\xbb\xbfclaim_no,name,status,")
    assert "Müller & Söhne ß".encode() in content


def test_header_names_are_those_that_programs_rely_on():
    assert HEADER == [
        "claim_no",
        "name",
        "status",
        "status_since",
        "due_at",
        "overdue",
        "round",
        "solution_area",
        "partner_role",
        "partner_company",
        "partner_id",
        "customer_name",
        "tenant_id",
        "domain",
        "product_code",
        "product_name",
        "subscription_id",
        "customer_contact_name",
        "customer_contact_title",
        "customer_contact_email",
        "partner_contact_name",
        "partner_contact_email",
        "created_at",
        "first_submitted_at",
        "last_submitted_at",
        "review_started_at",
        "decided_at",
        "reason_codes",
        "dispute_until",
        "disputed_at",
        "dispute_result",
        "approved_at",
        "consent_state",
        "association_ended_at",
        "end_reason",
        "reviewer",
        "poe_count",
        "latest_poe_date",
    ]


@pytest.mark.parametrize(
    "query",
    ["", "?sort=name", "?sort=-customer", "?status=draft", "?q=alpha", "?sort=-due"],
)
def test_the_export_equals_the_list(admin, query):
    for name in ("Alpha", "beta", "Ärzte alpha"):
        factories.claim("submitted", by=admin, name=name, customer_name=name)
        factories.draft(by=admin, name=name, customer_name=name, products=(), files=0)
    listed = numbers(browser(admin), query)
    assert listed
    assert [row["claim_no"] for row in export(admin, query)] == listed


def test_the_export_goes_on_where_the_page_ends(admin):
    for _ in range(27):
        factories.draft(by=admin, products=(), files=0)
    assert len(numbers(browser(admin))) == 25
    assert len({row["claim_no"] for row in export(admin)}) == 27


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?status=subm1tted", "the value cannot be used here: Status."),
        ("?stauts=submitted", "no such filter or order: “stauts”."),
        ("?sort=password", "no such filter or order: “password”."),
    ],
)
def test_what_cannot_be_understood_exports_nothing(admin, query, sentence):
    factories.claim("submitted", by=admin)
    answer = browser(admin).get(f"/claims/export.csv{query}")
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "Content-Disposition" not in answer.headers
    assert not TrailEntry.objects.filter(deed=Deed.EXPORT).exists()


def test_another_company_s_claim_is_in_nobody_else_s_file(admin):
    rival = factories.person(factories.partner("Spionage GmbH"))
    claim = factories.claim("in_review", by=rival, name="Geheim")
    own = factories.claim("in_review", by=admin)
    for query in ("", "?q=geheim", "?status=in_review&q=spionage"):
        assert claim.number not in [row["claim_no"] for row in export(admin, query)]
    everything = export(factories.staff(StaffRole.AUDITOR))
    assert {row["claim_no"] for row in everything} == {claim.number, own.number}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_begins_like_a_formula(start):
    assert as_cell(f"{start}SUM(A1)") == f"'{start}SUM(A1)"
    assert as_cell(f"SUM{start}") == f"SUM{start}"


def test_a_customer_s_name_cannot_run_in_the_reviewer_s_spreadsheet(admin):
    attack = '=HYPERLINK("https://evil.example","Open")'
    factories.claim("submitted", by=admin, customer_name=attack, name="@SUM(1)")
    [row] = export(factories.staff())
    assert row["customer_name"] == f"'{attack}"
    assert row["name"] == "'@SUM(1)"


def test_values_are_told_the_same_everywhere():
    moment = datetime(2026, 11, 23, 9, 0, 0, 123, tzinfo=UTC)
    assert as_cell(moment) == "2026-11-23T09:00:00Z"
    assert as_cell(moment.date()) == "2026-11-23"
    assert as_cell(None) == ""
    assert (as_cell(True), as_cell(False)) == ("true", "false")  # noqa: FBT003
    assert as_cell(0) == "0"


def test_one_row_per_claim_names_all_products_one_row_per_line_names_each(admin):
    claim = factories.claim("submitted", by=admin, products=("EXO", "TEAMS"))
    [row] = export(admin)
    assert row["product_code"] == "EXO TEAMS"
    assert row["product_name"] == "Exchange Online; Microsoft Teams"
    rows = export(admin, "?rows=lines")
    assert [each["product_code"] for each in rows] == ["EXO", "TEAMS"]
    assert {each["claim_no"] for each in rows} == {claim.number}


def test_a_claim_without_products_still_has_a_row_per_line(admin):
    factories.draft(by=admin, products=(), files=0)
    [row] = export(admin, "?rows=lines")
    assert row["product_code"] == ""


def test_a_rejected_claim_tells_why_and_until_when_to_dispute(admin, time_machine):
    claim = factories.claim("rejected", by=admin)
    time_machine.move_to(NOW)
    [row] = export(admin)
    assert row["status"] == "rejected"
    assert row["reason_codes"] == " ".join(claim.reason_codes) != ""
    assert row["dispute_until"] == row["due_at"] == as_cell(claim.due_at) != ""
    assert row["overdue"] == "false"
    assert row["decided_at"] == as_cell(NOW)
    assert (row["poe_count"], row["latest_poe_date"]) == ("1", "2026-11-23")
    assert (row["consent_state"], row["end_reason"]) == ("", "")


def test_a_lost_dispute_tells_its_result_and_its_end(admin):
    factories.claim("rejected_final", by=admin)
    [row] = export(admin)
    assert row["dispute_result"] == "upheld"
    assert row["end_reason"] == "dispute_lost"
    assert row["dispute_until"] == ""


def test_silence_is_consent_until_the_customer_declines(admin):
    claim = factories.claim("approved", by=admin)
    [approved] = export(admin)
    assert approved["consent_state"] == "silent"
    assert (approved["reason_codes"], approved["association_ended_at"]) == ("", "")
    factories.take(claim, "decline", by=CUSTOMER, now=NOW + timedelta(days=1))
    [declined] = export(admin)
    assert declined["consent_state"] == "declined"
    assert declined["reason_codes"] == "customer_declined"
    assert declined["association_ended_at"] == "2026-11-24T09:00:00Z"


def test_the_reviewer_stands_in_the_file_as_on_the_page(admin):
    claim = factories.claim("in_review", by=admin)

    [row] = export(admin)

    assert row["reviewer"] == claim.assignee.name


def test_the_file_costs_a_fixed_number_of_queries(admin, django_assert_num_queries):
    client = browser(admin)
    client.get("/claims/export.csv")  # begins the company's trail
    for count in (1, 3):
        for _ in range(count):
            factories.claim("submitted", by=admin, products=("EXO", "SPO")[:count])
        with django_assert_num_queries(10):
            b"".join(client.get("/claims/export.csv").streaming_content)


def test_strangers_are_asked_to_log_in(client):
    assert client.get("/claims/export.csv").status_code == 302


def test_nothing_but_reading_is_possible_here(admin):
    assert browser(admin).post("/claims/export.csv").status_code == 405
    assert browser(admin).post("/claims/").status_code == 405
