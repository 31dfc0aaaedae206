"""Dates, languages and quotations as mails write them; all take what JSON holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import template
from django.conf import settings
from django.utils.dateformat import format as format_date
from django.utils.dateparse import parse_datetime
from django.utils.formats import get_format_modules
from django.utils.translation import get_language

from notifications import wording

register = template.Library()


@register.filter
def moment(value: str | datetime | None, zone: str = "UTC") -> str:
    """Return time and place: Tue 12 Jan 2027, 23:59 Europe/Berlin.

    German puts the place in brackets: Di., 12. Jan. 2027, 23:59 Uhr (Europe/Berlin).
    """
    local = _local(value, zone)
    if local is None:
        return ""
    place = f"({local.tzinfo})" if _language() == "de" else str(local.tzinfo)
    return f"{format_date(local, _pattern('MOMENT_FORMAT'))} {place}"


@register.filter
def short_day(value: str | datetime | None, zone: str = "UTC") -> str:
    """Return the day for a subject line: Tue 12 Jan."""
    local = _local(value, zone)
    return format_date(local, _pattern("SHORT_DAY_FORMAT")) if local else ""


@register.filter
def in_language(words: object) -> str:
    """Return words in the reader's language out of a map such as {en: …, de: …}."""
    return wording.in_language(words)


@register.filter
def one_line(words: object) -> str:
    """Return words without line breaks, as a template's blocks need them."""
    return wording.one_line(words)


@register.filter
def quoted(text: object) -> str:
    """Return what a person wrote with a mark before each line: nothing else has it."""
    words = wording.in_language(text)
    return "\n".join(f"> {line}" for line in words.splitlines())


@register.filter
def listed(words: Iterable[object] | None) -> str:
    """Return things one after another, each in the reader's language."""
    return ", ".join(wording.in_language(each) for each in words or ())


def _local(value: str | datetime | None, zone: str) -> datetime | None:
    moment = parse_datetime(value) if isinstance(value, str) else value
    if moment is None:
        return None
    try:
        place = ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        place = ZoneInfo("UTC")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo("UTC"))
    return moment.astimezone(place)


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def _pattern(name: str) -> str:
    """Return one of the project's own patterns in the reader's language."""
    modules = get_format_modules(_language())
    return next(str(getattr(each, name)) for each in modules if hasattr(each, name))
