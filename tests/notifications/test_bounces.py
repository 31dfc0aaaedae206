"""Mails that come back after the mail server had taken them, and made-up ones."""

import io
import sys
from base64 import b32encode
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.opaque import opaque
from notifications import bounces, rendering
from notifications.bounces import Verdict
from notifications.delivery import sweep
from notifications.models import Delivery, DeliveryState, Message
from notifications.queries import accepted_in
from notifications.return_path import message_of, return_path
from notifications.tasks import read_bounces
from tests.notifications.conftest import NUMBER, tell

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parents[1] / "data" / "bounces"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _reads_bounces(settings):
    settings.MAIL_BOUNCES = "bounces@cpor.example"


@pytest.fixture
def sent(reader, post):
    """A mail that the mail server has accepted."""
    message = tell(reader, "action_required")
    sweep(now=timezone.now() + timedelta(seconds=1))
    assert state_of(message) == DeliveryState.ACCEPTED
    return message


def state_of(message):
    return Delivery.objects.get(message=message).state


def came_back(name, address):
    """Return a sample report as it comes to this address."""
    return (
        (SAMPLES / f"{name}.eml").read_bytes().replace(b"RETURN_PATH", address.encode())
    )


def read(name, address, *, days=0):
    raw = came_back(name, address)
    return bounces.read(raw=raw, now=timezone.now() + days * DAY)


# --- The way there --------------------------------------------------------------------


def test_each_mail_leaves_under_a_return_address_of_its_own(reader, rival, post):
    messages = [tell(reader), tell(rival)]
    sweep(now=timezone.now() + timedelta(seconds=1))
    addresses = [return_path(message) for message in messages]
    assert post.senders == addresses
    assert len(set(addresses)) == 2
    assert all(len(address.partition("@")[0]) <= 64 for address in addresses)
    assert [mail["From"] for mail in post.accepted] == [
        "CPOR Claims <claims@cpor.example>"
    ] * 2


def test_without_an_address_for_bounces_mails_leave_as_before(reader, post, settings):
    settings.MAIL_BOUNCES = ""
    tell(reader)
    sweep(now=timezone.now() + timedelta(seconds=1))
    assert post.senders == ["claims@cpor.example"]
    assert len(post.accepted[0].get_all("From")) == 1


# --- The way back ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ("postfix", "550 5.1.1 <uwe@nordwind.example>: Recipient address rejected"),
        ("exchange", "550 5.1.10 RESOLVER.ADR.RecipientNotFound"),
        ("gmail", "550-5.1.1 The email account that you tried to reach does not exist"),
    ],
)
def test_a_mail_that_came_back_is_marked_with_the_other_servers_words(
    sent, lead, server, words
):
    assert read(server, return_path(sent)) == Verdict.BOUNCED

    delivery = Delivery.objects.get(message=sent)
    assert (delivery.state, delivery.bounced_at is None) == ("bounced", False)
    assert delivery.last_error.startswith(words)
    told = Message.objects.get(topic="undeliverable", recipient=lead)
    assert words[:20] in rendering.mail(told).text
    assert read(server, return_path(sent)) == Verdict.AGAIN
    assert Message.objects.filter(topic="undeliverable").count() == 1


def test_a_mail_that_came_back_is_no_warning(sent, reader):
    def warned():
        found = accepted_in(groups=[NUMBER], topics=["action_required"])
        return {(company, topic) for _group, company, topic, _at in found}

    assert warned() == {(reader.partner_id, "action_required")}
    read("postfix", return_path(sent))
    assert warned() == set()


def test_mail_programs_may_change_the_case_of_the_address(sent):
    assert read("postfix", return_path(sent).upper()) == Verdict.BOUNCED


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("delayed", Verdict.DELAYED), ("out_of_office", Verdict.NO_REPORT)],
)
def test_what_is_no_failure_changes_nothing(sent, name, verdict):
    assert read(name, return_path(sent)) == verdict
    assert state_of(sent) == DeliveryState.ACCEPTED


def test_a_report_that_comes_long_after_the_mail_changes_nothing(sent):
    assert read("postfix", return_path(sent), days=15) == Verdict.TOO_LATE
    assert state_of(sent) == DeliveryState.ACCEPTED


def test_a_report_that_overtakes_our_own_note_of_acceptance_stands(reader, post):
    message = tell(reader)
    Delivery.objects.filter(message=message).update(state=DeliveryState.SENDING)
    assert read("gmail", return_path(message)) == Verdict.BOUNCED
    Delivery.objects.filter(message=message).update(lease=None)
    sweep(now=timezone.now() + timedelta(seconds=1))
    assert state_of(message) == DeliveryState.BOUNCED


# --- Made up --------------------------------------------------------------------------


def forgeries(sent, other):
    """Return addresses that a rival could think of, who was handed `other`."""
    theirs, _at, domain = return_path(other).partition("@")
    name = theirs.rpartition("+")[2]
    in_the_inbox = bytes.fromhex(opaque("message", sent.pk))
    return [
        f"bounces@{domain}",
        f"bounces+{sent.pk}@{domain}",
        f"bounces+{'a' * 26}@{domain}",
        f"bounces+{name[:-1]}@{domain}",
        f"bounces+{name[1:]}{name[0]}@{domain}",
        f"bounces+{b32encode(in_the_inbox).decode().rstrip('=').lower()}@{domain}",
        return_path(sent).replace(domain, "rival.example"),
    ]


def test_a_rival_can_make_up_no_bounce_of_anothers_mail(sent, rival):
    other = tell(rival)
    for address in forgeries(sent, other):
        assert read("postfix", address) == Verdict.UNKNOWN, address
    assert state_of(sent) == DeliveryState.ACCEPTED


def test_neither_message_id_nor_number_alone_bring_a_mail_back(sent):
    raw = came_back("gmail", "bounces@cpor.example")
    raw = raw.replace(b"<0123456789abcdef@cpor.example>", sent.message_id.encode())
    assert bounces.read(raw=raw, now=timezone.now()) == Verdict.UNKNOWN


def test_a_seal_outlives_a_change_of_the_secret_key(sent, settings):
    address = return_path(sent)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"  # noqa: S105 -- of this test
    assert return_path(sent) != address
    assert message_of(address) == sent


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 100,
        b"Content-Type: message/delivery-status\n\nAction",
        (
            b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: "
            b"message/delivery-status\n\n\n\n--x--"
        ),
        b"To: a@b\n" * 50_000,
    ],
)
def test_whatever_comes_in_does_no_harm(raw):
    assert bounces.read(raw=raw, now=timezone.now()) in {
        Verdict.NO_REPORT,
        Verdict.UNKNOWN,
    }


# --- How an operator wires it ---------------------------------------------------------


def test_a_mail_server_pipes_one_report_into_the_command(sent, monkeypatch, capsys):
    raw = io.BytesIO(came_back("postfix", return_path(sent)))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw))
    call_command("read_bounces")
    assert capsys.readouterr().out.strip() == "bounced"
    assert state_of(sent) == DeliveryState.BOUNCED


def test_a_maildir_is_read_once(sent, tmp_path, settings):
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1.mx").write_bytes(came_back("gmail", return_path(sent)))
    (tmp_path / "new" / "2.mx").write_bytes(
        came_back("out_of_office", return_path(sent))
    )
    settings.MAIL_BOUNCES_FOLDER = str(tmp_path)

    assert read_bounces() == {"bounced": 1, "no report": 1}
    assert read_bounces() == {}
    assert sorted(file.name for file in (tmp_path / "cur").iterdir()) == [
        "1.mx:2,S",
        "2.mx:2,S",
    ]
    assert state_of(sent) == DeliveryState.BOUNCED


def test_the_command_says_what_is_missing(tmp_path, settings):
    with pytest.raises(CommandError, match="is no Maildir"):
        call_command("read_bounces", maildir=tmp_path)
    settings.MAIL_BOUNCES = ""
    with pytest.raises(CommandError, match="Set MAIL_BOUNCES"):
        call_command("read_bounces", maildir=tmp_path)
