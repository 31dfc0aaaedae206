"""Passwords that are common, however they are dressed up."""

import re
from typing import override

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

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


def _once(word: str) -> str:
    """Return the part that a word repeats, such as “abc” of “abcabc”."""
    return re.sub(r"^(.+?)\1+$", r"\1", word)
