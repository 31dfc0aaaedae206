"""The throw-away process: reads one file from its input, writes one answer, ends."""

import encodings
import importlib
import json
import os
import sys
from typing import Any

from claims.inspection import limits
from claims.inspection.__main__ import CODINGS
from claims.inspection.confinement import confine, limit_use
from claims.reading.process import READY


def main(job: str) -> None:
    """Do one job (JSON) with the standard input and write the answer; never returns."""
    limit_use()
    wanted: dict[str, Any] = json.loads(job)
    module = "pages" if wanted["do"] == "page" else "text"
    work = importlib.import_module(f"claims.reading.{module}")
    for coding in CODINGS.split():
        encodings.search_function(coding)
    data = sys.stdin.buffer.read(limits.FILE_BYTES + 1)
    confine()
    os.write(1, READY)
    if wanted["do"] == "page":
        answer: bytes = work.picture(
            data, wanted["type"], number=wanted["number"], width=wanted["width"]
        )
    else:
        answer = json.dumps(work.document(data, wanted["type"])).encode()
    _write(answer)
    os._exit(0)


def _write(answer: bytes) -> None:
    while answer:
        answer = answer[os.write(1, answer) :]


if __name__ == "__main__":
    main(sys.argv[1])
