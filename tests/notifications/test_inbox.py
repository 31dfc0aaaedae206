"""The inbox: one's own messages, unread first; looking at it changes nothing."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import StaffRole
from accounts.opaque import opaque
from notifications.actions import choose, mark_all_read
from notifications.models import Message, Preference
from notifications.queries import (
    PAGE,
    grouped,
    inbox_of,
    preferences_of,
    unread,
    unread_count,
)
from notifications.topics import BY_MAIL_ONLY, Topic
from tests.notifications.conftest import NUMBER, logged_in, staff, tell

pytestmark = pytest.mark.django_db
OTHER = "CPOR-2026-000124"


def read(message):
    message.read_at = timezone.now()
    message.save()


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_unread_messages_stand_first_gathered_by_claim(reader):
    old = tell(reader, "submitted")
    read(old)
    first = tell(reader, "review_started")
    tell(reader, "submitted", group=OTHER)
    last = tell(reader, "approved")

    groups = grouped(unread(reader))
    page = words(logged_in(reader).get("/inbox/"))

    assert [group.name for group in groups] == [NUMBER, OTHER]
    assert [line.message for line in groups[0].lines] == [last, first]
    assert page.index("is approved") < page.index("We have received your claim")
    assert "You don't need to do anything" in page.replace("&#x27;", "'")


def test_the_inbox_never_shows_anothers_messages(reader, rival):
    tell(reader, context={"customer_name": "Geheim AG"})

    own, foreign = logged_in(reader), logged_in(rival)

    assert "Geheim AG" in words(own.get("/inbox/"))
    assert "Geheim AG" not in words(foreign.get("/inbox/"))
    assert (unread_count(reader), unread_count(rival)) == (1, 0)


@pytest.mark.parametrize("act", ["read", "open"])
def test_anothers_message_is_a_missing_one(reader, rival, act):
    message = tell(reader)

    foreign = logged_in(rival).post(f"/inbox/{opaque('message', message.pk)}/{act}/")
    missing = logged_in(rival).post(
        f"/inbox/{opaque('message', message.pk + 1000)}/{act}/"
    )

    assert foreign.status_code == missing.status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


@pytest.mark.parametrize(
    "path", ["/inbox/", "/inbox/{}/read/", "/inbox/read/", "/inbox/preferences/"]
)
def test_nobody_reads_without_logging_in(path):
    path = path.format(opaque("message", 1))
    answers = (Client().get(path), Client().post(path))

    assert {answer.status_code for answer in answers} <= {302, 404, 405}
    assert all("/log" in a.headers["Location"] for a in answers if a.status_code == 302)


def test_looking_changes_nothing(reader):
    message = tell(reader)
    client = logged_in(reader)

    assert client.get("/inbox/").status_code == 200
    assert client.head("/inbox/").status_code == 200
    for act in ("read", "open"):
        assert (
            client.get(f"/inbox/{opaque('message', message.pk)}/{act}/").status_code
            == 404
        )
    assert client.get("/inbox/read/").status_code == 405
    assert unread_count(reader) == 1


def test_opening_a_message_marks_it_and_goes_to_the_claim(reader):
    message = tell(reader)

    answer = logged_in(reader).post(f"/inbox/{opaque('message', message.pk)}/open/")

    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/claims/{NUMBER}/",
    )
    assert unread_count(reader) == 0


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", ""])
def test_opening_never_leaves_the_house(reader, url):
    message = tell(reader, url=url)

    answer = logged_in(reader).post(f"/inbox/{opaque('message', message.pk)}/open/")

    assert answer.headers["Location"] == "/inbox/"


def test_marking_a_message_twice_keeps_the_first_time(reader):
    message = tell(reader)
    client = logged_in(reader)

    client.post(f"/inbox/{opaque('message', message.pk)}/read/")
    first = Message.objects.get().read_at
    client.post(f"/inbox/{opaque('message', message.pk)}/read/")

    assert first is not None
    assert Message.objects.get().read_at == first


def test_marking_all_spares_what_came_after_the_page(reader, rival):
    seen, foreign, later = tell(reader), tell(rival), tell(reader)

    logged_in(reader).post("/inbox/read/", {"newest": opaque("message", seen.pk)})

    assert list(unread(reader)) == [later]
    assert list(unread(rival)) == [foreign]


@pytest.mark.parametrize("newest", ["", "x", "-1", "²", "9" * 30])
def test_marking_all_of_nothing_marks_nothing(reader, newest):
    tell(reader)

    answer = logged_in(reader).post("/inbox/read/", {"newest": newest})

    assert answer.status_code == 302
    assert unread_count(reader) == 1


def test_what_has_been_read_comes_page_by_page(reader):
    for _ in range(PAGE + 1):
        tell(reader)
    newest = inbox_of(reader)[0].pk
    mark_all_read(user=reader, newest=newest, now=timezone.now())
    client = logged_in(reader)

    first = client.get("/inbox/")
    second = client.get(f"/inbox/?before={first.context['older']}")

    def count(page):
        return sum(len(group.lines) for group in page.context["read"])

    assert (count(first), count(second)) == (PAGE, 1)
    assert second.context["older"] is None
    assert client.get("/inbox/?before=no-number").status_code == 200


def test_the_page_costs_the_same_with_one_message_and_with_three(reader):
    client = logged_in(reader)
    counts = []
    for additional in (1, 2):
        for number in range(additional):
            tell(reader, key=f"{additional}:{number}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/inbox/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_mails_about_accounts_stay_out_of_the_inbox(reader):
    for topic in BY_MAIL_ONLY:
        tell(reader, topic)

    assert list(inbox_of(reader)) == []


def test_a_message_of_a_past_release_does_not_break_the_page(reader):
    tell(reader)
    Message.objects.update(topic="of_the_past")

    assert logged_in(reader).get("/inbox/").status_code == 200
    assert unread_count(reader) == 0


@pytest.mark.parametrize("role", StaffRole)
def test_every_role_has_an_inbox(role):
    person = staff(role)
    for topic in Topic:
        tell(person, topic)

    assert logged_in(person).get("/inbox/").status_code == 200


def test_the_inbox_speaks_the_reader_s_language(reader):
    reader.language = "de"
    reader.save()
    tell(reader, "action_required", context={"due_at": "2027-01-12T22:59:59Z"})

    assert "Di., 12. Jan. 2027" in words(logged_in(reader).get("/inbox/"))


# --- Preferences ----------------------------------------------------------------------


def test_a_choice_is_kept(reader):
    client = logged_in(reader)

    answer = client.post("/inbox/preferences/", {"progress": "on", "talk": "on"})

    assert answer.status_code == 302
    assert preferences_of(reader) == {
        "progress": True,
        "decisions": False,
        "talk": True,
    }
    page = client.get("/inbox/preferences/").content.decode()
    assert re.search(r'name="talk"[^>]*checked', page)
    assert not re.search(r'name="decisions"[^>]*checked', page)


def test_a_choice_can_be_taken_back(reader):
    choose(user=reader, by_mail={"talk": False})
    choose(user=reader, by_mail={"talk": True})

    assert preferences_of(reader)["talk"] is True
    assert Preference.objects.count() == 1


def test_nobody_can_switch_off_what_costs_a_right(reader):
    page = logged_in(reader).get("/inbox/preferences/").content.decode()
    choose(user=reader, by_mail={"duties": False, "account": False, "nonsense": False})

    assert 'name="duties"' not in page
    assert Preference.objects.count() == 0


def test_only_the_team_chooses_about_the_team(reader, lead):
    assert "team" not in preferences_of(reader)
    assert preferences_of(lead)["team"] is True


def test_a_choice_is_the_reader_s_own(reader, rival):
    choose(user=reader, by_mail={"talk": False})

    assert preferences_of(rival)["talk"] is True
