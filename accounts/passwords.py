"""Passwords that are common or made of words at hand, however they are dressed up."""

import re
from typing import override

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User

# The product's own words (ASVS V6.1.2).
OWN_WORDS = frozenset(
    {"association", "claim", "claims", "cpor", "incentive", "incentives", "partner"}
    | {"partnerofrecord", "password", "passwort", "poe", "proof", "record", "review"}
)
SHORTEST_WORD = 3  # shorter parts of a name are in too many passwords
# What people put around a word to make it longer: 2026, !!, 1234.
DECORATION = re.compile(r"^[\W\d_]+|[\W\d_]+$")


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    """Refuse a common password, also one that was only decorated or repeated.

    Among the commonest passwords few have twelve signs; “password2026” would pass.
    """

    @override
    def validate(self, password: str, user: object = None) -> None:
        typed = password.lower().strip()
        core = DECORATION.sub("", typed)
        if self.passwords & {typed, core, _once(core)}:
            raise ValidationError(
                _("This password is too common."), "password_too_common"
            )


class OwnWordsValidator:
    """Refuse a password made of nothing but the product's and one's own names.

    Whoever knows the person and the company tries those first.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        letters = _letters(password)
        left = letters
        for word in sorted(OWN_WORDS | _words_of(user), key=len, reverse=True):
            left = left.replace(word, "")
        if letters and not left:
            raise ValidationError(
                _("This password is made of names that others know."),
                "password_of_own_words",
            )

    def get_help_text(self) -> str:
        return _("More than your name, your company's and the product's.")


def _words_of(user: User | None) -> set[str]:
    if user is None:
        return set()
    names = f"{user.name} {user.email} {user.partner or ''}"
    words = {_letters(part) for part in re.split(r"[\W_]+", names)}
    return {word for word in words if len(word) >= SHORTEST_WORD}


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text.lower())


def _once(word: str) -> str:
    """Return the part that a word repeats, such as “abc” of “abcabc”."""
    return re.sub(r"^(.+?)\1+$", r"\1", word)
