"""Rows of the trail as tests write them, and as the page tells them."""

from accounts.models import Deed
from accounts.trail import record
from tests.factories import NOW

PAGE = "/trail/"


def write(deed, actor, company, about="CPOR-2026-000123", at=NOW, **details):
    record(
        deed=deed,
        actor=actor,
        partner_id=company.pk if company else None,
        about=about,
        details=details,
        now=at,
    )


def read_file(actor, company, name="letter.pdf", **rest):
    write(Deed.DOCUMENT_READ, actor, company, name=name, how="download", **rest)


def told(client, **narrowed_to):
    """Return the sentences of the page's rows."""
    answer = client.get(PAGE, narrowed_to)
    return [row.what for row in answer.context["rows"]]
