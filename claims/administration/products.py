"""The catalogue: what can be claimed, by solution area."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.administration.forms import ReasonForm
from accounts.administration.page import Sheet, answer, for_programme_admins, searched
from accounts.changes import history_of
from accounts.models import User
from claims import lookups, registry
from claims.administration.forms import NewProductForm, ProductForm
from claims.models import TERMS, Area, Product


@require_safe
@for_programme_admins
def products(request: HttpRequest, reader: User) -> HttpResponse:
    """List the catalogue by area, each with the roles that go with it."""
    text, only = searched(request), request.GET.get("only", "")
    found = lookups.catalogue(text, only=only)
    groups = [
        {
            "area": Area(area),
            "roles": [role for role, terms in TERMS.items() if terms.area == area],
            "products": list(those),
        }
        for area, those in groupby(found, key=lambda product: product.area)
    ]
    context = {
        "groups": groups,
        "text": text,
        "only": only,
        "pills": [
            ("", _("All")),
            ("offered", _("May be claimed")),
            ("retired", _("Retired")),
        ],
    }
    return render(request, "administration/products.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def add_product(request: HttpRequest, reader: User) -> HttpResponse:
    form = NewProductForm(request.POST or None)

    def act() -> None:
        registry.add_product(
            **form.values(),
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=_("Add a product or workload"),
        button=_("Add the product"),
        symbol="plus",
        back=_back(),
        helps=[
            _("Partners can claim it at once."),
            _(
                "Solution areas and their roles belong to the programme's rules: a "
                "product goes into one of those there are."
            ),
        ],
    )
    return answer(request, sheet, act, said=_("The product can be claimed."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def product(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    """Show one product; POST renames it."""
    shown = _product(pk)
    form = ProductForm(request.POST or None, current=registry.product_values(shown))

    def act() -> None:
        registry.rename_product(
            product=shown,
            **form.values(),
            **form.reason(),
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=f"{shown.code} · {shown.name}",
        button=_("Rename"),
        back=_back(),
        helps=[
            _("The code %(code)s stays; old claims show the new name too.")
            % {"code": shown.code}
        ],
        history=history_of(registry.about_product(shown)),
        template="administration/product.html",
        more={"product": shown, "is_used": lookups.is_used(shown)},
    )
    return answer(request, sheet, act, said=_("The product has its new name."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def offer_product(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    """Retire a product, or offer it again."""
    shown = _product(pk)
    form = ReasonForm(request.POST or None)
    retires = shown.is_active

    def act() -> None:
        registry.offer_product(
            product=shown,
            offered=not retires,
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    name = {"product": shown}
    sheet = Sheet(
        form,
        heading=(_("Retire %(product)s") if retires else _("Offer %(product)s again"))
        % name,
        button=_("Retire the product") if retires else _("Offer it again"),
        back=_back_to(shown),
        tone="danger" if retires else "primary",
        symbol="circle-minus" if retires else "circle-plus",
        helps=[
            _("Claims that name it keep it, and drafts too."),
            _("It is no longer offered to others. You can offer it again."),
        ]
        if retires
        else [_("Partners can claim it at once.")],
    )
    said = _("The product is retired.") if retires else _("The product can be claimed.")
    return answer(request, sheet, act, said=said)


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def remove_product(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    """Take away a product that nothing names."""
    shown = _product(pk)
    form = ReasonForm(request.POST or None)

    def act() -> None:
        registry.remove_product(
            product=shown,
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=_("Remove %(product)s") % {"product": shown},
        button=_("Remove the product"),
        back=_back(),
        tone="danger",
        symbol="trash",
        helps=[_("Only a product that no claim and no subscription names can go.")],
    )
    return answer(request, sheet, act, said=_("The product is gone."))


def _product(pk: int) -> Product:
    return get_object_or_404(lookups.catalogue(), pk=pk)


def _back() -> tuple[str, str]:
    return _("Catalogue"), reverse("administration-products")


def _back_to(shown: Product) -> tuple[str, str]:
    return str(shown), reverse("administration-product", args=[shown.pk])
