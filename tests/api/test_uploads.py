"""Files that programs send: read outside of any transaction, and for comments too."""

import io

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from rest_framework.test import APIClient

from accounts.actions import issue_token
from claims.models import Evidence, Purpose
from reviews.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db

JSON = "application/json"


class Slow(io.BytesIO):
    """A body that notes what of the database is held while it is read."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.seen: set[tuple[bool, bool]] = set()

    def read(self, size=-1):
        self.seen.add((connection.in_atomic_block, connection.connection is not None))
        return super().read(size)


def url(claim, rest):
    return f"/api/v1/claims/{claim.number}/{rest}"


def program(person):
    client = APIClient()
    client.force_authenticate(person)
    return client


def token_of(person):
    return {"authorization": f"Token {issue_token(person=person)}"}


def sent(address, body, kind, method="POST", headers=None):
    return Client().generic(
        method,
        address,
        body.getvalue(),
        content_type=kind,
        headers=headers or {},
        **{"wsgi.input": body},
    )


def pdf(name="list.pdf", mark="1"):
    return SimpleUploadedFile(name, factories.PDF + f"%{mark}\n".encode())


def multipart(**fields):
    return Slow(encode_multipart(BOUNDARY, fields))


# --- While they come in ----------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rest", ["evidence/", "comments/files/"])
def test_a_slow_program_holds_neither_transaction_nor_connection(rest):
    claim = factories.claim("action_required")
    body = multipart(file=pdf())
    answer = sent(
        url(claim, rest), body, MULTIPART_CONTENT, headers=token_of(claim.created_by)
    )
    assert (answer.status_code, answer.json()["name"]) == (201, "list.pdf")
    assert body.seen == {(False, False)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("kind", [JSON, MULTIPART_CONTENT])
def test_no_transaction_waits_for_slow_words(method, kind):
    claim = factories.claim("submitted") if method == "POST" else factories.draft()
    rest, field = {"POST": ("comments/", "text"), "PATCH": ("", "name")}[method]
    body = (
        Slow(b'{"%s": "Hello"}' % field.encode())
        if kind == JSON
        else multipart(**{field: "Hello"})
    )
    answer = sent(url(claim, rest), body, kind, method, token_of(claim.created_by))
    assert answer.status_code in {200, 201}
    assert {is_open for is_open, _ in body.seen} == {False}


@pytest.mark.parametrize("token", [{}, {"authorization": "Token wrong"}])
def test_of_a_strangers_file_nothing_is_read(token):
    claim = factories.claim("action_required")
    body = multipart(file=pdf())
    answer = sent(url(claim, "evidence/"), body, MULTIPART_CONTENT, headers=token)
    assert answer.status_code == 401
    assert body.seen == set()


@pytest.mark.parametrize("token", [True, False])
def test_words_beyond_all_limits_are_not_read(token):
    claim = factories.claim("action_required")
    body = Slow(b" " * (django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))
    headers = token_of(claim.created_by) if token else {}
    answer = sent(url(claim, "comments/"), body, JSON, headers=headers)
    assert answer.status_code == 413
    assert answer.json() == {"detail": "This request is too long. Send less at once."}
    assert body.seen == set()


# --- Files of a comment -----------------------------------------------------------


def test_a_programs_file_waits_for_its_comment_and_goes_with_it():
    claim = factories.claim("in_review")
    api = program(claim.created_by)
    made = api.post(url(claim, "comments/files/"), {"file": pdf()}, format="multipart")
    assert made.status_code == 201
    assert (made.json()["purpose"], made.json()["state"]) == ("comment", "received")
    waiting = [file["id"] for file in api.get(url(claim, "comments/files/")).json()]
    assert waiting == [made.json()["id"]]

    said = api.post(url(claim, "comments/"), {"text": "The list."}, format="json")
    assert [file["name"] for file in said.json()["files"]] == ["list.pdf"]
    assert api.get(url(claim, "comments/files/")).json() == []
    [heard] = program(claim.assignee).get(url(claim, "comments/")).json()
    assert [file["id"] for file in heard["files"]] == waiting
    assert Comment.objects.get().attachments.get().is_kept


def test_what_waits_for_a_programs_comment_is_its_writers_alone():
    claim = factories.claim("in_review")
    writer = program(claim.created_by)
    given = {"file": pdf()}
    made = writer.post(url(claim, "comments/files/"), given, format="multipart")
    file = url(claim, f"evidence/{made.json()['id']}/")
    for other in (factories.person(claim.partner), claim.assignee):
        assert program(other).get(url(claim, "comments/files/")).json() == []
        assert program(other).delete(file).status_code == 404
    assert writer.delete(file).status_code == 204
    assert not Evidence.objects.filter(purpose=Purpose.COMMENT).exists()


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (b"", 409, "This file is empty."),
        (b"MZ" + bytes(400), 409, "The content of this file is of another kind"),
        (factories.PDF + bytes(26 * 1024 * 1024), 413, "larger than 25 MB"),
        (None, 400, "Attach a file in the field"),
    ],
)
def test_what_cannot_go_with_a_comment_is_refused_as_on_the_page(
    content, code, sentence
):
    claim = factories.claim("in_review")
    given = {} if content is None else {"file": SimpleUploadedFile("a.pdf", content)}
    answer = program(claim.created_by).post(
        url(claim, "comments/files/"), given, format="multipart"
    )
    assert answer.status_code == code
    assert sentence in answer.content.decode()
    assert not claim.evidence.filter(purpose=Purpose.COMMENT).exists()


def test_the_same_file_waits_for_a_comment_once():
    claim = factories.claim("in_review")
    api, where = program(claim.created_by), url(claim, "comments/files/")
    answers = [api.post(where, {"file": pdf()}, format="multipart") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert "already attached, as list.pdf" in answers[1].json()["detail"]


def test_the_conversation_takes_the_same_queries_for_any_number_of_files(
    django_assert_num_queries,
):
    claim = factories.claim("in_review")
    api = program(claim.created_by)

    def say(mark):
        api.post(
            url(claim, "comments/files/"), {"file": pdf(mark=mark)}, format="multipart"
        )
        api.post(url(claim, "comments/"), {"text": mark}, format="json")

    say("1")
    with django_assert_num_queries(5):
        assert len(api.get(url(claim, "comments/")).json()) == 1
    say("2")
    say("3")
    with django_assert_num_queries(5):
        assert len(api.get(url(claim, "comments/")).json()) == 3
