"""How large a page is drawn: as wide as wanted, within bounds."""

from math import sqrt

from claims.inspection.sniff import Kind
from claims.reading import limits


def scale_of(content_type: str, width: float, height: float, wanted: int) -> float:
    """Return by what to scale a page that is to be `wanted` pixels wide.

    A photo is never blown up; nothing becomes larger than a screen can use.
    """
    scale = min(wanted / width, limits.SIDE / max(width, height))
    pixels = width * height * scale**2
    if pixels > limits.PIXELS:
        scale *= sqrt(limits.PIXELS / pixels)
    return scale if content_type == Kind.PDF else min(scale, 1.0)
