"""The registry of known customers: found, entered, changed."""

import uuid

import pytest

from claims.models import Customer, CustomerDomain, Subscription
from tests import factories
from tests.accounts.conftest import logged_in
from tests.administration.conftest import WHY, deeds, seen_on, send
from tests.claims.pages import words

LIST = "/administration/customers/"
TENANT = "6f1c0f0e-2f0b-4bb4-9a0d-3a6b6a0f9e51"
OTHER = "0a9d1c1e-7b55-4c3a-8f57-2f7f0f5c9d10"


def customer(name="Contoso", tenant=TENANT, *domains):
    made = Customer.objects.create(name=name, tenant_id=tenant)
    for domain in domains:
        CustomerDomain.objects.create(customer=made, domain=domain)
    return made


def page_of(one):
    return f"{LIST}{one.pk}/"


def found(browser, text):
    rows = browser.get(LIST, {"q": text}).context["page"].rows
    return [row.name for row in rows]


def test_customers_are_found_by_name_domain_and_id(browser):
    contoso = customer("Contoso Bau GmbH", TENANT, "contoso.example")
    Subscription.objects.create(
        customer=contoso, subscription_id=OTHER, product=factories.product()
    )
    customer("Fabrikam", uuid.uuid4(), "fabrikam.example")
    for text in ("cont bau", "CONTOSO.ex", f"{{{TENANT}}}", OTHER, "Bau"):
        assert found(browser, text) == ["Contoso Bau GmbH"]
    assert found(browser, "toso") == []
    assert found(browser, "' & | %_") == []
    assert found(browser, "") == ["Contoso Bau GmbH", "Fabrikam"]


def test_a_customer_is_entered_with_domains_as_people_paste_them(browser):
    send(
        browser,
        f"{LIST}new/",
        name="Contoso",
        tenant_id=f"{{{TENANT.upper()}}}",
        domains="https://www.contoso.example/shop\nmail@contoso.de, contoso.example",
    )
    made = Customer.objects.get()
    assert str(made.tenant_id) == TENANT
    domains = ["contoso.de", "contoso.example"]
    assert sorted(each.domain for each in made.domains.all()) == domains
    assert deeds()[0][2:5] == (
        "added",
        {},
        {"name": "Contoso", "tenant_id": TENANT, "domains": domains},
    )


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"tenant_id": TENANT}, "tenant_id", "This tenant ID is that of Fabrikam."),
        (
            {"domains": "FABRIKAM.example"},
            "domains",
            "fabrikam.example belongs to Fabrikam. A domain has one tenant.",
        ),
        ({"tenant_id": "123"}, "tenant_id", "An ID has 32 digits"),
        ({"domains": "no domain"}, "domains", "A domain looks like contoso.com"),
        ({"name": " "}, "name", "Write the customer's name."),
    ],
)
def test_what_contradicts_is_told_at_its_field(browser, typed, field, sentence):
    customer("Fabrikam", TENANT, "fabrikam.example")
    whole = {"name": "Contoso", "tenant_id": OTHER, "domains": "contoso.example"}
    page = send(browser, f"{LIST}new/", **{**whole, **typed})
    form = page.context["form"]
    assert list(form.errors) == [field]
    assert form.errors[field][0].startswith(sentence)
    assert form["domains"].value() == {**whole, **typed}["domains"]
    assert Customer.objects.count() == 1


def test_a_changed_customer_binds_new_claims_and_leaves_old_ones(browser, nordwind):
    known = customer("Contoso", TENANT, "contoso.example")
    old = factories.claim("submitted", by=nordwind.admin, tenant_id=TENANT)
    send(
        browser,
        f"{page_of(known)}change/",
        name="Contoso AG",
        tenant_id=OTHER,
        domains="contoso.example\nnew.example",
    )
    known.refresh_from_db()
    assert (known.name, str(known.tenant_id)) == ("Contoso AG", OTHER)
    old.refresh_from_db()
    assert (old.customer_name, str(old.tenant_id)) == ("Contoso", TENANT)
    shown = words(browser.get(page_of(known)))
    assert "Domains contoso.example contoso.example, new.example" in shown


def test_two_admins_change_one_customer_and_the_second_is_told(browser, colleague):
    path = f"{page_of(customer('Contoso', TENANT, 'contoso.example'))}change/"
    seen = seen_on(browser.get(path))
    typed = {"tenant_id": TENANT, "domains": "contoso.example", "why": WHY}
    send(logged_in(colleague), path, name="First", **typed)
    late = browser.post(path, {"name": "Second", "seen": seen, **typed})
    assert late.status_code == 409
    assert Customer.objects.get().name == "First"
    assert late.context["form"]["name"].value() == "Second"


def test_subscriptions_are_entered_once_and_may_end(browser):
    known, product = customer(), factories.product()
    typed = {"product": "EXO", "condition": "active"}
    path = f"{page_of(known)}subscriptions/new/"
    send(browser, path, subscription_id=OTHER, **typed)
    again = send(browser, path, subscription_id=OTHER, **typed)
    assert again.context["form"].errors == {
        "subscription_id": ["This subscription is in the registry already."]
    }
    made = Subscription.objects.get()
    assert (made.product, made.counts, made.is_csp) == (product, True, False)
    one = f"/administration/subscriptions/{made.pk}/"
    send(browser, one, product="EXO", condition="ended", is_csp="on")
    made.refresh_from_db()
    assert (made.counts, made.is_csp) == (False, True)
    assert "Condition active ended" in words(browser.get(one))


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_one_and_for_three(
    browser, count, django_assert_num_queries
):
    product = factories.product()
    for number in range(count):
        one = customer(
            f"C {number}", uuid.uuid4(), f"{number}.example", f"x{number}.de"
        )
        for _each in range(count):
            Subscription.objects.create(
                customer=one, subscription_id=uuid.uuid4(), product=product
            )
    browser.get(LIST)
    with django_assert_num_queries(7):
        assert len(browser.get(LIST).context["page"].rows) == count
    with django_assert_num_queries(9):
        browser.get(page_of(one))
