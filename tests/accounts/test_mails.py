"""The mails about accounts, all the way into the outbox."""

from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import Title
from notifications.models import Message


def invite(company, email):
    return actions.invite_person(
        partner=company.partner,
        email=email,
        title=Title.PARTNER_USER,
        language="de",
        actor=company.admin,
        now=timezone.now(),
    )


def test_a_reset_writes_one_message_to_the_person(nordwind):
    Client().post("/accounts/password/reset/", {"email": nordwind.user.email})
    message = Message.objects.get()
    assert (message.topic, message.recipient) == ("password_reset", nordwind.user)
    assert "/accounts/password/reset/key/" in message.context["url"]


def test_an_invitation_writes_one_message_to_the_address(nordwind, rheinwerk):
    invite(nordwind, "neu@nordwind.example")
    invite(nordwind, rheinwerk.user.email)
    written = Message.objects.order_by("pk").values_list("topic", "address", "language")
    assert not Message.objects.exclude(recipient=None).exists()
    assert list(written) == [
        ("invitation", "neu@nordwind.example", "de"),
        ("already_has_account", "user@rheinwerk.example", "de"),
    ]
    assert "/invitation/" in Message.objects.get(topic="invitation").context["url"]
