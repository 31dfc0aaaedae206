"""Cleans what people typed before it is written down for somebody else to read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

# Texts in which people write paragraphs; everything else is a name or a sentence.
PARAGRAPHS = frozenset({"comment", "justification", "detail"})
# They turn the direction of what follows, so that a name can pose as another.
TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
BREAKS = frozenset({"Cc", "Zl", "Zp"})


def one_line(text: object) -> str:
    """Return text that can neither break a line nor hide one: fit for a header."""
    plain = "".join(map(_without_breaks, TURNS.sub("", str(text))))
    return " ".join(plain.split())


def paragraphs(text: str) -> str:
    """Return lines without control characters and without blank lines in heaps."""
    lines = [one_line(line) for line in re.split(r"\r\n|\r|\n", text)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def clean(value: Any, name: str = "") -> Any:
    """Return plain JSON: times as ISO text, lazy words in every language, no None."""
    match value:
        case Mapping():
            return {
                str(key): clean(each, str(key))
                for key, each in value.items()
                if each is not None
            }
        case list() | tuple() | set() | frozenset():
            return [clean(each, name) for each in value]
        case Promise():
            return clean(in_every_language(value), name)
        case date():
            return value.isoformat()
        case bool() | int() | float():
            return value
        case _:
            text = str(value)
            return paragraphs(text) if name in PARAGRAPHS else one_line(text)


def in_every_language(words: object) -> dict[str, str]:
    """Return lazy words as each reader will see them, by language code."""
    spoken = {}
    for code, _label in settings.LANGUAGES:
        with translation.override(code):
            spoken[code] = str(words)
    return spoken


def in_language(words: object, language: str | None = None) -> str:
    """Return one language's words out of a map of them; plain words stay as they are.

    Falls back to English, then to whatever there is.
    """
    if not isinstance(words, Mapping):
        return "" if words is None else str(words)
    wanted = (language or translation.get_language() or settings.LANGUAGE_CODE)[:2]
    return str(words.get(wanted) or words.get("en") or next(iter(words.values()), ""))


def _without_breaks(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    return " " if category in BREAKS else character
