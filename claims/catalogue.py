"""The products and workloads of DOMAIN.md §4, as a new installation starts with."""

from typing import Any

MWS = {
    "EXO": "Exchange Online",
    "SPO": "SharePoint Online",
    "TEAMS": "Microsoft Teams",
    "TEAMS-MTG": "Teams Meetings",
    "TEAMS-PHN": "Teams Phone",
    "TEAMS-PLT": "Teams Platform",
    "M365APPS": "Microsoft 365 Apps",
    "VIVA-ENG": "Viva Engage",
    "INTUNE": "Microsoft Intune",
    "ENTRA-P1": "Entra ID P1",
    "ENTRA-P2": "Entra ID P2",
    "MDE": "Defender for Endpoint",
    "MDO": "Defender for Office 365",
    "MDCA": "Defender for Cloud Apps",
    "PURV-IP": "Purview Information Protection",
    "PURV-IRM": "Purview Insider Risk",
}
BIZ = {
    "D365-SAL": "Dynamics 365 Sales",
    "D365-CS": "Dynamics 365 Customer Service",
    "D365-FS": "Dynamics 365 Field Service",
    "D365-FIN": "Dynamics 365 Finance",
    "D365-SCM": "Dynamics 365 Supply Chain Management",
    "D365-HR": "Dynamics 365 Human Resources",
    "D365-PRJ": "Dynamics 365 Project Operations",
    "D365-COM": "Dynamics 365 Commerce",
    "D365-BC": "Dynamics 365 Business Central",
    "D365-CI": "Dynamics 365 Customer Insights",
    "PWR-APPS": "Power Apps",
    "PWR-AUTO": "Power Automate",
    "PWR-PAGES": "Power Pages",
}


def load_catalogue(product: Any) -> None:
    """Add the products that are missing; what an admin has changed stays.

    :param product: the model, as it is or as a migration sees it
    """
    for area, keyed_by, names in (
        ("MWS", "tenant", MWS),
        ("BIZ", "subscription", BIZ),
    ):
        for code, name in names.items():
            product.objects.get_or_create(
                code=code, defaults={"name": name, "area": area, "keyed_by": keyed_by}
            )
