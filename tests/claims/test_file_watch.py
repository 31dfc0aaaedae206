"""Those who look after scanner and storage see what is wrong, and are told once."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from accounts.models import StaffRole
from claims import gate
from claims.models import Evidence, KeepingRun, ScannerState
from cpor import file_watch
from notifications import rendering
from notifications.models import Message
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

NOW = factories.NOW
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def shut(settings):
    settings.CLAMD_HOST, settings.CLAMD_PORT = "127.0.0.1", 1
    return gate.look(now=NOW)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    options = {"location": tmp_path, "base_url": None}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "claims.storage.DurableFolder", "OPTIONS": options},
    }


def page(reader):
    return browser(reader).get(reverse("file-watch"))


def told():
    found = Message.objects.filter(topic="files_at_risk").order_by("recipient")
    return [message.recipient for message in found]


def verify(now):
    return file_watch.verify(now=now, most_files=100, most_seconds=60)


def test_leads_and_admins_watch_and_nobody_else():
    for role in StaffRole:
        allowed = role in {StaffRole.LEAD, StaffRole.PROGRAMME_ADMIN}
        assert page(factories.staff(role)).status_code == (200 if allowed else 403)
    assert page(factories.person(factories.partner())).status_code == 403


@pytest.mark.parametrize("role", [StaffRole.LEAD, StaffRole.PROGRAMME_ADMIN])
def test_a_scanner_that_is_down_is_seen_at_once(shut, role):
    reader = factories.staff(role)
    for seen in (page(reader), browser(reader).get("/")):
        assert "The virus scanner does not answer." in words(seen)


def test_healthz_says_how_the_scanner_is_and_stays_healthy(shut):
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\nscanner: silent\n")
    ScannerState.objects.update(is_open=True, why="")
    assert Client().get("/healthz").content == b"ok\nscanner: open\n"


def test_files_that_wait_for_long_are_counted(shut):
    claim = factories.claim("submitted")
    Evidence.objects.filter(claim=claim).update(check_state="waiting")
    assert "1 file has been waiting" in words(page(factories.staff(StaffRole.LEAD)))


def test_a_shut_scanner_is_told_of_once(shut):
    lead = factories.staff(StaffRole.LEAD)
    for after in (timedelta(0), QUARTER - timedelta(seconds=1)):
        file_watch.tell_of_scanner(now=NOW + after)
    assert told() == []
    for after in (QUARTER, QUARTER * 2, DAY):
        file_watch.tell_of_scanner(now=NOW + after)
    assert told() == [lead]
    message = Message.objects.get(topic="files_at_risk")
    message.language = "de"
    assert "Der Virenscanner antwortet nicht." in rendering.mail(message).text


def test_a_content_that_changed_is_told_of_once():
    lead = factories.staff(StaffRole.LEAD)
    admin = factories.staff(StaffRole.PROGRAMME_ADMIN)
    file = factories.claim("submitted").evidence_now[0]
    assert verify(NOW) == 1
    assert told() == []

    Path(default_storage.path(file.content.name)).write_bytes(b"rotten")
    assert verify(NOW + DAY) == 1
    assert told() == [lead, admin]
    assert verify(NOW + 2 * DAY) == 1
    assert len(told()) == 2
    seen = words(page(lead))
    assert f"{file.claim.number} The content differs from its hash." in seen


def test_the_check_rests_between_two_nights():
    factories.claim("submitted")
    assert [verify(NOW), verify(NOW + QUARTER), verify(NOW + DAY)] == [1, 0, 1]
    assert KeepingRun.objects.count() == 2
