"""Fields: what is nobody's or not one's own to set is refused by name.

Each refused request is sent once more without the field, and then goes through.
"""

import pytest
from rest_framework.test import APIClient

from accounts.models import StaffRole
from claims.models import Claim
from tests import factories
from tests.claims.pages import browser

pytestmark = pytest.mark.django_db
REFUSAL = ["This field does not exist here or is not yours to set."]
HIDDEN = ["state", "partner", "assignee", "created_by", "number", "version", "is_admin"]


@pytest.fixture
def claim():
    return factories.claim("in_review")


def api(person):
    client = APIClient()
    client.force_authenticate(person)
    return client


def calls(claim):
    """Return each way to write by the API: who, method, address, what is theirs."""
    owner, desk = claim.created_by, claim.assignee
    draft = factories.draft(by=owner)
    file = draft.evidence_all[0].public_id
    own, base = f"/api/v1/claims/{draft.number}", f"/api/v1/claims/{claim.number}"
    return {
        "begin": (owner, "post", "/api/v1/claims/", {"area": "MWS"}),
        "change": (owner, "patch", f"{own}/", {"name": "Other"}),
        "describe": (owner, "patch", f"{own}/evidence/{file}/", {"signer": "Clara"}),
        "comment": (owner, "post", f"{base}/comments/", {"text": "Hello."}),
        "note": (desk, "post", f"{base}/notes/", {"text": "Hello."}),
        "step": (owner, "post", f"{own}/steps/submit/", {}),
    }


@pytest.mark.parametrize("field", HIDDEN[:3] + HIDDEN[-1:])
@pytest.mark.parametrize(
    "call", ["begin", "change", "describe", "comment", "note", "step"]
)
def test_a_field_that_is_not_yours_is_refused_by_name(claim, call, field):
    person, method, address, body = calls(claim)[call]
    client = api(person)

    refused = getattr(client, method)(address, body | {field: "1"}, format="json")
    taken = getattr(client, method)(address, body, format="json")

    assert (refused.status_code, refused.json()) == (400, {field: REFUSAL})
    assert taken.status_code in {200, 201}


def test_a_nested_field_is_refused_by_name_too(claim):
    person, method, address, _body = calls(claim)["change"]
    lines = [{"product": "EXO", "standing": "held"}]

    refused = getattr(api(person), method)(address, {"products": lines}, format="json")

    assert refused.status_code == 400
    assert refused.json()["products"] == {"0": {"standing": REFUSAL}}


def test_log_in_takes_nothing_else():
    refused = APIClient().post(
        "/api/v1/token/",
        {"email": "a@b.example", "password": "x", "staff_role": "lead"},
        format="json",
    )

    assert (refused.status_code, refused.json()) == (400, {"staff_role": REFUSAL})


@pytest.mark.parametrize(
    "parameter",
    ["ordering", "order_by", "partner", "partner__name", "created_by__password", "id"],
)
def test_the_api_sorts_and_filters_by_nothing_that_is_not_offered(claim, parameter):
    client = api(claim.created_by)

    refused = client.get(f"/api/v1/claims/?{parameter}=x")
    allowed = client.get("/api/v1/claims/?status=in_review&q=contoso")

    assert (refused.status_code, refused.json()) == (400, {parameter: REFUSAL})
    assert [row["number"] for row in allowed.json()["results"]] == [claim.number]


@pytest.mark.parametrize("order", ["partner__name", "created_by__password", "-id", "?"])
def test_the_page_ignores_an_order_that_it_does_not_offer(claim, order):
    client = browser(claim.created_by)

    usual = client.get("/claims/").context["rows"]
    asked = client.get("/claims/", {"sort": order, "partner__name": "x"})

    assert [row.claim for row in asked.context["rows"]] == [row.claim for row in usual]


def test_a_form_sets_no_field_that_it_does_not_show(claim):
    draft = factories.draft(by=claim.created_by)
    client, address = browser(claim.created_by), f"/claims/{draft.number}/edit/name/"
    hidden = {"state": "approved", "partner": "1", "assignee": "1"}

    refused = client.post(address, {"name": "Other"} | hidden)
    client.post(address, {"name": "Mine"})

    kept = Claim.objects.get(pk=draft.pk)
    assert (refused.status_code, kept.name) == (422, "Mine")
    assert (kept.state, kept.partner, kept.assignee) == (
        draft.state,
        draft.partner,
        None,
    )


def test_nobody_makes_themselves_more_by_the_profile():
    person = factories.staff(StaffRole.AUDITOR)
    fields = {"name": "New", "language": "en", "time_zone": "Europe/Berlin"}

    answer = browser(person).post(
        "/account/", fields | {"staff_role": "lead", "is_active": "", "email": "x@y.z"}
    )

    before = (person.staff_role, person.email)
    person.refresh_from_db()
    assert answer.status_code == 422
    assert (person.staff_role, person.email, person.is_active) == (*before, True)
