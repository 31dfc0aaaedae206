"""What the wizard says while somebody types: their own duplicates, never a rival."""

import pytest
import time_machine
from django.urls import reverse

from claims.models import Claim
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(factories.NOW, tick=False):
        yield


def url(claim, part):
    return reverse("claim-wizard", args=[claim.number, part])


def save(claim, part, **typed):
    return browser(claim.created_by).post(url(claim, part), typed)


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def notices(claim, part, **typed):
    address = reverse("claim-notices", args=[claim.number, part])
    answer = browser(claim.created_by).post(address, typed)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_companys_own_open_claim_is_named_with_its_link():
    filed = factories.claim("submitted")
    again = factories.draft(by=filed.created_by, tenant_id=filed.tenant_id, products=())
    said = notices(again, "products", products=["EXO"])
    assert "Your company already has an open claim" in said
    assert f'href="{filed.get_absolute_url()}"' in said
    assert notices(again, "products", products=["SPO"]).count("notice ") == 0
    assert fresh(again).lines_now == []


def test_other_claims_for_the_customer_are_listed():
    filed = factories.claim("approved")
    again = factories.draft(by=filed.created_by, domain="fabrikam.example")
    said = notices(again, "customer", tenant_id=filed.tenant_id)
    assert filed.number in said
    assert fresh(again).tenant_id == again.tenant_id


@pytest.mark.parametrize("state", ["draft", "submitted", "approved"])
def test_a_rivals_claim_is_never_told_before_filing(state):
    rival = factories.claim(state)
    claim = factories.draft(tenant_id=rival.tenant_id)
    customer = {
        "customer_name": "Contoso",
        "domain": "contoso.example",
        "tenant_id": rival.tenant_id,
    }
    for part, typed in (
        ("customer", customer),
        ("role", {"engagement": "MWS-USE"}),
        ("products", {"products": ["EXO"]}),
    ):
        assert "notice " not in notices(claim, part, **typed)
        assert save(claim, part, **typed).status_code == 302


def test_a_rivals_claim_on_the_key_changes_nothing_on_the_last_page():
    rival = factories.claim("approved")
    same = factories.draft(tenant_id=rival.tenant_id)
    page = words(browser(same.created_by).get(url(same, "review")))
    assert "nother partner" not in page


def test_the_address_of_the_own_contact_is_no_customers():
    claim = factories.draft(partner_contact_email="paul@nordwind.example")
    said = notices(
        claim, "customer-contact", customer_contact_email="Paul@nordwind.example"
    )
    assert "This is the address of your own contact." in said
    said = notices(claim, "customer-contact", customer_contact_email="c@else.example")
    assert "This address is not at contoso.example." in said
    said = notices(
        claim, "customer-contact", customer_contact_email="c@it.contoso.example"
    )
    assert "notice " not in said


def test_a_closed_part_tells_nothing():
    filed = factories.claim("submitted")
    factories.draft(by=filed.created_by, tenant_id=filed.tenant_id)
    assert "notice " not in notices(filed, "customer", tenant_id=filed.tenant_id)
