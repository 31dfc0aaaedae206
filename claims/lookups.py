"""What programme admins look through: catalogue, known customers, calendars."""

import re
from functools import reduce
from operator import or_
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import Partner
from claims.models import (
    CalendarDay,
    Customer,
    CustomerDomain,
    Line,
    Product,
    Subscription,
    WorkCalendar,
)


def catalogue(text: str = "", *, only: str = "") -> QuerySet[Product]:
    """Return the products by area and name.

    :param text: part of a code or a name
    :param only: "offered" or "retired"
    """
    found = Product.objects.order_by("area", "name", "pk")
    if text := text.strip():
        found = found.filter(Q(code__icontains=text) | Q(name__icontains=text))
    if only in {"offered", "retired"}:
        found = found.filter(is_active=only == "offered")
    return found


def is_used(product: Product) -> bool:
    """Return whether a claim or a known subscription names the product."""
    lines = Line.objects.filter(product=product)
    return lines.exists() or Subscription.objects.filter(product=product).exists()


def customers(text: str = "") -> QuerySet[Customer]:
    """Return known customers with their domains.

    :param text: beginnings of words of the name, the beginning of a domain, or a whole
        tenant or subscription ID
    """
    found = Customer.objects.prefetch_related("domains")
    text = text.strip()
    if not text:
        return found
    wanted = [_named(text), _with_domain(text), _with_id(text)]
    any_of = (Q(pk__in=keys) for keys in wanted if keys is not None)
    return found.filter(reduce(or_, any_of))


def _named(text: str) -> QuerySet[Customer, int] | None:
    words = re.findall(r"\w+", text)
    query = " & ".join(f"'{word}':*" for word in words)
    search = SearchQuery(query, config="simple", search_type="raw")
    named = Customer.objects.annotate(words=SearchVector("name", config="simple"))
    return named.filter(words=search).values_list("pk", flat=True) if words else None


def _with_domain(text: str) -> QuerySet[CustomerDomain, int]:
    begins = CustomerDomain.objects.annotate(lower=Lower("domain"))
    begins = begins.filter(lower__startswith=text.lower())
    return begins.values_list("customer", flat=True)


def _with_id(text: str) -> list[int]:
    try:
        wanted = UUID(text)
    except ValueError:
        return []
    known = Q(tenant_id=wanted) | Q(subscriptions__subscription_id=wanted)
    return list(Customer.objects.filter(known).values_list("pk", flat=True))


def subscriptions() -> QuerySet[Subscription]:
    return Subscription.objects.select_related("product", "customer")


def subscriptions_of(customer: Customer) -> QuerySet[Subscription]:
    """Return a customer's subscriptions, those that count first."""
    return subscriptions().filter(customer=customer).order_by("condition", "pk")


def calendars() -> QuerySet[WorkCalendar]:
    return WorkCalendar.objects.select_related("partner")


def own_days() -> QuerySet[CalendarDay]:
    """Return the days that admins entered."""
    days = CalendarDay.objects.filter(is_own=True)
    return days.select_related("calendar__partner")


def companies_with_calendars(text: str = "", *, only: str = "") -> QuerySet[Partner]:
    """Return companies with their own calendar, if they have one.

    :param text: part of a name
    :param only: "own" leaves out those that run on the programme's
    """
    found = Partner.objects.select_related("calendar")
    if text := text.strip():
        found = found.filter(name__icontains=text)
    return found.filter(calendar__isnull=False) if only == "own" else found
