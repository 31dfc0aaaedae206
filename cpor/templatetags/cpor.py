"""Icons, moments in their place, initials: what every page writes the same way."""

from __future__ import annotations

import zlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import get_format_modules
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.paginator import Page

register = template.Library()

# Cities that another language spells differently; all others read as in their zone.
PLACES = {
    "Europe/Berlin": pgettext_lazy("place", "Berlin"),
    "Europe/Vienna": pgettext_lazy("place", "Vienna"),
    "Europe/Zurich": pgettext_lazy("place", "Zurich"),
    "Europe/Brussels": pgettext_lazy("place", "Brussels"),
    "Europe/Copenhagen": pgettext_lazy("place", "Copenhagen"),
    "Europe/Lisbon": pgettext_lazy("place", "Lisbon"),
    "Europe/Prague": pgettext_lazy("place", "Prague"),
    "Europe/Rome": pgettext_lazy("place", "Rome"),
    "Europe/Warsaw": pgettext_lazy("place", "Warsaw"),
}
TONES = ("blue", "azure", "purple", "green", "amber", "red")
AGES = ((31_536_000, "year"), (2_592_000, "month"), (86_400, "day"), (3_600, "hour"))


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """Return an icon of the sprite; without a label it is decoration only."""
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" {}><use href="{}#icon-{}"/></svg>',
        css,
        format_html('role="img" aria-label="{}"', label)
        if label
        else SafeString('aria-hidden="true"'),
        static("vendor/icons.svg"),
        name,
    )


@register.filter
def moment(value: datetime | None, zone: str = "") -> str:
    """Return date, time and place: Tue 12 Jan 2027, 23:59 Berlin."""
    return _written(value, zone, "MOMENT_FORMAT") if value else ""


@register.filter
def due(value: datetime | None, zone: str = "") -> str:
    """Return a moment without the year while it is this year's."""
    if not value:
        return ""
    place = _zone(zone)
    this_year = value.astimezone(place).year == timezone.now().astimezone(place).year
    return _written(
        value, zone, "SHORT_MOMENT_FORMAT" if this_year else "MOMENT_FORMAT"
    )


@register.filter
def day(value: date | datetime | None, zone: str = "") -> str:
    """Return a day with its weekday: Tue 12 Jan 2027."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(_zone(zone))
    return format_date(value, _pattern("DAY_FORMAT"))


@register.filter
def ago(value: datetime | None, now: datetime | None = None) -> str:
    """Return how long ago something happened, in its largest unit."""
    if not value:
        return ""
    seconds = int(((now or timezone.now()) - value).total_seconds())
    unit, count = next(
        ((unit, seconds // size) for size, unit in AGES if seconds >= size),
        ("minute", seconds // 60),
    )
    return _age(unit, count) if count > 0 else _("just now")


@register.filter
def place(zone: str) -> str:
    """Return the city a time zone is named after, as the reader spells it."""
    return str(PLACES.get(zone) or zone.rsplit("/", 1)[-1].replace("_", " "))


@register.filter
def initials(name: object) -> str:
    """Return up to two letters for an avatar."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper() or "?"


@register.filter
def tone(name: object) -> str:
    """Return the colour that a name keeps on every page."""
    return TONES[zlib.crc32(str(name).encode()) % len(TONES)]


@register.filter
def short_hash(value: str) -> str:
    """Return both ends of a hash, enough for the eye to compare."""
    return f"{value[:8]}…{value[-8:]}"


@register.filter
def file_icon(name: str) -> str:
    """Return the icon of a file by the ending of its name."""
    ending = str(name).rsplit(".", 1)[-1].lower()
    return {
        "pdf": "file-type-pdf",
        "docx": "file-type-docx",
        "xlsx": "file-type-xls",
        "pptx": "file-type-ppt",
        "png": "photo",
        "jpg": "photo",
        "jpeg": "photo",
        "eml": "mail",
        "msg": "mail",
    }.get(ending, "file")


@register.filter
def file_types(endings: str) -> str:
    """Return the endings of a file field for reading: PDF, DOCX."""
    return ", ".join(each.strip().lstrip(".").upper() for each in endings.split(","))


@register.filter
def elided(page: Page[Any]) -> Iterator[str | int]:
    """Return the page numbers worth a link, with gaps, around the present page."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


register.filter("filesize", filesizeformat)


def _written(value: datetime, zone: str, pattern: str) -> str:
    local = value.astimezone(_zone(zone))
    name = zone or timezone.get_current_timezone_name()
    return f"{format_date(local, _pattern(pattern))} {place(name)}"


def _zone(zone: str) -> ZoneInfo:
    return ZoneInfo(zone or timezone.get_current_timezone_name())


def _pattern(name: str) -> str:
    """Return one of our own patterns (cpor/formats) in the reader's language."""
    modules = get_format_modules(get_language() or settings.LANGUAGE_CODE)
    return next(str(getattr(each, name)) for each in modules if hasattr(each, name))


def _age(unit: str, count: int) -> str:
    words = {
        "year": ngettext("%(count)d year ago", "%(count)d years ago", count),
        "month": ngettext("%(count)d month ago", "%(count)d months ago", count),
        "day": ngettext("%(count)d day ago", "%(count)d days ago", count),
        "hour": ngettext("%(count)d hour ago", "%(count)d hours ago", count),
        "minute": ngettext("%(count)d minute ago", "%(count)d minutes ago", count),
    }
    return words[unit] % {"count": count}
