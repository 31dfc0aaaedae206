"""Finds what style sheets (CSS) load or run; neither escapes nor comments hide it."""

import re
from collections.abc import Iterator

_LOADED = re.compile(
    r"(?:url\s*\(|@import)\s*(?:url\s*\()?\s*[\"']?\s*([^\"')\s;]+)"
    # Other functions take their addresses in quotes.
    r"|[\"']\s*((?:\\\\|\\/|/\\|file:)[^\"']*)",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_NUMBERED = re.compile(r"\\([0-9a-f]{1,6})\s?", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([^0-9a-f\r\n])", re.IGNORECASE)
# Outlook draws shapes by a behaviour that is part of Windows: #default#VML.
_RUNNING = re.compile(
    r"expression\s*\(|(?:behavior|-moz-binding)\s*:[^;}]{0,200}?url\s*\(\s*[\"']?\s*[^\"'#\s)]",
    re.IGNORECASE,
)


def addresses_in(style: str) -> Iterator[str]:
    """The addresses of what a style sheet loads."""
    for text in _readings(style):
        for found in _LOADED.finditer(text):
            yield found[1] or found[2]


def runs(style: str) -> bool:
    """Does it hold a script, as old readers know them?"""
    return any(_RUNNING.search(text) for text in _readings(style))


def _readings(style: str) -> set[str]:
    """The text as it stands, and as CSS reads it; Word takes each \\ for itself."""
    bare = _COMMENT.sub("", style)
    numbered = _NUMBERED.sub(lambda found: chr(int(found[1], 16) % 0x110000), bare)
    return {style, bare, numbered, _ESCAPED.sub(r"\1", numbered)}
