"""What a rival holds is answered like what nobody holds, after the same work.

Tenants, domains, names, addresses, subscriptions, partner IDs, contents of files: all
of them are typed, searched for, filtered by and filed. That another partner *holds* a
key is told once the claim is filed, without a name (DOMAIN.md §7); nothing before.
"""

import json
import re
from difflib import unified_diff
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from claims import actions
from claims.actions import WantedLine
from claims.models import Claim, Product
from claims.saved_views import keep_view
from tests import factories
from tests.claims.pages import browser
from tests.quiet.asking import told, undone_after, work_of

pytestmark = pytest.mark.django_db

# What this person typed, and what is drawn anew for each file.
TYPED = re.compile(
    r'zqbravo|zqnobdy|messages=[^;\n]+|name="seen" value="\w+"'
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?:[0-9a-f]{32}){1,2}"
)
JSON = "application/json"
STATES = ("draft", "submitted", "in_review", "approved", "rejected")


@pytest.fixture(autouse=True)
def _at_one_moment(world):
    with time_machine.travel(world.now, tick=False):
        yield


def other(value):
    """Return a value of the same shape that nobody holds."""
    if value.startswith("CPOR-"):
        return "CPOR-2026-999999"
    return value.replace("zqbravo", "zqnobdy") if "zq" in value else str(uuid4())


def differences(world, ask, held):
    """Yield where a held value is answered in another way, or after more work."""
    answers = []
    for value in (other(held), held):
        client = browser(world.a.admin)
        with undone_after(client), work_of() as work:
            text = TYPED.sub("…", told(ask(client, value), value))
            answers.append([*text.splitlines(), *work.statements])
    yield from unified_diff(*answers, "nobody's", "the rival's", n=0, lineterm="")


def assert_alike(world, ask, held):
    found = list(differences(world, ask, str(held)))
    assert not found, "\n".join(found)


def draft_of(world):
    return world.a.claims["draft"].number


FIELDS = (
    "tenant_id",
    "domain",
    "customer_name",
    "name",
    "customer_contact_email",
)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", FIELDS)
def test_an_answer_that_a_rival_gave_too(world, name, state):
    def ask(client, value):
        path = f"/api/v1/claims/{draft_of(world)}/"
        return client.patch(path, json.dumps({name: value}), JSON)

    assert_alike(world, ask, getattr(world.b.claims[state], name))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("page", ["edit/customer/", "edit/customer/notices/"])
@pytest.mark.parametrize("name", ["tenant_id", "domain"])
def test_a_customer_that_a_rival_typed_too(world, name, page, state):
    def ask(client, value):
        typed = {
            "customer_name": "Contoso",
            "domain": "x.example",
            "tenant_id": uuid4(),
        }
        path = f"/claims/{draft_of(world)}/{page}"
        return client.post(path, {**typed, name: value})

    assert_alike(world, ask, getattr(world.b.claims[state], name))


@pytest.mark.parametrize("state", ["submitted", "in_review", "disputed"])
def test_filing_for_a_key_that_a_rival_has_filed_for(world, undone, state):
    mine = factories.draft(by=world.a.admin, products=("EXO", "SPO"), now=world.now)

    def ask(client, value):
        path = f"/api/v1/claims/{mine.number}/"
        client.patch(path, json.dumps({"tenant_id": value}), JSON)
        done = client.post(f"{path}steps/submit/", "{}", JSON)
        assert done.status_code == 200, done.content
        return client.get(f"/claims/{mine.number}/")

    assert_alike(world, ask, world.b.claims[state].tenant_id)


@pytest.mark.parametrize("state", ["draft", "approved"])
@pytest.mark.parametrize("name", ["number", *FIELDS[:4]])
@pytest.mark.parametrize(
    "path", ["/claims/?q=", "/claims/export.csv?q=", "/api/v1/claims/?q="]
)
def test_searching_for_what_a_rival_has(world, path, name, state):
    def ask(client, value):
        return client.get(path + value)

    assert_alike(world, ask, getattr(world.b.claims[state], name))


def test_a_subscription_that_a_rival_named_too(world, undone):
    keyed = Product.objects.filter(keyed_by=Product.KeyedBy.SUBSCRIPTION).first()
    held = uuid4()
    answers = {"area": keyed.area, "engagement": "", "products": ()}
    theirs = factories.draft(by=world.b.admin, **answers)
    line = WantedLine(keyed, held)
    actions.replace_lines(claim=theirs, by=world.b.admin, wanted=[line], now=world.now)
    mine = factories.draft(by=world.a.admin, **answers)

    def ask(client, value):
        lines = [{"product": keyed.code, "subscription_id": value}]
        path = f"/api/v1/claims/{mine.number}/"
        answer = client.patch(path, json.dumps({"products": lines}), JSON)
        assert answer.status_code == 200, answer.content
        return answer

    assert Claim.objects.get(pk=theirs.pk).lines_now
    assert_alike(world, ask, held)


def test_a_partner_id_that_a_rival_has(world):
    def ask(client, value):
        wanted = value if value == world.b.location.partner_id else "9999999"
        path = f"/api/v1/claims/{draft_of(world)}/"
        answer = client.patch(path, json.dumps({"partner_id": wanted}), JSON)
        assert answer.status_code == 400
        answer.content = answer.content.replace(wanted.encode(), b"")
        return answer

    assert_alike(world, ask, world.b.location.partner_id)


@pytest.mark.parametrize("where", ["", "evidence page", "receipt"])
def test_a_file_that_a_rival_sent_too(world, where):
    theirs = world.b.claims["in_review"].evidence_all[0]
    with theirs.content.open() as stream:
        content = stream.read()

    def ask(client, value):
        sent = content if value == theirs.sha256 else content.replace(b"zqb", b"zqx")
        path = f"/api/v1/claims/{draft_of(world)}/evidence/"
        upload = SimpleUploadedFile("proof.pdf", sent)
        answer = client.post(path, {"file": upload})
        assert answer.status_code == 201
        if not where:
            return answer
        page = "edit/evidence/" if where == "evidence page" else "edit/review/"
        return client.get(f"/claims/{draft_of(world)}/{page}")

    assert_alike(world, ask, theirs.sha256)


def test_a_view_that_a_rival_keeps_under_the_same_name(world, undone):
    keep_view(owner=world.b.admin, name="zqbravo late", query="", now=world.now)

    def ask(client, value):
        return client.post("/claims/views/", {"name": value, "query": "q=x"})

    assert_alike(world, ask, "zqbravo late")


def test_the_companys_own_key_is_told():
    """What the comparisons above would show: the company's own claim makes a word."""
    filed = factories.claim("submitted")
    mine = factories.draft(by=filed.created_by, tenant_id=filed.tenant_id, products=())
    path = f"/claims/{mine.number}/edit/products/notices/"
    page = browser(filed.created_by).post(path, {"products": ["EXO"]})
    assert "already has an open claim" in page.content.decode()
