"""Each refused file is one row of the trail, whichever way it came and was refused."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Deed, TrailEntry
from accounts.trail_check import faults
from claims import checking, tasks
from claims.inspection import codes
from claims.models import Check, Evidence
from tests import factories
from tests.claims.pages import browser, words
from tests.claims.test_scanning import INFECTED, attached, checked, clamd
from tests.inspection.pdfs import bodies, plain

pytestmark = pytest.mark.django_db
__all__ = ["clamd"]

EXECUTABLE = b"MZ\x90\x00" + b"\x00" * 60 + b"PE\x00\x00" + b"\x00" * 400
ACTIVE = plain(bodies(catalog=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"))


@pytest.fixture
def claim():
    return factories.draft(files=0)


def rows():
    return TrailEntry.objects.filter(deed=Deed.FILE_REFUSED).order_by("pk")


def noted(claim, actor, code, name, content, **more):
    """Compare the one row with what it must say."""
    row = rows().get()
    assert (row.partner, row.actor, row.about) == (claim.partner, actor, claim.number)
    digest = hashlib.sha256(content).hexdigest() if content else ""
    assert row.details == {"name": name, "code": code, "sha256": digest, **more}
    assert list(faults()) == []


def sent(content, name="tool.pdf"):
    return SimpleUploadedFile(name, content, "application/pdf")


def upload(claim, *files):
    address = reverse("evidence-upload", args=[claim.number])
    return browser(claim.created_by).post(address, {"file": list(files)})


def api(claim, file):
    client = APIClient()
    client.force_authenticate(claim.created_by)
    return client.post(
        f"/api/v1/claims/{claim.number}/evidence/", {"file": file}, format="multipart"
    )


def test_a_file_refused_on_its_way_in_is_noted_with_its_cleaned_name(claim):
    upload(claim, sent(EXECUTABLE, "to\u202eol.pdf"), sent(factories.PDF, "fine.pdf"))

    kept = Evidence.objects.get()
    assert kept.name == "fine.pdf"
    noted(claim, claim.created_by, "TYPE_MISMATCH", "tool.pdf", EXECUTABLE)


@pytest.mark.django_db(transaction=True)
def test_a_file_refused_by_the_api_is_noted_although_the_request_is_rolled_back():
    claim = factories.draft(files=0)

    answer = api(claim, sent(EXECUTABLE))

    assert answer.status_code == 409
    noted(claim, claim.created_by, "TYPE_MISMATCH", "tool.pdf", EXECUTABLE)


@pytest.mark.parametrize("send", [upload, api])
def test_a_file_that_is_too_large_is_noted_without_a_hash(claim, settings, send):
    settings.EVIDENCE_MAX_BYTES = 1024

    send(claim, sent(b"%PDF-1.4\n" + b"x" * 4096, "large.pdf"))

    noted(claim, claim.created_by, "TOO_LARGE", "large.pdf", b"")


def test_a_file_beyond_the_companys_room_is_noted(claim):
    claim.partner.storage_megabytes = 0
    claim.partner.save(update_fields=["storage_megabytes"])

    upload(claim, sent(factories.PDF, "more.pdf"))

    noted(claim, claim.created_by, "QUOTA", "more.pdf", factories.PDF)


@pytest.mark.django_db(transaction=True)
def test_a_file_refused_with_a_comment_is_noted_though_nothing_of_it_is_kept():
    claim = factories.claim("in_review")
    address = reverse("comment", args=[claim.number])

    browser(claim.created_by).post(
        address, {"text": "See here.", "files": [sent(EXECUTABLE)]}
    )

    assert not claim.comments.exists()
    noted(claim, claim.created_by, "TYPE_MISMATCH", "tool.pdf", EXECUTABLE)


def test_a_refusal_that_is_no_files_fault_is_no_row(claim, settings):
    settings.EVIDENCE_MAX_FILES = 1
    upload(claim, sent(factories.PDF, "a.pdf"))
    upload(claim, sent(factories.PDF.replace(b"%EOF", b"%EOF\n"), "b.pdf"))

    assert Evidence.objects.count() == 1
    assert not rows().exists()


def test_a_file_that_the_inspection_refuses_is_noted(claim):
    file = checked(attached(claim, ACTIVE, "form.pdf"))

    assert file.check_state == Check.REFUSED
    noted(claim, None, "ACTIVE_CONTENT", "form.pdf", ACTIVE, file=str(file.public_id))


def test_an_infection_is_noted_without_the_name_the_scanner_gave_it(claim, clamd):
    clamd.start()

    file = checked(attached(claim, INFECTED))

    assert file.check_state == Check.INFECTED
    noted(claim, None, "MALWARE", "proof.pdf", INFECTED, file=str(file.public_id))


def test_an_infection_found_after_a_scanner_was_away_is_noted_once(
    claim, clamd, monkeypatch
):
    file = checked(attached(claim, INFECTED))
    assert (file.check_state, rows().count()) == (Check.WAITING, 0)
    clamd.start()
    evidence_again(monkeypatch)

    for _again in range(2):
        tasks.inspect_waiting_evidence()

    file.refresh_from_db()
    assert file.check_state == Check.INFECTED
    noted(claim, None, "MALWARE", "proof.pdf", INFECTED, file=str(file.public_id))


def evidence_again(monkeypatch):
    later = timezone.now() + checking.LEASE + checking.AGAIN
    monkeypatch.setattr(timezone, "now", lambda: later)


def test_the_row_stands_and_falls_with_the_verdict(claim):
    file = attached(claim, ACTIVE, "form.pdf")
    now = timezone.now()
    waiting = checking.claim_for_check(now=now, pk=file.pk)

    with transaction.atomic():
        checking.inspect(evidence=waiting, now=now)
        assert rows().count() == 1
        transaction.set_rollback(True)

    file.refresh_from_db()
    assert (file.check_state, rows().count()) == (Check.INSPECTING, 0)


def test_a_worker_that_lost_the_file_notes_nothing(claim):
    file = attached(claim, ACTIVE, "form.pdf")
    now = timezone.now()
    slow = checking.claim_for_check(now=now, pk=file.pk)
    quick = checking.claim_for_check(now=now + checking.LEASE, pk=file.pk)

    checking.inspect(evidence=quick, now=now + checking.LEASE)
    checking.inspect(evidence=slow, now=now + checking.LEASE)

    assert rows().count() == 1


def test_the_companys_admin_reads_what_was_refused_and_why(claim):
    upload(claim, sent(EXECUTABLE))

    page = words(browser(claim.created_by).get("/trail/"))

    assert f"tool.pdf of claim {claim.number} was refused" in page
    assert str(codes.sentence("TYPE_MISMATCH")) in page
