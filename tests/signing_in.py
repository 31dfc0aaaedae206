"""Browsers of people who have just logged in, without the pages that lead there."""

import time

from django.test import Client

from accounts.models import User


def log_in(client: Client, person: User) -> Client:
    """Log in as if with the password, a moment ago: no page asks again who it is."""
    client.force_login(person)
    return confirm(client, person)


def confirm(client: Client, person: User) -> Client:
    """Let somebody have just confirmed who they are."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client
