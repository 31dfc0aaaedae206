"""What was found in a claim's files, in words: hints to both sides, no verdict."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims.evidence import oldest_acceptable
from claims.models import Claim, Evidence, Reading
from claims.readings import readings_of

# More places than anybody looks up.
SHOWN_PAGES, SHOWN_PLACES = 3, 4
LONGEST_NAME = 36


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, and where to look at it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the claim says, and where it was found in the files."""

    value: str
    places: Sequence[Place] = ()
    # What a search without success says; empty where nothing could be searched.
    said: str = ""

    def __str__(self) -> str:
        return self.value


class Traces:
    """The readings of a claim's files, asked for one fact after the other."""

    def __init__(self, claim: Claim) -> None:
        self._files = claim.evidence_now
        known = readings_of(claim)
        self._readings = [
            (file, known[file.pk]) for file in self._files if file.pk in known
        ]
        self._unread = [
            file for file in self._files if file.is_clean and file.pk not in known
        ]
        self._texts = [each for each in self._readings if _has_text(each[1])]

    def of(self, fact: str, value: object) -> Wanted:
        """Return a fact of the claim with the pages on which it stands."""
        found = [
            (file, reading, pages)
            for file, reading in self._texts
            if (pages := reading.found.get(fact, []))
        ]
        places = [_place(*each) for each in found[:SHOWN_PLACES]]
        return Wanted(str(value), places, "" if places else self._in_vain())

    def of_signature(self, file: Evidence, value: str) -> Wanted:
        """Return a signature as the partner dated it, and whether that day is there."""
        texts = [reading for other, reading in self._texts if other == file]
        if not texts or file.signed_on is None:
            return Wanted(value)
        pages = [page for day, page in texts[0].days if day == str(file.signed_on)]
        places = [_place(file, texts[0], pages)] if pages else []
        said = "" if places else _("this date is not in its text")
        return Wanted(value, places, said)

    def latest_day(self, now: datetime) -> list[Wanted]:
        """Return the latest day up to now that stands in any file, if there is one."""
        today = str(timezone.localdate(now))
        days = [
            (day, page, file, reading)
            for file, reading in self._texts
            for day, page in reading.days
            if day <= today
        ]
        if not days:
            return []
        day, page, file, reading = max(days, key=lambda each: each[0])
        on = date.fromisoformat(day)
        value = _("Latest date in the files: %(day)s") % {"day": date_format(on)}
        is_old = on < oldest_acceptable(now)
        said = _("older than a signature should be") if is_old else ""
        return [Wanted(value, [_place(file, reading, [page])], said)]

    def notes(self) -> list[str]:
        """Return what the program could not look into, and who has to."""
        told = [_blind(file, reading) for file, reading in self._readings]
        if count := len(self._unread):
            waiting = ngettext(
                "%(count)d file is still being compared with the claim. Load this page "
                "again in a moment.",
                "%(count)d files are still being compared with the claim. Load this "
                "page again in a moment.",
                count,
            )
            told.append(waiting % {"count": count})
        return [each for each in told if each]

    def _in_vain(self) -> str:
        return _("not found in the text") if self._texts else ""


def _has_text(reading: Reading) -> bool:
    return reading.outcome == Reading.Outcome.READ


def _blind(file: Evidence, reading: Reading) -> str:
    if reading.outcome == Reading.Outcome.NO_TEXT:
        said = _("%(name)s has no text to read in it: check it yourself.")
    elif reading.outcome == Reading.Outcome.UNREADABLE:
        said = _("%(name)s could not be read by the program: check it yourself.")
    else:
        return ""
    return said % {"name": file.name}


def _place(file: Evidence, reading: Reading, pages: Sequence[int]) -> Place:
    where = _numbered(reading.unit, pages)
    label = ", ".join(filter(None, [_short(file.name), where]))
    if not file.pages_url:
        return Place(label, file.url)
    return Place(label, f"{file.pages_url}?page={pages[0]}")


def _short(name: str) -> str:
    """Return both ends of a long name: many facts stand in one file."""
    return name if len(name) <= LONGEST_NAME else f"{name[:20]}…{name[-12:]}"


def _numbered(unit: str, pages: Sequence[int]) -> str:
    if not unit:
        return ""
    numbers = _listed(pages)
    words = {
        "page": ngettext("page %(numbers)s", "pages %(numbers)s", len(pages)),
        "slide": ngettext("slide %(numbers)s", "slides %(numbers)s", len(pages)),
        "sheet": ngettext("sheet %(numbers)s", "sheets %(numbers)s", len(pages)),
    }
    return (words[unit] % {"numbers": numbers}).replace(" ", "\N{NO-BREAK SPACE}")


def _listed(pages: Iterable[int]) -> str:
    numbers = [str(page) for page in pages]
    more = " …" if len(numbers) > SHOWN_PAGES else ""
    return ", ".join(numbers[:SHOWN_PAGES]) + more
