"""Inspects uploaded proof before anyone may open it (DOMAIN.md §6).

`inspect` is the door: a throw-away process looks at the file and answers with a
Finding. `clean_name` and `quick_check` need no process. The sentences a person reads
are in `codes`, which is left out here so that the process can start without Django.
"""

from claims.inspection.finding import Code, Finding
from claims.inspection.names import clean_name
from claims.inspection.process import InspectorUnavailable, inspect, inspect_open

__all__ = [
    "Code",
    "Finding",
    "InspectorUnavailable",
    "clean_name",
    "inspect",
    "inspect_open",
    "quick_check",
]


def quick_check(head: bytes, name: str, size: int) -> Code | None:
    """What can be said at once about an upload; see `inspector.quick_check`."""
    from claims.inspection import inspector  # noqa: PLC0415 - loads every parser

    return inspector.quick_check(head, name, size)
