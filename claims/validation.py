"""What a claim's answers must be, in one place for web, API and import (DOMAIN.md §4).

Cleaning turns what people paste into what is meant; the rest answers with sentences,
by field, fit to stand beside it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import PartnerLocation
from claims.models import Claim, CustomerDomain, Product, Subscription, terms_of

GUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.ASCII)
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.ASCII)
DOMAIN_LENGTH = 253
# Fields that may have several lines; all others are made one.
MULTILINE = frozenset({"covering_note"})

type Problems = dict[str, str]
# A product line as it is asked for: the product and its subscription, if it has one.
type Wanted = tuple[Product, UUID | None]


# --- Cleaning ----------------------------------------------------------------


def one_line(text: str) -> str:
    """Return visible text in one line: no control, bidi or zero-width characters."""
    return " ".join(paragraphs(text).split())


def paragraphs(text: str) -> str:
    """Return visible text whose line breaks stay."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(map(_visible, text)).strip()


def _visible(character: str) -> str:
    if character in "\n\t":
        return character
    # Cc and Cf: control characters, and those that turn or hide text.
    return "" if unicodedata.category(character)[0] == "C" else character


def cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with their texts cleaned."""
    return {name: _cleaned(name, value) for name, value in fields.items()}


def _cleaned(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return paragraphs(value) if name in MULTILINE else one_line(value)


def guid(text: str) -> UUID:
    """Return the GUID that somebody typed or pasted, with or without braces.

    :raises ValidationError: with a sentence that says how one looks
    """
    bare = one_line(text).strip("{}").lower()
    if not GUID.fullmatch(bare):
        raise ValidationError(
            _(
                "An ID has 32 digits from 0 to 9 and a to f, such as "
                "6f1c0f0e-2f0b-4bb4-9a0d-3a6b6a0f9e51. This one has %(count)s: "
                "compare it with the source."
            )
            % {"count": sum(each.isalnum() for each in bare)},
            "guid",
        )
    found = UUID(bare)
    if not found.int:
        raise ValidationError(_("This ID is only zeros. Copy the real one."), "guid")
    return found


def domain(text: str) -> str:
    """Return the domain in what somebody typed: also an address or an e-mail.

    :raises ValidationError: with a sentence that says how one looks
    """
    bare = one_line(text).lower().rpartition("://")[2]
    bare = re.split(r"[/?#:]", bare, maxsplit=1)[0].rpartition("@")[2]
    bare = bare.strip(". ").removeprefix("www.")
    labels = _ascii(bare).split(".")
    if (
        len(labels) < 2  # noqa: PLR2004 -- a name and what it ends in
        or len(_ascii(bare)) > DOMAIN_LENGTH
        or not all(map(LABEL.fullmatch, labels))
        or labels[-1].isdigit()
    ):
        raise ValidationError(
            _("A domain looks like contoso.com: letters, digits, dots and hyphens."),
            "domain",
        )
    return bare


def _ascii(name: str) -> str:
    """Return a domain as the network writes it; what cannot be written stays."""
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def _unicode(name: str) -> str:
    try:
        return name.encode("ascii").decode("idna")
    except UnicodeError:
        return name


# --- What contradicts what ----------------------------------------------------


def contradictions(claim: Claim, changed: Iterable[str]) -> Problems:
    """Return what is wrong with the fields that have changed, by field.

    :param claim: the claim as it would be; need not be saved
    """
    changed = set(changed)
    problems = _ill_formed(claim, changed)
    if changed & {"area", "engagement"}:
        problems |= _role_problems(claim)
    if "location" in changed:
        problems |= _location_problems(claim)
    if changed & {"domain", "tenant_id"}:
        problems |= customer_problems(claim.domain, claim.tenant_id)
    return problems


def _ill_formed(claim: Claim, changed: set[str]) -> Problems:
    others = {field.name for field in claim._meta.fields} - changed  # noqa: SLF001
    try:
        claim.clean_fields(exclude=others | {"location"})
    except ValidationError as wrong:
        return {name: " ".join(each) for name, each in wrong.message_dict.items()}
    return {}


def _role_problems(claim: Claim) -> Problems:
    terms = terms_of(claim.engagement)
    if terms is None or terms.area == claim.area:
        return {}
    return {"engagement": _("This role belongs to the other solution area.")}


def _location_problems(claim: Claim) -> Problems:
    sentence = location_problem(claim.location, claim.partner_id)
    return {"location": sentence} if sentence else {}


def location_problem(location: PartnerLocation | None, partner: int) -> str | None:
    """Return why a partner ID cannot be used for a company's claim, or None."""
    if location is None:
        return None
    if location.company_id != partner:
        return _("Choose a partner ID of your company.")
    if not location.is_enrolled:
        return _(
            "%(partner_id)s is not enrolled in the programme. Choose another partner "
            "ID, or have it enrolled first."
        ) % {"partner_id": location.partner_id}
    return None


def customer_problems(name: str, tenant_id: UUID | None) -> Problems:
    """Return what the registry of known customers says against domain and tenant.

    It never says which tenant would be right: that is the customer's to tell.
    """
    if not name or tenant_id is None:
        return {}
    spellings = {name, _ascii(name), _unicode(name)}
    anyhow = Q(pk__in=[])
    for spelling in spellings:
        anyhow |= Q(domain__iexact=spelling)
    known = CustomerDomain.objects.filter(anyhow).select_related("customer").first()
    if known is None or known.customer.tenant_id == tenant_id:
        return {}
    sentence = _(
        "%(domain)s belongs to another tenant. Ask the customer for the tenant ID, or "
        "correct the domain."
    )
    return {"tenant_id": sentence % {"domain": name}}


def line_problems(claim: Claim, wanted: Sequence[Wanted]) -> dict[Wanted, str]:
    """Return the product lines that cannot be claimed, each with the reason."""
    ids = [subscription for _product, subscription in wanted if subscription]
    registered = {
        each.subscription_id: each
        for each in Subscription.objects.filter(subscription_id__in=ids).select_related(
            "customer"
        )
    }
    present = {line.product_id for line in claim.lines_all}
    problems = {}
    for line, count in Counter(wanted).items():
        product, subscription = line
        known = registered.get(subscription) if subscription else None
        sentence = (
            _product_problem(claim, product, product.pk in present)
            or _key_problem(product, subscription, count)
            or (_subscription_problem(claim, product, known) if known else None)
        )
        if sentence:
            problems[line] = sentence
    return problems


def _product_problem(claim: Claim, product: Product, is_present: bool) -> str | None:  # noqa: FBT001
    if claim.area and product.area != claim.area:
        return _("%(product)s belongs to the other solution area.") % {
            "product": product
        }
    if not product.is_active and not is_present:
        return _("%(product)s can no longer be claimed.") % {"product": product}
    return None


def _key_problem(product: Product, subscription: UUID | None, count: int) -> str | None:
    if count > 1:
        return _("%(product)s is there twice. Remove one of the two.") % {
            "product": product
        }
    if subscription and product.keyed_by != Product.KeyedBy.SUBSCRIPTION:
        return _(
            "%(product)s is claimed for the whole tenant, without subscription."
        ) % {"product": product}
    return None


def _subscription_problem(
    claim: Claim, product: Product, known: Subscription
) -> str | None:
    if claim.tenant_id and known.customer.tenant_id != claim.tenant_id:
        return _("This subscription belongs to another tenant. Compare the ID.")
    if known.product_id != product.pk:
        return _("This subscription is for another product. Compare the ID.")
    if known.is_csp:
        return _(
            "This subscription was bought through a CSP, so it cannot be claimed here."
        )
    if not known.counts:
        return _("This subscription has ended. Name one that is active.")
    return None
