"""The letters of the papers: embedded, so that names look alike everywhere."""

from functools import cache
from itertools import groupby
from typing import cast
from xml.sax.saxutils import escape

from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

# Noto Sans (OFL): Latin, Greek and Cyrillic with all their accents.
PLAIN, STRONG = "Noto Sans", "Noto Sans Bold"
FILES = {PLAIN: "NotoSans-Regular.ttf", STRONG: "NotoSans-Bold.ttf"}
# Every reader of PDF brings these along; they would be too large to embed.
FAR_EASTERN = (
    ("HYSMyeongJo-Medium", ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF))),
    ("HeiseiKakuGo-W5", ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF65, 0xFF9F))),
    ("STSong-Light", ((0x2E80, 0x303F), (0x3400, 0x9FFF), (0xF900, 0xFAFF))),
)


@cache
def load() -> None:
    """Make the fonts known, once in a process."""
    for name, file in FILES.items():
        path = settings.BASE_DIR / "static" / "vendor" / "noto-sans" / file
        pdfmetrics.registerFont(TTFont(name, str(path)))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=STRONG)
    for name, _ranges in FAR_EASTERN:
        pdfmetrics.registerFont(UnicodeCIDFont(name))


def set_in_type(text: object) -> str:
    """Return text as a paragraph takes it: escaped, each letter in a font that has it.

    A letter that no font has leaves a mark that is seen, instead of nothing.
    """
    runs = groupby(str(text), key=_font_of)
    return "".join(_run(font, "".join(letters)) for font, letters in runs)


def _run(font: str, letters: str) -> str:
    if not font:
        return "\N{REPLACEMENT CHARACTER}" * len(letters)
    marked = escape(letters)
    return marked if font == PLAIN else f'<font name="{font}">{marked}</font>'


def _font_of(letter: str) -> str:
    """Return the font that has a letter, or "" if none does."""
    if letter.isspace() or ord(letter) in _known():
        return PLAIN
    code = ord(letter)
    return next(
        (
            font
            for font, ranges in FAR_EASTERN
            if any(first <= code <= last for first, last in ranges)
        ),
        "",
    )


@cache
def _known() -> frozenset[int]:
    load()
    font = cast("TTFont", pdfmetrics.getFont(PLAIN))
    return frozenset(font.face.charToGlyph)
