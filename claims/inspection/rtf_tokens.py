"""Takes rich text (RTF) apart: groups, words, text."""

import re
from collections.abc import Iterator
from enum import Enum

from claims.inspection.finding import Code, Refusal

_TOKEN = re.compile(
    r"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,9})?[ ]?"
    r"|\\'(?P<hex>[0-9a-f]{2})"
    r"|\\(?P<symbol>.)"
    r"|(?P<brace>[{}])"
    r"|(?P<text>[^\\{}\r\n\x00]+)"
    r"|[\r\n\x00]+|\\",
    re.IGNORECASE | re.DOTALL,
)
_TOKENS = 1_000_000
_SYMBOLS = {"~": " ", "_": "-", "\n": "\n", "\r": "\n", "\t": "\t"}
_LITERAL = "\\{}"
_UNITS = 0x10000


class Kind(Enum):
    """What a piece of rich text is; OPTIONAL marks words a reader may not know."""

    OPEN = "{"
    CLOSE = "}"
    OPTIONAL = "*"
    WORD = "word"
    TEXT = "text"


type Piece = tuple[Kind, str, int]


class Tokens:
    """The pieces of a text; characters spelled in numbers are text like any other."""

    def __init__(self, text: str) -> None:
        self._source = text
        # How many characters behind \u are for readers without Unicode, by group.
        self._fallbacks = [1]
        self._skipped = 0

    def __iter__(self) -> Iterator[Piece]:
        position = 0
        for _ in range(_TOKENS):
            found = _TOKEN.match(self._source, position)
            if not found:
                return
            position = found.end()
            if found["word"]:
                number = int(found["number"] or 0)
                word = found["word"].lower()
                position += max(number, 0) if word == "bin" else 0
                yield from self._word(word, number, has_number=bool(found["number"]))
            elif found["brace"]:
                yield self._brace(found["brace"])
            else:
                yield from self._text(found)
        raise Refusal(Code.TOO_MANY_PARTS, f"more than {_TOKENS} words of rich text")

    def _brace(self, brace: str) -> Piece:
        self._skipped = 0
        if brace == "{":
            self._fallbacks.append(self._fallbacks[-1])
        elif len(self._fallbacks) > 1:
            self._fallbacks.pop()
        return Kind(brace), "", 0

    def _word(self, word: str, number: int, *, has_number: bool) -> Iterator[Piece]:
        if word == "uc":
            self._fallbacks[-1] = number
        elif word == "u" and has_number:
            self._skipped = self._fallbacks[-1]
            yield Kind.TEXT, chr(number % _UNITS), 0
        elif self._skipped > 0:
            self._skipped -= 1
        else:
            yield Kind.WORD, word, number if has_number else 1

    def _text(self, found: re.Match[str]) -> Iterator[Piece]:
        if found["symbol"] == "*":
            yield Kind.OPTIONAL, "", 0
            return
        text = _written(found)
        kept = text[max(self._skipped, 0) :]
        self._skipped -= len(text) - len(kept)
        if kept:
            yield Kind.TEXT, kept, 0


def _written(found: re.Match[str]) -> str:
    if found["hex"]:
        return chr(int(found["hex"], 16))
    if symbol := found["symbol"]:
        return symbol if symbol in _LITERAL else _SYMBOLS.get(symbol, "")
    return found["text"] or ""
