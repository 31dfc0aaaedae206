"""Where the facts of a claim stand in its own files: hints, never a verdict.

Only what the claim itself says is looked for, and days. The text is forgotten again.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from claims.models import Claim, Evidence

# Legal forms: their absence or another spelling does not make another company.
_FORMS = (
    "gmbh co kg|gmbh co ohg|ag co kg|gmbh|mbh|ag|kg|ohg|se|ug|ev|eg|gbr|ltd|limited|llc"
    "|llp|plc|inc|corp|corporation|company|co|bv|nv|sa|sas|sarl|spa|srl|ab|as|oy|aps"
    "|sp z o o|s r o|a s"
)
_LEGAL_FORM = re.compile(rf"( (?:{_FORMS}))+$")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_BLANKS = re.compile(r"\s+")
_NOT_A_WORD = re.compile(r"[\W_]+")
_SHORTEST_NAME = 3
DAYS_KEPT = 200

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january january januar jan jaenner jaen",
            "february februar feb",
            "march maerz mar mrz",
            "april apr",
            "may mai",
            "june juni jun",
            "july juli jul",
            "august aug",
            "september sept sep",
            "october oktober oct okt",
            "november nov",
            "december dezember dec dez",
        ),
        1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d{1,2})-(\d{1,2})(?!\d)")
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})\. ?(\d{1,2})\. ?((?:19|20)\d\d)(?!\d)")
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)(?!\d)")
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:\.|st|nd|rd|th)? ?(?:of )?({_MONTH})\b\.?,? ?"
    r"((?:19|20)\d\d)(?!\d)"
)
_MONTH_FIRST = re.compile(
    rf"\b({_MONTH})\b\.? ?(\d{{1,2}})(?:st|nd|rd|th)?,? ?((?:19|20)\d\d)(?!\d)"
)


def facts_of(claim: Claim) -> dict[str, str]:
    """Return what the claim says and its PoE must show, by the name of the fact."""
    facts = {
        "partner": claim.partner.name,
        "customer": claim.customer_name,
        "domain": claim.domain,
        "tenant": str(claim.tenant_id or ""),
        "isv_solution": claim.isv_solution,
    }
    for line in claim.lines_all:
        facts[f"product:{line.product.code}"] = line.product.name
    for file in claim.evidence_now:
        facts[signer_of(file)] = file.signer
    return {name: value for name, value in facts.items() if value}


def signer_of(file: Evidence) -> str:
    """Return the fact that is who signed a file; their name is kept in no reading."""
    return f"signer:{file.public_id.hex}"


def fingerprint(facts: Mapping[str, str]) -> str:
    """Return what tells these facts from any others."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def found_in(pages: Sequence[str], facts: Mapping[str, str]) -> dict[str, list[int]]:
    """Return for each fact the pages on which it stands; pages count from 1."""
    found: dict[str, list[int]] = {name: [] for name in facts}
    for number, text in enumerate(pages, 1):
        page = _Page(text)
        for name, value in facts.items():
            if page.shows(name, value):
                found[name].append(number)
    return found


def days_in(pages: Sequence[str]) -> list[tuple[str, int]]:
    """Return the days that stand on the pages, latest first, each with its page."""
    first: dict[date, int] = {}
    for number, text in enumerate(pages, 1):
        for day in _days(_plain(text)):
            first.setdefault(day, number)
    latest = sorted(first, reverse=True)[:DAYS_KEPT]
    return [(day.isoformat(), first[day]) for day in latest]


class _Page:
    """One page in the forms in which facts are looked for."""

    def __init__(self, text: str) -> None:
        self._plain = _plain(text)
        self._squeezed = self._plain.replace(" ", "")
        self._words = f" {_words(text)} "
        self._exact = f" {_NOT_A_WORD.sub(' ', text)} "

    def shows(self, name: str, value: str) -> bool:
        kind, _colon, code = name.partition(":")
        match kind:
            case "domain":
                return self._shows_domain(value)
            case "tenant":
                return value in self._squeezed or (
                    value.replace("-", "") in self._squeezed
                )
            case "product":
                return self._names(value) or self._shows_code(code)
        return self._names(value)

    def _shows_domain(self, domain: str) -> bool:
        pattern = rf"(?<![a-z0-9-]){re.escape(_plain(domain))}(?![a-z0-9-]|\.[a-z0-9])"
        return re.search(pattern, self._plain) is not None

    def _shows_code(self, code: str) -> bool:
        return f" {_NOT_A_WORD.sub(' ', code)} " in self._exact

    def _names(self, name: str) -> bool:
        """Whether a name stands there, with or without its legal form."""
        whole = _words(name)
        bare = _LEGAL_FORM.sub("", whole)
        wanted = bare if len(bare) >= _SHORTEST_NAME else whole
        return bool(wanted) and f" {wanted} " in self._words


def _plain(text: str) -> str:
    """Return text in small letters, umlauts written out, blanks made single."""
    small = unicodedata.normalize("NFKC", text).casefold().translate(_UMLAUTS)
    return _BLANKS.sub(" ", small.replace("\xad", ""))


def _words(text: str) -> str:
    return _NOT_A_WORD.sub(" ", _plain(text)).strip()


def _days(text: str) -> Iterator[date]:
    readings: Iterable[tuple[str, str, str]] = [
        *((y, m, d) for y, m, d in _ISO.findall(text)),
        *((y, m, d) for d, m, y in _DOTTED.findall(text)),
        # Written in two ways in the world: both readings are hints.
        *((y, m, d) for d, m, y in _SLASHED.findall(text)),
        *((y, m, d) for m, d, y in _SLASHED.findall(text)),
        *((y, str(MONTHS[m]), d) for d, m, y in _DAY_FIRST.findall(text)),
        *((y, str(MONTHS[m]), d) for m, d, y in _MONTH_FIRST.findall(text)),
    ]
    for year, month, day in readings:
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:
            continue
