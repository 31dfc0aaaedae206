"""Links that leave the session: one file, one person, one use, one minute."""

import uuid
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import signing
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from claims.models import Check, Evidence
from claims.serving import link_token
from tests import factories
from tests.claims.pages import browser, words
from tests.storage import in_s3, s3_server

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def s3(tmp_path_factory):
    with s3_server(tmp_path_factory.mktemp("s3")) as address:
        yield address


@pytest.fixture(params=["folder", "s3"], autouse=True)
def storage(request, settings):
    """Let the files lie in a folder, then on an S3 server that checks signatures."""
    if request.param == "s3":
        address = request.getfixturevalue("s3")
        settings.STORAGES = in_s3(settings.STORAGES, address)


@pytest.fixture
def file(storage):
    cache.clear()
    return factories.file(factories.draft(files=0))


def ask(file, reader=None):
    """Have the API make a link, and return its path."""
    client = APIClient()
    client.force_authenticate(reader or file.uploaded_by)
    address = reverse("api-evidence-link", args=[file.claim.number, file.public_id])
    return client.post(address)


def path_of(answer):
    return answer.json()["url"].removeprefix("http://testserver")


def link(file, reader):
    return reverse("file-link", args=[link_token(file=file, reader=reader)])


def read(answer):
    """Return what was streamed, as the server would read it to the end."""
    return b"".join(answer.streaming_content) if answer.streaming else b""


def refusal(path, reader=None):
    answer = browser(reader).get(path)
    assert "Content-Disposition" not in answer.headers
    return answer.status_code, words(answer)


NO_LINK = (
    "This link opens no file A link to a file works once, for one minute, and only for "
    "the person it was made for."
)


def test_a_link_hands_out_its_file_without_a_session(file):
    made = ask(file)
    answer = browser(None).get(path_of(made))
    assert made.status_code == 201
    assert read(answer) == factories.PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "set-cookie" not in answer.headers


def test_a_link_says_when_it_ends(file):
    with time_machine.travel(factories.NOW, tick=False):
        made = ask(file)
    ends = datetime.fromisoformat(made.json()["expires_at"])
    assert ends == factories.NOW + timedelta(seconds=60)


def test_a_link_works_once(file):
    path = path_of(ask(file))
    first = browser(None).get(path)
    read(first)
    status, said = refusal(path)
    assert (first.status_code, status) == (200, 404)
    assert said.startswith(NO_LINK)


def test_looking_at_the_head_of_a_link_does_not_use_it_up(file):
    path = path_of(ask(file))
    read(browser(None).head(path))
    answer = browser(None).get(path)
    assert read(answer) == factories.PDF


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (61, 404)])
def test_a_link_lives_for_a_minute(file, seconds, status):
    # From the true time on, since S3 signs with it.
    whole = timezone.now().replace(microsecond=0)  # as links are dated
    with time_machine.travel(whole, tick=False) as clock:
        path = path_of(ask(file))
        clock.shift(timedelta(seconds=seconds))
        answer = browser(None).get(path)
        read(answer)
    assert answer.status_code == status


def test_a_link_moved_to_another_file_is_refused(file):
    other = factories.file(file.claim)
    mine, theirs = (
        link_token(file=one, reader=file.uploaded_by) for one in (file, other)
    )
    body, *_mine = theirs.split(":")
    moved = ":".join([body, *mine.split(":")[1:]])
    assert refusal(reverse("file-link", args=[moved]))[0] == 404


def test_a_link_is_of_no_use_to_another_person(file):
    colleague = factories.person(file.claim.partner)
    rival = factories.person(factories.partner())
    for other in (colleague, rival, factories.staff()):
        assert refusal(link(file, file.uploaded_by), other)[0] == 404


def test_a_link_opens_only_what_its_person_may_see_when_it_is_used(file):
    rival = factories.person(factories.partner())
    gone = factories.person(file.claim.partner)
    path = link(file, gone)
    gone.is_active = False
    gone.save()
    assert refusal(link(file, rival))[0] == 404
    assert refusal(path)[0] == 404


def test_a_link_made_for_anything_else_opens_no_file(file):
    bound = [
        file.claim.number,
        file.public_id.hex,
        file.uploaded_by_id,
        uuid.uuid4().hex,
    ]
    token = signing.dumps(bound, salt="another purpose")
    assert refusal(reverse("file-link", args=[token]))[0] == 404


def test_every_refused_link_says_the_same(file):
    token = link_token(file=file, reader=file.uploaded_by)
    tries = ["x", token[:-1], token + "A", token.replace(":", "."), token.swapcase()]
    answers = [refusal(reverse("file-link", args=[each])) for each in tries]
    assert {status for status, _said in answers} == {404}
    assert len({said for _status, said in answers}) == 1


def test_no_link_is_made_to_a_file_that_is_not_clean(file):
    Evidence.objects.update(check_state=Check.RECEIVED)
    answer = ask(file)
    assert answer.status_code == 409
    assert answer.json()["detail"] == "This file is still being checked."


def test_a_file_that_stops_being_clean_is_not_behind_its_link(file):
    path = link(file, file.uploaded_by)
    Evidence.objects.update(check_state=Check.INFECTED)
    answer = browser(None).get(path)
    assert answer.status_code == 409
    assert "Content-Disposition" not in answer.headers


def test_nobody_else_is_made_a_link(file):
    rival = factories.person(factories.partner())
    foreign = ask(file, rival)
    missing = ask(Evidence(claim=file.claim, public_id=uuid.uuid4()), rival)
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.content == missing.content
