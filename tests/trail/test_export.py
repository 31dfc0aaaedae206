"""The file of the audit trail: the rows of the page, one after the other."""

import csv
from datetime import UTC

import pytest

from accounts.models import Deed, StaffRole, TrailEntry
from tests import factories
from tests.claims.pages import browser
from tests.trail.rows import PAGE, read_file

pytestmark = pytest.mark.django_db


def lines(response):
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_the_file_holds_what_the_page_shows_and_is_itself_recorded(admin, auditor):
    read_file(admin, admin.partner, name="=1+1.pdf")
    client = browser(auditor)

    rows = lines(client.get(f"{PAGE}export.csv", {"deed": "document_read"}))
    head = client.head(f"{PAGE}export.csv")

    row = TrailEntry.objects.get(deed=Deed.DOCUMENT_READ)
    assert [(each["company"], each["person"], each["hash"]) for each in rows] == [
        (admin.partner.name, admin.email, row.hash)
    ]
    assert rows[0]["at"] == f"{row.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    taken = TrailEntry.objects.get(deed=Deed.EXPORT)
    assert (taken.actor, taken.about) == (auditor, "trail.csv")
    assert taken.details == {"list": "deed=document_read"}
    assert head.status_code == 200


def test_a_companys_file_names_neither_the_programmes_people_nor_networks(admin):
    lead = factories.staff(StaffRole.LEAD)
    rival = factories.person(factories.partner())
    read_file(lead, admin.partner)
    read_file(admin, admin.partner)
    read_file(rival, rival.partner)

    rows = lines(browser(admin).get(f"{PAGE}export.csv"))

    exported, *others = rows
    assert exported["deed"] == "export"
    assert [(each["person"], each["role"]) for each in others] == [
        (admin.email, "global_admin"),
        ("", "lead"),
    ]
    assert set(rows[0]) == {
        *("at", "deed", "what", "person", "role", "about", "details"),
    }


def test_the_file_is_sent_row_by_row(admin, auditor):
    for number in range(3):
        read_file(admin, admin.partner, name=f"{number}.pdf")

    answer = browser(auditor).get(f"{PAGE}export.csv")

    assert answer.streaming
    assert len(list(answer.streaming_content)) == len(TrailEntry.objects.all()) + 1


def test_all_of_it_leaves_only_after_a_fresh_proof(auditor, admin, settings):
    read_file(admin, admin.partner)
    theirs, ours = browser(auditor), browser(admin)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0

    asked = theirs.get(f"{PAGE}export.csv")

    assert asked.status_code == 302
    assert "reauthenticate" in asked.headers["Location"]
    assert not TrailEntry.objects.filter(deed=Deed.EXPORT).exists()
    assert ours.get(f"{PAGE}export.csv").status_code == 200
