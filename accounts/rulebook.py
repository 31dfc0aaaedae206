"""The numbers of the programme's rules, and what they are now (DOMAIN.md).

Each number is declared once, with bounds. The environment gives its default; a row that
a programme admin wrote beats it. The database is the only truth: whoever reads within
a request or task asks it once, everybody else each time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import ChangedNumber
from accounts.once import Once


@dataclass(frozen=True, slots=True)
class Number:
    """A number that a programme admin may change, and how far."""

    name: str
    label: Any
    # One sentence: what it governs, and what a change does not touch.
    meaning: Any
    unit: Any
    least: int
    most: int
    default: Callable[[], int]
    # How many of what the program counts make one of the unit that people see.
    scale: int = 1
    group: Any = ""


_numbers: dict[str, Number] = {}
_asked = Once[None, Mapping[str, int]]("rulebook")
# The numbers are read at most once within a request or task.
asked_once = _asked.within
# For whoever has changed one: the database is asked again.
forget = _asked.forget


def declare(number: Number) -> Number:
    """Enter a number into the rulebook."""
    _numbers[number.name] = number
    return number


def numbers() -> list[Number]:
    """Return every declared number, in the order of declaration."""
    return list(_numbers.values())


def value_of(number: Number) -> int:
    """Return what the number is now, as the program counts."""
    changed = changed_numbers().get(number.name)
    return number.default() if changed is None else changed * number.scale


def shown_value(number: Number) -> int:
    """Return what the number is now, in the unit that people see."""
    return value_of(number) // number.scale


def saying(number: Number, sentence: Any) -> Any:
    """Return a sentence that says the number as it is when it is shown.

    :param sentence: with `%(count)d`, lazily translated by the plural of "count"
    """
    return lazy(lambda: str(sentence % {"count": shown_value(number)}), str)()


def changed_numbers() -> Mapping[str, int]:
    """Return the numbers that differ from the environment, by name."""
    return _asked.answer(None, _stored)


def _stored() -> Mapping[str, int]:
    return dict(ChangedNumber.objects.values_list("name", "value"))


INVITATION_DAYS = declare(
    Number(
        "invitation_days",
        _("Life of an invitation"),
        _("How long the link in an invitation works. Links already sent keep theirs."),
        _("days"),
        least=1,
        most=90,
        default=lambda: settings.INVITATION_DAYS,
        group=_("People"),
    )
)
