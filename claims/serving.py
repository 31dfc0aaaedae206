"""Files handed out: opened whole and unchanged, or by a link that leaves the session.

A link is bound to one file, one person and one use of it, for a minute (ADR 0013).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import IO, Any
from uuid import UUID, uuid4

import structlog
from django.core import signing
from django.core.cache import cache

from accounts import trail
from accounts.models import User
from accounts.opaque import PERSON, key_behind, opaque
from claims import vault
from claims.models import Evidence

LINK_SECONDS = 60
# Pages looked at within this time are one look at the file.
LOOK_SECONDS = 600
# What a link may be for; a signature made for anything else opens no file.
_PURPOSE = "claims.serving.download"

log = structlog.get_logger(__name__)


class Unreadable(Exception):
    """The content is not there now, or no longer what was handed in."""


class NoSuchLink(Exception):
    """The link is no link of ours, too old, used, or another person's."""


def open_content(file: Evidence) -> IO[bytes]:
    """Open the content of a file, after comparing it with its fingerprint.

    It lies on a disk of this machine by then, so that whoever reads it gets all of it.

    :raises Unreadable: if the storage does not answer, or answers something else
    """
    digest = sha256()
    try:
        with vault.reaching():
            content: IO[bytes] = file.content.open("rb")
            for piece in iter(lambda: content.read(vault.CHUNK), b""):
                digest.update(piece)
            content.seek(0)
    except (vault.Unavailable, vault.Missing, ValueError) as trouble:
        log.warning("evidence_unreadable", evidence=file.pk, why=str(trouble))
        raise Unreadable from trouble
    if digest.hexdigest() != file.sha256:
        content.close()
        log.error("evidence_changed", evidence=str(file.public_id))
        raise Unreadable
    return content


def note_read(*, file: Evidence, reader: User, how: str, now: datetime) -> None:
    """Put down in the trail of the file's company who gets to see it now.

    :param how: by which door, such as "download" or "link"
    """
    details = {"file": file.public_id, "name": file.name, "sha256": file.sha256}
    trail.record(
        deed=trail.Deed.DOCUMENT_READ,
        actor=reader,
        partner_id=file.partner_id,
        about=file.claim.number,
        details={**details, "how": how},
        now=now,
    )


def note_looked_at(*, file: Evidence, reader: User, now: datetime) -> None:
    """Note in the trail that somebody looks at pages; not for each page again."""
    if cache.add(f"looked-at:{file.pk}:{reader.pk}", 1, timeout=LOOK_SECONDS):
        note_read(file=file, reader=reader, how="pages", now=now)


# --- Links that leave the session -------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is bound to."""

    number: str
    public_id: UUID
    reader: int
    # Known to nobody before; seen twice, the link was used.
    once: UUID


def link_token(*, file: Evidence, reader: User) -> str:
    """Return what stands in the address of a link to this file for this person."""
    whose = opaque(PERSON, reader.pk)
    bound = [file.claim.number, file.public_id.hex, whose, uuid4().hex]
    return signing.dumps(bound, salt=_PURPOSE)


def read_link(token: str) -> Link:
    """Return what a link is bound to.

    :raises NoSuchLink: if the signature is not ours, for another use, or too old
    """
    try:
        bound: Any = signing.loads(
            token, salt=_PURPOSE, max_age=timedelta(seconds=LINK_SECONDS)
        )
        number, public_id, whose, once = bound
        reader = key_behind(PERSON, whose)
        if reader is None:
            raise NoSuchLink
        return Link(number, UUID(public_id), reader, UUID(once))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NoSuchLink from error


def use_up(link: Link) -> None:
    """Note that a link was used.

    :raises NoSuchLink: if it was used before
    """
    if not cache.add(f"file-link:{link.once.hex}", 1, timeout=2 * LINK_SECONDS):
        raise NoSuchLink
