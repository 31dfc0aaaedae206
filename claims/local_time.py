"""Instants and local days: where a day ends in a zone whose clocks jump.

Zones follow the rules of the locked `tzdata` package. The machine's own rules are not
asked: an older machine would tell another due date.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from claims.calendar_errors import NoSuchTime, NoTimeZone, OutOfHorizon, UnknownPlace, _

SECOND = timedelta(seconds=1)
LAST_SECOND = time(23, 59, 59)
YEARS = range(1900, 2200)  # in which dates are computed at all


@cache
def zone_names() -> frozenset[str]:
    """Return the IANA names of all time zones."""
    return frozenset((files("tzdata") / "zones").read_text("utf-8").split())


@cache
def zone_of(name: str) -> ZoneInfo:
    """Return the time zone of this IANA name.

    :raises UnknownPlace: if there is none
    """
    if name not in zone_names():
        raise UnknownPlace(
            _("“%(name)s” is no time zone. Use an IANA name such as Europe/Berlin."),
            name=name,
        )
    path = files("tzdata").joinpath("zoneinfo", *name.split("/"))
    with path.open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


def local_date(at: datetime, time_zone: str) -> date:
    """Return the date that an instant has in a time zone.

    :raises NoTimeZone: if the time names no instant
    :raises OutOfHorizon: if it lies in another age
    """
    if at.utcoffset() is None:
        raise NoTimeZone(
            _("%(time)s has no time zone. Add its offset, such as +01:00."),
            time=at.isoformat(),
        )
    if at.year not in YEARS:
        raise OutOfHorizon(
            _("Due dates are computed for the years %(first)s to %(last)s only."),
            first=YEARS[0],
            last=YEARS[-1],
        )
    return at.astimezone(zone_of(time_zone)).date()


def instant_from(text: str, time_zone: str) -> datetime:
    """Read an ISO 8601 time; one without an offset is local time of the zone.

    :raises NoSuchTime: if it is no time, or one that the clocks skip
    """
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else instant_of(at, time_zone)
    except (ValueError, OverflowError) as error:
        raise NoSuchTime(
            _("“%(text)s” is no time. Write it like 2026-12-18T10:00:00+01:00."),
            text=text,
        ) from error


def instant_of(local: datetime, time_zone: str) -> datetime:
    """Return the instant (UTC) of a naive local time, the first where it comes twice.

    :raises NoSuchTime: if the clocks skip it
    """
    zone = zone_of(time_zone)
    first = local.replace(fold=0)
    instant = first.replace(tzinfo=zone).astimezone(UTC)
    if _wall_time(instant, zone) != first:
        raise NoSuchTime(
            _("%(time)s does not exist in %(time_zone)s: the clocks skip it."),
            time=local.isoformat(),
            time_zone=time_zone,
        )
    return instant


def end_of_day(on: date, time_zone: str) -> datetime:
    """Return the last second (UTC) before the next local day begins for good.

    That is 23:59:59: the second one where the clocks go back over it, and the second
    before the jump where they skip it (Nuuk in March, all 30 December 2011 in Apia).
    """
    zone = zone_of(time_zone)
    last = datetime.combine(on, LAST_SECOND)
    # A skipped time lies before the jump by the later clock, behind it by the earlier.
    before = last.replace(tzinfo=zone, fold=1).astimezone(UTC)
    behind = last.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _wall_time(before, zone) == last:
        return before
    while behind - before > SECOND:
        middle = before + (behind - before) // SECOND // 2 * SECOND
        if _wall_time(middle, zone) <= last:
            before = middle
        else:
            behind = middle
    return before


def was_lived(on: date, time_zone: str) -> bool:
    """Tell whether the zone ever has this date.

    Where a zone changes sides of the date line it goes from one date to the next but
    one: Apia never had 30 December 2011, Kiritimati never 31 December 1994.
    """
    end = end_of_day(on, time_zone)
    return end.astimezone(zone_of(time_zone)).date() == on


def at_working_hour(on: date, time_zone: str, hour: int = 9) -> datetime:
    """Return the instant (UTC) of an hour of that local day."""
    return datetime.combine(on, time(hour), zone_of(time_zone)).astimezone(UTC)


def in_utc(instant: datetime) -> str:
    """Return an instant as an operator reads it, such as 2026-11-23 09:00Z."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}Z"


def _wall_time(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)
