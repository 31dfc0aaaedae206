"""Readers of every kind, and a mail server whose temper a test can choose."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import Partner, StaffRole, Title, User
from notifications.actions import compose
from notifications.models import Delivery

NUMBER = "CPOR-2026-000123"


@dataclass
class Post:
    """Answers as told, once per recipient or mail, and keeps what it accepted."""

    recipient_answers: list[str] = field(default_factory=list)
    mail_answers: list[str] = field(default_factory=list)
    accepted: list[EmailMessage] = field(default_factory=list)
    envelopes: list[list[str]] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 -- named by aiosmtpd
        answer = self.recipient_answers.pop(0) if self.recipient_answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 -- named by aiosmtpd
        answer = self.mail_answers.pop(0) if self.mail_answers else "250 OK"
        if answer.startswith("250"):
            mail = message_from_bytes(envelope.content, policy=policy.default)
            self.accepted.append(mail)
            self.envelopes.append(envelope.rcpt_tos)
            self.senders.append(envelope.mail_from)
        return answer

    @property
    def message_ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.accepted]


@contextmanager
def mail_server(post: Post, port: int = 0) -> Iterator[int]:
    """Serve on this port, or on a free one; yield it."""
    controller = Controller(post, hostname="127.0.0.1", port=port or free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def through(settings, port):
    """Send this test's mails by SMTP to a port of this machine."""
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5},
        }
    }


@pytest.fixture
def post(settings):
    """A mail server that accepts unless told otherwise."""
    post = Post()
    with mail_server(post) as port:
        through(settings, port)
        yield post


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def reader(db):
    """Somebody at a partner company."""
    return person("uwe@nordwind.example", name="Uwe Nord")


@pytest.fixture
def rival(db):
    """Somebody at another company, who must see nothing of the first."""
    return person("rita@rheinwerk.example")


@pytest.fixture
def lead(db):
    return staff(StaffRole.LEAD)


def person(email, **fields):
    """Add a person to the company of this domain."""
    slug = email.partition("@")[2].partition(".")[0]
    company, _new = Partner.objects.get_or_create(slug=slug, name=slug.title())
    return User.objects.create_user(
        email,
        **{"name": email, "partner": company, "title": Title.PARTNER_USER} | fields,
    )


def staff(role, **fields):
    return User.objects.create_user(
        f"{role}@cpor.example", **{"name": role, "staff_role": role} | fields
    )


def tell(audience, topic="approved", *, key="", **more):
    """Compose one message about a claim; more goes to compose."""
    number = Delivery.objects.count()
    context = {"number": NUMBER, "customer_name": "Alpenblick GmbH"}
    return compose(
        key=key or f"event:{number}:{topic}",
        topic=topic,
        audience=audience,
        context={**context, **more.pop("context", {})},
        **{"group": NUMBER, "url": f"/claims/{NUMBER}/", **more},
    )


def soon():
    """A moment at which what was just written is surely due."""
    return timezone.now() + timedelta(seconds=5)


def logged_in(person):
    client = Client()
    client.force_login(person)
    return client
