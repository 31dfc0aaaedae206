"""The catalogue: added, renamed, retired; what a claim uses is never taken away."""

import pytest

from claims.models import Customer, Product, Subscription
from tests import factories
from tests.accounts.conftest import logged_in
from tests.administration.conftest import WHY, deeds, seen_on, send
from tests.claims.pages import words

LIST = "/administration/catalogue/"


@pytest.fixture
def exo(db):
    return factories.product("EXO")


def page_of(product):
    return f"{LIST}{product.pk}/"


def products_offered(claim, person):
    page = logged_in(person).get(f"/claims/{claim.number}/edit/products/")
    return {str(row.product) for row in page.context["form"].rows()}


def test_a_retired_product_stays_on_old_claims_and_is_offered_to_no_new_one(
    browser, exo, nordwind
):
    old = factories.claim("in_review", by=nordwind.admin, products=("EXO",))
    drafted = factories.draft(by=nordwind.user, products=("EXO",))
    fresh = factories.draft(by=nordwind.user, products=("SPO",))
    send(browser, f"{page_of(exo)}offer/")
    assert deeds()[0][2:] == ("retired", {"offered": True}, {"offered": False}, WHY)
    old.refresh_from_db()
    assert [line.product.code for line in old.lines_now] == ["EXO"]
    assert "Exchange Online" in words(
        logged_in(nordwind.admin).get(old.get_absolute_url())
    )
    assert "Exchange Online" in products_offered(drafted, nordwind.user)
    assert "Exchange Online" not in products_offered(fresh, nordwind.user)
    send(browser, f"{page_of(exo)}offer/")
    assert "Exchange Online" in products_offered(fresh, nordwind.user)


def test_a_new_product_can_be_claimed_at_once(browser, exo, nordwind):
    fresh = factories.draft(by=nordwind.user, products=("SPO",))
    send(
        browser,
        f"{LIST}new/",
        code="planner-1",
        name="Planner",
        area="MWS",
        keyed_by="tenant",
    )
    made = Product.objects.get(code="PLANNER-1")
    assert (made.name, made.area, made.keyed_by) == ("Planner", "MWS", "tenant")
    assert "Planner" in products_offered(fresh, nordwind.user)
    assert deeds()[0][:3] == ("product PLANNER-1", "setting_changed", "added")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("exo", "This code is taken. Retired products keep theirs."),
        ("A B", "A code has up to 20 capital letters, digits and hyphens, such as "),
        ("X" * 21, "A code has up to 20 capital letters, digits and hyphens, such as "),
        ("", "Write a code."),
    ],
)
def test_a_code_that_cannot_be_is_told_and_all_is_kept(browser, exo, code, sentence):
    page = send(
        browser, f"{LIST}new/", code=code, name="Two", area="MWS", keyed_by="tenant"
    )
    form = page.context["form"]
    assert list(form.errors) == ["code"]
    assert form.errors["code"][0].startswith(sentence)
    assert (form["code"].value(), form["name"].value()) == (code, "Two")
    assert not Product.objects.filter(name="Two").exists()


def test_a_new_name_shows_on_old_claims_too(browser, exo, nordwind):
    old = factories.claim("in_review", by=nordwind.admin, products=("EXO",))
    send(browser, page_of(exo), name="Exchange Cloud")
    assert "Exchange Cloud" in words(
        logged_in(nordwind.admin).get(old.get_absolute_url())
    )
    assert "Name Exchange Online Exchange Cloud" in words(browser.get(page_of(exo)))


def test_two_admins_rename_one_product_and_the_second_is_told(browser, colleague, exo):
    seen = seen_on(browser.get(page_of(exo)))
    send(logged_in(colleague), page_of(exo), name="First")
    late = browser.post(page_of(exo), {"name": "Second", "why": WHY, "seen": seen})
    assert late.status_code == 409
    assert "What is stored now Name First" in words(late)
    exo.refresh_from_db()
    assert exo.name == "First"


@pytest.mark.parametrize("used_by", ["a claim", "a subscription"])
def test_what_is_used_is_never_removed(browser, exo, nordwind, used_by):
    if used_by == "a claim":
        factories.draft(by=nordwind.admin, products=("EXO",))
    else:
        customer = Customer.objects.create(
            name="Contoso", tenant_id="6f1c0f0e-2f0b-4bb4-9a0d-3a6b6a0f9e51"
        )
        Subscription.objects.create(
            customer=customer,
            subscription_id="6f1c0f0e-2f0b-4bb4-9a0d-3a6b6a0f9e52",
            product=exo,
        )
    assert "Remove" not in words(browser.get(page_of(exo)))
    answer = send(browser, f"{page_of(exo)}remove/")
    assert "Claims or subscriptions name Exchange Online." in words(answer)
    assert Product.objects.filter(code="EXO").exists()
    assert deeds() == []


def test_what_was_never_used_can_go(browser, exo):
    send(browser, f"{page_of(exo)}remove/")
    assert not Product.objects.filter(code="EXO").exists()
    assert deeds()[0][2] == "removed"


def test_the_list_costs_the_same_for_one_and_for_many(
    browser, exo, django_assert_num_queries
):
    browser.get(LIST)
    for text, count in (("EXO", 1), ("", 29)):
        with django_assert_num_queries(6):
            groups = browser.get(LIST, {"q": text}).context["groups"]
        assert sum(len(group["products"]) for group in groups) == count
