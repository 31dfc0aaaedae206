"""The product's web server, which stops in mid-upload where a file's name says so."""

import os
import time
from pathlib import Path
from typing import Any

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from claims import evidence  # noqa: E402
from claims.models import Evidence  # noqa: E402

MARK = Path(os.environ["HELD_MARK"])
_save, _ring = Evidence.save, evidence.ring
_held: set[int] = set()


def _hold() -> None:
    """Stand still until the mark is gone, or for a minute."""
    MARK.touch()
    until = time.monotonic() + 60
    while MARK.exists() and time.monotonic() < until:
        time.sleep(0.05)


def _save_or_hold(self: Evidence, *args: Any, **options: Any) -> None:
    if self.name.startswith("stored"):
        _hold()
    _save(self, *args, **options)
    if self.name.startswith("committed"):
        _held.add(self.pk)


def _ring_or_hold(key: int) -> None:
    if key in _held:
        _hold()
    _ring(key)


setattr(Evidence, "save", _save_or_hold)  # noqa: B010 - mypy allows no other save
setattr(evidence, "ring", _ring_or_hold)  # noqa: B010
