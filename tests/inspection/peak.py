"""How much memory the inspection of each sample needs: the most of all, as JSON.

`python -m tests.inspection.peak` in a process of its own, since what the tests have in
memory would count too. Linux tells the highest use since it was last asked to forget.
"""

import io
import json
import re
import sys
from pathlib import Path

from claims.inspection.inspector import inspect_here
from tests.inspection.files import HONEST, HOSTILE
from tests.inspection.pictures import blank
from tests.inspection.samples import Sample

STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
KIBI = 1024


def largest_picture() -> bytes:
    return blank("PNG", mode="RGBA", size=(10_000, 7_000), compress_level=1)


def peak_of(data: bytes, name: str) -> int:
    """Return the most bytes that were in memory while the file was inspected."""
    FORGET.write_text("5")
    inspect_here(io.BytesIO(data), name)
    found = re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text())
    assert found
    return int(found[1]) * KIBI


def peaks(samples: list[Sample]) -> dict[str, int]:
    found = {str(each): peak_of(each.build(), each.name) for each in samples}
    return {**found, "the largest picture": peak_of(largest_picture(), "a.png")}


if __name__ == "__main__":
    found = peaks([*HOSTILE, *HONEST])
    most = max(found, key=lambda name: found[name])
    sys.stdout.write(json.dumps([len(found), most, found[most]]))
