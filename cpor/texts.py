"""Finds every text that goes through gettext: in Python, in pages and in mails.

Reading needs Babel, a package of development only; nothing that serves imports this.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

ONE = (1,)
PLURAL = (1, 2)
IN_CONTEXT = ((1, "c"), 2)
PLURAL_IN_CONTEXT = ((1, "c"), 2, 3)
CALLS = {
    **dict.fromkeys(["_", "_t", "gettext", "gettext_lazy", "gettext_noop"], ONE),
    **dict.fromkeys(["_n", "ngettext", "ngettext_lazy"], PLURAL),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], IN_CONTEXT),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], PLURAL_IN_CONTEXT),
}
FOR_TRANSLATORS = ["Translators"]
NOT_SHOWN = {"migrations", "tests"}

# What tells one text from another: its context and its words.
Key = tuple[str | None, str]


def key(entry: polib.POEntry) -> Key:
    """Return what tells this text from every other."""
    return entry.msgctxt, entry.msgid


def texts(root: Path) -> dict[Key, polib.POEntry]:
    """Return each text below the folder once, file by file in its order there.

    A text names the files that use it, without lines: they would change too often.
    """
    found: dict[Key, polib.POEntry] = {}
    for path in sources(root):
        place = (path.relative_to(root).as_posix(), "")
        for each in texts_in(path):
            text = found.setdefault(key(each), each)
            text.msgid_plural = text.msgid_plural or each.msgid_plural
            if place not in text.occurrences:
                text.occurrences.append(place)
    return found


def sources(root: Path) -> list[Path]:
    """Return the modules of every app, then the templates of pages and mails."""
    modules = [
        path
        for app in sorted(each.parent for each in root.glob("*/__init__.py"))
        for path in sorted(app.rglob("*.py"))
        if NOT_SHOWN.isdisjoint(path.relative_to(root).parts)
    ]
    templates = root / "templates"
    return modules + sorted([*templates.rglob("*.html"), *templates.rglob("*.txt")])


def texts_in(path: Path) -> Iterator[polib.POEntry]:
    """Yield the texts of one file, as often as they stand in it."""
    source = path.read_text("utf-8")
    if path.suffix != ".py":
        # In brackets, where Python's reader minds no indentation.
        source = f"({templatize(source, origin=str(path))})"
    code = BytesIO(source.encode())
    for _line, message, notes, context in extract(
        "python", code, CALLS, FOR_TRANSLATORS
    ):
        words, plural = message if isinstance(message, tuple) else (message, "")
        yield polib.POEntry(
            msgctxt=context,
            msgid=words,
            msgid_plural=plural,
            msgstr_plural={0: "", 1: ""} if plural else {},
            comment="\n".join(notes),
        )
