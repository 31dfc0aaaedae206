"""Files of a claim: taken in one by one, described, checked, and handed out safely."""

import hashlib
import io
from datetime import timedelta

import pytest
import redis
import time_machine
from celery import current_app
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from claims import evidence
from claims.models import Check, Evidence
from tests import factories
from tests.claims.pages import browser, words
from tests.claims.uploads.sending import (
    address,
    after,
    field,
    part,
    pdf,
    upload,
)

pytestmark = pytest.mark.django_db

NOW = factories.NOW
PDF = factories.PDF
EXECUTABLE = b"MZ\x90\x00" + b"\x00" * 60 + b"PE\x00\x00" + b"\x00" * 400


# --- Taking in ----------------------------------------------------------------


def test_a_file_is_stored_with_its_fingerprint(claim):
    sent = pdf()
    answer = upload(claim, sent)
    file = Evidence.objects.get()
    assert answer.headers["Location"] == part(claim)
    assert (file.claim, file.uploaded_by) == (claim, claim.created_by)
    with file.content.open() as content:
        assert file.sha256 == hashlib.sha256(content.read()).hexdigest()
    text = after(claim, answer)
    assert "1 file is here and being checked." in text
    assert "proof.pdf Received" in text


def test_many_files_come_at_once_and_a_bad_one_stops_no_other(claim):
    empty = SimpleUploadedFile("empty.pdf", b"")
    answer = upload(claim, pdf("a.pdf", "a"), empty, pdf("b.pdf", "b"))
    assert [file.name for file in claim.evidence.all()] == ["a.pdf", "b.pdf"]
    text = after(claim, answer)
    assert "empty.pdf: This file is empty." in text
    assert "2 files are here and being checked." in text


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("proof.pdf", EXECUTABLE, "The content of this file is of another kind"),
        ("proof.exe", EXECUTABLE, "Files of this kind cannot be proof"),
        ("proof.pdf", b"", "This file is empty."),
        ("proof", PDF, "Files of this kind cannot be proof"),
    ],
)
def test_what_cannot_be_proof_is_refused_with_a_reason(claim, name, content, sentence):
    answer = upload(claim, SimpleUploadedFile(name, content))
    assert f"{name}: {sentence}" in after(claim, answer)
    assert Evidence.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/proof.pdf", "proof.pdf"),
        ("C:\\temp\\proof.pdf", "proof.pdf"),
        ("pro\u202efdp.pdf", "profdp.pdf"),
        ("pro\r\nof: x.pdf", "pro of_ x.pdf"),
        ("Übergabe “final”.pdf", "Übergabe “final”.pdf"),
    ],
)
def test_the_name_is_cleaned(claim, name, cleaned):
    evidence.attach(claim=claim, by=claim.created_by, upload=pdf(name), now=NOW)
    assert Evidence.objects.get().name == cleaned


@pytest.mark.parametrize(
    "name", ["../../etc/proof.pdf", "pro\u202efdp.pdf", "a\rb.pdf"]
)
def test_no_name_breaks_the_page(claim, name):
    answer = upload(claim, pdf(name))
    stored = Evidence.objects.get().name
    assert {"/", "\u202e", "\r", "\n"}.isdisjoint(stored)
    assert stored in after(claim, answer)


def test_26_megabytes_are_stopped_and_the_other_file_arrives(claim):
    large = SimpleUploadedFile("large.pdf", PDF + b"\x00" * (26 * 1024 * 1024))
    answer = upload(claim, large, pdf("small.pdf"))
    assert "large.pdf: This file is larger than 25 MB." in after(claim, answer)
    assert [file.name for file in claim.evidence.all()] == ["small.pdf"]


def test_a_file_is_dropped_once_it_has_grown_too_large(claim, settings):
    settings.EVIDENCE_MAX_BYTES = 100_000
    growing = SimpleUploadedFile("growing.pdf", PDF + b"\x00" * 100_000)
    answer = upload(claim, growing, pdf("small.pdf"))
    assert [file.name for file in claim.evidence.all()] == ["small.pdf"]
    assert "growing.pdf: This file is larger" in after(claim, answer)


def test_a_request_beyond_all_limits_is_not_read_to_its_end(claim, settings):
    settings.EVIDENCE_MAX_BYTES = 512 * 1024
    body = io.BytesIO(
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="huge.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + b"\x00" * (4 * 1024 * 1024)
    )
    answer = browser(claim.created_by).generic(
        "POST",
        reverse("evidence-upload", args=[claim.number]),
        body.getvalue(),
        content_type="multipart/form-data; boundary=x",
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 413
    assert answer.json()["name"] == "huge.pdf"
    assert answer.json()["message"].startswith("This file is larger than 512")
    assert answer.wsgi_request.META["wsgi.input"].read(1)


def test_the_same_content_is_taken_once(claim):
    upload(claim, pdf("first.pdf"))
    answer = upload(claim, pdf("second.pdf"))
    assert "This file is already attached, as first.pdf." in after(claim, answer)
    assert claim.evidence.count() == 1


def test_an_eleventh_file_is_one_too_many(claim):
    for number in range(10):
        factories.file(claim)
        assert claim.evidence.count() == number + 1
    answer = upload(claim, pdf(mark="new"))
    assert "A claim takes 10 files per round." in after(claim, answer)


def test_an_answer_may_bring_as_many_files_again():
    claim = factories.claim("action_required", files=10)
    assert upload(claim, pdf(mark="new"), json=True).status_code == 201


def test_no_file_at_all_is_said(claim):
    assert "Choose a file first." in after(claim, upload(claim))
    assert upload(claim, json=True).status_code == 422


def test_a_closed_claim_takes_no_files():
    claim = factories.claim("in_review")
    answer = upload(claim, pdf(mark="late"), json=True)
    assert answer.status_code == 422
    assert "No files can be added while the claim is In review." in str(answer.json())
    assert claim.evidence.count() == 1


def test_proof_for_a_dispute_counts_until_the_last_second():
    claim = factories.claim("rejected")
    with time_machine.travel(claim.due_at, tick=False):
        assert upload(claim, pdf(mark="in time"), json=True).status_code == 201
    with time_machine.travel(claim.due_at + timedelta(seconds=1), tick=False):
        assert upload(claim, pdf(mark="late"), json=True).status_code == 422
    assert [file.purpose for file in claim.evidence.all()] == ["proof", "dispute"]


# --- What a script gets -------------------------------------------------------


def test_a_script_gets_the_file_as_it_will_stand_on_the_page(claim):
    answer = upload(claim, pdf(), json=True)
    file = Evidence.objects.get()
    told = answer.json()
    assert answer.status_code == 201
    assert (told["name"], told["size"]) == ("proof.pdf", file.size)
    assert (told["state"], told["label"]) == ("received", "Received")
    assert f'name="{field(file, "kind")}"' in told["html"]


def test_a_script_gets_the_refusal(claim):
    answer = upload(claim, SimpleUploadedFile("proof.pdf", EXECUTABLE), json=True)
    assert answer.status_code == 422
    assert answer.json()["message"].startswith("The content of this file is of another")


def test_a_script_that_was_logged_out_gets_a_sentence(claim):
    answer = browser(None).post(
        reverse("evidence-upload", args=[claim.number]),
        {"file": pdf()},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 401
    assert "Log in again" in answer.json()["message"]
    assert Evidence.objects.count() == 0


def test_after_logging_in_the_upload_leads_to_its_page(claim):
    where = reverse("evidence-upload", args=[claim.number])
    answer = browser(None).post(where, {"file": pdf()})
    assert answer.headers["Location"].endswith(f"?next={where}")
    answer = browser(claim.created_by).get(where)
    assert answer.headers["Location"] == part(claim)


def test_an_upload_leads_back_only_to_pages_of_ours(claim):
    steps = reverse("claim-step", args=[claim.number, "submit"])
    answer = upload(claim, pdf(mark="1"), next=steps)
    assert answer.headers["Location"] == steps
    answer = upload(claim, pdf(mark="2"), next="https://evil.example/")
    assert answer.headers["Location"] == part(claim)


# --- Waking the worker --------------------------------------------------------


def test_an_upload_wakes_a_worker(claim, django_capture_on_commit_callbacks):
    queue = redis.from_url(settings.REDIS_URL)
    before = queue.llen("celery")
    with django_capture_on_commit_callbacks(execute=True):
        upload(claim, pdf())
    assert queue.llen("celery") == before + 1
    assert b"claims.tasks.inspect_evidence" in queue.lindex("celery", 0)


def test_an_upload_does_not_mind_a_lost_broker(
    claim, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    with django_capture_on_commit_callbacks(execute=True):
        assert upload(claim, pdf(), json=True).status_code == 201
    assert Evidence.objects.get().is_pending


# --- How far the check is -----------------------------------------------------


def test_the_page_asks_again_until_the_file_is_decided(claim):
    file = factories.file(claim, check=Check.RECEIVED)
    tab = browser(claim.created_by)
    waiting = tab.get(address(file, "evidence-state")).content.decode()
    assert f'hx-get="{address(file, "evidence-state")}"' in waiting
    assert "Received" in waiting

    Evidence.objects.update(check_state=Check.CLEAN)
    decided = tab.get(address(file, "evidence-state")).content.decode()
    assert "hx-get" not in decided
    assert f'href="{address(file)}"' in decided


def test_a_refused_file_says_why_and_what_to_do(claim):
    file = factories.file(claim, check=Check.REFUSED)
    Evidence.objects.update(refusal_code="MACRO")
    answer = browser(claim.created_by).get(part(claim))
    page = words(answer)
    assert "This file contains a macro. Save it as PDF" in page
    assert file.name in page
    assert '<details class="proof-details">' in answer.text, "nothing is asked about it"
    step = browser(claim.created_by).get(part(claim).replace("evidence", "comment"))
    states = {each.label: each.state for each in step.context["steps"]}
    assert states["Proof of execution (PoE)"] == "problem"


# --- While it comes in --------------------------------------------------------


class Asking(io.BytesIO):
    """A body that notes whether a transaction is open while it is read."""

    seen: set[bool]

    def read(self, size=-1):
        self.seen.add(connection.in_atomic_block)
        return super().read(size)


@pytest.mark.django_db(transaction=True)
def test_no_transaction_waits_for_a_slow_line(claim):
    content = {"file": pdf()}
    body = Asking(encode_multipart(BOUNDARY, content))
    body.seen = set()
    answer = browser(claim.created_by).generic(
        "POST",
        reverse("evidence-upload", args=[claim.number]),
        body.getvalue(),
        content_type=MULTIPART_CONTENT,
        **{"wsgi.input": body},
    )
    assert answer.status_code == 302
    assert Evidence.objects.get().name == "proof.pdf"
    assert body.seen == {False}
