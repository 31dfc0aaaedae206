"""What happened to the demo's claims: a table of short stories.

A step is (business days ago, step, extra). "file" attaches another document, "edit" is
the partner's change, "comment" and "note" are words; everything else is a step of the
workflow. The clocks run by themselves in between, once a day.
"""

from dataclasses import dataclass, field
from typing import Any

type Happening = tuple[float, str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Story:
    """One claim: who claims what, and what became of it."""

    company: str
    customer: str
    engagement: str
    products: tuple[str, ...]
    name: str
    happenings: tuple[Happening, ...]
    files: tuple[str, ...] = ("poe_template",)
    fields: dict[str, Any] = field(default_factory=dict)


def did(days_ago: float, step: str, **extra: Any) -> Happening:
    return days_ago, step, extra


def filed(
    days_ago: float, start: float | None = None, by: str = "reviewer1"
) -> list[Happening]:
    """Return the usual beginning: submitted, and perhaps taken into review."""
    happenings = [did(days_ago, "submit")]
    if start is not None:
        happenings.append(did(start, "start_review", by=by))
    return happenings


def story(
    company: str,
    customer: str,
    engagement: str,
    products: str,
    name: str,
    *happenings: Happening | list[Happening],
    **more: Any,
) -> Story:
    """Write one row of the table; the products stand in one text, by code."""
    flat: list[Happening] = []
    for each in happenings:
        flat.extend(each if isinstance(each, list) else [each])
    codes = tuple(products.split())
    return Story(company, customer, engagement, codes, name, tuple(flat), **more)


SIGNATURE = "The customer's signature is missing on page 2. Upload the signed form."
OLD = "The acknowledgement is from last year. We need one signed within 12 months."

STORIES = (
    # Drafts: just begun, nearly complete, and complete.
    story("nordwind", "hotel", "MWS-USE", "TEAMS", "Teams für Seeblick", files=()),
    story("nordwind", "brau", "BIZ-ADV", "D365-BC", "Business Central Brauerei"),
    story("rheinwerk", "optik", "MWS-USE", "EXO SPO", "Exchange und SharePoint"),
    # Submitted: fresh, waiting, and one that the clock will start soon.
    story("nordwind", "kontor", "MWS-USE", "EXO", "Exchange Alsterkontor", filed(0.2)),
    story("nordwind", "fjord", "MWS-USE", "INTUNE", "Geräteverwaltung", filed(2)),
    story("rheinwerk", "klinik", "MWS-USE", "MDE MDO", "Defender Klinikum", filed(1)),
    story(
        "rheinwerk", "moebel", "BIZ-USE", "D365-SAL", "Vertrieb Eichenlaub", filed(4)
    ),
    # In review: fresh, long under way, and overdue.
    story(
        "nordwind",
        "mueller",
        "MWS-USE",
        "TEAMS TEAMS-PHN",
        "Telefonie für Müller & Söhne",
        filed(6, 4),
        did(3, "comment", by="reviewer1", text="Which sites use Teams Phone today?"),
        did(
            2, "comment", by="user", text="All four: Kiel, Lübeck, Husum and Flensburg."
        ),
        did(2, "note", by="reviewer1", text="Check the site list against the report."),
    ),
    story(
        "rheinwerk",
        "stadt",
        "MWS-USE",
        "EXO SPO TEAMS M365APPS VIVA-ENG",
        "Moderner Arbeitsplatz für den Zweckverband: Einführung in allen Betrieben",
        filed(9, 7, "reviewer2"),
        files=("statement_of_work", "deployment_report", "disclosure"),
    ),
    story("nordwind", "solar", "BIZ-REV", "PWR-APPS", "Feld-App", filed(13, 11)),
    story(
        "rheinwerk",
        "verlag",
        "MWS-USE",
        "PURV-IP",
        "Vertraulichkeit im Verlag",
        filed(24, 20, "reviewer2"),
    ),
    story("nordwind", "bank", "MWS-USE", "ENTRA-P2", "Anmeldung", filed(22, 18)),
    # More was asked for: one answer with a day left, one with time, one just asked.
    story(
        "nordwind",
        "klinik",
        "MWS-USE",
        "EXO",
        "Postfächer für das Klinikum",
        filed(17, 15),
        did(13, "request_info", reason="acknowledgement_missing", text=SIGNATURE),
    ),
    story(
        "rheinwerk",
        "fjord",
        "BIZ-ADV",
        "D365-SCM",
        "Lieferkette Fjordline",
        filed(12, 10, "reviewer2"),
        did(6, "request_info", reason="products_missing", text="Which modules?"),
    ),
    story(
        "nordwind",
        "optik",
        "MWS-USE",
        "SPO",
        "Dokumente für Prisma",
        filed(7, 5),
        did(0.3, "request_info", reason="dates_missing_or_old", text=OLD),
    ),
    # Asked, answered, decided.
    story(
        "nordwind",
        "verlag",
        "MWS-USE",
        "TEAMS",
        "Redaktion in Teams",
        filed(30, 28),
        did(25, "request_info", reason="acknowledgement_missing", text=SIGNATURE),
        did(22, "file", kind="customer_confirmation"),
        did(22, "resubmit", text="The signed confirmation is attached."),
        did(20, "start_review", by="reviewer1"),
        did(17, "approve", text="Complete now. Thank you."),
    ),
    story(
        "rheinwerk",
        "kontor",
        "BIZ-USE",
        "D365-FIN",
        "Finanzen Alsterkontor",
        filed(26, 23, "reviewer2"),
        did(20, "request_info", reason="service_missing", text="What did you deliver?"),
        did(15, "file", kind="deployment_report"),
        did(15, "resubmit"),
        did(12, "start_review", by="reviewer2"),
    ),
    # Approved at once.
    story(
        "nordwind",
        "kontor",
        "MWS-USE",
        "TEAMS",
        "Teams Alsterkontor",
        filed(40, 38),
        did(33, "approve"),
        did(10, "file", kind="usage_report"),
    ),
    story(
        "rheinwerk",
        "mueller",
        "BIZ-ADV",
        "D365-SAL D365-FS",
        "Vertrieb und Außendienst",
        filed(35, 32, "reviewer2"),
        did(27, "approve", by="reviewer2"),
        files=("poe_template", "workshop_result"),
    ),
    story(
        "nordwind", "brau", "MWS-USE", "EXO", "Post", filed(28, 26), did(21, "approve")
    ),
    story(
        "rheinwerk",
        "brau",
        "BIZ-REV",
        "PWR-AUTO",
        "Abläufe der Abfüllung",
        filed(18, 16, "lead"),
        did(9, "approve", by="lead"),
    ),
    story(
        "nordwind",
        "solar",
        "MWS-USE",
        "MDCA",
        "Cloud",
        filed(15, 13),
        did(5, "approve"),
    ),
    story(
        "rheinwerk",
        "hotel",
        "MWS-USE",
        "INTUNE",
        "Kassen und Tablets",
        filed(11, 9),
        did(1, "approve"),
    ),
    # Two partners on one key: the second claim waits for arbitration.
    story(
        "nordwind",
        "fjord",
        "MWS-USE",
        "EXO",
        "Exchange Fjordline",
        filed(45, 42),
        did(36, "approve"),
    ),
    story(
        "rheinwerk",
        "fjord",
        "MWS-USE",
        "EXO",
        "Exchange-Betrieb Fjordline",
        filed(8, 6, "reviewer2"),
        files=("poe_template", "usage_report"),
    ),
    # Rejected: open to dispute, without an answer, at the partner's own request.
    story(
        "nordwind",
        "moebel",
        "MWS-USE",
        "SPO",
        "Intranet Eichenlaub",
        filed(16, 14),
        did(4, "reject", reason="poe_insufficient", text="The report names no work."),
    ),
    story(
        "rheinwerk",
        "bank",
        "MWS-USE",
        "TEAMS-MTG",
        "Besprechungen",
        filed(25, 22, "reviewer2"),
        did(19, "reject", reason="consent_missing", text="The customer did not agree."),
    ),
    story(
        "nordwind",
        "stadt",
        "MWS-USE",
        "ENTRA-P1",
        "Anmeldung für den Zweckverband",
        filed(30, 28),
        did(20, "request_info", reason="poe_missing", text="The file is a price list."),
    ),
    story(
        "rheinwerk",
        "solar",
        "BIZ-ADV",
        "D365-PRJ",
        "Projektplanung",
        filed(14, 12),
        did(7, "withdraw", reason="wrong_activity", text="Filed twice by mistake."),
    ),
    # Disputed: open, due soon, won, lost.
    story(
        "nordwind",
        "hotel",
        "MWS-USE",
        "VIVA-ENG",
        "Mitarbeiter-App",
        filed(20, 18),
        did(8, "reject", reason="poe_insufficient", text="No dates in the report."),
        did(1, "file", kind="acceptance_report"),
        did(1, "dispute", text="The acceptance report of 3 November names both dates."),
    ),
    story(
        "rheinwerk",
        "optik",
        "BIZ-USE",
        "D365-FS",
        "Außendienst Prisma",
        filed(22, 20, "reviewer2"),
        did(
            12, "reject", reason="products_missing", text="Field Service is not named."
        ),
        did(7, "dispute", text="Page 4 names Field Service as “mobile service”."),
    ),
    story(
        "nordwind",
        "mueller",
        "BIZ-USE",
        "D365-CS",
        "Kundendienst Müller & Söhne",
        filed(38, 36),
        did(30, "reject", reason="poe_insufficient", text="The scope is unclear."),
        did(26, "dispute", text="The order letter describes the scope in section 2."),
        did(23, "overturn", by="reviewer2", text="Section 2 is clear. We missed it."),
    ),
    story(
        "rheinwerk",
        "verlag",
        "BIZ-ADV",
        "PWR-PAGES",
        "Autorenportal",
        filed(41, 39, "reviewer2"),
        did(33, "reject", reason="poe_insufficient", text="No advice before purchase."),
        did(29, "dispute", text="We advised by phone."),
        did(25, "uphold", by="reviewer1", reason="poe_insufficient", text="No proof."),
    ),
    # Associations that ended, and a rejection nobody disputed.
    story(
        "nordwind",
        "bank",
        "MWS-USE",
        "TEAMS",
        "Teams für die Privatbank",
        filed(34, 31),
        did(27, "approve"),
        did(11, "decline", text="We work with our own team now."),
    ),
    story(
        "rheinwerk",
        "moebel",
        "MWS-USE",
        "M365APPS",
        "Office im Möbelhaus",
        filed(44, 41),
        did(35, "approve"),
        did(14, "disassociate", text="Our contract ended on 31 October."),
    ),
    story(
        "nordwind",
        "verlag",
        "MWS-USE",
        "SPO",
        "Archiv Federkiel",
        filed(48, 46),
        did(40, "reject", reason="poe_unavailable", text="The file cannot be opened."),
    ),
    story(
        "rheinwerk",
        "klinik",
        "BIZ-USE",
        "D365-HR",
        "Personal Klinikum",
        filed(3),
        fields={"customer_language": "en"},
    ),
    story("nordwind", "klinik", "MWS-USE", "PURV-IRM", "Risiken", filed(10, 8)),
    story("rheinwerk", "stadt", "MWS-USE", "MDE", "Schutz", filed(5, 3, "reviewer2")),
)
