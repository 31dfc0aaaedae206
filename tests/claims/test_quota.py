"""A company's room for files ends, clearly, and no two take the last of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from claims import evidence
from claims.machine import Refused
from claims.models import Claim, Evidence
from tests import factories
from tests.claims.pages import browser

NOW = factories.NOW
MB = 1024 * 1024
SENTENCE = "Your company has used up its storage."


def large(mark):
    return ContentFile(factories.PDF + mark * (MB - 200), name="proof.pdf")


def attached(claim, mark=b"a"):
    claim = Claim.objects.get(pk=claim.pk)
    by = claim.created_by
    return evidence.attach(claim=claim, by=by, upload=large(mark), now=NOW)


def tight(claim, megabytes=2):
    claim.partner.storage_megabytes = megabytes
    claim.partner.save()
    return claim


@pytest.mark.django_db
def test_a_company_that_has_used_up_its_room_is_told_what_to_do():
    claim = tight(factories.draft(files=0))
    attached(claim, b"a")
    attached(claim, b"b")
    answer = browser(claim.created_by).post(
        reverse("evidence-upload", args=[claim.number]),
        {"file": SimpleUploadedFile("proof.pdf", large(b"c").read())},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 422
    assert answer.json()["message"].startswith(SENTENCE)
    assert Evidence.objects.count() == 2


@pytest.mark.django_db
def test_removing_a_file_gives_room_and_other_companies_are_not_concerned():
    claim, other = tight(factories.draft(files=0), 1), factories.draft(files=0)
    file = attached(claim)
    attached(other)
    with pytest.raises(Refused, match=SENTENCE):
        attached(claim, b"b")
    evidence.remove(evidence=file, by=claim.created_by, now=NOW)
    assert attached(claim, b"b")


@pytest.mark.django_db
def test_every_company_has_the_room_of_the_rulebook_unless_it_has_its_own(settings):
    claim = factories.draft(files=0)
    assert evidence.room_of(claim.partner) == 5 * 1024 * MB
    settings.EVIDENCE_QUOTA_BYTES = 25 * MB
    assert evidence.room_of(claim.partner) == 25 * MB
    assert evidence.room_of(tight(claim, 7).partner) == 7 * MB


@pytest.mark.django_db
def test_what_the_programme_attaches_is_not_the_companys():
    claim = factories.claim("in_review", files=1)
    tight(claim, 1)
    evidence.attach(
        claim=claim,
        by=factories.staff(),
        upload=large(b"x"),
        purpose="comment",
        now=NOW,
    )
    assert evidence.room_used(claim.partner_id) < MB


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_only_as_many_get_in_as_there_is_room():
    first = tight(factories.draft(files=0), 2)
    claims = [first, *(factories.draft(by=first.created_by, files=0) for _ in range(4))]

    def try_it(claim):
        try:
            return bool(attached(claim, str(claim.pk)[-1].encode()))
        except Refused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        outcomes = list(pool.map(try_it, claims))

    assert sorted(outcomes) == [False, False, False, True, True]
    assert Evidence.objects.count() == 2
