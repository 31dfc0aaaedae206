"""What programme admins do to the catalogue and to the registry of known customers.

Each change is made under a lock, only if nobody else was quicker, with a reason that
lands in the audit trail.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.changes import (
    LABELS,
    WORDS,
    Values,
    require_programme_admin,
    require_unchanged,
    unless_taken,
    write_down,
)
from accounts.models import User
from accounts.rules import Refused
from claims.models import Area, Customer, CustomerDomain, Product, Subscription

LABELS.update(
    {
        "code": gettext_lazy("Code"),
        "area": gettext_lazy("Solution area"),
        "keyed_by": gettext_lazy("Keyed by"),
        "offered": gettext_lazy("May be claimed"),
        "tenant_id": gettext_lazy("Tenant ID"),
        "domains": gettext_lazy("Domains"),
        "subscription_id": gettext_lazy("Subscription ID"),
        "product": gettext_lazy("Product"),
        "condition": gettext_lazy("Condition"),
        "is_csp": gettext_lazy("Bought through a CSP"),
    }
)

WORDS.update(
    {
        "area": dict(Area.choices),
        "keyed_by": dict(Product.KeyedBy.choices),
        "condition": dict(Subscription.Condition.choices),
    }
)

# --- Catalogue ------------------------------------------------------------------


def about_product(product: Product) -> str:
    return f"product {product.code}"


def product_values(product: Product) -> Values:
    return {"name": product.name}


@transaction.atomic
def add_product(
    *,
    code: str,
    name: str,
    area: str,
    keyed_by: str,
    why: str,
    actor: User,
    now: datetime,
) -> Product:
    """Offer a product or workload under a code of its own, which never changes.

    :raises Refused: if the code is taken
    """
    require_programme_admin(actor)
    taken = Refused(
        _("This code is taken. Retired products keep theirs."), field="code"
    )
    if Product.objects.filter(code__iexact=code).exists():
        raise taken
    facts = {"code": code, "name": name, "area": area, "keyed_by": keyed_by}
    with unless_taken(taken):
        product = Product.objects.create(**facts)
    _write_down(product, "added", {}, facts, why, actor, now)
    return product


@transaction.atomic
def rename_product(
    *, product: Product, name: str, seen: str, why: str, actor: User, now: datetime
) -> None:
    """Give a product another name, on old claims too; its code stays."""
    require_programme_admin(actor)
    product = Product.objects.select_for_update().get(pk=product.pk)
    before = product_values(product)
    require_unchanged(before, seen)
    product.name = name
    product.save(update_fields=["name"])
    _write_down(product, "changed", before, product_values(product), why, actor, now)


@transaction.atomic
def offer_product(
    *, product: Product, offered: bool, why: str, actor: User, now: datetime
) -> None:
    """Retire a product, or offer it again. Claims that name it keep it.

    :raises Refused: if somebody else did so already
    """
    require_programme_admin(actor)
    product = Product.objects.select_for_update().get(pk=product.pk)
    if product.is_active == offered:
        raise Refused(
            _("%(product)s can be claimed already.") % {"product": product}
            if offered
            else _("%(product)s is retired already.") % {"product": product}
        )
    product.is_active = offered
    product.save(update_fields=["is_active"])
    did = "offered" if offered else "retired"
    old, new = {"offered": not offered}, {"offered": offered}
    _write_down(product, did, old, new, why, actor, now)


@transaction.atomic
def remove_product(*, product: Product, why: str, actor: User, now: datetime) -> None:
    """Take away a product that was never used, such as a misspelt code.

    :raises Refused: if a claim or a subscription names it
    """
    require_programme_admin(actor)
    product = Product.objects.select_for_update().get(pk=product.pk)
    facts = {"code": product.code, "name": product.name, "area": product.area}
    try:
        with transaction.atomic():
            Product.objects.get(pk=product.pk).delete()
    except (ProtectedError, IntegrityError) as used:
        raise Refused(
            _("Claims or subscriptions name %(product)s. Retire it instead.")
            % {"product": product}
        ) from used
    _write_down(product, "removed", facts, {}, why, actor, now)


def _write_down(  # noqa: PLR0917 -- of this module only
    product: Product,
    did: str,
    before: Values,
    after: Values,
    why: str,
    actor: User,
    now: datetime,
) -> None:
    write_down(
        about=about_product(product),
        name=product.name,
        did=did,
        before=before,
        after=after,
        why=why,
        actor=actor,
        now=now,
    )


# --- Known customers --------------------------------------------------------------


def about_customer(customer: Customer) -> str:
    return f"customer {customer.pk}"


def customer_values(customer: Customer) -> Values:
    return {
        "name": customer.name,
        "tenant_id": str(customer.tenant_id),
        "domains": sorted(customer.domains.values_list("domain", flat=True)),
    }


@transaction.atomic
def save_customer(
    *,
    customer: Customer | None,
    name: str,
    tenant_id: UUID,
    domains: Sequence[str],
    seen: str = "",
    why: str,
    actor: User,
    now: datetime,
) -> Customer:
    """Enter a customer into the registry, or change what is known of one.

    :param customer: None enters a new one
    :raises Refused: if the tenant or a domain belongs to another customer
    :raises Overtaken: if somebody else was quicker
    """
    require_programme_admin(actor)
    before: Values = {}
    if customer is not None:
        customer = Customer.objects.select_for_update().get(pk=customer.pk)
        before = customer_values(customer)
        require_unchanged(before, seen)
    _refuse_foreign(customer, tenant_id, domains)
    quicker = _("Somebody else has just entered this tenant or one of these domains.")
    with unless_taken(Refused(quicker)):
        saved = _saved(customer, name, tenant_id, domains)
    write_down(
        about=about_customer(saved),
        name=saved.name,
        did="changed" if before else "added",
        before=before,
        after=customer_values(saved),
        why=why,
        actor=actor,
        now=now,
    )
    return saved


def _refuse_foreign(
    customer: Customer | None, tenant_id: UUID, domains: Sequence[str]
) -> None:
    others = Customer.objects.all()
    foreign = CustomerDomain.objects.filter(domain__in=domains)
    if customer is not None:
        others = others.exclude(pk=customer.pk)
        foreign = foreign.exclude(customer=customer)
    if other := others.filter(tenant_id=tenant_id).first():
        raise Refused(
            _("This tenant ID is that of %(customer)s.") % {"customer": other},
            field="tenant_id",
        )
    if taken := foreign.select_related("customer").first():
        raise Refused(
            _("%(domain)s belongs to %(customer)s. A domain has one tenant.")
            % {"domain": taken.domain, "customer": taken.customer},
            field="domains",
        )


def _saved(
    customer: Customer | None, name: str, tenant_id: UUID, domains: Sequence[str]
) -> Customer:
    customer = customer or Customer()
    customer.name, customer.tenant_id = name, tenant_id
    customer.save()
    customer.domains.exclude(domain__in=domains).delete()
    known = set(customer.domains.values_list("domain", flat=True))
    CustomerDomain.objects.bulk_create(
        CustomerDomain(customer=customer, domain=domain)
        for domain in domains
        if domain not in known
    )
    return customer


def about_subscription(subscription: Subscription) -> str:
    return f"subscription {subscription.subscription_id}"


def subscription_values(subscription: Subscription) -> Values:
    return {
        "product": subscription.product.code,
        "condition": subscription.condition,
        "is_csp": subscription.is_csp,
    }


@transaction.atomic
def add_subscription(
    *,
    customer: Customer,
    subscription_id: UUID,
    product: Product,
    condition: str,
    is_csp: bool,
    why: str,
    actor: User,
    now: datetime,
) -> Subscription:
    """Enter a subscription of a customer; its ID never changes.

    :raises Refused: if the ID is known already
    """
    require_programme_admin(actor)
    known = _("This subscription is in the registry already.")
    with unless_taken(Refused(known, field="subscription_id")):
        subscription = Subscription.objects.create(
            customer=customer,
            subscription_id=subscription_id,
            product=product,
            condition=condition,
            is_csp=is_csp,
        )
    write_down(
        about=about_subscription(subscription),
        name=f"{customer.name}: {product.name}",
        did="added",
        before={},
        after={
            "subscription_id": str(subscription_id),
            **subscription_values(subscription),
        },
        why=why,
        actor=actor,
        now=now,
    )
    return subscription


@transaction.atomic
def change_subscription(
    *,
    subscription: Subscription,
    product: Product,
    condition: str,
    is_csp: bool,
    seen: str,
    why: str,
    actor: User,
    now: datetime,
) -> None:
    """Say what a subscription is for now, whether it counts, how it was bought."""
    require_programme_admin(actor)
    subscription = Subscription.objects.select_for_update().get(pk=subscription.pk)
    before = subscription_values(subscription)
    require_unchanged(before, seen)
    subscription.product, subscription.condition = product, condition
    subscription.is_csp = is_csp
    subscription.save(update_fields=["product", "condition", "is_csp"])
    write_down(
        about=about_subscription(subscription),
        name=f"{subscription.customer.name}: {product.name}",
        did="changed",
        before=before,
        after=subscription_values(subscription),
        why=why,
        actor=actor,
        now=now,
    )
