"""The page of the audit trail: who sees which rows, in which words."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from accounts import scopes
from accounts.models import Deed, StaffRole, Title, TrailEntry
from accounts.scopes import standing_of
from accounts.trail_list import Wanted, entries_visible_to, narrowed
from tests import doors, factories
from tests.claims.pages import browser, words
from tests.factories import NOW
from tests.trail.rows import PAGE, read_file, told, write

pytestmark = pytest.mark.django_db


# --- Who -----------------------------------------------------------------------------


def test_an_auditor_reads_of_every_company_who_did_what_from_where(admin, auditor):
    rival = factories.person(factories.partner())
    read_file(admin, admin.partner, at=NOW - timedelta(hours=2))
    read_file(rival, rival.partner, name="other.pdf", at=NOW - timedelta(hours=1))
    answer = browser(auditor).get(PAGE)

    page = words(answer)
    assert "Downloaded letter.pdf of claim CPOR-2026-000123" in page
    assert "Downloaded other.pdf of claim CPOR-2026-000123" in page
    assert admin.name in page
    assert str(admin.partner) in page


def test_a_partner_admin_reads_what_was_done_with_their_own_companys_files_only(admin):
    rival = factories.person(factories.partner())
    read_file(admin, admin.partner)
    read_file(rival, rival.partner, name="secret.pdf")
    client = browser(admin)
    write(Deed.SETTING_CHANGED, factories.staff(), admin.partner, why="internal")

    assert told(client) == ["Downloaded letter.pdf of claim CPOR-2026-000123"]
    assert "secret.pdf" not in words(client.get(PAGE))


def test_a_company_reads_the_role_of_the_programmes_people_and_no_network(admin):
    lead = factories.staff(StaffRole.LEAD)
    with_network = browser(lead)
    claim = factories.claim("in_review", by=admin)
    file = claim.evidence_all[0]
    address = reverse("evidence", args=[claim.number, file.public_id])
    with_network.get(address, REMOTE_ADDR="10.9.8.7").getvalue()

    seen_by_company = browser(admin).get(PAGE).content.decode()
    seen_by_auditor = browser(factories.staff(StaffRole.AUDITOR)).get(PAGE)

    assert "Programme: Lead reviewer" in seen_by_company
    assert lead.name not in seen_by_company.partition("<main")[2]
    assert "10.9.8.7" not in seen_by_company
    assert "10.9.8.7" in seen_by_auditor.content.decode()
    assert lead.name in seen_by_auditor.content.decode()


@pytest.mark.parametrize("role", [StaffRole.REVIEWER, StaffRole.LEAD])
def test_reviewers_and_leads_read_no_trail(role):
    client = browser(factories.staff(role))

    assert client.get(PAGE).status_code == 403
    assert client.get(f"{PAGE}export.csv").status_code == 403


def test_a_partner_user_reads_no_trail_nor_does_the_database_show_it_to_them(admin):
    user = factories.person(admin.partner, Title.PARTNER_USER)
    read_file(admin, admin.partner)

    def seen_as(person):
        with scopes.entered(standing_of(person)):
            return list(TrailEntry.objects.values_list("about", flat=True))

    assert seen_as(user) == []
    assert seen_as(admin) == ["CPOR-2026-000123"]
    assert browser(user).get(PAGE).status_code == 403


def test_the_database_shows_a_company_only_deeds_about_claims_and_files(admin):
    for deed in Deed:
        write(deed, None, admin.partner, about=deed)

    with scopes.entered(standing_of(admin)):
        shown = set(TrailEntry.objects.values_list("about", flat=True))

    assert shown == {"document_read", "erasure", "export", "file_refused", "refusal"}


# --- Narrowed, page by page ----------------------------------------------------------


@pytest.fixture
def written(admin, auditor):
    """Four rows that differ in everything a reader can narrow to."""
    other = factories.person(factories.partner())
    day = datetime(2026, 1, 12, 12, tzinfo=UTC)
    read_file(admin, admin.partner, name="one.pdf", at=day)
    read_file(other, other.partner, name="two.pdf", at=day + timedelta(days=1))
    write(
        Deed.ERASURE,
        auditor,
        admin.partner,
        about="CPOR-2026-000777",
        at=day + timedelta(days=2),
    )
    return other


@pytest.mark.parametrize(
    ("by", "kept"),
    [
        ({"deed": "document_read"}, ["two.pdf", "one.pdf"]),
        ({"person": "admin"}, ["one.pdf"]),
        ({"company": "slug"}, ["000777", "one.pdf"]),
        ({"company": "NAME"}, ["000777", "one.pdf"]),
        ({"about": "cpor-2026-000777"}, ["000777"]),
        ({"since": "2026-01-13", "until": "2026-01-13"}, ["two.pdf"]),
        ({"until": "2026-01-12"}, ["one.pdf"]),
        ({"since": "2026-01-14", "until": "2026-01-20"}, ["000777"]),
        ({"person": "nobody@nowhere.example"}, []),
        ({"company": "No such company"}, []),
    ],
)
def test_the_trail_is_narrowed_to_what_was_asked_for(written, admin, auditor, by, kept):
    said = {
        "admin": admin.email.upper(),
        "slug": admin.partner.slug,
        "NAME": admin.partner.name.upper(),
    }
    asked = {name: said.get(value, value) for name, value in by.items()}
    if "since" not in asked and "until" not in asked:
        asked["until"] = "2026-01-20"  # before anybody logs in here

    found = told(browser(auditor), **asked)

    found = [what for what in found if what != "Trail begun"]
    assert [next(k for k in kept if k in what) for what in found] == kept


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"deed": "x"}, "Choose one of those listed."),
        ({"since": "yesterday"}, "Choose a day between 2000 and 2199."),
        ({"until": "9999-12-31"}, "Choose a day between 2000 and 2199."),
        (
            {"since": "2026-02-02", "until": "2026-02-01"},
            "This day lies before the first one.",
        ),
    ],
)
def test_what_cannot_be_understood_is_said_and_kept(auditor, asked, says):
    answer = browser(auditor).get(PAGE, asked)

    assert answer.status_code == 422
    assert says in words(answer)
    for value in asked.values():
        assert f'value="{value}"' in answer.content.decode() or value == "x"
    assert browser(auditor).get(f"{PAGE}export.csv", asked).status_code == 422


def test_a_day_begins_where_the_reader_is(auditor):
    auditor.time_zone = "Pacific/Kiritimati"  # 14 hours before UTC
    auditor.save(update_fields=["time_zone"])
    read_file(None, None, name="a.pdf", at=datetime(2026, 1, 12, 9, 59, tzinfo=UTC))
    read_file(None, None, name="b.pdf", at=datetime(2026, 1, 12, 10, tzinfo=UTC))

    found = told(browser(auditor), since="2026-01-13", until="2026-01-13")

    assert found == ["Downloaded b.pdf of claim CPOR-2026-000123"]


def test_pages_follow_one_another_without_a_row_twice_or_left_out(admin):
    count = 120
    for number in range(count):  # three at a time in the same moment
        when = NOW + timedelta(seconds=number // 3)
        read_file(admin, admin.partner, name=f"f{number}.pdf", at=when)
    client = browser(admin)

    found, after = [], ""
    for _page in range(3):
        answer = client.get(PAGE, {"after": after})
        found += [row.entry.details["name"] for row in answer.context["rows"]]
        after = answer.context["page"].next

    assert found == [f"f{number}.pdf" for number in reversed(range(count))]
    assert after == ""


def test_a_name_of_no_row_or_of_a_rivals_row_leads_to_the_first_page(admin):
    read_file(admin, admin.partner)
    client = browser(admin)

    for after in ("1", "x" * 32, "0" * 32, "é", "-1"):
        assert len(told(client, after=after)) == 1


def test_addresses_of_the_page_tell_no_running_number(admin):
    for number in range(51):
        read_file(admin, admin.partner, name=f"f{number}.pdf")

    answer = browser(admin).get(PAGE)

    last = answer.context["rows"][-1].entry
    assert len(answer.context["page"].next) == 32
    assert f"after={last.pk}" not in answer.content.decode()


# --- Words ---------------------------------------------------------------------------


@pytest.mark.parametrize("deed", list(Deed))
def test_every_deed_has_words_even_without_details(auditor, deed):
    write(deed, auditor, None, about="")

    answer = browser(auditor).get(PAGE, {"deed": deed})

    assert answer.status_code == 200
    assert all(row.what for row in answer.context["rows"])
    assert answer.context["rows"] != []


def test_a_deed_of_a_later_version_is_told_by_its_code(auditor):
    write("moon_landed", auditor, None, about="")

    assert "moon_landed" in told(browser(auditor))


def test_the_page_tells_the_time_with_weekday_and_place(admin):
    read_file(admin, admin.partner, at=datetime(2026, 1, 12, 12, tzinfo=UTC))

    page = words(browser(admin).get(PAGE))

    assert "Mon 12 Jan 2026, 13:00 Berlin" in page


def test_the_page_speaks_german(admin):
    admin.language = "de"
    admin.save(update_fields=["language"])
    read_file(admin, admin.partner)

    assert told(browser(admin)) == [
        "letter.pdf des Antrags CPOR-2026-000123 heruntergeladen"
    ]


def test_an_empty_trail_says_what_will_stand_here(admin):
    page = words(browser(admin).get(PAGE))

    assert "Nothing has been recorded yet" in page


# --- Speed ---------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_of_any_length_takes_the_same_queries(
    admin, auditor, count, django_assert_num_queries
):
    for number in range(count):
        other = factories.person(factories.partner())
        read_file(other, other.partner, name=f"{number}.pdf")
        read_file(factories.staff(), admin.partner)
    ours, theirs = browser(admin), browser(auditor)
    ours.get(PAGE)
    theirs.get(PAGE)

    with django_assert_num_queries(OURS):
        ours.get(PAGE)
    with django_assert_num_queries(EVERYTHING):
        theirs.get(PAGE)


OURS, EVERYTHING = 7, 9


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(), "trail_by_time"),
        (Wanted(deed=Deed.EXPORT), "trail_of_deed"),
        (Wanted(person="admin"), "trail_of_person"),
        (Wanted(company="acme"), "trail_of_company"),
        (Wanted(about="CPOR-2026-000123"), "trail_of_thing"),
    ],
)
def test_each_way_to_narrow_has_an_index(admin, auditor, wanted, index):
    if wanted.person:
        wanted = Wanted(person=admin.email)
    if wanted.company:
        wanted = Wanted(company=admin.partner.slug)
    fill(factories.person(factories.partner()))

    assert index in plan(auditor, narrowed(entries_visible_to(auditor), wanted))


def test_a_company_reads_its_own_rows_by_an_index(admin):
    fill(factories.person(factories.partner()))

    assert "trail_of_company" in plan(admin, entries_visible_to(admin))


def fill(other):
    """Let somebody else have done so much that a page of it is not all there is."""
    TrailEntry.objects.bulk_create(
        TrailEntry(
            partner=other.partner,
            actor=other,
            deed=Deed.DOCUMENT_READ,
            number=number,
            about=f"file {number}",
            at=NOW + timedelta(seconds=number),
        )
        for number in range(1, 3000)
    )


def plan(reader, rows):
    """Return how the rows are found if an index can be used at all."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with doors.as_owner():
            cursor.execute("ANALYZE accounts_trailentry")
    with scopes.entered(standing_of(reader)), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        return rows.order_by("-at", "-pk")[:51].explain()
