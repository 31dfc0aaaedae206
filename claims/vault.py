"""Keeping contents: named by what they hold, never overwritten, gone only when unused.

A name is made from the company and the content's hash with a key of the house: the same
file has one object in a company, and no name tells that two companies have the same.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import IO, Any

import pgtrigger
from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from accounts.scopes import Across, across
from claims.models import Evidence

FOLDER = "evidence"
CHUNK = 64 * 1024
_QUOTA, _NAME = "quota", "content"


class Unavailable(Exception):
    """The storage does not answer, is full or forbids: try again later."""


class Missing(Exception):
    """The storage answers, and the content is not there."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What was read: its SHA-256 in hex, and how many bytes."""

    sha256: str
    size: int


def name_for(partner_id: int, sha256: str) -> str:
    """Return the name of a content of a company: stable, and not to be guessed."""
    secret = salted_hmac("claims.vault", f"{partner_id}:{sha256}", algorithm="sha256")
    name = secret.hexdigest()
    return f"{FOLDER}/{name[:2]}/{name}"


def put(*, partner_id: int, sha256: str, content: File[bytes]) -> str:
    """Store a content unless it is there; return its name.

    Inside a transaction, which keeps the name from being given up until the row that
    needs it is there. An object that was damaged is left as it is for those who look
    into it: the content gets the next name.

    :raises Unavailable: if the storage cannot take it
    """
    base = name_for(partner_id, sha256)
    for number in count():
        name = f"{base}-{number}" if number else base
        _lock(_NAME, name)
        with reaching():
            if not default_storage.exists(name):
                content.seek(0)
                return default_storage.save(name, content)
        if digest_of(name).sha256 == sha256:
            return name
    raise AssertionError("numbers do not end")


@contextmanager
def borrowed(name: str) -> Iterator[tuple[IO[bytes], Digest]]:
    """Give a copy of a content that has no name and is gone afterwards, however.

    :raises Unavailable: if the storage does not answer
    :raises Missing: if the content is not there
    """
    with tempfile.TemporaryFile(prefix="cpor-") as copy:
        digest = _read(name, copy)
        copy.seek(0)
        yield copy, digest


def digest_of(name: str) -> Digest:
    """Read a stored content to its end; raises as `borrowed`."""
    return _read(name, None)


def give_up(name: str) -> bool:
    """Delete a content that no file needs any more; return whether it is gone."""
    with transaction.atomic(), across(Across.CONTENTS):
        _lock(_NAME, name)
        if Evidence.objects.filter(content=name).exists():
            return False
        with reaching():
            default_storage.delete(name)
        return True


def rename(file: Evidence) -> bool:
    """Give a content the name of its hash, by a copy; False if it is not as it was.

    :raises Unavailable: if the storage does not answer
    """
    old = file.content.name or ""
    with borrowed(old) as (copy, digest):
        if digest.sha256 != file.sha256:
            return False
        with (
            transaction.atomic(),
            pgtrigger.ignore("claims.Evidence:content_stays_where_it_is"),
        ):
            name = put(
                partner_id=file.partner_id, sha256=file.sha256, content=File(copy)
            )
            mine = Evidence.objects.filter(pk=file.pk, content=old)
            return bool(mine.update(content=name))


def lock_quota(partner_id: int) -> None:
    """Let one file of a company in at a time, until the transaction ends."""
    _lock(_QUOTA, str(partner_id))


@contextmanager
def reaching() -> Iterator[None]:
    """Tell a storage that does not answer from a content that is not there."""
    try:
        yield
    except FileNotFoundError as error:
        raise Missing(str(error)) from error
    except SuspiciousFileOperation as error:
        raise Missing(str(error)) from error
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in {"404", "NoSuchKey"}:
            raise Missing(str(error)) from error
        raise Unavailable(str(error)) from error
    except (OSError, BotoCoreError) as error:
        raise Unavailable(f"{type(error).__name__}: {error}") from error
    except Exception as error:
        # boto3 wraps what goes wrong in an upload in a class of its own.
        if type(error).__module__.startswith(("boto3.", "s3transfer.")):
            raise Unavailable(str(error)) from error
        raise


def _read(name: str, copy: IO[bytes] | None) -> Digest:
    digest, size = hashlib.sha256(), 0
    with reaching(), default_storage.open(name, "rb") as content:
        for chunk in iter(lambda: content.read(CHUNK), b""):
            digest.update(chunk)
            size += len(chunk)
            if copy is not None:
                copy.write(chunk)
    return Digest(digest.hexdigest(), size)


def _lock(kind: str, name: str) -> None:
    """Hold a name until the transaction ends; others wait for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"cpor:{kind}:{name}"],
        )


def walk() -> Iterator[Any]:
    """Yield every stored object as a claims.storage.Entry."""
    with reaching():
        yield from default_storage.entries(FOLDER)  # type: ignore[attr-defined]


def tidy(*, before: datetime) -> None:
    """Remove what writers that died left half written, without a name."""
    with reaching():
        default_storage.tidy(before)  # type: ignore[attr-defined]
