"""Filing a claim part by part: saved on the way, and nothing typed is ever lost."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from django.db import connections
from django.urls import reverse

from accounts.models import Title
from claims import actions
from claims.models import Claim
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

NOW = factories.NOW
TENANT = "6f1c0f0e-2f0b-4bb4-9a0d-3a6b6a0f9e51"
NEW = reverse("claim-new")


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def company():
    company = factories.partner("Nordwind")
    factories.location(company)
    factories.product()
    return company


@pytest.fixture
def colleague(company):
    return factories.person(company, Title.PARTNER_USER)


@pytest.fixture
def empty(colleague):
    """A draft with only the first question answered."""
    return actions.create_claim(by=colleague, now=NOW, area="MWS")


def url(claim, part):
    return reverse("claim-wizard", args=[claim.number, part])


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def save(reader, claim, part, **typed):
    return browser(reader).post(url(claim, part), typed)


# --- The first page -----------------------------------------------------------


def test_the_first_page_saves_nothing(colleague):
    page = browser(colleague).get(NEW)
    assert page.status_code == 200
    assert "Which Microsoft products is this claim about?" in words(page)
    assert Claim.objects.count() == 0


def test_the_first_answer_makes_a_draft_and_goes_on(colleague, company):
    answer = browser(colleague).post(NEW, {"area": "BIZ", "key": uuid.uuid4()})
    claim = Claim.objects.get()
    assert (claim.area, claim.partner, claim.created_by) == ("BIZ", company, colleague)
    assert answer.headers["Location"] == url(claim, "role")


def test_save_and_close_on_the_first_page_leads_to_the_claim(colleague):
    answer = browser(colleague).post(NEW, {"area": "BIZ", "close": "1"})
    assert answer.headers["Location"] == Claim.objects.get().get_absolute_url()


def test_without_an_answer_no_draft_is_made(colleague):
    page = browser(colleague).post(NEW, {"key": uuid.uuid4()})
    assert page.status_code == 422
    assert "Choose a solution area." in words(page)
    assert Claim.objects.count() == 0


def test_sending_the_first_form_again_changes_the_same_draft(colleague):
    key = uuid.uuid4()
    tab = browser(colleague)
    tab.post(NEW, {"area": "BIZ", "key": key})
    tab.post(NEW, {"area": "MWS", "key": key})
    assert [claim.area for claim in Claim.objects.all()] == ["MWS"]


def test_an_old_first_page_of_a_submitted_claim_begins_another(company):
    filed = factories.draft(by=factories.person(company), draft_key=uuid.uuid4())
    factories.take(filed, "submit")
    tab = browser(filed.created_by)
    tab.post(NEW, {"area": "BIZ", "key": filed.draft_key})
    assert Claim.objects.exclude(pk=filed.pk).get().area == "BIZ"
    assert fresh(filed).area == "MWS"


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_draft():
    reader = factories.person(factories.partner())
    key, both = uuid.uuid4(), Barrier(2)
    tabs = [browser(reader), browser(reader)]

    def click(tab):
        both.wait()
        status = tab.post(NEW, {"area": "MWS", "key": key}).status_code
        connections.close_all()
        return status

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(click, tabs))

    assert answers == [302, 302]
    assert Claim.objects.count() == 1


def test_people_of_the_programme_file_no_claims():
    page = browser(factories.staff()).get(NEW)
    assert page.status_code == 403
    assert "Only partner companies file claims" in words(page)


# --- The whole way --------------------------------------------------------------


def test_a_claim_is_filed_from_the_first_page_to_the_receipt(colleague, company):
    tab = browser(colleague)
    step = tab.post(NEW, {"area": "BIZ", "key": uuid.uuid4()}).headers["Location"]
    claim = Claim.objects.get()
    answers = {
        "role": {"engagement": "BIZ-REV"},
        "partner-id": {"location": company.locations.get().partner_id},
        "customer": {
            "customer_name": "Contoso GmbH",
            "domain": "https://www.contoso.example/de",
            "tenant_id": f"{{{TENANT.upper()}}}",
        },
        "name": {"name": "Field service for Contoso"},
        "products": {"products": ["D365-FS", "PWR-APPS"]},
        "customer-contact": {
            "customer_contact_name": "Clara Customer",
            "customer_contact_title": "CIO",
            "customer_contact_email": "clara@contoso.example",
            "customer_language": "de",
        },
        "own-contact": {
            "partner_contact_name": "Paul Partner",
            "partner_contact_email": "paul@nordwind.example",
        },
        "details": {"solution_seller": "Nordwind", "isv_solution": "Aurora"},
        "evidence": {},
        "comment": {"covering_note": "Look at page 2."},
    }
    factories.file(claim, by=colleague)
    for part, typed in answers.items():
        assert step == url(claim, part)
        assert tab.get(step).status_code == 200
        step = tab.post(step, typed).headers["Location"]
    assert step == url(claim, "review")
    assert "disabled" not in tab.get(step).content.decode().partition("<main")[2]

    submit = reverse("claim-step", args=[claim.number, "submit"])
    receipt = tab.post(submit, {"version": 0}).headers["Location"]

    claim = fresh(claim)
    assert receipt == reverse("claim-receipt", args=[claim.number])
    assert claim.was_submitted
    assert (claim.domain, str(claim.tenant_id)) == ("contoso.example", TENANT)
    assert [str(line) for line in claim.lines_now] == [
        "Dynamics 365 Field Service",
        "Power Apps",
    ]
    assert claim.isv_solution == "Aurora"
    assert claim.customer_language == "de"


def test_the_comment_goes_out_with_the_submission_and_only_once(colleague):
    claim = factories.draft(by=colleague)
    save(colleague, claim, "comment", covering_note="Look at page 2.")
    factories.take(fresh(claim), "submit")
    said = [event.comment for event in claim.events.all()]
    assert said == ["Look at page 2.\n\nBecause."]
    assert fresh(claim).covering_note == ""


def test_a_comment_that_waits_for_its_submission_is_no_history(colleague):
    claim = factories.claim("action_required", by=colleague)
    before = claim.events.count()
    save(colleague, claim, "comment", covering_note="Page 2 is new.")
    assert fresh(claim).covering_note == "Page 2 is new."
    assert claim.events.count() == before


def test_whoever_comes_back_goes_on_where_something_is_missing(colleague, empty):
    tab = browser(colleague)
    back = reverse("claim-continue", args=[empty.number])
    assert tab.get(back).headers["Location"] == url(empty, "role")
    done = factories.draft(by=colleague)
    back = reverse("claim-continue", args=[done.number])
    assert tab.get(back).headers["Location"] == url(done, "review")


def test_a_part_comes_back_as_it_was_stored(colleague):
    claim = factories.draft(by=colleague)
    page = browser(colleague).get(url(claim, "customer")).content.decode()
    assert 'value="contoso.example"' in page
    assert f'value="{claim.tenant_id}"' in page


def test_complete_parts_are_ticked_and_the_rest_is_not(colleague):
    claim = factories.draft(by=colleague, files=0)
    steps = browser(colleague).get(url(claim, "role")).context["steps"]
    assert {step.url.rsplit("/", 2)[-2]: step.state for step in steps} == {
        "area": "done",
        "role": "current",
        "partner-id": "done",
        "customer": "done",
        "name": "done",
        "products": "done",
        "customer-contact": "done",
        "own-contact": "done",
        "evidence": "open",
        "comment": "open",
        "review": "open",
    }


def test_only_the_role_that_asks_for_details_has_that_part(colleague):
    advisor = factories.draft(
        by=colleague, area="BIZ", engagement="BIZ-ADV", products=()
    )
    tab = browser(colleague)
    page = tab.get(url(advisor, "details"))
    assert "The role of this claim asks for no further details." in words(page)
    tab.post(url(advisor, "role"), {"engagement": "BIZ-REV"})
    assert "This role asks for two things more." in words(
        tab.get(url(advisor, "details"))
    )


def test_another_area_takes_role_products_and_details_along(colleague):
    claim = factories.draft(by=colleague)
    page = browser(colleague).post(
        reverse("claim-notices", args=[claim.number, "area"]), {"area": "BIZ"}
    )
    assert "removes the role and the products" in page.content.decode()
    save(colleague, claim, "area", area="BIZ")
    claim = fresh(claim)
    assert (claim.area, claim.engagement, claim.lines_now) == ("BIZ", "", [])


def test_a_role_chosen_without_an_area_brings_its_area(colleague):
    claim = actions.create_claim(by=colleague, now=NOW)
    assert "solution area" in words(browser(colleague).get(url(claim, "products")))
    save(colleague, claim, "role", engagement="BIZ-USE")
    assert (fresh(claim).area, fresh(claim).engagement) == ("BIZ", "BIZ-USE")


def test_a_part_that_does_not_exist_is_missing(colleague, empty):
    tab = browser(colleague)
    assert tab.get(url(empty, "price")).status_code == 404
    notices = reverse("claim-notices", args=[empty.number, "price"])
    assert tab.post(notices).status_code == 404


def test_the_role_says_in_plain_words_whether_it_pays(colleague):
    claim = actions.create_claim(by=colleague, now=NOW, area="BIZ")
    page = words(browser(colleague).get(url(claim, "role")))
    assert "You advised the customer before the purchase. Pays incentives" in page
    assert "Your own solution led the customer to buy. Recognition only" in page


# --- What was typed survives ------------------------------------------------------


def test_next_names_what_is_missing_and_keeps_what_was_typed(colleague, empty):
    page = save(colleague, empty, "customer", customer_name="Contoso", domain="x y")
    assert page.status_code == 422
    text = words(page)
    assert "2 things are still in the way" in text
    assert "Write the customer's tenant ID." in text
    assert "A domain looks like contoso.com" in text
    assert 'value="x y"' in page.content.decode()
    assert fresh(empty).customer_name == ""


def test_save_and_close_keeps_half_an_answer(colleague, empty):
    answer = save(colleague, empty, "customer", customer_name="Contoso", close="1")
    assert answer.headers["Location"] == empty.get_absolute_url()
    assert fresh(empty).customer_name == "Contoso"


def test_save_and_close_keeps_nothing_that_is_wrong(colleague, empty):
    page = save(colleague, empty, "customer", tenant_id=TENANT + "a", close="1")
    assert page.status_code == 422
    assert f'value="{TENANT}a"' in page.content.decode()
    assert fresh(empty).tenant_id is None


def test_an_answer_cannot_be_blanked_once_the_claim_was_submitted(colleague):
    claim = factories.claim("action_required", by=colleague)
    page = save(colleague, claim, "customer-contact", close="1")
    assert page.status_code == 422
    assert fresh(claim).customer_contact_name == "Clara Customer"


TOO_LONG = [
    ("customer", "customer_name"),
    ("customer", "domain"),
    ("customer", "tenant_id"),
    ("name", "name"),
    ("customer-contact", "customer_contact_name"),
    ("customer-contact", "customer_contact_title"),
    ("customer-contact", "customer_contact_email"),
    ("own-contact", "partner_contact_name"),
    ("own-contact", "partner_contact_email"),
]


@pytest.mark.parametrize(("part", "field"), TOO_LONG)
def test_five_thousand_characters_are_refused_and_kept(colleague, empty, part, field):
    text = "x" * 5000
    page = save(colleague, empty, part, **{field: text})
    assert page.status_code == 422
    assert f'value="{text}"' in page.content.decode()
    assert "it has 5000." in words(page)


def test_a_comment_may_have_five_thousand_characters_and_no_more(colleague, empty):
    assert (
        save(colleague, empty, "comment", covering_note="x" * 5000).status_code == 302
    )
    page = save(colleague, empty, "comment", covering_note="x" * 5001)
    assert page.status_code == 422
    assert "Shorten this to 5000 characters; it has 5001." in words(page)


def test_what_nobody_can_see_is_taken_out(colleague, empty):
    save(colleague, empty, "name", name="  Con\u202etoso\r\nBcc:\u200b evil\x00  ")
    assert fresh(empty).name == "Contoso Bcc: evil"


def test_the_second_of_two_tabs_is_told_what_the_first_has_saved(colleague, empty):
    seen = browser(colleague).get(url(empty, "name")).context["form"].seen
    save(colleague, empty, "name", name="First", seen=seen)
    page = save(colleague, empty, "name", name="Second", seen=seen)
    assert page.status_code == 409
    text = words(page)
    assert "This part was changed meanwhile" in text
    assert "Claim name: First" in text
    assert 'value="Second"' in page.content.decode()
    assert fresh(empty).name == "First"

    seen = page.context["form"].seen
    assert save(colleague, empty, "name", name="Second", seen=seen).status_code == 302
    assert fresh(empty).name == "Second"


def test_products_changed_in_another_tab_are_not_lost_unseen(colleague):
    claim = factories.draft(by=colleague)
    seen = browser(colleague).get(url(claim, "products")).context["form"].seen
    save(colleague, claim, "products", products=["SPO"], seen=seen)
    page = save(colleague, claim, "products", products=["TEAMS"], seen=seen)
    assert page.status_code == 409
    assert "Products: SharePoint Online · whole tenant" in words(page)
    assert [line.product.code for line in fresh(claim).lines_now] == ["SPO"]
    again = save(colleague, claim, "products", products=["SPO"], seen=seen)
    assert again.status_code == 302


def test_the_same_form_sent_twice_is_no_conflict(colleague, empty):
    seen = browser(colleague).get(url(empty, "name")).context["form"].seen
    for _click in range(2):
        answer = save(colleague, empty, "name", name="Once", seen=seen)
        assert answer.status_code == 302


def test_two_tabs_on_different_parts_do_not_disturb_each_other(colleague, empty):
    tab = browser(colleague)
    seen = tab.get(url(empty, "name")).context["form"].seen
    save(colleague, empty, "comment", covering_note="Hello")
    assert save(colleague, empty, "name", name="Mine", seen=seen).status_code == 302


def test_a_session_that_ended_leads_back_to_the_same_part(colleague, empty):
    answer = browser(None).post(url(empty, "name"), {"name": "Typed"})
    assert answer.headers["Location"].endswith(f"?next={url(empty, 'name')}")
    assert fresh(empty).name == ""
