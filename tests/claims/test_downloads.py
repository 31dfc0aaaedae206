"""Files handed out: clean ones only, to those who may see them, never to be run."""

import uuid

import pytest
import time_machine
from django.urls import reverse

from claims.models import Check, Evidence
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db


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
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''%C3%9Cbergabe%20%E2%80%9C2%E2%80%9D.pdf"
    )
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store, private"


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
