"""Refused files in the audit trail: which, of which claim, why, with which content.

A file is refused on its way in, where the request is often rolled back and the row is
written after it; or by inspection or scanner, where the row stands and falls with the
verdict. What the scanner called it is not in the row: a company reads its own trail.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from accounts import trail, witness
from accounts.models import Deed, User
from claims.inspection import clean_name, codes
from claims.inspection.finding import Code
from claims.machine import Refused
from claims.models import Claim, Evidence
from claims.uploads import sent_name


class FileRefused(Refused):
    """This content is not taken, whatever the claim; the code says why."""

    def __init__(self, code: Code, sha256: str = "") -> None:
        super().__init__(str(codes.sentence(code)))
        self.code = code
        self.sha256 = sha256


def noting_refusals[**P, R](attach: Callable[P, R]) -> Callable[P, R]:
    """Let nothing that takes files in refuse one without a row in the trail."""

    @wraps(attach)
    def noting(*args: P.args, **given: P.kwargs) -> R:
        try:
            return attach(*args, **given)
        except FileRefused as refused:
            options: dict[str, Any] = dict(given)
            note_on_arrival(
                claim=options["claim"],
                by=options["by"],
                name=sent_name(options["upload"]),
                code=refused.code,
                sha256=refused.sha256,
                now=options["now"],
            )
            raise

    return noting


def note_on_arrival(
    *, claim: Claim, by: User, name: str, code: Code, sha256: str = "", now: datetime
) -> None:
    """Put down, once the request is over, a file that was not let in.

    :param sha256: of its content; empty if it was not read to its end
    """
    witness.afterwards(
        deed=Deed.FILE_REFUSED,
        actor=by,
        partner_id=claim.partner_id,
        about=claim.number,
        details={"name": clean_name(name), "code": str(code), "sha256": sha256},
        now=now,
    )


def note_verdict(*, file: Evidence, now: datetime) -> None:
    """Put down that inspection or scanner refused a file, in their transaction."""
    trail.record(
        deed=Deed.FILE_REFUSED,
        actor=None,
        partner_id=file.partner_id,
        about=file.claim.number,
        details={
            "file": file.public_id,
            "name": file.name,
            "code": file.refusal_code,
            "sha256": file.sha256,
        },
        now=now,
    )
