"""Sending files, and what comes of it."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests import factories
from tests.claims.pages import browser, words

PDF = factories.PDF


def pdf(name="proof.pdf", mark=""):
    return SimpleUploadedFile(name, PDF.replace(b"1.4\n", f"1.4\n%{mark}\n".encode()))


def upload(claim, *files, reader=None, json=False, **typed):
    headers = {"Accept": "application/json"} if json else {}
    address = reverse("evidence-upload", args=[claim.number])
    tab = browser(reader or claim.created_by)
    return tab.post(address, {"file": list(files), **typed}, headers=headers)


def part(claim):
    return reverse("claim-wizard", args=[claim.number, "evidence"])


def save(claim, **typed):
    return browser(claim.created_by).post(part(claim), typed)


def after(claim, answer):
    """Return what the page says that an upload leads to."""
    return words(browser_of(answer).get(answer.headers["Location"]))


def browser_of(answer):
    return answer.client


def address(file, name="evidence"):
    return reverse(name, args=[file.claim.number, file.public_id])


def field(file, name):
    return f"{file.public_id.hex}-{name}"
