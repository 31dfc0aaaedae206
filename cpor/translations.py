"""Compiles the translations, since Django reads only their compiled form."""

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_translations(folder: Path = LOCALE) -> list[Path]:
    """Compile each .po file that is newer than its .mo; return what was written.

    Compiled files are made at start, not committed. One is put in place whole, so
    that two starts at once never read half of it.
    """
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        new = target.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(new))
        new.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_translations():
        sys.stdout.write(f"{path}\n")
