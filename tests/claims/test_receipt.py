"""The receipt of a submission, claims begun anew, and addresses of other companies."""

import uuid

import pytest
import time_machine
from django.urls import reverse

from accounts.models import PartnerLocation
from claims import actions
from claims.machine import Refused
from claims.models import Claim, Product
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

NOW = factories.NOW


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(NOW, tick=False):
        yield


def receipt(claim, reader=None):
    address = reverse("claim-receipt", args=[claim.number])
    return browser(reader or claim.created_by).get(address)


# --- The receipt --------------------------------------------------------------


def test_the_receipt_names_number_files_and_the_counted_day():
    claim = factories.claim("submitted")
    file = claim.evidence.get()
    page = words(receipt(claim))
    assert "Your claim is here Submitted" in page
    assert claim.number in page
    assert file.name in page
    assert file.sha256 in page
    assert "A reviewer starts by Mon 30 Nov 2026, 23:59 Berlin at the latest." in page
    assert "5 business days after Mon 23 Nov" in page


def test_the_receipt_stays_what_it_was_when_the_claim_goes_on():
    claim = factories.claim("approved")
    assert "starts by Mon 30 Nov 2026, 23:59 Berlin" in words(receipt(claim))


def test_an_answer_gets_a_receipt_of_its_own():
    claim = factories.claim("action_required")
    later = NOW.replace(day=27)
    with time_machine.travel(later, tick=False):
        factories.take(claim, "resubmit", now=later)
        page = words(receipt(claim))
    assert "Your answer is here" in page
    assert "A reviewer starts by Fri 4 Dec 2026, 23:59 Berlin at the latest." in page


def test_a_file_that_was_not_handed_in_is_on_no_receipt():
    claim = factories.claim("action_required")
    later = factories.file(claim)
    assert later.name not in words(receipt(claim))


def test_a_draft_has_no_receipt_but_goes_on():
    claim = factories.draft()
    there = reverse("claim-continue", args=[claim.number])
    assert receipt(claim).headers["Location"] == there


def test_a_rival_on_the_key_is_told_after_filing_but_never_who():
    rival = factories.claim("approved")
    claim = factories.claim("submitted", tenant_id=rival.tenant_id)
    page = words(receipt(claim))
    assert "Another partner is associated with this customer and product" in page
    assert rival.number not in page
    assert rival.partner.name not in page


# --- The last page before it --------------------------------------------------


def review(claim):
    address = reverse("claim-wizard", args=[claim.number, "review"])
    return browser(claim.created_by).get(address)


def button(page):
    form = page.content.decode().partition("/steps/")[2]
    return form.partition("<button")[2].partition(">")[0]


def test_the_last_page_links_what_is_missing_and_cannot_be_sent():
    claim = factories.draft(files=0, name="", products=())
    page = review(claim)
    text = words(page)
    assert "3 parts are not complete Claim name Products Proof of execution" in text
    assert 'href="' + reverse("claim-wizard", args=[claim.number, "name"]) in (
        page.content.decode()
    )
    assert "disabled" in button(page)


def test_the_last_page_shows_all_of_it_with_the_five_points_and_what_follows():
    claim = factories.draft(covering_note="Look at page 2.")
    page = review(claim)
    text = words(page)
    assert "disabled" not in button(page)
    for said in (
        "Contoso",
        str(claim.tenant_id),
        "Exchange Online · whole tenant",
        "clara@contoso.example",
        "Look at page 2.",
        "What a PoE must show",
        "No file has a signature date.",
        "A reviewer starts within 5 business days.",
        "Mon 30 Nov, 23:59 Berlin",
    ):
        assert said in text


def test_a_file_still_being_checked_does_not_hold_a_submission_up():
    claim = factories.draft(files=0)
    factories.file(claim, check="received")
    page = review(claim)
    assert "1 file is still being checked. You can submit now" in words(page)
    assert "disabled" not in button(page)


def test_an_answer_is_resubmitted_from_the_same_page():
    claim = factories.claim("action_required")
    page = review(claim)
    assert f'action="{reverse("claim-step", args=[claim.number, "resubmit"])}"' in (
        page.content.decode()
    )
    assert f'name="version" value="{claim.version}"' in page.content.decode()
    assert "Partner's answer" not in words(page)


# --- A new claim like an ended one --------------------------------------------


def again(claim, reader=None):
    address = reverse("claim-again", args=[claim.number])
    return browser(reader or claim.created_by).post(address)


def test_an_ended_claim_fills_in_a_new_one_without_its_proof():
    ended = factories.claim("rejected_final")
    answer = again(ended)
    claim = Claim.objects.exclude(pk=ended.pk).get()
    assert answer.headers["Location"] == reverse(
        "claim-wizard", args=[claim.number, "evidence"]
    )
    assert (claim.prefilled_from, claim.tenant_id) == (ended, ended.tenant_id)
    assert [str(line) for line in claim.lines_now] == ["Exchange Online"]
    assert claim.evidence_all == []
    page = answer.client.get(answer.headers["Location"])
    assert f"The answers of {ended.number} are filled in." in words(page)


def test_pressing_again_twice_finds_the_same_draft():
    ended = factories.claim("rejected_final")
    assert again(ended).headers["Location"] == again(ended).headers["Location"]
    assert Claim.objects.count() == 2


def test_what_can_no_longer_be_claimed_is_left_out():
    ended = factories.claim("rejected_final", products=("EXO", "SPO"))
    Product.objects.filter(code="EXO").update(is_active=False)
    PartnerLocation.objects.update(is_enrolled=False)
    again(ended)
    claim = Claim.objects.exclude(pk=ended.pk).get()
    assert [line.product.code for line in claim.lines_now] == ["SPO"]
    assert claim.location is None


@pytest.mark.parametrize("state", ["draft", "submitted", "approved", "rejected"])
def test_a_claim_that_has_not_ended_is_not_filed_again(state):
    claim = factories.claim(state)
    assert again(claim).status_code == 409
    assert Claim.objects.count() == 1


def test_nobody_files_another_companys_claim_again():
    ended = factories.claim("rejected_final")
    stranger = factories.person(factories.partner())
    with pytest.raises(Refused):
        actions.create_claim_like(other=ended, by=stranger, now=NOW)
    assert again(ended, factories.staff()).status_code == 409
    assert Claim.objects.count() == 1


def test_the_address_of_the_button_changes_nothing_when_opened():
    ended = factories.claim("rejected_final")
    address = reverse("claim-again", args=[ended.number])
    answer = browser(ended.created_by).get(address)
    assert answer.headers["Location"] == ended.get_absolute_url()
    assert Claim.objects.count() == 1


# --- Other companies ----------------------------------------------------------


ADDRESSES = [
    ("get", "claim-continue", ()),
    ("get", "claim-wizard", ("customer",)),
    ("post", "claim-wizard", ("customer",)),
    ("get", "claim-wizard", ("review",)),
    ("get", "claim-wizard", ("no-such-part",)),
    ("post", "claim-notices", ("customer",)),
    ("post", "claim-again", ()),
    ("get", "claim-receipt", ()),
    ("get", "evidence-upload", ()),
    ("post", "evidence-upload", ()),
    ("get", "evidence", (uuid.UUID(int=1),)),
    ("get", "evidence-state", (uuid.UUID(int=1),)),
]


@pytest.mark.parametrize(("method", "name", "rest"), ADDRESSES)
def test_a_foreign_number_is_as_missing_as_one_that_never_was(method, name, rest):
    claim = factories.claim("rejected_final")
    file = claim.evidence.get()
    rest = [file.public_id if isinstance(each, uuid.UUID) else each for each in rest]
    rival = browser(factories.person(factories.partner()))

    foreign = getattr(rival, method)(reverse(name, args=[claim.number, *rest]))
    missing = getattr(rival, method)(reverse(name, args=["CPOR-2026-999999", *rest]))

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert words(foreign) == words(missing)
    assert Claim.objects.count() == 1
