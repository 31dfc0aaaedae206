"""The list of customer claims: who finds what, in which order, page by page."""

import base64
import json
from datetime import timedelta

import pytest

from accounts.models import StaffRole, Title
from tests import factories
from tests.claims.lists.shown import NUMBER, export_count, numbers
from tests.claims.pages import browser as signed_in
from tests.factories import NOW

pytestmark = pytest.mark.django_db

SECRETS = ("Geheimrat Logistik", "geheimrat.example", "Spionage GmbH")


# --- Who sees what -----------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?q=Geheimrat",
        "?q=geheimrat.example",
        "?q=Spionage",
        "?status=in_review",
        "?waiting=reviewer",
        "?sort=customer",
        "?overdue=false",
    ],
)
def test_a_rival_s_claim_is_nowhere_in_the_list(admin, rival_claim, query):
    own = factories.claim("in_review", by=admin)
    page = signed_in(admin).get(f"/claims/{query}")
    assert rival_claim.number not in page.text
    shown = page.text.replace(query.removeprefix("?q="), "")
    assert not [secret for secret in SECRETS if secret in shown]
    assert own.number not in page.text if "q=" in query else own.number in page.text
    # The one who filed it finds it by the same words.
    assert rival_claim.number in numbers(signed_in(rival_claim.created_by), query)


def test_counts_are_of_one_s_own_claims_only(admin, rival_claim):
    factories.claim("in_review", by=admin)
    page = signed_in(admin).get("/claims/")
    assert export_count(page) == 1
    assert "1 claim\n" in page.text or "1 claim<" in page.text
    assert page.context["pills"][2].count == 1


def test_staff_see_all_claims_but_no_drafts(admin, rival_claim):
    own = factories.claim("submitted", by=admin)
    draft = factories.claim("draft", by=admin)
    listed = numbers(signed_in(factories.staff(StaffRole.AUDITOR)))
    assert set(listed) == {rival_claim.number, own.number}
    assert draft.number not in listed


def test_strangers_are_asked_to_log_in(client):
    assert client.get("/claims/").status_code == 302


# --- Search ------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "{number}",
        "{tail}",
        "{bare}",
        "Postfächer",
        "postfäch",
        "Ährengold",
        "ähren KG",
        "brauerei.example",
        "brauerei",
        "{tenant}",
        "Teams",
        "teams-mt",
        "{location}",
        "  ähren   exchange ",
        "Postfa\u0308cher",
    ],
)
def test_search_finds_by_every_word_of_a_claim(admin, words):
    claim = factories.claim(
        "submitted",
        by=admin,
        name="Postfächer",
        customer_name="Brauerei Ährengold KG",
        domain="brauerei.example",
        products=("EXO", "TEAMS-MTG"),
    )
    other = factories.claim("submitted", by=admin, name="Nichts dergleichen")
    text = words.format(
        number=claim.number.lower(),
        tail=claim.number.rsplit("-", 1)[1],
        bare=claim.number.removeprefix("CPOR-"),
        tenant=claim.tenant_id,
        location=claim.location.partner_id,
    )
    found = numbers(signed_in(admin), f"?q={text}")
    assert claim.number in found
    # The partner ID is of both claims of the company.
    assert (other.number in found) == ("location" in words)


@pytest.mark.parametrize(
    "text", ["'", "\\", "a:*|!(&", "it's", "-", "<->", "x' OR '1'='1", "\N{SNOWMAN}"]
)
def test_signs_of_the_query_language_are_only_text(admin, text):
    factories.claim("submitted", by=admin)
    assert signed_in(admin).get("/claims/", {"q": text}).status_code == 200


# --- Filters -----------------------------------------------------------------


def test_filters_narrow_the_list_together(admin):
    exchange = factories.claim("submitted", by=admin, products=("EXO",))
    teams = factories.claim("submitted", by=admin, products=("TEAMS",))
    draft = factories.claim("draft", by=admin, products=("EXO",))
    client = signed_in(admin)
    assert numbers(client, "?product=EXO&status=submitted") == [exchange.number]
    both = numbers(client, "?status=submitted&status=draft&product=EXO")
    assert set(both) == {exchange.number, draft.number}
    assert numbers(client, "?product=TEAMS") == [teams.number]
    assert numbers(client, "?area=BIZ") == []
    assert len(numbers(client, "?role=MWS-USE&area=MWS")) == 3


def test_due_dates_narrow_the_list(admin, time_machine):
    late = factories.claim("submitted", by=admin)
    now = late.due_at + timedelta(days=1)
    time_machine.move_to(now, tick=False)
    soon = factories.claim("submitted", by=admin, now=now)
    draft = factories.claim("draft", by=admin, now=now)
    client = signed_in(admin)
    assert numbers(client, "?overdue=true") == [late.number]
    assert set(numbers(client, "?overdue=false")) == {soon.number, draft.number}
    assert numbers(client, "?due_within=30") == [soon.number]
    assert numbers(client, "?due_within=0") == []


def test_date_ranges_include_both_days(admin):
    claim = factories.claim("rejected", by=admin)
    client = signed_in(admin)
    day = f"{NOW:%Y-%m-%d}"
    for field in ("created", "submitted", "decided"):
        whole = f"?{field}_from={day}&{field}_until={day}"
        assert numbers(client, whole) == [claim.number]
        assert numbers(client, f"?{field}_until=2026-11-22") == []
        assert numbers(client, f"?{field}_from=2026-11-24") == []


def test_what_cannot_be_disputed_any_more_waits_for_nobody(admin):
    open_to_dispute = factories.claim("rejected", by=admin)
    withdrawn = factories.claim("submitted", by=admin, products=("SPO",))
    factories.take(withdrawn, "withdraw")
    waiting = numbers(signed_in(admin), "?waiting=partner")
    assert waiting == [open_to_dispute.number]


def test_reviewers_are_a_filter_of_staff_alone(admin):
    taken = factories.claim("in_review", by=admin)
    free = factories.claim("submitted", by=admin, products=("SPO",))
    reviewer = taken.assignee.pk
    staff = signed_in(factories.staff(StaffRole.LEAD))
    assert numbers(staff, f"?reviewer={reviewer}") == [taken.number]
    assert numbers(staff, "?reviewer=none") == [free.number]
    page = signed_in(admin).get(f"/claims/?reviewer={reviewer}")
    assert len(NUMBER.findall(page.text)) == 2
    assert taken.assignee.name not in page.text


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        f"q={'x' * 5000}",
        "status=nowhere",
        "status=%00",
        "product=%00",
        "product=' OR 1=1 --",
        "due_within=99999999999999999999",
        "due_within=-1",
        "due_within=NaN",
        "created_from=yesterday",
        "decided_until=9999-99-99",
        "area=%ED%A0%80",
    ],
)
def test_a_value_that_makes_no_sense_is_left_out_and_named(admin, query):
    claim = factories.claim("submitted", by=admin)
    page = signed_in(admin).get(f"/claims/?{query}")
    assert page.status_code == 200
    assert NUMBER.findall(page.text) == [claim.number]
    assert "Left out, since the value cannot be used here" in page.text


@pytest.mark.parametrize("reviewer", ["%00", "9" * 40, "somebody", "-1"])
def test_a_reviewer_who_is_none_is_left_out_and_named(admin, reviewer):
    claim = factories.claim("submitted", by=admin)
    staff = signed_in(factories.staff(StaffRole.LEAD))
    page = staff.get(f"/claims/?reviewer={reviewer}")
    assert NUMBER.findall(page.text) == [claim.number]
    assert "Reviewer." in page.text


@pytest.mark.parametrize(
    "query",
    [
        "sort=password",
        "sort=partner__people__password",
        "sort=--number",
        "nothing=1",
        "created_from=0001-01-01",
        "created_until=9999-12-31",
        "page=n",
        "page=nbm9uc2Vuc2U",
        "page=x%00",
        f"page=n{'A' * 5000}",
    ],
)
def test_what_is_unknown_in_the_address_changes_nothing(admin, query):
    claim = factories.claim("submitted", by=admin)
    assert numbers(signed_in(admin), f"?{query}") == [claim.number]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("nothing=1", "“nothing”."),
        ("sort=partner__people__password", "“partner__people__password”."),
        ("partner__name=x&assignee=1", "“assignee”, “partner__name”."),
        (f"{'x' * 500}=1", f"“{'x' * 40}”."),
    ],
)
def test_what_is_unknown_in_the_address_is_named(admin, query, named):
    page = signed_in(admin).get(f"/claims/?{query}")
    assert f"no such filter or order: {named}" in page.text
    assert "no such filter" not in signed_in(admin).get("/claims/?sort=&page=").text


@pytest.mark.parametrize(
    "place",
    [
        ["-updated", "no date", 1],
        ["-updated", "2026-11-23T09:00:00", 1],
        ["-updated", "2026-11-23T09:00:00+00:00", 2**64],
        ["-updated", "2026-11-23T09:00:00+00:00", "1"],
        ["number", "a", 1],
        ["-updated", None, 1],
        ["-updated"],
        {"-updated": 1},
        7,
    ],
)
def test_a_broken_cursor_leads_to_the_first_page(admin, place):
    claim = factories.claim("submitted", by=admin)
    cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    assert numbers(signed_in(admin), f"?page=n{cursor}") == [claim.number]


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800"])
def test_a_cursor_with_text_that_is_none_leads_to_the_first_page(admin, text):
    claim = factories.claim("submitted", by=admin)
    place = f'["number","{text}",1]'.encode()
    cursor = base64.urlsafe_b64encode(place).decode()
    assert numbers(signed_in(admin), f"?sort=number&page=n{cursor}") == [claim.number]


# --- Counts, costs and words -------------------------------------------------


def test_headers_say_how_the_list_is_sorted(admin):
    factories.claim("submitted", by=admin)
    client = signed_in(admin)
    for field in ("number", "name", "customer", "role", "status", "due", "updated"):
        rising = client.get(f"/claims/?sort={field}").text
        assert rising.count('aria-sort="ascending"') == 1
        assert f"?sort=-{field}" in rising or field == "updated"
        assert client.get(f"/claims/?sort=-{field}").text.count("descending") == 1


def test_more_than_anybody_reads_is_not_counted(admin, settings):
    settings.LIST_EXACT_COUNT = 2
    client = signed_in(admin)
    for _ in range(2):
        factories.draft(by=admin, products=(), files=0)
    assert "Export 2 claims" in client.get("/claims/").text
    factories.draft(by=admin, products=(), files=0)
    page = client.get("/claims/").text
    assert "Export more than 2 claims" in page
    assert "more than 2 claims" in page
    assert "Export more than 2" in client.get("/claims/?status=draft").text
    assert "Export" not in client.get("/claims/?status=approved").text


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_list_costs_the_same_for_any_number_of_claims(
    admin, count, django_assert_num_queries
):
    products = ("EXO", "SPO", "TEAMS")
    for _ in range(count):
        factories.claim("submitted", by=admin, products=products[: count % 4 or 1])
    client = signed_in(admin)
    client.get("/claims/")
    with django_assert_num_queries(17):
        client.get("/claims/")
    staff = signed_in(factories.staff())
    with django_assert_num_queries(17):
        staff.get("/claims/")


def test_a_company_without_claims_is_taught_how_to_begin(admin):
    page = signed_in(admin).get("/claims/").text
    assert "No claims yet" in page
    assert 'href="/claims/new/"' in page
    assert "Export" not in page


def test_nothing_found_offers_a_way_back(admin):
    factories.claim("submitted", by=admin)
    page = signed_in(admin).get("/claims/?q=nowhere&sort=name").text
    assert "No claim matches" in page
    assert 'href="?sort=name"' in page


def test_htmx_gets_the_list_alone_with_the_address_to_show(admin):
    claim = factories.claim("submitted", by=admin)
    page = signed_in(admin).get(
        "/claims/?q=contoso&status=&sort=due", headers={"HX-Request": "true"}
    )
    assert "<html" not in page.text
    assert NUMBER.findall(page.text) == [claim.number]
    assert page.headers["HX-Replace-Url"] == "/claims/?q=contoso&sort=due"
    assert 'hx-swap-oob="true"' in page.text


def test_a_page_restored_from_history_is_whole(admin):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in signed_in(admin).get("/claims/", headers=headers).text


def test_each_row_says_whose_move_it_is(company):
    user = factories.person(company, Title.PARTNER_USER)
    admin = factories.person(company)
    rejected = factories.claim("rejected", by=user)
    for person, words in ((user, "An admin of your company"), (admin, "You")):
        [row] = signed_in(person).get("/claims/").context["rows"]
        assert (row.claim, row.waits_on) == (rejected, words)
        assert row.is_mine == (person == admin)
