"""The registry of known customers: tenants, domains, subscriptions."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.administration.page import Sheet, answer, for_programme_admins, searched
from accounts.changes import history_of
from accounts.models import User
from accounts.paging import page_by_name
from claims import lookups, registry
from claims.administration.forms import (
    CustomerForm,
    NewSubscriptionForm,
    SubscriptionForm,
)
from claims.models import Customer, Subscription


@require_safe
@for_programme_admins
def customers(request: HttpRequest, reader: User) -> HttpResponse:
    """List known customers by name."""
    text = searched(request)
    page = page_by_name(lookups.customers(text), request.GET.get("after", ""))
    context = {"page": page, "text": text, "pills": []}
    return render(request, "administration/customers.html", context)


@require_safe
@for_programme_admins
def customer(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    """Show one customer: domains, subscriptions, what was changed."""
    shown = _customer(pk)
    context = {
        "customer": shown,
        "domains": sorted(shown.domains.all(), key=str),
        "subscriptions": list(lookups.subscriptions_of(shown)),
        "history": history_of(registry.about_customer(shown)),
    }
    return render(request, "administration/customer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def add_customer(request: HttpRequest, reader: User) -> HttpResponse:
    form = CustomerForm(request.POST or None)

    def act() -> None:
        registry.save_customer(
            customer=None,
            **_typed(form),
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=_("Add a customer"),
        button=_("Add the customer"),
        symbol="plus",
        back=(_("Customers"), reverse("administration-customers")),
        helps=[
            _("Claims that name one of the domains must name this tenant."),
            _("Claims that were filed before stay as they are."),
        ],
    )
    return answer(request, sheet, act, said=_("The customer is registered."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def change_customer(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    shown = _customer(pk)
    form = CustomerForm(request.POST or None, current=registry.customer_values(shown))

    def act() -> None:
        registry.save_customer(
            customer=shown,
            **_typed(form),
            **form.reason(),
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=_("Change %(name)s") % {"name": shown},
        button=_("Change"),
        back=_back(shown),
        helps=[
            _("Claims keep the name, tenant and domain that they were filed with."),
            _("New claims are compared with what stands here."),
        ],
    )
    return answer(request, sheet, act, said=_("The customer is changed."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def add_subscription(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    shown = _customer(pk)
    catalogue = {each.code: each for each in lookups.catalogue()}
    form = NewSubscriptionForm(
        request.POST or None,
        products=[(code, str(each)) for code, each in catalogue.items()],
        initial={"condition": Subscription.Condition.ACTIVE},
    )

    def act() -> None:
        typed = form.values()
        registry.add_subscription(
            customer=shown,
            **{**typed, "product": catalogue[typed["product"]]},
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=_("Add a subscription of %(name)s") % {"name": shown},
        button=_("Add the subscription"),
        symbol="plus",
        back=_back(shown),
        helps=[_("Claims that name it are compared with what stands here.")],
    )
    return answer(request, sheet, act, said=_("The subscription is registered."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def subscription(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    shown = get_object_or_404(lookups.subscriptions(), pk=pk)
    catalogue = {each.code: each for each in lookups.catalogue()}
    form = SubscriptionForm(
        request.POST or None,
        products=[(code, str(each)) for code, each in catalogue.items()],
        current=registry.subscription_values(shown),
    )

    def act() -> None:
        typed = form.values()
        registry.change_subscription(
            subscription=shown,
            **{**typed, "product": catalogue[typed["product"]]},
            **form.reason(),
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=_("Subscription %(id)s") % {"id": shown.subscription_id},
        button=_("Change"),
        back=_back(shown.customer),
        helps=[_("Claims that name it already stay; new ones are compared with it.")],
        history=history_of(registry.about_subscription(shown)),
    )
    return answer(request, sheet, act, said=_("The subscription is changed."))


def _customer(pk: int) -> Customer:
    return get_object_or_404(lookups.customers(), pk=pk)


def _back(shown: Customer) -> tuple[str, str]:
    return str(shown), reverse("administration-customer", args=[shown.pk])


def _typed(form: CustomerForm) -> dict[str, Any]:
    typed = form.values()
    return {**typed, "tenant_id": UUID(typed["tenant_id"])}
