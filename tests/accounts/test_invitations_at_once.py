"""The limits of invitations hold however many are sent at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import invitation_limits
from accounts.budgets import Limit
from accounts.invitation_limits import count_invitation
from accounts.rules import Refused
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 8


def counted(partner, addresses):
    """Return how many of these invitations, all sent at once, were let through."""
    now, together = timezone.now(), Barrier(AT_ONCE, timeout=30)

    def one(email):
        together.wait()
        try:
            with transaction.atomic():
                count_invitation(partner, email, now)
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(one, addresses))


def test_one_address_gets_three():
    assert counted(factories.partner(), ["x@y.example"] * AT_ONCE) == 3


def test_a_company_sends_as_many_as_it_may(monkeypatch):
    few = Limit("few invitations", 2, invitation_limits.INVITATIONS.within)
    monkeypatch.setattr(invitation_limits, "INVITATIONS", few)
    addresses = [f"x{number}@y.example" for number in range(AT_ONCE)]
    assert counted(factories.partner(), addresses) == 2
    assert counted(factories.partner(), addresses) == 2
