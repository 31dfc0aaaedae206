"""Judges the formulas of a workbook: DDE, add-in calls, functions that load."""

import re

from claims.inspection.finding import Code, Refusal
from claims.inspection.links import is_remote, judge_link

# What may hold any character: texts, quoted sheet names, columns of tables.
_LITERALS = re.compile(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'!|\[[^\[\]]*\]")
_LOADING = re.compile(r"\b(WEBSERVICE|IMAGE)\s*\(", re.IGNORECASE)
_RUNNING = re.compile(
    r"\b(RTD|CALL|EXEC|EXECUTE|REGISTER(?:\.ID)?|FOPEN|FWRITE|FWRITELN|INITIATE"
    r"|SEND\.KEYS|FILE\.DELETE|RUN|URLDOWNLOADTOFILEA?|SQL\.REQUEST|PY)\s*\(",
    re.IGNORECASE,
)
# A link spelled in a formula, and a sheet of a workbook named by its path.
_LINK = re.compile(r"\bHYPERLINK\s*\(\s*\"((?:[^\"]|\"\")*)\"", re.IGNORECASE)
_JOINED = re.compile(r"\"\s*&\s*\"")
_PATH = re.compile(r"'((?:[^']|'')*)\[[^\[\]']*\][^']*'!")


def judge_formula(formula: str, name: str) -> None:
    """Refuse a formula that starts a program or fetches from elsewhere.

    A bar stands in a formula only between a DDE server and its topic.
    """
    for link in _LINK.findall(_JOINED.sub("", formula)):
        judge_link(link, repr(name))
    if any(is_remote(path) for path in _PATH.findall(formula)):
        raise Refusal(Code.EXTERNAL_REFERENCE, f"in {name!r}: {formula[:40]}")
    plain = _LITERALS.sub("", formula)
    if "|" in plain:
        raise Refusal(Code.ACTIVE_CONTENT, f"DDE in {name!r}: {formula[:40]}")
    if found := _RUNNING.search(plain):
        raise Refusal(Code.ACTIVE_CONTENT, f"{found[1]} in {name!r}")
    if found := _LOADING.search(plain):
        raise Refusal(Code.EXTERNAL_REFERENCE, f"{found[1]} in {name!r}")
