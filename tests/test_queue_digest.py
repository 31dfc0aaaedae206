"""The summary of the queue that reviewers get on working mornings."""

from datetime import UTC, datetime

import pytest

from accounts.models import StaffRole
from cpor import reminders
from notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db

MONDAY_AT_NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # in Berlin
MONDAY_BEFORE_NINE = datetime(2026, 11, 23, 7, 59, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def digests():
    return Message.objects.filter(topic="queue_digest")


def test_each_reviewer_gets_one_summary_a_day():
    factories.claim("submitted")
    reviewers = {factories.staff(), factories.staff(StaffRole.LEAD)}
    factories.staff(StaffRole.AUDITOR)
    factories.staff(is_available=False)

    first = reminders.tell_the_queue(MONDAY_AT_NINE)
    second = reminders.tell_the_queue(MONDAY_AT_NINE)

    assert (first, second) == (2, 0)
    assert {message.recipient for message in digests()} == reviewers
    assert digests()[0].context["count"] == 1


@pytest.mark.parametrize("now", [MONDAY_BEFORE_NINE, SUNDAY])
def test_nobody_is_told_out_of_hours(now):
    factories.claim("submitted")
    factories.staff()

    assert reminders.tell_the_queue(now) == 0


def test_an_empty_queue_is_no_news():
    factories.claim("in_review")
    factories.staff()

    assert reminders.tell_the_queue(MONDAY_AT_NINE) == 0
    assert not digests().exists()


def test_a_partners_comment_reaches_the_leads_while_nobody_reviews():
    claim, lead = factories.claim("submitted"), factories.staff(StaffRole.LEAD)

    factories.comment(claim, by=claim.created_by)

    told = Message.objects.filter(topic="comment_added")
    assert [message.recipient for message in told] == [lead]
