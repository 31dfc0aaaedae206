"""The life of a claim, by a program: the same offers, steps and refusals."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver
from rest_framework.test import APIClient

from accounts.models import StaffRole, Title
from claims.models import Check, Claim, Evidence
from tests import factories

pytestmark = pytest.mark.django_db


def client_of(person) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def url(claim: Claim, rest: str = "") -> str:
    return f"/api/v1/claims/{claim.number}/{rest}"


def answers(by):
    location = by.partner.locations.first() or factories.location(by.partner)
    return {
        "area": "MWS",
        "role": "MWS-USE",
        "partner_id": location.partner_id,
        "customer_name": "Müller & Söhne",
        "domain": "mueller.example",
        "tenant_id": "6f1c0f0e-2f0b-4bb4-9a0d-3a6b6a0f9e51",
        "name": "Exchange",
        "customer_contact_name": "Clara Customer",
        "customer_contact_title": "CIO",
        "customer_contact_email": "clara@mueller.example",
        "products": [{"product": "EXO"}],
    }


def test_a_program_files_a_claim_from_draft_to_submission():
    by = factories.person(factories.partner())
    factories.product()
    api = client_of(by)

    made = api.post("/api/v1/claims/", answers(by), format="json")
    number = made.json()["number"]
    upload = SimpleUploadedFile("proof.pdf", factories.PDF)
    attached = api.post(
        f"/api/v1/claims/{number}/evidence/", {"file": upload}, format="multipart"
    )
    after = api.post(f"/api/v1/claims/{number}/steps/submit/", {}, format="json")

    assert (made.status_code, attached.status_code) == (201, 201)
    assert made.json()["products"][0]["product"] == "EXO"
    assert (after.status_code, after.json()["status"]) == (200, "submitted")
    assert [event["step"] for event in after.json()["history"]] == ["submit"]


def test_the_offers_are_those_of_the_page_with_their_reasons():
    claim = factories.draft(files=0)

    offers = client_of(claim.created_by).get(url(claim, "steps/")).json()

    assert [(o["name"], o["open"]) for o in offers] == [
        ("submit", False),
        ("delete", True),
    ]
    assert offers[0]["refusal"] == "Attach at least one proof of execution (PoE)."


def test_a_closed_step_is_a_conflict_with_its_sentence():
    claim = factories.draft(files=0)

    answer = client_of(claim.created_by).post(url(claim, "steps/submit/"), {})

    assert answer.status_code == 409
    assert answer.json() == {
        "code": "refused",
        "detail": "Attach at least one proof of execution (PoE).",
    }


def test_a_step_without_what_it_asks_for_is_named_by_field():
    claim = factories.claim("in_review")

    answer = client_of(claim.assignee).post(
        url(claim, "steps/reject/"), {"comment": ""}, format="json"
    )

    assert answer.status_code == 400
    assert set(answer.json()) == {"comment", "reasons"}
    assert Claim.objects.get(pk=claim.pk).version == claim.version


def test_a_reviewer_asks_about_one_product_line():
    claim = factories.claim("in_review", products=("EXO", "SPO"))
    line = claim.lines_now[0]

    answer = client_of(claim.assignee).post(
        url(claim, "steps/request_info/"),
        {
            "comment": "Which one?",
            "reasons": [{"code": "products_missing", "line": line.alias}],
        },
        format="json",
    )

    reasons = answer.json()["history"][-1]["reasons"]
    assert answer.json()["status"] == "action_required"
    assert [(r["code"], r["line"]) for r in reasons] == [
        ("products_missing", line.alias)
    ]


def test_a_stale_version_is_a_conflict():
    claim = factories.claim("submitted")
    reviewer = factories.staff()

    answer = client_of(reviewer).post(
        url(claim, "steps/start_review/"), {"version": claim.version - 1}, format="json"
    )

    assert answer.status_code == 409


@pytest.mark.parametrize(
    "field", ["state", "version", "number", "assignee", "nonsense"]
)
def test_a_field_that_is_not_theirs_is_refused_by_name(field):
    claim = factories.draft()

    answer = client_of(claim.created_by).patch(
        url(claim), {field: "approved"}, format="json"
    )

    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_a_closed_field_is_refused_and_nothing_is_half_saved():
    claim = factories.claim("action_required")

    answer = client_of(claim.created_by).patch(
        url(claim),
        {"customer_contact_name": "Somebody", "customer_name": "Fabrikam"},
        format="json",
    )

    claim.refresh_from_db()
    assert answer.status_code == 409
    assert claim.customer_contact_name == "Clara Customer"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tenant_id", "6f1c0f0e-2f0b-4bb4-9a0d-3a6b6a0f9e51a"),
        ("tenant_id", {"a": 1}),
        ("domain", "no domain"),
        ("area", "XYZ"),
        ("role", "BIZ-ADV"),
        ("partner_id", "0000000"),
        ("name", "x" * 5000),
        ("customer_contact_email", "nobody"),
        ("products", [{"product": "NOPE"}]),
        ("products", "EXO"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(field, value):
    claim = factories.draft()

    answer = client_of(claim.created_by).patch(
        url(claim), {field: value}, format="json"
    )

    assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.mark.parametrize("body", ["[]", '"x"', "null", "{", "1"])
def test_a_body_that_is_no_object_is_no_server_error(body):
    claim = factories.claim("in_review")
    api = client_of(claim.assignee)

    for path in (url(claim, "steps/reject/"), url(claim, "comments/")):
        answer = api.generic("POST", path, body, content_type="application/json")
        assert answer.status_code == 400


ADDRESSES = [
    ("GET", ""),
    ("PATCH", ""),
    ("GET", "steps/"),
    ("POST", "steps/withdraw/"),
    ("POST", "steps/start_review/"),
    ("GET", "evidence/"),
    ("POST", "evidence/"),
    ("GET", "evidence/FILE/"),
    ("PATCH", "evidence/FILE/"),
    ("DELETE", "evidence/FILE/"),
    ("GET", "comments/"),
    ("POST", "comments/"),
    ("GET", "notes/"),
    ("POST", "notes/"),
]


@pytest.mark.parametrize(("method", "rest"), ADDRESSES)
def test_another_companys_claim_is_missing_everywhere(method, rest):
    claim = factories.claim("submitted")
    file = claim.evidence_all[0]
    rival = client_of(factories.person(factories.partner()))
    path = url(claim, rest.replace("FILE", str(file.public_id)))
    nowhere = path.replace(claim.number, "CPOR-2026-999999")

    foreign, missing = rival.generic(method, path), rival.generic(method, nowhere)

    assert (foreign.status_code, foreign.content) == (404, missing.content)


def test_the_list_holds_ones_own_claims_only():
    own = factories.draft()
    factories.draft()

    rows = client_of(own.created_by).get("/api/v1/claims/").json()["results"]

    assert [row["number"] for row in rows] == [own.number]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(
    count, django_assert_num_queries
):
    by = factories.person(factories.partner())
    for _ in range(count):
        factories.draft(by=by)
    api = client_of(by)

    with django_assert_num_queries(4):  # the page, its lines; savepoint and release
        rows = api.get("/api/v1/claims/").json()["results"]

    assert len(rows) == count


def test_notes_do_not_exist_for_partners_but_for_reviewers():
    claim = factories.claim("submitted")

    partner = client_of(claim.created_by).get(url(claim, "notes/"))
    reviewer = client_of(factories.staff()).post(
        url(claim, "notes/"), {"text": "Look twice."}, format="json"
    )

    assert (partner.status_code, reviewer.status_code) == (404, 201)


def test_both_sides_read_a_comment():
    claim = factories.claim("submitted")
    client_of(factories.staff()).post(
        url(claim, "comments/"), {"text": "Which sites?"}, format="json"
    )

    [said] = client_of(claim.created_by).get(url(claim, "comments/")).json()

    assert said["text"] == "Which sites?"


def test_a_file_is_described_downloaded_and_removed():
    claim = factories.draft(files=0)
    file = factories.file(claim)
    api, path = client_of(claim.created_by), url(claim, f"evidence/{file.public_id}/")

    described = api.patch(path, {"kind": "usage_report"}, format="json").json()
    content = b"".join(api.get(path).streaming_content)
    removed = api.delete(path)

    assert (described["kind"], content) == ("usage_report", factories.PDF)
    assert removed.status_code == 204
    assert not Evidence.objects.filter(pk=file.pk).exists()


def test_an_unchecked_file_cannot_be_downloaded():
    claim = factories.draft(files=0)
    file = factories.file(claim, check=Check.RECEIVED)

    answer = client_of(claim.created_by).get(url(claim, f"evidence/{file.public_id}/"))

    assert answer.status_code == 409


def test_a_token_is_got_by_password_used_and_ended():
    person = factories.person(factories.partner(), Title.PARTNER_USER)
    api = APIClient()
    wrong = api.post("/api/v1/token/", {"email": person.email, "password": "wrong"})
    right = api.post(
        "/api/v1/token/", {"email": person.email, "password": factories.PASSWORD}
    )
    api.credentials(HTTP_AUTHORIZATION=f"Token {right.json()['token']}")

    me = api.get("/api/v1/me/").json()
    ended = api.post("/api/v1/token/end/")
    after = api.get("/api/v1/me/")

    assert wrong.status_code in {401, 403}
    assert me["email"] == person.email
    assert (ended.status_code, after.status_code) == (204, 401)


def test_a_strangers_request_is_refused():
    assert APIClient().get("/api/v1/claims/").status_code in {401, 403}


def test_auditors_read_and_change_nothing():
    claim = factories.claim("submitted")
    auditor = client_of(factories.staff(StaffRole.AUDITOR))

    assert auditor.get(url(claim)).status_code == 200
    assert auditor.get(url(claim, "steps/")).json() == []
    assert auditor.post(url(claim, "steps/start_review/")).status_code == 409


def test_the_schema_names_every_address(client):
    schema = client.get("/api/v1/schema/?format=json").json()

    names = [str(name) for name in get_resolver().reverse_dict]
    addresses = {name for name in names if name.startswith("api-")}
    assert len(schema["paths"]) == len(addresses - {"api-schema"})
    assert "/api/v1/claims/{number}/steps/{step}/" in schema["paths"]
