"""What programme admins do about the rules' numbers."""

from datetime import datetime

from django.db import transaction

from accounts.changes import (
    Values,
    require_programme_admin,
    require_unchanged,
    write_down,
)
from accounts.models import (
    ChangedNumber,
    User,
)
from accounts.rulebook import Number, forget, shown_value


def about_number(number: Number) -> str:
    return f"number {number.name}"


def number_values(number: Number) -> Values:
    return {"value": shown_value(number)}


@transaction.atomic
def change_number(
    *,
    number: Number,
    value: int | None,
    seen: str,
    why: str,
    actor: User,
    now: datetime,
) -> None:
    """Set a number, or give it back to the environment with None.

    :raises Overtaken: if somebody else changed it meanwhile
    """
    require_programme_admin(actor)
    _lock_numbers()
    forget()
    before = number_values(number)
    require_unchanged(before, seen)
    if value is None:
        ChangedNumber.objects.filter(name=number.name).delete()
    else:
        ChangedNumber.objects.update_or_create(
            name=number.name, defaults={"value": value}
        )
    forget()
    write_down(
        about=about_number(number),
        name=str(number.label),
        did="reset" if value is None else "changed",
        before=before,
        after=number_values(number),
        why=why,
        actor=actor,
        now=now,
    )


def _lock_numbers() -> None:
    """Let admins change numbers one after the other: a row may not exist yet."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rulebook'))")
