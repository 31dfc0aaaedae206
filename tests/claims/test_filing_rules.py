"""What a claim's answers must be: at the field in the wizard, and behind it for all."""

import uuid

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from claims import actions, validation
from claims.access import offers_to
from claims.actions import WantedLine
from claims.machine import Refused
from claims.models import Claim, Customer, CustomerDomain, Line, Subscription
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

NOW = factories.NOW
TENANT = uuid.UUID("6f1c0f0e-2f0b-4bb4-9a0d-3a6b6a0f9e51")
SUBSCRIPTION = uuid.UUID("1b4e28ba-2fa1-41d2-883f-0016d3cca427")


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def contoso():
    customer = Customer.objects.create(name="Contoso", tenant_id=TENANT)
    for domain in ("contoso.example", "müller.example"):
        CustomerDomain.objects.create(customer=customer, domain=domain)
    return customer


@pytest.fixture
def advisor(contoso):
    """A draft whose products are told apart by their subscriptions."""
    return factories.draft(
        area="BIZ", engagement="BIZ-ADV", tenant_id=TENANT, products=()
    )


def url(claim, part):
    return reverse("claim-wizard", args=[claim.number, part])


def save(claim, part, **typed):
    return browser(claim.created_by).post(url(claim, part), typed)


def claim_product(claim, code, *ids):
    """Type the subscriptions of one product."""
    field = f"subscription_{factories.product(code).code}"
    return save(claim, "products", products=[code], **{field: "\n".join(map(str, ids))})


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


# --- IDs and domains ----------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        str(TENANT),
        str(TENANT).upper(),
        f"{{{TENANT}}}",
        f"  {TENANT}\n",
        TENANT.hex,
        f"\u200b{TENANT}",
    ],
)
def test_a_guid_is_read_as_it_is_pasted(typed):
    assert validation.guid(typed) == TENANT


@pytest.mark.parametrize(
    "typed",
    [
        f"{TENANT}a",
        str(TENANT)[:-1],
        str(TENANT).replace("6", "g"),
        f"urn:uuid:{TENANT}",
        "6f1c-0f0e2f0b4bb49a0d3a6b6a0f9e51",
        "\uff16" + str(TENANT)[1:],
        "00000000-0000-0000-0000-000000000000",
        "tenant",
    ],
)
def test_what_is_no_guid_is_refused(typed):
    with pytest.raises(ValidationError):
        validation.guid(typed)


def test_a_guid_with_a_letter_too_many_is_counted():
    with pytest.raises(ValidationError, match="This one has 33: compare it"):
        validation.guid(f"{TENANT}a")


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("contoso.example", "contoso.example"),
        (" Contoso.EXAMPLE. ", "contoso.example"),
        ("https://www.contoso.example/de?x=1#y", "contoso.example"),
        ("clara@contoso.example", "contoso.example"),
        ("contoso.onmicrosoft.com", "contoso.onmicrosoft.com"),
        ("müller.example", "müller.example"),
        ("mail.contoso.example:8443", "mail.contoso.example"),
    ],
)
def test_a_domain_is_found_in_what_is_pasted(typed, domain):
    assert validation.domain(typed) == domain


@pytest.mark.parametrize(
    "typed",
    [
        *("contoso", "con toso.example", "-a.example", "a..example", "192.168.0.1"),
        *("a_b.c", "<b>.example", ".", "x" * 64 + ".example"),
        ".".join(["abcdefgh"] * 30),
    ],
)
def test_what_is_no_domain_is_refused(typed):
    with pytest.raises(ValidationError, match=r"A domain looks like contoso\.com"):
        validation.domain(typed)


# --- The registry -------------------------------------------------------------


def test_the_tenant_of_another_domain_is_refused_at_the_field(contoso):
    claim = factories.draft(tenant_id=TENANT)
    typed = {
        "customer_name": "Contoso",
        "domain": "Contoso.example",
        "tenant_id": uuid.uuid4(),
    }
    page = save(claim, "customer", **typed)
    assert page.status_code == 422
    assert "Tenant ID : contoso.example belongs to another tenant" in words(page)
    assert str(TENANT) not in words(page)
    assert save(claim, "customer", **{**typed, "tenant_id": TENANT}).status_code == 302


@pytest.mark.parametrize("spelling", ["müller.example", "xn--mller-kva.example"])
def test_a_domain_is_known_in_both_its_spellings(contoso, spelling):
    assert validation.customer_problems(spelling, uuid.uuid4())
    assert not validation.customer_problems(spelling, TENANT)


def test_a_customer_nobody_knows_may_have_any_tenant(contoso):
    assert not validation.customer_problems("fabrikam.example", TENANT)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, None),
        ({"condition": "grace"}, None),
        ({"condition": "ended"}, "This subscription has ended."),
        ({"is_csp": True}, "bought through a CSP"),
        ({"product": "PWR-APPS"}, "for another product"),
        ({"tenant_id": uuid.UUID(int=7)}, "belongs to another tenant"),
    ],
)
def test_the_registry_judges_the_subscriptions_it_knows(advisor, fields, sentence):
    owner = advisor.tenant_id
    if "tenant_id" in fields:
        owner = fields.pop("tenant_id")
        Customer.objects.create(name="Fabrikam", tenant_id=owner)
    product = factories.product(fields.pop("product", "D365-SAL"))
    Subscription.objects.create(
        customer=Customer.objects.get(tenant_id=owner),
        subscription_id=SUBSCRIPTION,
        product=product,
        **fields,
    )
    page = claim_product(advisor, "D365-SAL", SUBSCRIPTION)
    if sentence is None:
        assert page.status_code == 302
        assert fresh(advisor).lines_now[0].subscription_id == SUBSCRIPTION
    else:
        assert page.status_code == 422
        assert sentence in words(page)
        assert fresh(advisor).lines_now == []


# --- Products and their keys --------------------------------------------------


def test_one_product_may_have_several_subscriptions(advisor):
    ids = [uuid.uuid4(), uuid.uuid4()]
    claim_product(advisor, "D365-SAL", *ids)
    assert {line.subscription_id for line in fresh(advisor).lines_now} == set(ids)


def test_the_same_subscription_twice_is_said(advisor):
    page = claim_product(advisor, "D365-SAL", SUBSCRIPTION, SUBSCRIPTION)
    assert "Dynamics 365 Sales is there twice." in words(page)


def test_a_subscription_with_a_letter_too_many_is_counted_and_kept(advisor):
    page = claim_product(advisor, "D365-SAL", SUBSCRIPTION, f"{SUBSCRIPTION}a")
    assert page.status_code == 422
    assert "This one has 33: compare it with the source." in words(page)
    assert f"{SUBSCRIPTION}a</textarea>" in page.content.decode()


def test_an_advisor_names_the_subscription(advisor):
    page = claim_product(advisor, "D365-SAL")
    assert page.status_code == 422
    assert "Write the subscription ID of Dynamics 365 Sales." in words(page)


def test_recognition_needs_a_subscription_only_where_there_are_several(
    advisor, contoso
):
    product = factories.product("D365-SAL")
    Claim.objects.filter(pk=advisor.pk).update(engagement="BIZ-USE")
    bought = {"customer": contoso, "product": product}
    Subscription.objects.create(**bought, subscription_id=SUBSCRIPTION)
    Subscription.objects.create(
        **bought, subscription_id=uuid.uuid4(), condition="ended"
    )
    assert claim_product(fresh(advisor), "D365-SAL").status_code == 302

    Subscription.objects.create(**bought, subscription_id=uuid.uuid4())
    page = claim_product(fresh(advisor), "D365-SAL")
    assert "Write the subscription ID of Dynamics 365 Sales." in words(page)
    offers = offers_to(advisor.created_by, fresh(advisor))
    refusals = [offer.refusal for offer in offers]
    assert "Add the subscription ID of Dynamics 365 Sales." in refusals


def test_a_product_of_the_other_area_cannot_be_chosen(advisor):
    factories.product()
    page = save(advisor, "products", products=["EXO"])
    assert page.status_code == 422
    assert "Choose from the products of the solution area." in words(page)


def test_a_product_taken_off_the_catalogue_stays_where_it_was_chosen():
    claim = factories.draft()
    product = factories.product()
    product.is_active = False
    product.save()
    assert save(claim, "products", products=["EXO", "SPO"]).status_code == 302
    other = factories.draft(products=())
    assert save(other, "products", products=["EXO"]).status_code == 422


# --- Partner IDs --------------------------------------------------------------


def test_a_partner_id_of_another_company_is_refused():
    claim = factories.draft()
    rival = factories.location(factories.partner())
    page = save(claim, "partner-id", location=rival.pk)
    assert page.status_code == 422
    assert "Choose a partner ID of your company." in words(page)
    assert rival.partner_id not in page.content.decode()


def test_a_location_that_is_not_enrolled_is_shown_but_refused():
    claim = factories.draft()
    closed = factories.location(claim.partner, is_enrolled=False)
    page = browser(claim.created_by).get(url(claim, "partner-id"))
    assert "Not enrolled in the programme." in words(page)
    page = save(claim, "partner-id", location=closed.partner_id)
    assert f"{closed.partner_id} is not enrolled in the programme." in words(page)


def test_a_company_without_enrolled_locations_is_told_whom_to_ask():
    claim = factories.draft(location=None)
    claim.partner.locations.update(is_enrolled=False)
    page = words(browser(claim.created_by).get(url(claim, "partner-id")))
    assert "Ask the programme office to enrol one" in page


# --- Behind every door --------------------------------------------------------


def edit(claim, **fields):
    return actions.edit_claim(claim=claim, by=claim.created_by, fields=fields, now=NOW)


@pytest.mark.parametrize(
    "fields",
    [
        {"engagement": "BIZ-ADV"},
        {"engagement": "KING"},
        {"name": "x" * 121},
        {"customer_contact_email": "nobody"},
        {"domain": "contoso.example", "tenant_id": uuid.UUID(int=9)},
    ],
)
def test_no_door_takes_contradictions(contoso, fields):
    claim = factories.draft(domain="fabrikam.example")
    before = Claim.objects.filter(pk=claim.pk).values().get()
    with pytest.raises(Refused):
        edit(claim, **fields)
    assert Claim.objects.filter(pk=claim.pk).values().get() == before


def test_no_door_takes_a_rivals_location():
    claim = factories.draft()
    rival = factories.location(factories.partner())
    with pytest.raises(Refused, match="Choose a partner ID of your company"):
        edit(claim, location=rival)


def test_no_door_takes_products_that_cannot_be_claimed():
    claim = factories.draft()
    wanted = [WantedLine(factories.product("EXO"), SUBSCRIPTION)]
    with pytest.raises(Refused, match="claimed for the whole tenant"):
        actions.replace_lines(claim=claim, by=claim.created_by, wanted=wanted, now=NOW)
    assert Line.objects.get(claim=claim).subscription_id is None


def test_every_door_cleans_what_it_takes():
    claim = factories.draft()
    edit(claim, name="Con\u202etoso\nAG", covering_note="One\r\n\u202etwo")
    claim = fresh(claim)
    assert (claim.name, claim.covering_note) == ("Contoso AG", "One\ntwo")
