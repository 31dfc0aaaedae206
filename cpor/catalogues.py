"""Keeps a language's catalogue in step with the sources, and says what is wrong."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import polib

from cpor.texts import Key, key, texts
from cpor.translations import LOCALE

ROOT = LOCALE.parent
LIBRARIES = ("django", "allauth", "rest_framework")
METADATA = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}

NAMED = re.compile(r"%\(\w+\)[#0 +-]*[\d.]*[a-zA-Z]|\{\w*\}")
COUNTED = re.compile(r"(?<!%)(?:%%)*(%[#0 +-]*[\d.]*[a-zA-Z])")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
EDGES = re.compile(r"^\s*|\s*$")


def catalogue_of(language: str, locale: Path = LOCALE) -> Path:
    """Return where the translations into a language stand."""
    return locale / language / "LC_MESSAGES" / "django.po"


def written(path: Path) -> polib.POFile:
    """Return a catalogue as it stands; one without entries where there is no file."""
    return polib.pofile(str(path)) if path.exists() else polib.POFile()


def merge(language: str, *, root: Path = ROOT) -> polib.POFile:
    """Write the language's catalogue anew: each text of the sources, translated or not.

    A text that is no longer in the sources is dropped, unless it says something better
    than a library does.
    """
    path = catalogue_of(language, root / "locale")
    known = {key(entry): entry for entry in written(path) if not entry.obsolete}
    found = texts(root)
    merged = polib.POFile(wrapwidth=88)
    merged.metadata = {"Language": language, **METADATA}
    for name, entry in found.items():
        merged.append(translated_as(entry, known.get(name)))
    merged.extend(
        known[name]
        for name in known
        if name not in found and is_borrowed(name, language)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    merged.save(str(path))
    return merged


def translated_as(entry: polib.POEntry, old: polib.POEntry | None) -> polib.POEntry:
    """Return a text of the sources with the translation that it already has."""
    if old is None:
        return entry
    entry.flags, entry.tcomment = old.flags, old.tcomment
    if not entry.msgid_plural:
        entry.msgstr = old.msgstr or old.msgstr_plural.get(0, "")
    elif old.msgid_plural:
        entry.msgstr_plural = old.msgstr_plural
    return entry


def faults(language: str, *, root: Path = ROOT) -> list[str]:
    """Return a sentence for each thing that is wrong with a language's catalogue."""
    path = catalogue_of(language, root / "locale")
    catalogue = written(path)
    found = texts(root)
    known = Counter(key(entry) for entry in catalogue if not entry.obsolete)
    missing = [told(found[name], "is missing") for name in found if name not in known]
    twice = [f"“{name[1]}” stands there twice" for name, n in known.items() if n > 1]
    return (
        missing
        + twice
        + [
            told(entry, fault)
            for entry in catalogue
            for fault in entry_faults(entry, found.get(key(entry)), language)
        ]
    )


def told(entry: polib.POEntry, fault: str) -> str:
    """Say which text has a fault, and where it is used."""
    places = ", ".join(place for place, _line in entry.occurrences)
    return (
        f"“{entry.msgid}” {fault} ({places})" if places else f"“{entry.msgid}” {fault}"
    )


def entry_faults(
    entry: polib.POEntry, source: polib.POEntry | None, language: str
) -> Iterator[str]:
    """Yield what is wrong with one entry; `source` is the text in the sources."""
    if entry.obsolete:
        yield "is left over (obsolete)"
        return
    if source is None and not is_borrowed(key(entry), language):
        yield "is in no source any more"
        return
    if entry.fuzzy:
        yield "is only guessed (fuzzy)"
    if source and source.msgid_plural != entry.msgid_plural:
        yield f"has another plural in the sources: “{source.msgid_plural}”"
    for said, meant in pairs(entry):
        yield from translation_faults(said, meant)


def pairs(entry: polib.POEntry) -> list[tuple[str, str]]:
    """Return each translation of an entry beside the words that it stands for."""
    if not entry.msgid_plural:
        return [(entry.msgstr, entry.msgid)]
    forms = entry.msgstr_plural
    return [
        (forms.get(0, ""), entry.msgid),
        (forms.get(1, ""), entry.msgid_plural),
    ]


def translation_faults(said: str, meant: str) -> Iterator[str]:
    """Yield where a translation would break what the original does."""
    if not said:
        yield "has no translation"
        return
    if set(NAMED.findall(said)) != set(NAMED.findall(meant)):
        yield f"has other placeholders in “{said}”"
    elif COUNTED.findall(said) != COUNTED.findall(meant):
        yield f"has other %-signs in “{said}”"
    if sorted(TAG.findall(said)) != sorted(TAG.findall(meant)):
        yield f"has other HTML tags in “{said}”"
    if EDGES.findall(said) != EDGES.findall(meant):
        yield f"begins or ends with other spaces in “{said}”"


def is_borrowed(name: Key, language: str) -> bool:
    """Tell whether a library brings this text, so that ours replaces its wording."""
    return name in borrowed(language)


@cache
def borrowed(language: str) -> frozenset[Key]:
    """Return the texts that the libraries themselves translate into a language."""
    folders = [
        Path(place)
        for library in LIBRARIES
        if (spec := find_spec(library))
        for place in spec.submodule_search_locations or []
    ]
    return frozenset(
        key(entry)
        for folder in folders
        for path in folder.rglob(f"locale/{language}/LC_MESSAGES/django.mo")
        for entry in polib.mofile(str(path))
    )
