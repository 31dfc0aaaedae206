"""What a part of the wizard says while somebody types; nothing is saved for it.

A rival's claim is never among it: that somebody else claims a customer is told only
after filing (DOMAIN.md §7), since before it could be found out by trying.
"""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from claims import validation
from claims.access import visible_to
from claims.models import Claim
from claims.notices import Notice

MOST = 5  # claims named in one notice


def warning(sentence: str) -> Notice:
    return Notice("amber", "alert-triangle", "", sentence)


def duplicates(wish: Claim) -> list[Notice]:
    """Return the company's own open claim on a key of this one, which forbids it."""
    twin = wish.twin()
    if twin is None:
        return []
    sentence = _(
        "Your company already has an open claim on this customer and product. This one "
        "cannot be submitted beside it: change the products here, or go on with that "
        "claim."
    )
    return [Notice("red", "alert-circle", "", sentence, claims=[twin])]


def others_for_customer(wish: Claim, by: User) -> list[Notice]:
    """Return the company's other claims for the same customer, to be looked at."""
    same = Q(pk__in=[])
    if wish.tenant_id:
        same |= Q(tenant_id=wish.tenant_id)
    if wish.domain:
        same |= Q(domain__iexact=wish.domain)
    others = visible_to(by).filter(same).exclude(pk=wish.pk).order_by("-updated_at")
    found = list(others[:MOST])
    if not found:
        return []
    sentence = ngettext(
        "Your company has another claim for this customer:",
        "Your company has other claims for this customer:",
        len(found),
    )
    return [Notice("blue", "info-circle", "", sentence, claims=found)]


def registry(wish: Claim) -> list[Notice]:
    """Return what the registry of known customers says against the answers."""
    found = validation.customer_problems(wish.domain, wish.tenant_id)
    return [warning(sentence) for sentence in found.values()]


def lines(wish: Claim) -> list[Notice]:
    """Return the product lines that cannot be claimed."""
    wanted = [(line.product, line.subscription_id) for line in wish.lines_now]
    problems = validation.line_problems(wish, wanted)
    return [
        warning(f"{product}: {sentence}")
        for (product, _id), sentence in problems.items()
    ]


def addresses(wish: Claim) -> list[Notice]:
    """Warn of a customer contact whose mail does not go to the customer."""
    address = wish.customer_contact_email.lower()
    place = address.rpartition("@")[2]
    if not place or not wish.domain:
        return []
    if address == wish.partner_contact_email.lower():
        sentence = _(
            "This is the address of your own contact. Name somebody at the "
            "customer: they are told of the approval and may decline it."
        )
        return [warning(sentence)]
    if _is_within(place, wish.domain):
        return []
    sentence = _(
        "This address is not at %(domain)s. The customer's contact is told of the "
        "approval by mail: check that it reaches them."
    )
    return [Notice("blue", "info-circle", "", sentence % {"domain": wish.domain})]


def _is_within(place: str, domain: str) -> bool:
    return place == domain or place.endswith(f".{domain}")
