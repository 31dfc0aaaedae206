"""What somebody of a company may open, behind their log-in."""

from cpor.routes import routes
from tests.permissions import words
from tests.permissions.table import TABLE

PATHS = {route["name"]: route["path"] for route in routes()}
READABLE = [
    line
    for line in TABLE
    if line.method == "GET"
    and line.may & {words.USER, words.ADMIN}
    and words.ANONYMOUS not in line.may
]
