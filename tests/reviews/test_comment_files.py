"""Files of a comment come by themselves and wait for it: no error in it loses one."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from claims import evidence
from claims.models import Evidence, Purpose
from cpor import file_watch
from reviews.models import Comment
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

PROGRAM = b"MZ" + bytes(400)


@pytest.fixture
def claim():
    return factories.claim("in_review")


def pdf(name="list.pdf", mark="1"):
    return SimpleUploadedFile(name, factories.PDF + f"%{mark}\n".encode())


def say(claim, *files, by=None, json=False, **typed):
    return browser(by or claim.created_by).post(
        reverse("comment", args=[claim.number]),
        {"files": list(files), **typed},
        headers={"Accept": "application/json"} if json else {},
    )


def names(claim, by=None):
    waiting = evidence.waiting(claim=claim, by=by or claim.created_by)
    return [file.name for file in waiting]


def test_an_error_in_the_words_keeps_the_files_and_sending_takes_them(claim):
    page = say(claim, pdf(), text=" ")
    assert page.status_code == 422
    assert "list.pdf" in words(page)
    assert names(claim) == ["list.pdf"]

    assert say(claim, text="The list.").status_code == 302
    assert [f.name for f in Comment.objects.get().attachments.all()] == ["list.pdf"]
    assert names(claim) == []
    assert claim.evidence.get(purpose=Purpose.COMMENT).is_kept


def test_a_refused_file_keeps_the_words_and_the_other_files(claim):
    bad = SimpleUploadedFile("tool.pdf", PROGRAM)
    page = say(claim, pdf(), bad, text="The lists.")
    assert "tool.pdf: The content of this file is of another kind" in words(page)
    assert "The lists.</textarea>" in page.content.decode()
    assert not Comment.objects.exists()
    assert names(claim) == ["list.pdf"]


def test_without_scripts_files_are_attached_before_anything_is_said(claim):
    page = say(claim, pdf(), text="Half a sent", attach="1")
    assert page.status_code == 200
    assert "Half a sent</textarea>" in page.content.decode()
    assert "list.pdf" in words(page)
    assert not Comment.objects.exists()

    page = say(claim, text="Half a sent", remove=claim.evidence.last().public_id)
    assert "Half a sent</textarea>" in page.content.decode()
    assert names(claim) == []
    assert not claim.events.filter(step="remove").exists()


def test_a_script_gets_the_file_as_it_waits(claim):
    told = say(claim, pdf(), json=True)
    assert told.status_code == 201
    assert 'name="remove"' in told.json()["html"]
    twin = say(claim, pdf("again.pdf"), json=True)
    assert (twin.status_code, twin.json()["id"]) == (409, told.json()["id"])
    assert say(claim, json=True).status_code == 422
    page = browser(claim.created_by).get(claim.get_absolute_url())
    assert "list.pdf" in words(page)


def test_a_script_that_was_logged_out_gets_a_sentence(claim):
    address = reverse("comment", args=[claim.number])
    headers = {"Accept": "application/json"}
    answer = browser(None).post(address, {"files": [pdf()]}, headers=headers)
    assert answer.status_code == 401


def test_what_waits_for_a_comment_is_seen_by_its_writer_only(claim):
    reviewer, colleague = claim.assignee, factories.person(claim.partner)
    say(claim, pdf(), json=True)
    file = claim.evidence.last()
    Evidence.objects.filter(pk=file.pk).update(check_state="clean")
    address = reverse("evidence", args=[claim.number, file.public_id])

    def seen():
        people = (claim.created_by, colleague, reviewer)
        answers = [browser(person).get(address) for person in people]
        for answer in answers:
            b"".join(answer.streaming_content if answer.streaming else [])
        return [answer.status_code for answer in answers]

    assert seen() == [200, 404, 404]
    for person in (colleague, reviewer):
        assert "list.pdf" not in words(browser(person).get(claim.get_absolute_url()))
        say(claim, by=person, remove=file.public_id)
        say(claim, by=person, text="Hello.")
    assert names(claim) == ["list.pdf"]

    say(claim, text="The list.")
    assert seen() == [200, 200, 200]


def test_a_reviewer_takes_back_what_was_not_sent(claim):
    say(claim, pdf(), by=claim.assignee, json=True)
    assert names(claim, claim.assignee) == ["list.pdf"]
    say(claim, by=claim.assignee, remove=claim.evidence.last().public_id)
    assert claim.evidence.filter(purpose=Purpose.COMMENT).count() == 0


def test_a_submission_does_not_take_along_what_waits_for_a_comment():
    claim = factories.claim("action_required")
    say(claim, pdf(), json=True)
    factories.file(claim)
    factories.take(claim, "resubmit")
    assert names(claim) == ["list.pdf"]


def test_nobody_attaches_where_nobody_may_speak():
    claim = factories.claim("rejected_final")
    assert say(claim, pdf(), json=True).status_code == 422
    assert claim.evidence.filter(purpose=Purpose.COMMENT).count() == 0


def test_what_nobody_sends_is_gone_after_a_week(claim):
    say(claim, pdf(), json=True)
    file = claim.evidence.last()
    for age, left in ((file_watch.LEFT_OVER, 1), (file_watch.LEFT_OVER * 2, 0)):
        now = file.uploaded_at + age
        Evidence.objects.update(verified_at=None)
        file_watch.verify(now=now, most_files=99, most_seconds=60)
        assert len(names(claim)) == left
    say(claim, pdf(), text="Sent.")
    now = file.uploaded_at + timedelta(days=90)
    file_watch.verify(now=now, most_files=99, most_seconds=60)
    assert claim.evidence.filter(purpose=Purpose.COMMENT).count() == 1
