"""Tries to log in: how many are answered, and whose they use up.

Argued in docs/decisions/0007-sign-in.md. In short: a stranger's tries are counted per
network, per account, and per both; a browser that has logged this person in before is
counted by itself and waits for no stranger.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest

from accounts import budgets
from accounts.budgets import Limit
from accounts.devices import known_device

FIVE_MINUTES, HOUR = timedelta(minutes=5), timedelta(hours=1)

BY_DEVICE = Limit("device", 10, FIVE_MINUTES)
BY_NETWORK = Limit("network", 100, HOUR)
BY_ACCOUNT = Limit("account", 50, HOUR)
BY_ACCOUNT_AND_NETWORK = Limit("account and network", 5, FIVE_MINUTES)
CODE_BY_DEVICE = Limit("code, device", 10, FIVE_MINUTES)
CODE_BY_PERSON = Limit("code, person", 20, HOUR)
# A code is good for a minute and a half at most; within two it works once.
CODE_ONCE = Limit("code used", 1, timedelta(minutes=2))
RESET_MAILS = Limit("reset mails", 5, HOUR)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, and what it has used up."""

    spent: tuple[tuple[Limit, str], ...]

    def forgive(self) -> None:
        """Give back what a right answer used up; wrong ones before it stay counted."""
        for limit, of in self.spent:
            budgets.refund(limit=limit, of=of)


def try_password(
    request: HttpRequest, *, email: str, network: str, now: datetime
) -> Attempt | None:
    """Use up one try of a password; None if none is left."""
    email = email.strip().lower()
    device = known_device(request, email)
    if device and (own := _spend([(BY_DEVICE, f"{device}:{email}")], now)):
        return own
    # Always in this order: tries that wait for each other's rows never do so crosswise.
    strangers = [
        (BY_NETWORK, network),
        (BY_ACCOUNT, email),
        (BY_ACCOUNT_AND_NETWORK, f"{email}:{network}"),
    ]
    return _spend(strangers, now)


def try_code(
    request: HttpRequest, *, email: str, person_id: int, now: datetime
) -> Attempt | None:
    """Use up one try of a code; only who knows the password comes this far."""
    device = known_device(request, email)
    if device and (own := _spend([(CODE_BY_DEVICE, f"{device}:{person_id}")], now)):
        return own
    return _spend([(CODE_BY_PERSON, str(person_id))], now)


def use_code_once(*, person_id: int, code: str, now: datetime) -> bool:
    """Say whether this code is used for the first time."""
    return budgets.spend(limit=CODE_ONCE, of=f"{person_id}:{code}", now=now)


def may_mail_reset(*, person_id: int, now: datetime) -> bool:
    """Say whether another reset mail goes out; the earlier links work on."""
    return budgets.spend(limit=RESET_MAILS, of=str(person_id), now=now)


def _spend(wanted: list[tuple[Limit, str]], now: datetime) -> Attempt | None:
    if all(budgets.spend(limit=limit, of=of, now=now) for limit, of in wanted):
        return Attempt(tuple(wanted))
    return None
