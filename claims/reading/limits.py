"""The numbers that reading is held to: pages, letters, pixels, seconds."""

from claims.inspection.limits import MIB
from claims.inspection.sniff import Kind

# A person reads no more, and hints need no more.
PAGES = 300
CHARACTERS = 600_000
PAGE_CHARACTERS = 40_000
# Files within a mail.
ATTACHMENTS = 20

# Of which types pages can be looked at.
DRAWN = frozenset({Kind.PDF, Kind.PNG, Kind.JPEG})
# The widths in which a page can be looked at; no page becomes larger than PIXELS.
WIDTHS = {"s": 700, "m": 1100, "l": 1700}
PIXELS = 6_000_000
SIDE = 16_000  # the format of the pictures takes no more
QUALITY = 88

WALL_SECONDS = 40.0
TEXT_BYTES = 4 * MIB
IMAGE_BYTES = 8 * MIB
