"""Files handed out: clean ones only, to those who may see them, never to be run."""

import tracemalloc
import uuid
from pathlib import Path

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.models import Deed, TrailEntry
from claims import checking, evidence
from claims.models import Check, Evidence
from claims.serving import link_token
from tests import factories
from tests.claims.pages import browser, words
from tests.inspection.files import HONEST

pytestmark = pytest.mark.django_db

MIB = 1024 * 1024
HEADERS = (
    "Content-Type",
    "Content-Length",
    "Content-Disposition",
    "X-Content-Type-Options",
    "Content-Security-Policy",
    "Cache-Control",
    "Cross-Origin-Opener-Policy",
    "Referrer-Policy",
    "X-Frame-Options",
)


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(factories.NOW, tick=False):
        yield


@pytest.fixture
def claim():
    return factories.draft(files=0)


def address(file):
    return reverse("evidence", args=[file.claim.number, file.public_id])


def test_a_clean_file_is_an_attachment_that_runs_nowhere(claim):
    file = factories.file(claim)
    Evidence.objects.update(name="Übergabe “2”.pdf")
    answer = browser(claim.created_by).get(address(file))
    assert b"".join(answer.streaming_content) == factories.PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Length"] == str(len(factories.PDF))
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''%C3%9Cbergabe%20%E2%80%9C2%E2%80%9D.pdf"
    )
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store, private"


OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "pdf": "application/pdf",
    "docx": OFFICE + "wordprocessingml.document",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "pptx": OFFICE + "presentationml.presentation",
    "png": "image/png",
    "jpg": "image/jpeg",
    "eml": "message/rfc822",
    "msg": "application/vnd.ms-outlook",
}


@pytest.mark.parametrize(("extension", "content_type"), TYPES.items())
def test_each_type_is_handed_out_as_what_its_content_is(claim, extension, content_type):
    sample = next(one for one in HONEST if one.name.endswith("." + extension))
    upload = ContentFile(sample.data, name=f"Nachweis für Łódź.{extension}")
    file = evidence.attach(
        claim=claim, by=claim.created_by, upload=upload, now=factories.NOW
    )
    checking.inspect(evidence=file, now=factories.NOW)

    answer = browser(claim.created_by).get(address(file))

    assert b"".join(answer.streaming_content) == sample.data
    assert {name: answer.headers[name] for name in HEADERS} == {
        "Content-Type": content_type,
        "Content-Length": str(len(sample.data)),
        "Content-Disposition": "attachment; filename*=utf-8''"
        f"Nachweis%20f%C3%BCr%20%C5%81%C3%B3d%C5%BA.{extension}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store, private",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }


def test_a_type_that_is_not_on_the_list_is_only_bytes(claim):
    file = factories.file(claim)
    Evidence.objects.update(content_type="text/html")
    answer = browser(claim.created_by).get(address(file))
    b"".join(answer.streaming_content)
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_content_that_is_no_longer_what_was_handed_in_is_not_handed_out(claim):
    file = factories.file(claim)
    Path(file.content.path).write_bytes(factories.PDF.replace(b"1.4", b"1.5"))
    answer = browser(claim.created_by).get(address(file))
    assert answer.status_code == 503
    assert "The file cannot be read at the moment." in words(answer)


def test_content_that_is_gone_is_a_sentence(claim):
    file = factories.file(claim)
    Path(file.content.path).unlink()
    answer = browser(claim.created_by).get(address(file))
    assert answer.status_code == 503
    assert "Content-Disposition" not in answer.headers


def test_a_large_file_is_never_whole_in_memory(claim):
    content = factories.PDF + bytes(24 * MIB)
    file = evidence.attach(
        claim=claim,
        by=claim.created_by,
        upload=ContentFile(content, name="large.pdf"),
        now=factories.NOW,
    )
    Evidence.objects.update(check_state=Check.CLEAN)
    reader = browser(claim.created_by)
    del content
    tracemalloc.start()
    answer = reader.get(address(file))
    size = sum(len(piece) for piece in answer.streaming_content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == file.size
    assert peak < 4 * MIB


@pytest.mark.parametrize("check", [Check.RECEIVED, Check.REFUSED, Check.INFECTED])
def test_nothing_is_handed_out_before_it_is_clean(claim, check):
    file = factories.file(claim, check=check)
    answer = browser(claim.created_by).get(address(file))
    assert answer.status_code == 409
    assert "Content-Disposition" not in answer.headers


def test_the_programme_reads_submitted_files_only():
    drafted, filed = factories.draft(), factories.claim("submitted")
    reviewer = factories.staff()
    found = browser(reviewer).get(address(filed.evidence.get()))
    missing = browser(reviewer).get(address(drafted.evidence.get()))
    found.close()
    assert (found.status_code, missing.status_code) == (200, 404)


def test_a_foreign_file_is_as_missing_as_one_that_never_was():
    claim = factories.claim("submitted")
    rival = factories.person(factories.partner())
    own = factories.draft(by=rival)
    file = claim.evidence.get()
    tries = [
        address(file),
        reverse("evidence", args=[own.number, file.public_id]),
        reverse("evidence", args=[claim.number, uuid.uuid4()]),
        reverse("evidence", args=["CPOR-2026-999999", file.public_id]),
    ]
    answers = [browser(rival).get(each) for each in tries]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({words(answer) for answer in answers}) == 1


# --- The trail ----------------------------------------------------------------


def read_by():
    found = TrailEntry.objects.filter(deed=Deed.DOCUMENT_READ)
    return list(found.values_list("actor", "partner", "about", "details__how"))


def test_each_download_stands_in_the_trail_of_the_files_company():
    claim = factories.claim("submitted")
    reviewer, file = factories.staff(), claim.evidence.get()
    tab = browser(reviewer)
    b"".join(tab.head(address(file)).streaming_content)
    for _time in range(2):
        b"".join(tab.get(address(file)).streaming_content)
    entry = (reviewer.pk, claim.partner_id, claim.number, "download")
    assert read_by() == [entry, entry]
    assert TrailEntry.objects.filter(details__sha256=file.sha256).count() == 2


def test_a_link_stands_in_the_trail_when_it_is_used(claim):
    file, reader = factories.file(claim), claim.created_by
    path = reverse("file-link", args=[link_token(file=file, reader=reader)])
    assert read_by() == []
    b"".join(browser(None).get(path).streaming_content)
    browser(None).get(path)
    assert read_by() == [(reader.pk, claim.partner_id, claim.number, "link")]


def test_what_was_not_handed_out_was_not_read(claim):
    file = factories.file(claim, check=Check.REFUSED)
    browser(claim.created_by).get(address(file))
    Evidence.objects.update(check_state=Check.CLEAN)
    Path(file.content.path).unlink()
    browser(claim.created_by).get(address(file))
    assert read_by() == []
