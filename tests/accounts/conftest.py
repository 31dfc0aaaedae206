"""Two competing companies, each with an admin and a user, and a caught outbox."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts import outbox as accounts_outbox
from accounts.actions import create_partner, create_person
from accounts.models import Partner, StaffRole, Title, User
from cpor.identity import allauth_apps
from tests.accounts.company import provider, running
from tests.signing_in import log_in

PASSWORD = "vier stille wale tauchen"  # noqa: S105 -- of nobody outside these tests


@dataclass(frozen=True)
class Company:
    partner: Partner
    admin: User
    user: User


@dataclass(frozen=True)
class Letter:
    key: str
    topic: str
    audience: User | str
    context: dict[str, Any]
    language: str


def company(name):
    partner = create_partner(name=name)
    domain = f"{partner.slug}.example"
    return Company(
        partner,
        admin=create_person(
            email=f"admin@{domain}",
            name=f"Ada {name}",
            password=PASSWORD,
            partner=partner,
            title=Title.GLOBAL_ADMIN,
        ),
        user=create_person(
            email=f"user@{domain}",
            name=f"Uwe {name}",
            password=PASSWORD,
            partner=partner,
            title=Title.PARTNER_USER,
        ),
    )


def logged_in(person, **headers):
    return log_in(Client(**headers), person)


def is_logged_in(client):
    """Whether this browser's next request is somebody's."""
    return client.get("/account/").status_code == 200


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def forgotten_attempts():
    cache.clear()


@pytest.fixture
def nordwind(db):
    return company("Nordwind")


@pytest.fixture
def rheinwerk(db):
    return company("Rheinwerk")


@pytest.fixture
def reviewer(db):
    return create_person(
        email="reviewer1@cpor.example",
        name="Rita Prüfer",
        password=PASSWORD,
        staff_role=StaffRole.REVIEWER,
    )


@pytest.fixture
def programme_admin(db):
    return create_person(
        email="admin@cpor.example",
        name="Pia Amt",
        password=PASSWORD,
        staff_role=StaffRole.PROGRAMME_ADMIN,
    )


@pytest.fixture
def letters(monkeypatch):
    """What the accounts app hands to whoever carries its mails."""
    caught = []
    monkeypatch.setattr(
        accounts_outbox, "send", lambda **letter: caught.append(Letter(**letter))
    )
    return caught


@pytest.fixture(scope="session")
def memory():
    with running() as found:
        yield found


@pytest.fixture
def server(memory):
    """Return where Nordwind's own provider is found; it is honest again."""
    memory.be_honest()
    return memory.url


@pytest.fixture
def entra(server, settings):
    """Nordwind's own provider, trusted with Nordwind's addresses only."""
    settings.OIDC_PROVIDERS = [provider(server)]
    apps = allauth_apps(settings.OIDC_PROVIDERS)
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps}}
