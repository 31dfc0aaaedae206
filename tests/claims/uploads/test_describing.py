"""Files that are there: described, replaced, removed."""

from datetime import date

import pytest

from claims import evidence
from claims.machine import Refused
from claims.models import Claim, Evidence
from tests import factories
from tests.claims.pages import browser, words
from tests.claims.uploads.sending import field, part, pdf, save, upload

pytestmark = pytest.mark.django_db

NOW = factories.NOW
PDF = factories.PDF


def test_what_a_file_is_goes_with_next(claim):
    file = factories.file(claim)
    typed = {
        field(file, "kind"): "statement_of_work",
        field(file, "document_on"): "2026-03-01",
        field(file, "signed_on"): "02.03.2026",
        field(file, "signer"): "Clara\u202e Customer",
    }
    assert save(claim, **typed).status_code == 302
    file.refresh_from_db()
    assert (file.kind, file.signer) == ("statement_of_work", "Clara Customer")
    assert (file.document_on, file.signed_on) == (date(2026, 3, 1), date(2026, 3, 2))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2026-11-24", "This day has not come yet"),
        ("0202-03-01", "This day is too long ago"),
        ("yesterday", "A date looks like 2026-11-23."),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_kept(claim, typed, sentence):
    file = factories.file(claim)
    page = save(claim, **{field(file, "kind"): "", field(file, "signed_on"): typed})
    assert page.status_code == 422
    assert sentence in words(page)
    assert f'value="{typed}"' in page.content.decode()


def test_an_old_signature_is_warned_of_but_not_refused(claim):
    file = factories.file(claim)
    for signed, is_warned in (("2025-11-22", True), ("2025-11-23", False)):
        save(claim, **{field(file, "kind"): "", field(file, "signed_on"): signed})
        page = words(browser(claim.created_by).get(part(claim)))
        assert ("Signed more than 12 months ago" in page) is is_warned


def test_a_file_that_came_after_the_page_keeps_its_details(claim):
    file = factories.file(claim)
    Evidence.objects.update(signer="Clara Customer")
    assert save(claim).status_code == 302
    file.refresh_from_db()
    assert file.signer == "Clara Customer"


def test_a_file_can_be_removed_and_what_was_typed_of_others_stays(claim):
    gone, kept = factories.file(claim), factories.file(claim)
    typed = {field(kept, "kind"): "screenshot", "remove": gone.public_id}
    answer = save(claim, **typed)
    assert answer.headers["Location"] == part(claim)
    assert [file.kind for file in claim.evidence.all()] == ["screenshot"]


def test_a_submitted_file_stays():
    claim = factories.claim("action_required")
    file = claim.evidence.get()
    page = save(claim, remove=file.public_id)
    assert page.status_code == 409
    assert "This file belongs to a submission: it stays." in words(page)
    assert claim.evidence.count() == 1


def test_a_new_version_takes_the_place_of_a_submitted_file():
    claim = factories.claim("action_required")
    old = claim.evidence.get()
    Evidence.objects.filter(pk=old.pk).update(kind="statement_of_work")
    upload(claim, pdf("signed.pdf", "signed"), replaces=old.public_id)
    claim = Claim.objects.get(pk=claim.pk)
    (new,) = claim.evidence_now
    assert (new.name, new.kind, new.version) == ("signed.pdf", "statement_of_work", 2)
    old.refresh_from_db()
    assert old.replaced_by == new


def test_a_full_claim_still_takes_replacements(claim):
    files = [factories.file(claim) for _ in range(10)]
    upload(claim, pdf(mark="better"), replaces=files[0].public_id)
    claim = Claim.objects.get(pk=claim.pk)
    assert len(claim.evidence_now) == 10
    assert files[0] not in claim.evidence_now


def test_a_file_is_replaced_once_however_many_try(claim):
    old = factories.file(claim)
    stale = Evidence.objects.get(pk=old.pk)
    for mark, seen in (("first", old), ("second", stale)):
        given = {"claim": claim, "by": claim.created_by, "replaces": seen, "now": NOW}
        if mark == "second":
            with pytest.raises(Refused, match="already replaced"):
                evidence.attach(upload=pdf(mark=mark), **given)
        else:
            evidence.attach(upload=pdf(mark=mark), **given)
    assert Claim.objects.get(pk=claim.pk).evidence_now == [old.replaced_by]


def test_a_file_of_another_claim_is_not_replaced(claim):
    foreign = factories.file(factories.draft())
    upload(claim, pdf(), replaces=foreign.public_id)
    foreign.refresh_from_db()
    assert foreign.replaced_by is None
