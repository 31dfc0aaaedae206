"""Mail servers that refuse or are away: nothing is lost and nothing sent twice."""

from datetime import timedelta

import pytest

from notifications import tasks
from notifications.actions import retry
from notifications.delivery import MOST_ATTEMPTS, Outcome, deliver, sweep
from notifications.models import Delivery, DeliveryState, Message
from tests.notifications.conftest import (
    NUMBER,
    Post,
    free_port,
    mail_server,
    soon,
    tell,
    through,
)
from tests.notifications.test_delivery import MINUTE, state_of

pytestmark = pytest.mark.django_db


def test_a_temporary_refusal_is_tried_again_under_the_same_id(reader, post):
    post.recipient_answers = ["451 4.2.0 Try later"]
    message = tell(reader)
    now = soon()

    assert deliver(now=now) is Outcome.DELAYED
    assert deliver(now=now + MINUTE - timedelta(seconds=1)) is Outcome.NOTHING
    assert deliver(now=now + MINUTE) is Outcome.ACCEPTED

    assert post.message_ids == [message.message_id]
    assert Delivery.objects.get().attempts == 2


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        ({"recipient_answers": ["550 5.1.1 Unknown"]}, "550 5.1.1 Unknown"),
        ({"mail_answers": ["554 5.7.1 No"]}, "554 5.7.1 No"),
    ],
)
def test_a_refusal_for_good_ends_it_at_once_and_tells_the_leads(
    reader, lead, post, refusal, said
):
    vars(post).update(refusal)
    message = tell(reader)

    assert deliver(now=soon()) is Outcome.DEAD

    assert state_of(message) == DeliveryState.DEAD
    assert Delivery.objects.get(message=message).last_error == said
    told = Message.objects.get(topic="undeliverable")
    assert (told.recipient, told.group) == (lead, NUMBER)
    assert told.context["address"] == "uwe@nordwind.example"
    assert told.context["about"] == {
        "en": "Claim approved",
        "de": "Antrag genehmigt",
    }


def test_a_refused_report_is_not_reported(lead, post):
    post.recipient_answers = ["550 5.1.1 Unknown"]
    tell(lead, "undeliverable")

    assert deliver(now=soon()) is Outcome.DEAD
    assert Message.objects.count() == 1


def test_an_address_that_no_mail_can_go_to_ends_it_at_once(post):
    tell("jürgen@alpenblick.example", "customer_notice")

    assert deliver(now=soon()) is Outcome.DEAD


def test_the_pauses_double_from_a_minute_to_six_hours(reader, post):
    post.recipient_answers = ["451 Later"] * MOST_ATTEMPTS
    tell(reader)
    now, pauses, outcomes = soon(), [], []

    for _ in range(MOST_ATTEMPTS):
        outcomes.append(deliver(now=now))
        following = Delivery.objects.get().next_attempt_at
        pauses.append((following - now) // MINUTE)
        now = following

    assert pauses[:-1] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert outcomes == [Outcome.DELAYED] * 11 + [Outcome.DEAD]


def test_a_mail_that_cannot_be_written_waits_until_that_is_mended(reader, post):
    broken, whole = tell(reader), tell(reader)
    Message.objects.filter(pk=broken.pk).update(topic="of the past")

    assert sweep(now=soon()) == {Outcome.DELAYED: 1, Outcome.ACCEPTED: 1}
    assert post.message_ids == [whole.message_id]


def test_a_dead_letter_goes_out_after_a_retry(reader, lead, post):
    post.recipient_answers = ["550 No"]
    message = tell(reader)
    deliver(now=soon())

    assert retry(now=soon(), pk=message.delivery.pk) == 1
    sweep(now=soon() + MINUTE)

    assert message.message_id in post.message_ids
    assert state_of(message) == DeliveryState.ACCEPTED


# --- A mail server that is away -----------------------------------------------------


def test_a_server_that_is_down_loses_nothing_and_kills_nothing(reader, settings):
    port, post = free_port(), Post()
    through(settings, port)
    ids = [tell(reader).message_id for _ in range(3)]
    now = soon()

    for minute in range(60):
        assert sweep(now=now + MINUTE * minute)[Outcome.DEAD] == 0
    assert set(Delivery.objects.values_list("state", "attempts")) == {("waiting", 0)}

    with mail_server(post, port):
        sweep(now=now + MINUTE * 70)
    assert sorted(post.message_ids) == sorted(ids)


def test_a_sweep_tries_a_server_that_is_down_only_once(reader, settings):
    through(settings, free_port())
    for _ in range(3):
        tell(reader)

    assert sweep(now=soon()) == {Outcome.UNREACHABLE: 1}


def test_fresh_mails_leave_a_server_that_is_down_to_the_sweep(reader, settings, post):
    message = tell(reader)
    other = tell(reader, "expired")
    Delivery.objects.update(next_attempt_at=soon() - MINUTE)
    Delivery.objects.filter(message=other).update(unreachable_at=soon())

    assert tasks.deliver(message.delivery.pk) == "nothing"
    assert post.accepted == []
