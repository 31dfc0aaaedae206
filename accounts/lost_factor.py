"""Letting somebody who lost phone, passkeys and codes begin anew."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts import actions, outbox, scopes, trail
from accounts.models import Deed, User
from accounts.scopes import Across


@transaction.atomic
def forget_second_factor(*, person: User, actor: User | None, now: datetime) -> None:
    """Let somebody who lost phone, passkeys and codes set them up anew.

    Whoever calls this has made sure who asks; `actor` is None at the terminal.
    """
    drop_second_factor(person=person, now=now)
    trail.record_about(
        person,
        deed=Deed.SIGN_IN_CHANGED,
        actor=actor,
        details={"second factor": "forgotten"},
        now=now,
    )


def drop_second_factor(*, person: User, now: datetime) -> bool:
    """Delete app, passkeys and codes, log out, and tell the person by mail.

    Writes nothing down: the caller knows who did it and why.

    :return: whether there was one
    """
    with scopes.across(Across.SIGN_OFF):
        dropped, _each = Authenticator.objects.filter(user=person).delete()
    actions.end_sessions(person=person)
    if dropped:
        outbox.send(
            key=f"second_factor_forgotten:{person.pk}:{now.isoformat()}",
            topic="second_factor_forgotten",
            audience=person,
            context={
                "url": settings.PUBLIC_URL + reverse("mfa_index"),
                "forgotten_at": now.isoformat(),
            },
            language=person.language,
        )
    return bool(dropped)
