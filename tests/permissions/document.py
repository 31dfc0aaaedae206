"""Write the permission table into docs/security.md, or check that it is current.

`python -m tests.permissions.document --check` (or --write)
"""

import os
import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import django
from django.contrib.admindocs.views import simplify_regex

from tests.permissions import words
from tests.permissions.words import ROLES, Line

PAGE = Path(__file__).resolve().parents[2] / "docs" / "security.md"
BEGIN = "<!-- permissions: written by tests/permissions/document.py -->\n"
END = "<!-- end of permissions -->\n"


def table(lines: list[Line], paths: dict[str, str]) -> Iterator[str]:
    """Yield the table, one row for each address, method and step."""
    short = ("anybody", "user", "admin", "reviewer", "lead", "auditor", "programme")
    yield f"| address | method | {' | '.join(short)} | others | |\n"
    yield f"|---|---|{'---|' * len(ROLES)}---|---|\n"
    rows = [(_address(line, paths), line) for line in lines]
    for (address, may, refused, note), same in groupby(rows, key=_kind):
        methods = ", ".join(line.method for _path, line in same)
        marks = " | ".join("✓" if role in may else "" for role in ROLES)
        yield f"| `{address}` | {methods} | {marks} | {refused} | {note} |\n"


def _kind(row: tuple[str, Line]) -> tuple[str, frozenset[str], str, str]:
    address, line = row
    about = ", ".join(filter(None, [line.on.replace("_", " "), line.note]))
    refused = (
        "" if line.may >= words.SIGNED_IN else "/".join(map(str, sorted(line.refusals)))
    )
    return address, line.may, refused, about


def _address(line: Line, paths: dict[str, str]) -> str:
    """Return the address as people read it, with a step's name in its place."""
    path = simplify_regex(paths[line.route])
    path = re.sub(r"<\w+:", "<", path)
    for name, value in line.fill.items():
        if name in ("step", "part"):
            path = path.replace(f"<{name}>", value)
    return path


def page(text: str) -> str:
    """Return the page with the table as it is now between its marks."""
    from cpor.routes import routes  # noqa: PLC0415 -- after the set-up
    from tests.permissions.table import TABLE  # noqa: PLC0415

    paths = {route["name"]: route["path"] for route in routes()}
    before, _, rest = text.partition(BEGIN)
    _old, _, after = rest.partition(END)
    return before + BEGIN + "".join(table(TABLE, paths)) + END + after


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor.settings")
    django.setup()
    text = PAGE.read_text(encoding="utf-8")
    wanted = page(text)
    if "--write" in arguments:
        PAGE.write_text(wanted, encoding="utf-8")
    elif wanted != text:
        sys.stderr.write(
            "docs/security.md is old: python -m tests.permissions.document --write\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
