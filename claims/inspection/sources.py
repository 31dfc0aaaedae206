"""Judges where data comes from: connection strings and the places named in them."""

import re

from claims.inspection.finding import Code, Refusal
from claims.inspection.links import is_remote

# Packed queries (base64) hold "//" as well, so a place must begin a value.
_PLACES = re.compile(
    r"(?:^|[=;\"'\s])((?:[a-z]{3,8}:)?[\\/]{2}[^;\"']*)", re.IGNORECASE
)


def judge_source(text: str, where: str) -> None:
    """Refuse a connection to a share or a web address.

    The name of a server alone passes: data are fetched from it only on request.
    """
    for place in _PLACES.findall(text):
        if is_remote(place):
            raise Refusal(Code.EXTERNAL_REFERENCE, f"data from {place} in {where}")
