"""Made-up things in every state, for the style guide: long names, umlauts, nothing.

The guide does not exist in production, so its words are English only.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import zip_longest
from types import SimpleNamespace as Thing
from typing import Any, ClassVar

from django import forms
from django.core.paginator import Paginator

from claims.workflow import CLAIM

LONG_NAME = (
    "Überlandwerke Fünfhaus-Schönbrunner Wärmeversorgungsgesellschaft mbH & Co. KGaA"
)
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
TENANT = "6f1c0f0e-2f0b-4bb4-9a0d-3a6b6a0f9e51"
ZONE = "Europe/Berlin"


def everything(now: datetime) -> dict[str, Any]:
    """Return all that design.html shows."""
    return {
        "stages": list(CLAIM.stages.values()),
        "deadlines": deadlines(now),
        "turns": turns(),
        "files": files(),
        "entries": entries(now),
        "steps": steps(),
        "forms": sample_forms(),
        "page": Paginator(range(480), 25).page(7),
        "chart": chart(),
        "rows": rows(now),
        "people": ["Anna Weiß", "Jörg Großmann-Überschär", "Óscar", LONG_NAME],
        "tones": ("gray", "blue", "azure", "amber", "green", "red", "purple", "dark"),
        "tenant": TENANT,
        "digest": DIGEST,
        "long_name": LONG_NAME,
    }


def deadline(now: datetime, days_left: int, **more: Any) -> Thing:
    """Return a due date that many days off, with its arithmetic."""
    end_of_day = now.replace(hour=22, minute=59, second=59)
    facts: dict[str, Any] = {
        "due_at": end_of_day + timedelta(days=days_left),
        "zone": ZONE,
        "days_left": max(days_left, 0),
        "unit": "business days",
        "is_overdue": days_left < 0,
        "held": "",
        "used_percent": None,
        "why": [
            "Clock: partner response, 14 business days.",
            "Started Tue 22 Dec 2026, 10:04 Berlin; that day is day 0.",
            "Skipped: Fri 25 Dec (Christmas Day), Fri 1 Jan (New Year's Day).",
            "Day 14 is Tue 12 Jan 2027; it ends at 23:59:59 in Berlin.",
        ],
    }
    return Thing(**{**facts, **more})


def deadlines(now: datetime) -> list[Thing]:
    """Return one due date for each of its looks."""
    bounced = "Held: the reminder bounced, so the clock waits until a lead decides."
    return [
        deadline(now, 9, used_percent=35),
        deadline(now, 2, used_percent=85),
        deadline(now, 0, used_percent=97),
        deadline(now, -3, used_percent=100),
        deadline(now, 1, unit="calendar days", zone="Europe/Vienna"),
        deadline(now, 4, used_percent=60, held=bounced),
    ]


def turns() -> dict[str, Thing]:
    """Return whose move it is, as each side reads it."""
    checks = "Anna Weiß checks your proof"
    return {
        "mine": Thing(mine=True, who="Your turn", what="Answer the reviewer"),
        "theirs": Thing(mine=False, who="With the reviewer", what=checks),
        "nobody": Thing(mine=False, who="Nobody has to act", what="It has ended"),
    }


def file(name: str, **more: Any) -> Thing:
    """Return a piece of evidence, clean unless said otherwise."""
    facts: dict[str, Any] = {
        "size": 2_411_724,
        "kind_label": "Customer confirmation",
        "is_clean": True,
        "is_refused": False,
        "state_label": "Clean",
        "sentence": "",
        "sha256": DIGEST,
        "document_on": date(2026, 10, 2),
        "signed_on": date(2026, 10, 5),
        "signer": "Zoë Müller-Lüdenscheidt",
        "version": 2,
        "url": "#",
    }
    return Thing(name=name, **{**facts, **more})


def files() -> list[Thing]:
    """Return evidence that is clean, being checked under an endless name, refused."""
    return [
        file("Leistungsnachweis Überlandwerke.pdf"),
        file(
            "Bericht_" + "sehr_" * 12 + "langer_Name.docx",
            is_clean=False,
            state_label="Being checked",
            sha256="",
        ),
        file(
            "usage-report.xlsx",
            is_clean=False,
            is_refused=True,
            state_label="Refused",
            sentence="The file contains a macro. Save it as PDF and add it again.",
            signed_on=None,
            version=1,
        ),
    ]


def entry(at: datetime, who: str, sentence: str, **more: Any) -> Thing:
    """Return a line of history that changed nothing unless said otherwise."""
    facts: dict[str, Any] = {
        "from_label": "",
        "to_label": "",
        "colour": "gray",
        "icon": "pencil",
        "reasons": [],
        "comment": "",
        "changes": [],
    }
    return Thing(at=at, who=who, sentence=sentence, **{**facts, **more})


def entries(now: datetime) -> list[Thing]:
    """Return a short story: asked, answered with changes, moved by the clock."""
    return [
        entry(
            now - timedelta(days=6),
            "Anna Weiß",
            "Anna Weiß asked for more information.",
            from_label="In review",
            to_label="Partner action required",
            colour="amber",
            icon="message-question",
            reasons=["The customer's signature is not in the proof of execution."],
            comment="The order letter is unsigned.\n\nA scan of the page is enough.",
        ),
        entry(
            now - timedelta(days=2),
            "Jörg Großmann-Überschär",
            "Jörg Großmann-Überschär changed the customer contact.",
            changes=[
                Thing(label="E-mail", old="", new="z.mueller@kunde.example"),
                Thing(label="Name", old="Z. Müller", new="Zoë Müller-Lüdenscheidt"),
            ],
        ),
        entry(
            now,
            "",
            "The review was started by the deadline.",
            from_label="Submitted",
            to_label="In review",
            colour="blue",
            icon="eye-search",
        ),
    ]


def steps() -> list[Thing]:
    """Return the wizard's steps in each of their states."""
    return [
        Thing(label="Solution area", url="#", state="done", note="Modern Work"),
        Thing(label="Role", url="#", state="done", note="Pays incentives"),
        Thing(label="Customer", url="#", state="problem", note="Tenant ID is missing"),
        Thing(label="Products", url="#", state="current", note=""),
        Thing(label="Proof of execution", url="#", state="open", note=""),
        Thing(label="Review and submit", url="", state="open", note=""),
    ]


def chart() -> dict[str, Any]:
    """Return decisions per week."""
    return {
        "labels": [f"W{week}" for week in range(36, 48)],
        "series": [
            {
                "label": "Approved",
                "tone": "green",
                "values": [12, 19, 14, 22, 18, 25, 27, 21, 30, 28, 33, 31],
            },
            {
                "label": "Rejected",
                "tone": "red",
                "values": [3, 4, 2, 5, 3, 6, 2, 4, 5, 3, 4, 2],
            },
        ],
    }


def rows(now: datetime) -> list[Thing]:
    """Return a list of claims, one per status; some wait, some are overdue."""
    customers = ("Contoso Ltd", LONG_NAME, "Müller & Söhne", "Adatum", "Łódź Textil")
    clocks = [
        deadline(now, 5 - 2 * each, used_percent=min(20 + 16 * each, 100))
        for each in range(len(customers))
    ]
    return [
        Thing(
            number=f"CPOR-2026-{420 + index:06}",
            name="Rollout of Teams Phone" if index % 2 else "Copilot readiness",
            customer=customers[index % len(customers)],
            domain="kunde.example",
            products=["TEAMS-PHN", "EXO"] if index % 3 else ["MDE"],
            stage=stage,
            waits="Anna Weiß" if index % 2 else "You",
            deadline=clock,
            is_overdue=bool(clock and clock.is_overdue),
            updated_at=now - timedelta(hours=5**index % 900),
        )
        for index, (stage, clock) in enumerate(
            zip_longest(CLAIM.stages.values(), clocks)
        )
    ]


class SampleCards(forms.RadioSelect):
    """Radio buttons as cards, each with a sentence of its own."""

    sentences: ClassVar[dict[str, str]] = {
        "use": "You keep the customer's people using what they own. Pays incentives.",
        "adv": "You advise before the purchase. Pays incentives.",
        "rev": "You influenced the revenue. Gives recognition only.",
    }

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        return {**option, "help": self.sentences[str(option["value"])]}


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Claim name", help_text="Only your company sees it.")
    tenant = forms.UUIDField(
        label="Tenant ID",
        help_text="32 letters and digits, from Entra ID under “Overview”.",
        error_messages={"invalid": "A tenant ID has 36 characters: this one has 37."},
    )
    location = forms.ChoiceField(
        label="Partner ID",
        choices=[("", "Choose a location"), ("1", "3600003 · Köln"), ("2", "9729844")],
    )
    signed_on = forms.DateField(label="Signed on", required=False)
    proof = forms.FileField(label="Proof of execution (PoE)", required=False)
    role = forms.ChoiceField(
        label="What do you do for this customer?",
        choices=[("use", "Usage"), ("adv", "Advisor"), ("rev", "Influenced revenue")],
        widget=SampleCards({"class": "choice-cards"}),
    )
    products = forms.MultipleChoiceField(
        label="Products",
        required=False,
        choices=[("EXO", "Exchange Online"), ("SPO", "SharePoint Online")],
        widget=forms.CheckboxSelectMultiple,
    )
    comment = forms.CharField(label="Comment", widget=forms.Textarea, required=False)
    agreed = forms.BooleanField(label="The customer knows about this claim")


def sample_forms() -> dict[str, SampleForm]:
    """Return the form as it is met first, and after it was sent with faults."""
    typed = {
        "tenant": TENANT + "0",
        "name": "",
        "location": "1",
        "comment": "Ä" * 12,
    }
    return {
        "fresh": SampleForm(
            initial={"name": "Rollout of Teams Phone", "role": "use"}, prefix="fresh"
        ),
        "faulty": SampleForm(
            {f"faulty-{name}": value for name, value in typed.items()}, prefix="faulty"
        ),
    }
