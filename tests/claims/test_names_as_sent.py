"""What a file was called when it was sent is kept, and shown with nothing hidden in it.

The requests are written by hand: clients of a test clean the names themselves.
"""

import pytest
from django.urls import reverse

from claims.inspection.names import laid_open
from claims.models import Evidence
from tests import factories
from tests.claims.pages import browser, words
from tests.inspection.test_names import NAMES

pytestmark = pytest.mark.django_db

LEFT_OUT = "This file name cannot be used."
HEAD = (
    b"--mark\r\n"
    b'Content-Disposition: form-data; name="file"; filename="%s"\r\n'
    b"Content-Type: application/pdf\r\n\r\n"
)


@pytest.fixture
def claim():
    return factories.draft(files=0)


def sent(claim, name, content=factories.PDF, accept="application/json"):
    head = HEAD.replace(b"%s", name.encode())
    return browser(claim.created_by).generic(
        "POST",
        reverse("evidence-upload", args=[claim.number]),
        head + content + b"\r\n--mark--\r\n",
        content_type="multipart/form-data; boundary=mark",
        headers={"Accept": accept},
    )


@pytest.mark.parametrize(
    ("name", "kept", "shown"),
    [
        ("pro\u202efdp.pdf", "profdp.pdf", "pro⟨U+202E⟩fdp.pdf"),
        ("a\u200bb.pdf", "ab.pdf", "a⟨U+200B⟩b.pdf"),
        ("a\x00b.pdf", "ab.pdf", "a\u2400b.pdf"),
        ("a\x1b[31mb.pdf", "a[31mb.pdf", "a⟨U+001B⟩[31mb.pdf"),
        ("../../etc/proof.pdf", "proof.pdf", "../../etc/proof.pdf"),
        ("C:\\fakepath\\proof.pdf", "proof.pdf", "C:\\fakepath\\proof.pdf"),
        ("nul.pdf", "_nul.pdf", "nul.pdf"),
        ("R&amp;D.pdf", "R&amp;D.pdf", ""),
        ("SCAN.PDF", "SCAN.pdf", ""),
        ("u\u0308ber.pdf", "über.pdf", ""),
    ],
)
def test_the_name_is_kept_as_it_was_sent(claim, name, kept, shown):
    answer = sent(claim, name)

    file = Evidence.objects.get()
    assert answer.status_code == 201
    assert (file.name, file.sent_as) == (kept, shown)
    assert file.original_name == name.replace("\x00", "\u2400")
    assert ("sent as" in answer.json()["html"]) is bool(shown)


def test_what_is_hidden_in_a_name_reaches_no_page(claim):
    name = "a\u202e<script>alert(1)</script>\u200b.pdf"
    sent(claim, name, accept="text/html")

    page = browser(claim.created_by).get(
        reverse("claim-wizard", args=[claim.number, "evidence"])
    )
    html = page.content.decode()
    assert "sent as “<bdi>a⟨U+202E⟩&lt;script&gt;alert(1)" in html
    assert {"\u202e", "\u200b"}.isdisjoint(html)


@pytest.mark.parametrize("name", ["\u200b\u202e", "..", "/", " . ", "\x01", "\u3164"])
def test_a_name_without_anything_to_see_is_refused_and_says_so(claim, name):
    answer = sent(claim, name)

    assert answer.status_code == 422
    assert answer.json()["message"].startswith(LEFT_OUT)
    assert answer.json()["name"] == laid_open(name)
    assert Evidence.objects.count() == 0
    answer = sent(claim, name, accept="text/html")
    page = answer.client.get(answer["Location"])
    assert LEFT_OUT in words(page)


def test_the_api_tells_the_name_that_was_sent(claim):
    sent(claim, "a\u202eb.pdf")
    address = reverse("api-files", args=[claim.number])
    (told,) = browser(claim.created_by).get(address).json()
    assert (told["name"], told["sent_as"]) == ("ab.pdf", "a⟨U+202E⟩b.pdf")


def test_a_name_beyond_what_is_kept_is_cut_not_refused(claim):
    assert sent(claim, "語" * 250 + "x" * 40 + ".pdf").status_code == 201
    file = Evidence.objects.get()
    assert len(file.original_name) == 255
    assert file.name.endswith("語.pdf")


def test_there_are_at_least_fifty_names():
    assert len({name for name, _cleaned in NAMES}) >= 50


@pytest.mark.parametrize("name", [name for name, _cleaned in NAMES])
def test_no_name_that_is_laid_open_hides_anything(name):
    shown = laid_open(name)
    assert shown.replace("⟨", "").isprintable()
    assert laid_open(shown) == shown
