"""Mails: sent outside any transaction, at least once, and never lost."""

import threading
import time
from datetime import timedelta

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from accounts.models import StaffRole
from notifications import delivery, tasks
from notifications.actions import choose
from notifications.delivery import LEASE, MOST_ATTEMPTS, Outcome, deliver, sweep
from notifications.models import Delivery, DeliveryState, Preference
from notifications.queries import accepted_in
from tests.notifications.conftest import (
    NUMBER,
    Post,
    mail_server,
    soon,
    staff,
    tell,
    through,
)

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def state_of(message):
    return Delivery.objects.get(message=message).state


def at_once(times, act):
    """Run the same act in several threads, all starting together."""
    start = threading.Barrier(times)
    results = []

    def run():
        try:
            start.wait()
            results.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# --- The straight way ---------------------------------------------------------------


def test_an_accepted_mail_is_recorded(reader, post):
    message = tell(reader)
    now = soon()

    assert sweep(now=now) == {Outcome.ACCEPTED: 1}

    mail, row = post.accepted[0], Delivery.objects.get()
    assert (row.state, row.accepted_at, row.attempts) == ("accepted", now, 1)
    assert mail["Message-ID"] == message.message_id
    assert mail["To"] == "uwe@nordwind.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"] == "CPOR-2026-000123: approved"
    assert post.envelopes == [["uwe@nordwind.example"]]


def test_mails_about_one_claim_make_one_conversation(reader, post):
    tell(reader)
    tell(reader, "expired")

    sweep(now=soon())

    threads = {mail["References"] for mail in post.accepted}
    assert threads == {"<CPOR-2026-000123@cpor.example>"}


def test_nothing_is_sent_a_second_time(reader, post):
    tell(reader)
    now = soon()

    assert [deliver(now=now), deliver(now=now)] == [Outcome.ACCEPTED, Outcome.NOTHING]
    assert len(post.accepted) == 1


def test_who_gets_it_and_in_which_language_is_settled_when_it_goes_out(reader, post):
    tell(reader, context={"due_at": "2027-01-12T22:59:59Z"}, topic="action_required")
    reader.email, reader.language = "neu@nordwind.example", "de"
    reader.save()

    sweep(now=soon())

    assert post.envelopes == [["neu@nordwind.example"]]
    assert "Di., 12. Jan." in post.accepted[0]["Subject"]


def test_a_mail_to_a_bare_address_speaks_the_given_language(post):
    tell(
        "clara@alpenblick.example",
        "password_reset",
        context={"expires_at": "2027-01-12T22:59:59Z", "url": "http://x/"},
        language="de",
    )

    sweep(now=soon())

    text = post.accepted[0].get_body(("plain",)).get_content()
    assert "Di., 12. Jan. 2027, 22:59 Uhr (UTC)" in text


def test_the_worker_sends_the_one_mail_it_was_rung_for(reader, post):
    first, second = tell(reader), tell(reader, "expired")
    Delivery.objects.update(next_attempt_at=soon() - MINUTE)

    assert tasks.deliver(second.delivery.pk) == "accepted"

    assert post.message_ids == [second.message_id]
    assert state_of(first) == DeliveryState.WAITING


def test_the_sweep_of_each_minute_sends_the_rest(reader, post):
    tell(reader)
    tell(reader, "expired")
    Delivery.objects.update(next_attempt_at=soon() - MINUTE)

    assert tasks.deliver_due() == {"accepted": 2}


# --- Two at once, and a crash in between --------------------------------------------


class SlowPost(Post):
    async def handle_DATA(self, server, session, envelope):  # noqa: N802 -- named by aiosmtpd
        time.sleep(0.2)  # noqa: ASYNC251 -- the whole server may wait
        return await super().handle_DATA(server, session, envelope)


@pytest.mark.django_db(transaction=True)
def test_eight_deliverers_at_once_send_one_mail(reader, settings):
    tell(reader)
    now, post = soon(), SlowPost()

    with mail_server(post) as port:
        through(settings, port)
        outcomes = at_once(8, lambda: deliver(now=now))

    assert sorted(outcomes) == ["accepted", *["nothing"] * 7]
    assert len(post.accepted) == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_share_the_work(reader, post):
    ids = [tell(reader).message_id for _ in range(20)]
    now = soon()

    counts = at_once(2, lambda: sweep(now=now))

    assert sum(count[Outcome.ACCEPTED] for count in counts) == 20
    assert sorted(post.message_ids) == sorted(ids)


class Stopped(BaseException):
    """The worker's process is gone."""


def test_a_crash_after_sending_leads_to_the_same_mail_again(reader, post, monkeypatch):
    message = tell(reader)
    now = soon()

    def crash(*_arguments):
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "_accepted", crash)
        with pytest.raises(Stopped):
            deliver(now=now)

    assert state_of(message) == DeliveryState.SENDING
    assert deliver(now=now + LEASE - MINUTE) is Outcome.NOTHING
    assert deliver(now=now + LEASE) is Outcome.ACCEPTED
    assert post.message_ids == [message.message_id, message.message_id]


def test_a_mail_that_stops_every_worker_is_buried(reader, monkeypatch):
    message = tell(reader)
    now = soon()

    def crash(_message):
        raise Stopped

    monkeypatch.setattr(delivery, "send", crash)
    for attempt in range(MOST_ATTEMPTS):
        with pytest.raises(Stopped):
            deliver(now=now + LEASE * attempt)

    assert deliver(now=now + LEASE * MOST_ATTEMPTS) is Outcome.DEAD
    assert (state_of(message), message.delivery.last_error) == ("dead", "")
    row = Delivery.objects.get()
    assert str(row.trouble) == "Every worker that tried to send it stopped."


def test_who_lost_the_lease_cannot_undo_what_the_next_one_did(reader, post):
    tell(reader)
    now = soon()
    late = delivery.lease(now=now)
    assert late is not None
    assert deliver(now=now + LEASE) is Outcome.ACCEPTED

    delivery._failed(late, OSError("too late"), now + LEASE)  # noqa: SLF001 -- the end of the late one

    assert Delivery.objects.get().state == DeliveryState.ACCEPTED


class Witness(BaseEmailBackend):
    """Notes whether a transaction was open while a mail went out."""

    saw: list[bool] = []

    def send_messages(self, email_messages):
        self.saw.append(connection.in_atomic_block)
        return len(email_messages)


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_mail_server_talks(reader, settings):
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.Witness"}}
    tell(reader)

    assert sweep(now=soon()) == {Outcome.ACCEPTED: 1}

    assert Witness.saw == [False]


# --- Who gets nothing ---------------------------------------------------------------


def test_a_closed_account_gets_no_mail(reader, post):
    reader.is_active = False
    reader.save()
    message = tell(reader, "action_required")

    assert sweep(now=soon()) == {Outcome.DROPPED: 1}

    assert (state_of(message), post.accepted) == (DeliveryState.DROPPED, [])
    row = Delivery.objects.get()
    assert str(row.trouble) == "The reader's account is closed."


def test_a_reader_who_wants_no_mail_on_something_gets_none(reader, post):
    choose(user=reader, by_mail={"decisions": False})
    unwanted, wanted = tell(reader, "approved"), tell(reader, "submitted")

    sweep(now=soon())

    assert post.message_ids == [wanted.message_id]
    assert state_of(unwanted) == DeliveryState.DROPPED


def test_what_costs_a_right_is_sent_whatever_was_chosen(reader, post):
    Preference.objects.create(user=reader, group="duties", by_mail=False)
    message = tell(reader, "rejected")

    sweep(now=soon())

    assert post.message_ids == [message.message_id]


# --- What the rest of the house asks ------------------------------------------------


def test_only_mails_the_company_accepted_count_as_warnings(reader, rival, post):
    post.recipient_answers = ["250 OK", "550 No", "250 OK", "250 OK"]
    begin = tell(reader, "action_required").created_at
    tell(reader, "reminder")
    tell(reader, "action_required", group="CPOR-2026-000999")
    theirs = tell(rival, "reminder").created_at
    sweep(now=soon())

    assert accepted_in(groups=[NUMBER], topics=["action_required", "reminder"]) == {
        (NUMBER, reader.partner_id, "action_required", begin),
        (NUMBER, rival.partner_id, "reminder", theirs),
    }


@pytest.mark.parametrize(
    ("topic", "secret"),
    [
        ("password_reset", "url"),
        ("invitation", "url"),
        ("customer_notice", "decline_url"),
    ],
)
def test_a_link_that_gives_a_right_leaves_the_database_once_it_is_sent(
    post, topic, secret
):
    link = "http://testserver/secret/abc"
    message = tell("clara@alpenblick.example", topic, context={secret: link}, url="")

    sweep(now=soon())

    message.refresh_from_db()
    assert secret not in message.context
    assert link in post.accepted[0].get_body(("plain",)).get_content()


def test_a_refused_link_stays_for_the_retry(post):
    post.recipient_answers = ["550 No"]
    message = tell(
        "clara@alpenblick.example", "invitation", context={"url": "http://x"}
    )

    deliver(now=soon())

    message.refresh_from_db()
    assert message.context["url"] == "http://x"


NAME = "Alpenblick\r\nBcc: everyone@example.com\r\n\r\n<b>Hello</b>\u2028\u202e"


def test_a_name_cannot_add_a_header_or_a_body(reader, lead, post):
    reader.name = NAME
    reader.save()
    tell(reader, "comment_added", context={"actor_name": NAME, "number": NAME})
    tell(reader, group="C\r\nBcc: everyone@example.com")
    tell(staff(StaffRole.REVIEWER, name=NAME))

    assert sweep(now=soon()) == {Outcome.ACCEPTED: 3}

    for mail in post.accepted:
        assert mail["Bcc"] is None
        assert len(mail.get_all("Subject")) == 1
        assert "\n" not in mail["Subject"]
    assert [len(each) for each in post.envelopes] == [1, 1, 1]


def test_an_address_cannot_add_a_reader(post):
    tell("clara@alpenblick.example\r\nBcc: everyone@example.com", "customer_notice")
    tell("clara@alpenblick.example, everyone@example.com", "customer_notice")

    sweep(now=soon())

    assert post.envelopes == []
