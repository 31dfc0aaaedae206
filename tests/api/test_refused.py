"""What the API cannot take, and how it says so."""

from base64 import b64encode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from claims.api import Pages
from tests import factories
from tests.api.test_api import client_of, url

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("field", ["signed_on", "document_on"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-13-01"])
def test_a_day_that_cannot_be_is_refused_as_on_the_page(field, day):
    claim = factories.draft(files=0)
    file = factories.file(claim)

    answer = client_of(claim.created_by).patch(
        url(claim, f"evidence/{file.public_id}/"), {field: day}, format="json"
    )

    assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.mark.parametrize(
    "body",
    [
        '{"name": ' + "[" * 2000 + "]" * 2000 + "}",
        '{"products": [{"product": "\\u0000"}]}',
        '{"products": [{"product": 7}]}',
        '{"name": 1e999}',
    ],
    ids=["deep", "nul", "number", "endless"],
)
def test_what_no_claim_can_hold_is_told_and_no_server_error(body):
    claim = factories.claim("draft")
    client = client_of(claim.created_by)
    answer = client.patch(url(claim), body, content_type="application/json")
    assert answer.status_code == 400, answer.content


@pytest.mark.parametrize("field", ["area", "role", "customer_language", "name"])
def test_half_a_character_is_told_and_no_server_error(field):
    claim = factories.draft()

    answer = client_of(claim.created_by).generic(
        "PATCH",
        url(claim),
        f'{{"{field}": "\\ud800"}}',
        content_type="application/json",
    )

    assert answer.status_code == 400


def test_a_file_that_is_too_large_is_told_so(settings):
    claim = factories.draft(files=0)
    upload = SimpleUploadedFile("proof.pdf", b"%PDF-1.4" + bytes(26 * 1024 * 1024))

    answer = client_of(claim.created_by).post(
        url(claim, "evidence/"), {"file": upload}, format="multipart"
    )

    assert answer.status_code == 413
    assert "larger than 25" in answer.content.decode()


@pytest.mark.parametrize("name", ["reviewer", "partner__name", "ordering", "assignee"])
def test_a_filter_that_is_not_the_readers_is_refused_by_name(name):
    claim = factories.claim("in_review")
    answer = client_of(claim.created_by).get("/api/v1/claims/", {name: "none"})
    assert answer.status_code == 400
    assert list(answer.json()) == [name]


def test_staff_filter_by_reviewer():
    claim = factories.claim("in_review")
    ask = client_of(claim.assignee).get
    mine = ask("/api/v1/claims/", {"reviewer": claim.assignee.pk}).json()
    assert [row["number"] for row in mine["results"]] == [claim.number]
    assert ask("/api/v1/claims/", {"reviewer": "none"}).json()["results"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("due_within", "soon"), ("status", "lost"), ("created_from", "2026-13-01")],
)
def test_a_filter_that_makes_no_sense_is_told(name, value):
    claim = factories.claim("in_review")
    answer = client_of(claim.created_by).get("/api/v1/claims/", {name: value})
    assert answer.status_code == 400
    assert list(answer.json()) == [name]


@pytest.mark.parametrize("inside", ["", "p=yesterday", "p=2026-11-25", "o=-1", "p=%00"])
def test_a_page_that_we_did_not_name_is_told_in_a_sentence(inside):
    cursor = b64encode(inside.encode()).decode() if inside else "a"
    client = client_of(factories.claim("draft").created_by)
    answer = client.get("/api/v1/claims/", {"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json() == {
        "cursor": ["This is no page. Begin with the address without cursor."]
    }


def test_every_page_we_name_can_be_read(monkeypatch):
    monkeypatch.setattr(Pages, "page_size", 1)
    by = factories.claim("draft").created_by
    for _ in range(2):
        factories.claim("draft", by=by)
    client, seen, address = client_of(by), [], "/api/v1/claims/"
    while address:
        page = client.get(address).json()
        seen += [row["number"] for row in page["results"]]
        address = page["next"]
    assert len(set(seen)) == len(seen) == 3


def test_what_is_not_there_tells_no_methods():
    client = client_of(factories.claim("draft").created_by)
    for number in ("CPOR-2020-000001", "nonsense"):
        answer = client.get(f"/api/v1/claims/{number}/")
        assert answer.status_code == 404
        assert "Allow" not in answer.headers
