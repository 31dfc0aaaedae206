"""The numbers the inspection holds files to: bytes, pixels, parts, depths."""

MIB = 1024 * 1024

# One uploaded file (DOMAIN.md §6).
FILE_BYTES = 25 * MIB

# Everything that unpacks while one file is inspected, pictures in PDF apart.
INFLATED_BYTES = 400 * MIB
# Highly compressible data is normal in small amounts (white pages, empty cells).
SUSPECT_BYTES = 16 * MIB
SUSPECT_RATIO = 200

# A3 scanned at 600 dpi; the next size up is a poster or a bomb.
PIXELS = 70_000_000

# Parts of one file, counted through everything it encloses.
PARTS = 5_000
# Objects of one PDF, all revisions together: 6 seconds of reading at the most.
PDF_OBJECTS = 300_000
# Header lines of one mail or part, and what they may hold: longer ones are an attack
# on the reader, which takes time by the square of a header that says what a part is.
MAIL_HEADERS = 1_000
MAIL_ADDRESSES = 5_000
MAIL_HEADER_BYTES = 16 * 1024
# Mails within mails, documents within documents.
DEPTH = 5
EMBEDDED_DEPTH = 3

# The throw-away process.
MEMORY_BYTES = 512 * MIB
CPU_SECONDS = 20
WALL_SECONDS = 40.0
ANSWER_BYTES = 4096
