"""Cleans file names, and lays open what was sent: safe on every system and screen."""

import unicodedata

from claims.inspection.sniff import EXTENSIONS

CHARACTERS = 150
# File systems count bytes; 255 is the least of their limits.
_BYTES = 240
_FALLBACK = "document"
_EXTENSION_CHARACTERS = 10
# Not printable though Unicode calls them letters or marks: fillers and selectors.
_INVISIBLE = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
_INVISIBLE |= {*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
_SLASHES = "/\\"
# Reserved on Windows, or easily taken for a slash, a colon or a dot.
_RISKY = dict.fromkeys(
    map(ord, '<>:"|?*\u2044\u2215\u29f8\u29f9\uff0f\uff3c\ua789'), "_"
)
_RISKY |= dict.fromkeys(map(ord, "\u2024\ufe52\uff0e"), ".")
_RESERVED = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"}
_RESERVED |= {f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"}


def clean_name(name: str, content_type: str = "") -> str:
    """The name under which a file is kept and offered.

    NFC, at most 150 characters, no path, no control, bidi or zero-width characters,
    nothing Windows reserves. With `content_type` the extension is one of that type's;
    without, the declared one stays. Where nothing is left: "document".
    """
    stem, extension = _split(_visible(name))
    wanted = EXTENSIONS.get(content_type)
    if wanted and extension not in wanted:
        stem, extension = f"{stem}.{extension}".rstrip("."), wanted[0]
    suffix = f".{extension}" if extension else ""
    return _shortened(_unreserved(_trimmed(stem)), suffix) + suffix


def laid_open(name: str) -> str:
    """The name as it was sent, with what cannot be seen spelled out: ⟨U+202E⟩."""
    return "".join(
        character if _is_plain(character) else f"⟨U+{ord(character):04X}⟩"
        for character in name
    )


def is_as_sent(name: str, sent: str) -> bool:
    """Whether a cleaned name reads as the one that was sent."""
    return name.casefold() == unicodedata.normalize("NFC", sent).casefold()


def extension_of(name: str) -> str:
    """The extension a person sees in a name: lower case, without the dot."""
    return _split(_visible(name))[1]


def has_visible_text(name: str) -> bool:
    """Is there anything in the name besides dots, blanks and invisible characters?"""
    return bool(_trimmed(_visible(name)))


def _visible(name: str) -> str:
    text = unicodedata.normalize("NFC", name)
    text = "".join(_seen(character) for character in text)
    text = text.rstrip(_SLASHES + " ")
    for slash in _SLASHES:
        text = text.rpartition(slash)[2]
    text = unicodedata.normalize("NFC", text.translate(_RISKY))
    while ".." in text:
        text = text.replace("..", ".")
    return " ".join(text.split())


def _seen(character: str) -> str:
    if character.isspace():
        return " "
    if ord(character) in _INVISIBLE or unicodedata.category(character)[0] == "C":
        return ""
    return character


def _is_plain(character: str) -> bool:
    if character.isspace():
        return character == " "
    return _seen(character) == character


def _trimmed(text: str) -> str:
    return text.strip(". ")


def _split(text: str) -> tuple[str, str]:
    text = text.rstrip(". ")
    stem, dot, extension = text.rpartition(".")
    extension = extension.strip()
    is_short = 0 < len(extension) <= _EXTENSION_CHARACTERS
    if dot and is_short and extension.isascii() and extension.isalnum():
        return stem, extension.lower()
    return text, ""


def _unreserved(stem: str) -> str:
    first = stem.partition(".")[0].strip().upper()
    return f"_{stem}" if first in _RESERVED else stem


def _shortened(stem: str, suffix: str) -> str:
    stem = stem[: CHARACTERS - len(suffix)]
    room = _BYTES - len(suffix.encode())
    stem = stem.encode()[:room].decode(errors="ignore")
    return _trimmed(stem) or _FALLBACK
