"""The programme's numbers: a row beats the environment, in every process, at once."""

import pytest
from django.utils import translation

from accounts import rulebook
from accounts.models import ChangedNumber
from claims.rulebook import (
    CLOCK_DAYS,
    EVIDENCE_MAX_BYTES,
    EVIDENCE_SIGNATURE_MONTHS,
    PARTNER_RESPONSE_DAYS,
    REVIEW_START_DAYS,
)
from claims.workflow import CLAIM
from cpor.celery import app
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db


def change(number, value):
    ChangedNumber.objects.update_or_create(name=number.name, defaults={"value": value})


def test_without_a_row_the_environment_speaks(settings):
    settings.CLOCK_DAYS = {**settings.CLOCK_DAYS, "review_start": 7}
    assert rulebook.value_of(REVIEW_START_DAYS) == 7


def test_a_row_beats_the_environment_and_counts_as_the_program_does(settings):
    settings.EVIDENCE_MAX_BYTES = 1000
    change(EVIDENCE_MAX_BYTES, 2)
    assert rulebook.value_of(EVIDENCE_MAX_BYTES) == 2 * 1024 * 1024
    assert rulebook.shown_value(EVIDENCE_MAX_BYTES) == 2


def test_within_one_request_the_database_is_asked_once(django_assert_num_queries):
    with rulebook.asked_once(), django_assert_num_queries(1):
        rulebook.value_of(REVIEW_START_DAYS)
        rulebook.value_of(EVIDENCE_MAX_BYTES)


def test_outside_of_one_nothing_is_kept(django_assert_num_queries):
    with django_assert_num_queries(2):
        assert rulebook.value_of(REVIEW_START_DAYS) == 5
        change_elsewhere = ChangedNumber(name=REVIEW_START_DAYS.name, value=6)
        ChangedNumber.objects.bulk_create([change_elsewhere])
    assert rulebook.value_of(REVIEW_START_DAYS) == 6


def test_the_next_request_and_the_next_task_see_what_changed():
    for days in (6, 7):
        with rulebook.asked_once():
            assert rulebook.value_of(REVIEW_START_DAYS) == days - 1
            change(REVIEW_START_DAYS, days)
            assert rulebook.value_of(REVIEW_START_DAYS) == days - 1
            rulebook.forget()
            assert rulebook.value_of(REVIEW_START_DAYS) == days


def test_a_task_asks_once_and_the_next_one_again(django_assert_num_queries):
    @app.task
    def twice():
        return [rulebook.value_of(REVIEW_START_DAYS) for _ in range(2)]

    with django_assert_num_queries(1):
        assert twice() == [5, 5]
    change(REVIEW_START_DAYS, 9)
    assert twice() == [9, 9]


def test_every_clock_of_the_workflow_has_its_number():
    assert CLOCK_DAYS.keys() == CLAIM.clocks.keys()


def test_every_default_lies_within_its_bounds():
    for number in rulebook.numbers():
        assert number.least <= rulebook.shown_value(number) <= number.most


def test_a_changed_number_moves_new_deadlines_and_no_running_one():
    before = factories.claim("submitted")
    change(REVIEW_START_DAYS, 2)
    after = factories.claim("submitted")
    assert before.deadlines.get().arithmetic["due_on"] == "2026-11-30"
    assert after.deadlines.get().arithmetic["due_on"] == "2026-11-25"
    before.refresh_from_db()
    assert before.deadlines.get().rule == "5 business days"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "within 1 business day."), ("de", "innerhalb von 1 Arbeitstag")],
)
def test_a_consequence_names_the_number_in_force(language, sentence):
    change(REVIEW_START_DAYS, 1)
    with translation.override(language):
        submit = CLAIM["draft"].action("submit")
        assert sentence in str(submit.consequence)


def test_the_page_of_a_step_names_the_number_in_force():
    claim = factories.claim("in_review")
    change(PARTNER_RESPONSE_DAYS, 21)
    page = browser(claim.assignee).get(f"/claims/{claim.number}/steps/request_info/")
    assert "The partner has 21 business days to answer." in words(page)


def test_reviewers_and_partners_read_of_the_same_months():
    change(EVIDENCE_SIGNATURE_MONTHS, 6)
    claim = factories.claim("draft")
    page = browser(claim.created_by).get(f"/claims/{claim.number}/edit/evidence/")
    assert "Not older than 6 months" in words(page)
