"""The PoE form and the receipt as PDF: what stands in them, at every length."""

import io
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.urls import reverse
from pypdf import PdfReader
from reportlab.lib.units import mm

from accounts.models import StaffRole
from claims import actions, evidence, inspection
from claims.actions import WantedLine
from claims.models import Check, Claim, Evidence
from claims.papers.poe_form import poe_form
from claims.papers.receipt import receipt_paper
from claims.papers.sheet import Signature
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

TENANT = UUID("0f0e0d0c-0b0a-4908-8706-050403020100")
LONG = {
    "customer_name": "Österreichische Gesellschaft für Straßenbau und Wärmeversorgung "
    "Łódź-Šumperk-Çanakkale Beteiligungsverwaltungsgesellschaft mbH & Co. KG Nord",
    "domain": "a-very-long-domain-of-a-customer." * 6 + "example",
    "customer_contact_name": "Żaneta Přibyslavská-Łęczycka von und zu Größenwahn",
    "customer_contact_title": "Leiterin der Abteilung für Übergreifendes <Alles>",
    "partner_contact_name": "Γιώργος Παπαδόπουλος",
    "isv_solution": "x" * 150,
}
MANY = (
    *("EXO", "SPO", "TEAMS", "TEAMS-MTG", "TEAMS-PHN", "TEAMS-PLT", "M365APPS"),
    *("VIVA-ENG", "INTUNE", "ENTRA-P1", "ENTRA-P2", "MDE", "MDO", "MDCA", "PURV-IP"),
)


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(factories.NOW, tick=False):
        yield


def reader_of(paper):
    return PdfReader(io.BytesIO(paper))


def said(paper):
    """Return all that stands on a paper, blanks made single."""
    pages = [page.extract_text() for page in reader_of(paper).pages]
    return " ".join(" ".join(pages).split())


def get(claim, name, *rest, reader=None):
    address = reverse(name, args=[claim.number, *rest])
    return browser(reader or claim.created_by).get(address)


# --- The PoE form -------------------------------------------------------------


def test_the_form_is_filled_in_from_the_claim():
    claim = factories.draft(tenant_id=TENANT, products=("EXO", "SPO"))
    text = said(poe_form(claim, "en"))
    for each in (
        "Proof of execution (PoE)",
        claim.number,
        claim.partner.name,
        claim.location.partner_id,
        "Customer Contoso",
        "Customer's domain contoso.example",
        str(TENANT),
        "Clara Customer, CIO",
        "clara@contoso.example",
        "Use or consume",
        "1. The work done",
        "2. Results and services delivered",
        "3. Products",
        "Exchange Online EXO whole tenant",
        "SharePoint Online SPO whole tenant",
        f"Contoso confirms that {claim.partner.name} did the work described here",
        "Signature of the customer",
        "should not be older than 12 months",
        "Page 1 of 2",
    ):
        assert each in text


def test_the_form_speaks_german_whoever_asks_for_it():
    claim = factories.draft()
    answer = get(claim, "claim-poe-form", "de")
    text = said(answer.content)
    for each in (
        "Nachweis (PoE)",
        "1. Geleistete Arbeit",
        "2. Ergebnisse und erbrachte Leistungen",
        "3. Produkte",
        "Unterschrift des Kunden",
        "Seite 1 von 2",
    ):
        assert each in text
    assert reader_of(answer.content).root_object["/Lang"] == "de"
    assert "PoE-Formular" in answer.headers["Content-Disposition"]


def test_the_form_can_be_filled_in_on_screen():
    claim = factories.draft(customer_contact_name="Jörg Müller")
    fields = reader_of(poe_form(claim, "en")).get_form_text_fields()
    assert fields == {
        "work_from": "",
        "work_to": "",
        "work": "",
        "results": "",
        "signer": "Jörg Müller",
        "signer_title": "CIO",
        "place": "",
        "day": "",
    }


def test_letters_that_no_field_writes_stand_above_it():
    claim = factories.draft(customer_contact_name="Łukasz Żak")
    paper = poe_form(claim, "en")
    assert reader_of(paper).get_form_text_fields()["signer"] == ""
    assert "Name: Łukasz Żak" in said(paper)


def test_there_is_a_line_to_sign_on(monkeypatch):
    widths = []
    monkeypatch.setattr(Signature, "draw", lambda line: widths.append(line.width))
    poe_form(factories.draft(), "en")
    assert [width > 80 * mm for width in widths] == [True]


def test_the_form_is_a_document_that_readers_find_their_way_in():
    paper = reader_of(poe_form(factories.draft(), "en"))
    titles = [entry.title for entry in paper.outline]
    assert paper.metadata.title.startswith("Proof of execution (PoE) · CPOR-")
    assert paper.root_object["/Lang"] == "en"
    assert paper.root_object["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert titles[2:] == [
        "1. The work done",
        "2. Results and services delivered",
        "3. Products",
        "Acknowledgement by the customer",
    ]


def test_every_letter_of_a_long_name_is_there_and_embedded():
    claim = factories.draft(**LONG, products=MANY)
    paper = poe_form(claim, "de")
    text = said(paper).replace(" ", "")
    for value in LONG.values():
        assert value.replace(" ", "") in text
    fonts = reader_of(paper).pages[0]["/Resources"]["/Font"].values()
    names = [str(font.get_object()["/BaseFont"]) for font in fonts]
    assert any("NotoSans-Regular" in name for name in names)


def test_letters_that_no_font_has_leave_a_mark_and_stop_nothing():
    claim = factories.draft(
        customer_name="株式会社 ไทย 😀 & <b>", customer_contact_name="李 雷"
    )
    text = said(poe_form(claim, "en"))
    assert "株式会社 ��� � & <b>" in text


def test_a_claim_that_was_just_begun_has_a_form_too():
    user = factories.person(factories.partner())
    claim = Claim.objects.create(
        number="CPOR-2026-000001",
        partner=user.partner,
        created_by=user,
        created_at=factories.NOW,
        updated_at=factories.NOW,
        state_since=factories.NOW,
    )
    text = said(poe_form(claim, "en"))
    assert "The customer confirms that" in text


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("fields", [{}, LONG], ids=["short", "long"])
def test_the_form_passes_the_inspection_that_it_will_meet(tmp_path, language, fields):
    paper = tmp_path / "form.pdf"
    paper.write_bytes(poe_form(factories.draft(**fields), language))
    assert inspection.inspect(paper, paper.name).code is None


@pytest.mark.parametrize("language", ["fr", "EN", "", "de.pdf"])
def test_there_is_no_form_in_another_language(language):
    claim = factories.draft()
    path = f"/claims/{claim.number}/poe-form-{language}.pdf"
    assert browser(claim.created_by).get(path).status_code == 404


# --- The receipt --------------------------------------------------------------


def receipt(claim, language="en", zone="Europe/Berlin"):
    return receipt_paper(claim, language, zone)


def test_the_receipt_says_what_was_handed_in_when_and_by_whom():
    claim = factories.claim("submitted", files=3, tenant_id=TENANT)
    text = said(receipt(claim))
    for each in (
        claim.number,
        "Mon 23 Nov 2026, 10:00:00 Europe/Berlin (UTC+01:00)",
        f"{claim.created_by} {claim.created_by.email}",
        claim.partner.name,
        "Contoso contoso.example",
        str(TENANT),
        "Exchange Online",
        "A reviewer starts by Mon 30 Nov 2026, 23:59:59 Europe/Berlin (UTC+01:00) at",
        "5 business days after Mon 23 Nov",
    ):
        assert each in text
    for file in claim.evidence.all():
        assert file.name in text
        assert file.sha256 in text


def test_the_receipt_says_which_version_of_a_file():
    claim = factories.draft()
    assert "version" not in said(receipt(claim))
    old, more = claim.evidence_all[0], factories.PDF + b"%more\n"
    evidence.attach(
        claim=claim,
        by=claim.created_by,
        upload=ContentFile(more, name="proof-2.pdf"),
        replaces=old,
        now=factories.NOW,
    )
    Evidence.objects.filter(claim=claim).update(check_state=Check.CLEAN)
    factories.take(Claim.objects.get(pk=claim.pk), "submit")
    assert "version 2" in said(receipt(Claim.objects.get(pk=claim.pk)))


def test_the_receipt_is_localised():
    claim = factories.claim("submitted")
    text = said(receipt(claim, "de", "America/New_York"))
    assert "Mo, 23. Nov 2026, 04:00:00 America/New_York (UTC-05:00)" in text
    assert "Dateien und ihre Prüfsummen" in text
    assert "5 Arbeitstage nach" in text


def test_a_receipt_made_again_is_the_same_to_the_byte():
    claim = factories.claim("submitted")
    first = receipt(claim)
    with time_machine.travel(factories.NOW.replace(day=27), tick=False):
        factories.take(claim, "start_review", now=factories.NOW.replace(day=24))
        again = receipt(Claim.objects.get(pk=claim.pk))
    assert again == first


def test_proof_handed_in_with_the_dispute_is_not_on_the_earlier_receipt():
    claim = factories.claim("rejected")
    first, later = receipt(claim), factories.NOW.replace(day=25)
    added = factories.file(claim, now=later)
    Evidence.objects.filter(pk=added.pk).update(submitted_at=later)
    again = receipt(Claim.objects.get(pk=claim.pk))
    assert added.name not in said(again)
    assert again == first


def test_what_is_edited_after_a_submission_is_not_on_its_receipt():
    claim = factories.claim("action_required", products=("EXO", "SPO"))
    first, by = receipt(claim), claim.created_by
    for code in ("TEAMS", "INTUNE"):
        actions.replace_lines(
            claim=claim,
            by=by,
            wanted=[WantedLine(factories.product(code))],
            now=factories.NOW,
        )
    moved = {"location": factories.location(by.partner)}
    actions.edit_claim(claim=claim, by=by, fields=moved, now=factories.NOW)
    edited = Claim.objects.get(pk=claim.pk)
    assert [str(line) for line in edited.lines_now] == ["Microsoft Intune"]
    assert receipt(edited) == first
    page = words(get(edited, "claim-receipt"))
    assert "Products Exchange Online SharePoint Online" in page
    assert edited.location.partner_id not in page


def test_the_page_offers_both_papers_and_they_are_attachments():
    claim = factories.claim("submitted")
    page = get(claim, "claim-receipt")
    answer = get(claim, "claim-receipt-paper")
    assert reverse("claim-receipt-paper", args=[claim.number]) in page.content.decode()
    assert f"From {claim.partner}" in words(page)
    assert f"Submitted by {claim.created_by}" in words(page)
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="Receipt {claim.number}.pdf"'
    )


def test_a_draft_has_no_receipt_to_take_away():
    claim = factories.draft()
    there = reverse("claim-continue", args=[claim.number])
    assert get(claim, "claim-receipt-paper").headers["Location"] == there


# --- Who gets them ------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rest"), [("claim-poe-form", ("en",)), ("claim-receipt-paper", ())]
)
def test_papers_of_other_companies_are_missing(name, rest):
    claim = factories.claim("submitted")
    rival = factories.person(factories.partner())
    foreign = get(claim, name, *rest, reader=rival)
    missing = browser(rival).get(reverse(name, args=["CPOR-2026-999999", *rest]))
    auditor = get(claim, name, *rest, reader=factories.staff(StaffRole.AUDITOR))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert words(foreign) == words(missing)
    assert auditor.status_code == 200


def test_fonts_are_where_the_papers_look_for_them(settings):
    for name in ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"):
        assert Path(settings.BASE_DIR, "static/vendor/noto-sans", name).is_file()
