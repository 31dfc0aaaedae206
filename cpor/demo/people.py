"""The demo's companies, people and customers. All names are fictional."""

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.models import Partner, PartnerLocation, StaffRole, Title, User
from claims.calendars import horizon, load_calendar, programme_calendar
from claims.models import Customer, CustomerDomain, Product, Subscription

PASSWORD = "northern light at sea"  # noqa: S105 -- printed at every demo start
NAMESPACE = uuid.UUID("6f1b7f0e-6a57-4c53-9a3f-0d5d3c6a1f11")

COMPANIES = {
    "nordwind": (
        "Nordwind Beratung GmbH",
        ("DE", "BY", "Europe/Berlin"),
        (("4201733", "Hamburg"), ("4201734", "München")),
    ),
    "rheinwerk": (
        "Rheinwerk Systemhaus AG",
        ("DE", "NW", "Europe/Berlin"),
        (("5110042", "Köln"), ("5110043", "Düsseldorf")),
    ),
    "donau": (
        "Donau Digital GmbH & Co. KG",
        ("AT", "", "Europe/Vienna"),
        (("6300917", "Wien"),),
    ),
}
STAFF = {
    "reviewer1": ("Rosa Reiter", StaffRole.REVIEWER),
    "reviewer2": ("Ruben Okafor", StaffRole.REVIEWER),
    "lead": ("Lena Lindqvist", StaffRole.LEAD),
    "auditor": ("Aurel Stein", StaffRole.AUDITOR),
    "admin": ("Ada Marlow", StaffRole.PROGRAMME_ADMIN),
}
PARTNER_PEOPLE = {
    "nordwind": ("Nora Petersen", "Uwe Hansen"),
    "rheinwerk": ("Annika Schäfer", "Umut Yildiz"),
    "donau": ("Anton Gruber", "Ulrike Müller-Lüdenscheidt"),
}
LONG_NAME = (
    "Zweckverband der kommunalen Verkehrs-, Wasser- und Abfallbetriebe "
    "Oberes Mittelland-Süd (Anstalt des öffentlichen Rechts)"
)
CUSTOMERS = {
    "kontor": ("Alsterkontor Handels AG", "alsterkontor.example"),
    "mueller": ("Müller & Söhne Maschinenbau GmbH", "mueller-soehne.example"),
    "fjord": ("Fjordline Logistik SE", "fjordline.example"),
    "klinik": ("Universitätsklinikum Großhausen AöR", "uk-grosshausen.example"),
    "brau": ("Brauerei Ährengold KG", "aehrengold.example"),
    "solar": ("Sonnenstrom Süd eG", "sonnenstrom.example"),
    "verlag": ("Verlagsgruppe Federkiel", "federkiel.example"),
    "stadt": (
        LONG_NAME,
        "zv-oberes-mittelland-sued.example",
    ),
    "hotel": ("Seeblick Hotels", "seeblick.example"),
    "optik": ("Prisma Feinoptik GmbH", "prisma-optik.example"),
    "moebel": ("Möbelhaus Eichenlaub", "eichenlaub.example"),
    "bank": ("Privatbank Wellenbrink & Cie.", "wellenbrink.example"),
}


def tenant_of(key: str) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, f"tenant {key}")


def subscription_of(key: str, product: str) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, f"subscription {key} {product}")


def email(name: str, company: str) -> str:
    return f"{name}@{company}.example"


def invite_everybody(now: datetime) -> None:
    """Create companies, calendars, people and customers."""
    programme_calendar(now)
    for key in COMPANIES:
        _found(key, now)
    for name, (full_name, role) in STAFF.items():
        User.objects.create_user(email(name, "cpor"), name=full_name, staff_role=role)
    # One hash for all: hashing is slow on purpose.
    User.objects.update(password=make_password(PASSWORD))
    for key in CUSTOMERS:
        _register(key)


def _found(key: str, now: datetime) -> None:
    name, (country, subdivision, zone), locations = COMPANIES[key]
    company = Partner.objects.create(name=name, slug=key)
    PartnerLocation.objects.bulk_create(
        PartnerLocation(company=company, partner_id=number, name=place)
        for number, place in locations
    )
    load_calendar(
        partner=company,
        country=country,
        subdivision=subdivision,
        time_zone=zone,
        years=horizon(now),
    )
    admin, user = PARTNER_PEOPLE[key]
    titles = (("admin", admin, Title.GLOBAL_ADMIN), ("user", user, Title.PARTNER_USER))
    for account, full_name, title in titles:
        User.objects.create_user(
            email(account, key),
            name=full_name,
            partner=company,
            title=title,
            time_zone=zone,
        )


def _register(key: str) -> None:
    name, domain = CUSTOMERS[key]
    customer = Customer.objects.create(name=name, tenant_id=tenant_of(key))
    CustomerDomain.objects.create(customer=customer, domain=domain)
    Subscription.objects.bulk_create(
        Subscription(
            customer=customer,
            subscription_id=subscription_of(key, product.code),
            product=product,
        )
        for product in Product.objects.filter(
            keyed_by=Product.KeyedBy.SUBSCRIPTION
        ).order_by("pk")[:6]
    )


def accounts() -> list[tuple[str, str]]:
    """Return every demo account with what it is for."""
    people = User.objects.filter(email__endswith=".example").select_related("partner")
    known = {email(name, "cpor") for name in STAFF} | {
        email(name, key) for key in COMPANIES for name in ("admin", "user")
    }
    return [
        (person.email, f"{person.role_label}, {person.partner or settings.OPERATOR}")
        for person in people.filter(email__in=known).order_by("pk")
    ]
