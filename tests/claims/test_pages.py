"""Pages of a file to look at: beside the five points, never before it is clean."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from PIL import Image

from accounts.models import TrailEntry
from claims.models import Check, Claim, Evidence, Reading
from claims.reading import process
from claims.views import pages
from tests import factories
from tests.claims.pages import browser, words
from tests.claims.test_readings import attached
from tests.inspection.files import HONEST
from tests.reading.test_process import blank_pdf, image

pytestmark = pytest.mark.django_db

NOW = factories.NOW


@pytest.fixture(autouse=True)
def _at_one_moment():
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def claim():
    return factories.draft(files=0)


def pdf(claim, count=3, name="form.pdf"):
    return attached(claim, blank_pdf(*[(300, 400)] * count), name)


def viewer(file, reader=None, **asked):
    address = reverse("evidence-pages", args=[file.claim.number, file.public_id])
    return browser(reader or file.uploaded_by).get(address, asked)


def page(file, number=1, size="s", reader=None):
    rest = [file.claim.number, file.public_id, number, size]
    return browser(reader or file.uploaded_by).get(reverse("evidence-page", args=rest))


# --- The viewer ---------------------------------------------------------------


def test_pages_stand_beside_the_five_points(claim):
    file = pdf(claim)
    answer = viewer(file)
    text, html = words(answer), answer.content.decode()
    assert "Page 1 of 3" in text
    assert "Page 3 of 3" in text
    assert "What a PoE must show" in text
    assert html.count('<figure class="sheet"') == 3
    assert html.count('loading="lazy"') == 2
    assert 'alt="Page 2 of form.pdf"' in html
    assert 'width="1100" height="1467"' in html


@pytest.mark.parametrize(("size", "width"), [("s", 700), ("l", 1700), ("xxl", 1100)])
def test_sizes_are_links_and_known_ones_only(claim, size, width):
    assert f'width="{width}"' in viewer(pdf(claim), size=size).content.decode()


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("1", range(1, 11)),
        ("7", range(7, 17)),
        ("25", range(25, 26)),
        ("999", range(25, 26)),
        ("0", range(1, 11)),
        ("-3", range(1, 11)),
        ("two", range(1, 11)),
        ("9" * 50, range(1, 11)),
    ],
)
def test_ten_pages_are_shown_from_the_one_asked_for(claim, asked, shown):
    html = viewer(pdf(claim, 25), page=asked).content.decode()
    assert [n for n in range(1, 26) if f'id="page-{n}"' in html] == list(shown)
    assert ("Next pages" in html) is (shown[-1] < 25)
    assert ("Previous pages" in html) is (shown[0] > 1)


@pytest.mark.parametrize("extension", ["docx", "xlsx", "pptx", "eml", "msg"])
def test_what_cannot_be_drawn_says_why_and_offers_the_file(claim, extension):
    sample = next(one for one in HONEST if one.name.endswith(extension))
    file = attached(claim, sample.data, f"proof.{extension}", "message/rfc822")
    answer = viewer(file)
    assert "Files of this type have no preview" in words(answer)
    assert f'href="{file.url}"' in answer.content.decode()
    assert "<figure" not in answer.content.decode()
    assert page(file).status_code == 404


def test_a_file_that_defeats_the_reader_says_so(claim):
    file = attached(claim, b"%PDF-1.4 nonsense", "broken.pdf")
    assert "The pages of this file cannot be drawn" in words(viewer(file))


def test_the_page_is_there_without_a_reader_too(claim, monkeypatch):
    file = pdf(claim)
    monkeypatch.setattr(process.sys, "executable", "/no/such/program")
    assert "cannot be drawn at the moment" in words(viewer(file))
    assert not Reading.objects.exists()


def test_the_other_files_of_the_claim_are_a_link_away(claim):
    one, other = pdf(claim), pdf(claim, 2, name="other.pdf")
    html = viewer(one).content.decode()
    address = reverse("evidence-pages", args=[claim.number, other.public_id])
    assert f'href="{address}"' in html


def test_the_claims_page_leads_to_the_pages_of_clean_files_only(claim):
    clean, waiting = pdf(claim), pdf(claim)
    Evidence.objects.filter(pk=waiting.pk).update(check_state=Check.WAITING)
    html = browser(claim.created_by).get(claim.get_absolute_url()).content.decode()
    there, not_there = (
        reverse("evidence-pages", args=[claim.number, file.public_id])
        for file in (clean, waiting)
    )
    assert there in html
    assert not_there not in html


# --- The pictures -------------------------------------------------------------


def test_a_page_is_a_picture_that_nobody_keeps(claim):
    answer = page(pdf(claim), 2)
    picture = Image.open(io.BytesIO(answer.content))
    assert (picture.format, picture.size) == ("WEBP", (700, 934))
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(("form", "kind"), [("PNG", "png"), ("JPEG", "jpeg")])
def test_a_photo_is_a_page(claim, form, kind):
    photo = image("RGB", (1400, 700), "red", form)
    file = attached(claim, photo, f"photo.{kind}", f"image/{kind}")
    assert 'width="1100" height="550"' in viewer(file).content.decode()
    assert Image.open(io.BytesIO(page(file).content)).size == (700, 350)


@pytest.mark.parametrize(("number", "size"), [(0, "s"), (4, "s"), (301, "s"), (1, "x")])
def test_a_page_or_size_that_is_not_there_is_missing(claim, number, size):
    assert page(pdf(claim), number, size).status_code == 404


@pytest.mark.parametrize(
    "check", [each for each in Check if each != Check.CLEAN], ids=str
)
def test_nothing_is_seen_before_it_is_clean(claim, check):
    file = pdf(claim)
    viewer(file)
    Evidence.objects.update(check_state=check)
    assert viewer(file).status_code == 409
    assert page(file).status_code == 404


def test_pages_are_drawn_by_turns(claim, monkeypatch):
    file = pdf(claim)
    monkeypatch.setattr(pages, "WAIT_SECONDS", 0)
    with pages.turn(), pages.turn():
        answer = page(file)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert page(file).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_no_transaction_waits_while_a_page_is_drawn(claim, monkeypatch):
    file, held = pdf(claim), []

    def drawn(*args, **options):
        held.append(connection.in_atomic_block)
        return b"picture"

    monkeypatch.setattr(pages, "page_image", drawn)
    answer = page(file)
    assert (answer.content, held) == (b"picture", [False])
    assert TrailEntry.objects.filter(deed="document_read").count() == 1


def test_who_looks_is_in_the_trail_once_for_each_look(claim):
    file = pdf(claim)
    viewer(file)
    assert not TrailEntry.objects.filter(about=claim.number).exists()
    for number in (1, 2, 3):
        page(file, number)
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        cache.clear()
        page(file)
    found = TrailEntry.objects.filter(about=claim.number)
    assert (
        list(found.values_list("actor", "details__how"))
        == [(claim.created_by_id, "pages")] * 2
    )


def test_a_reviewer_looks_at_what_was_submitted_only(claim):
    file = pdf(claim)
    reviewer = factories.staff()
    assert viewer(file, reviewer).status_code == 404
    factories.take(Claim.objects.get(pk=claim.pk), "submit")
    assert viewer(file, reviewer).status_code == 200
    assert page(file, reader=reviewer).status_code == 200
