"""Keys that nothing else looks like, and how they are found again, however written."""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress

from django.db import connection

from tests.doors import as_owner

# Where the keys of the first table begin, and how many each table has for itself.
WIDE, NARROW = 7_000_000_000_000_000, 2_000_000_000  # bigint, integer
WIDE_STEP, NARROW_STEP = 1_000_000_000, 1_000_000
# More rows than any test makes. Few for narrow keys: among the numbers that six letters
# can mean they are common enough to be met by chance.
SPANS = {WIDE_STEP: 100_000, NARROW_STEP: 300}
OWNED = """
SELECT seq.oid::regclass::text, tab.relname, format_type(typ.seqtypid, NULL)
FROM pg_class seq
JOIN pg_sequence typ ON typ.seqrelid = seq.oid
JOIN pg_depend dep ON dep.objid = seq.oid AND dep.deptype IN ('a', 'i')
JOIN pg_class tab ON tab.oid = dep.refobjid
WHERE seq.relkind = 'S' ORDER BY 1
"""
DIGITS = re.compile(r"[0-9]{10,}")
TOKEN = re.compile(r"[0-9A-Za-z_=-]{5,}")
DEEPEST = 3

# The table whose keys begin there.
beginnings: dict[int, str] = {}


def raise_sequences() -> None:
    """Let every table count from a number of its own; undone with the transaction."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(OWNED)
        for place, (sequence, table, kind) in enumerate(cursor.fetchall(), 1):
            wide = kind == "bigint"
            begins = WIDE + place * WIDE_STEP if wide else NARROW + place * NARROW_STEP
            cursor.execute(f"ALTER SEQUENCE {sequence} RESTART WITH {begins}")
            beginnings[begins] = table


def running_keys(text: str, depth: int = 0) -> set[str]:
    """Return the tables whose keys stand in a text, plain or encoded."""
    found = {table for digits in DIGITS.findall(text) for table in _tables(int(digits))}
    for token in set(TOKEN.findall(text)):
        for part in {token, *re.split("[-_=]", token)}:
            for number in _as_numbers(part):
                found |= {f"{table}, encoded" for table in _tables(number)}
        if depth < DEEPEST:
            for inner in _opened(token):
                found |= running_keys(inner, depth + 1)
    return found


def _tables(number: int) -> Iterator[str]:
    for step, span in SPANS.items():
        begins = number - number % step
        if begins in beginnings and number - begins < span:
            yield beginnings[begins]


def _as_numbers(token: str) -> Iterator[int]:
    for base in (16, 36):
        if len(token) <= 16:
            with suppress(ValueError):
                yield int(token, base)


def _opened(token: str) -> Iterator[str]:
    """Return what is base64 in a text, as text; what was packed is unpacked."""
    with suppress(binascii.Error, ValueError):
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        yield raw.decode("latin-1")
        with suppress(zlib.error):
            yield zlib.decompress(raw).decode("latin-1")
