"""Taking steps on the page: what is asked, what follows, what survives a refusal."""

import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import StaffRole, Title
from claims.forms.step import COMMENT_LENGTH
from claims.models import Claim
from claims.workflow import CLAIM
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

NOW = factories.NOW


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(NOW, tick=False):
        yield


def url(claim, step):
    return reverse("claim-step", args=[claim.number, step])


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def ask(reader, claim, step):
    return browser(reader).get(url(claim, step))


def press(reader, claim, step, **typed):
    return browser(reader).post(url(claim, step), typed)


def typed_in(response, name):
    """Return what stands in a text area of the page."""
    area = rf'<textarea name="{name}"[^>]*>\n?(.*?)</textarea>'
    return re.search(area, response.content.decode(), re.DOTALL)[1].strip()


# --- What a step asks for, and what follows ----------------------------------


def test_the_page_says_what_happens_next_and_by_when():
    claim = factories.claim("in_review")
    page = words(ask(claim.assignee, claim, "request_info"))
    assert "What happens next The partner has 14 business days to answer." in page
    assert "Partner's answer: Fri 11 Dec, 23:59 Berlin" in page
    assert "14 business days after Mon 23 Nov" in page


def test_reasons_come_with_the_sentence_the_partner_will_read():
    claim = factories.claim("in_review")
    page = words(ask(claim.assignee, claim, "reject"))
    assert "PoE insufficient The proof of execution does not prove the work." in page
    assert "The partner did not answer in time." not in page


def test_reviewers_see_the_five_points_and_begin_with_what_is_wrong():
    claim = factories.claim("in_review")
    response = ask(claim.assignee, claim, "request_info")
    assert response.content.decode().count('class="checklist-point') == 5
    assert "No file has a signature date." in words(response)
    ticked = re.findall(
        r'value="([a-z_:0-9]+)"[^>]* checked', response.content.decode()
    )
    assert ticked == ["acknowledgement_missing"]
    assert typed_in(response, "comment") == "No file has a signature date."


def test_opening_a_step_changes_nothing():
    lead = factories.staff(StaffRole.LEAD)
    for state, stage in CLAIM.stages.items():
        claim = factories.claim(state)
        for reader in (claim.created_by, lead):
            for step in stage.steps:
                ask(reader, claim, step.name)
        assert (fresh(claim).state, fresh(claim).version) == (
            claim.state,
            claim.version,
        )


def test_a_step_that_is_closed_says_why():
    claim = factories.claim("in_review")
    response = ask(factories.staff(), claim, "approve")
    assert response.status_code == 409
    sentence = f"Only the assigned reviewer decides: {claim.assignee}."
    assert f"This step is closed {sentence}" in words(response)


def test_steps_of_another_status_say_so():
    claim = factories.claim("submitted")
    response = ask(claim.created_by, claim, "dispute")
    assert response.status_code == 409
    assert "This cannot be done while the claim is Submitted." in words(response)


def test_a_word_that_is_no_step_is_missing():
    claim = factories.claim("submitted")
    assert ask(claim.created_by, claim, "explode").status_code == 404
    # These are taken by time alone.
    assert ask(claim.created_by, claim, "lapse").status_code == 404


def test_another_companys_steps_are_missing():
    claim = factories.claim("submitted")
    stranger = factories.person(factories.partner())
    for step in CLAIM.step_names:
        assert ask(stranger, claim, step).status_code == 404
        assert press(stranger, claim, step).status_code == 404
    assert fresh(claim).version == claim.version


# --- Taking it ---------------------------------------------------------------


def test_one_press_starts_a_review():
    claim = factories.claim("submitted")
    rita = factories.staff()
    page = browser(rita).get(claim.get_absolute_url()).content.decode()
    assert f'<form method="post" action="{url(claim, "start_review")}"' in page
    response = press(rita, claim, "start_review", version=claim.version)
    assert (response.status_code, response.url) == (302, claim.get_absolute_url())
    assert fresh(claim).assignee == rita


def test_a_reviewer_asks_for_more_about_one_product():
    claim = factories.claim("in_review", products=("EXO", "SPO"))
    line = claim.lines_now[1]
    response = browser(claim.assignee).post(
        url(claim, "request_info"),
        {
            "reasons": ["products_missing", f"products_missing:{line.alias}"],
            "comment": "Where is it?",
            "version": claim.version,
        },
        follow=True,
    )
    assert "The claim is now “Partner action required”." in words(response)
    event = claim.events.last()
    assert (event.step, event.comment) == ("request_info", "Where is it?")
    # A reason about one line is not about the claim as a whole.
    assert event.reasons == [
        {"code": "products_missing", "line": line.pk, "about": str(line)}
    ]


def test_a_submission_leads_to_its_receipt():
    claim = factories.draft()
    response = press(claim.created_by, claim, "submit", version=claim.version)
    assert response.status_code == 302
    assert response.url == reverse("claim-receipt", args=[claim.number])


def test_a_deleted_draft_leads_to_the_list():
    claim = factories.draft()
    response = press(claim.created_by, claim, "delete", version=claim.version)
    assert (response.status_code, response.url) == (302, reverse("claims"))
    assert not Claim.objects.filter(pk=claim.pk).exists()


def test_htmx_is_told_where_to_go():
    claim = factories.claim("submitted")
    response = browser(factories.staff(), headers={"HX-Request": "true"}).post(
        url(claim, "start_review")
    )
    assert response.headers["HX-Redirect"] == claim.get_absolute_url()


def test_an_approval_needs_every_line_ticked():
    claim = factories.claim("in_review", products=("EXO", "SPO"))
    first, second = claim.lines_now
    response = press(claim.assignee, claim, "approve", accepted_lines=[first.alias])
    assert response.status_code == 422
    assert "Accept every product line, or ask the partner about it." in words(response)
    response = press(
        claim.assignee,
        claim,
        "approve",
        accepted_lines=[first.alias, second.alias],
    )
    assert response.status_code == 302
    assert fresh(claim).approved_at == NOW


def test_the_preview_shows_the_words_and_changes_nothing():
    claim = factories.claim("in_review")
    response = press(
        claim.assignee,
        claim,
        "reject",
        reasons=["consent_missing"],
        comment="Nobody signed.",
        preview="1",
    )
    shown = words(response).partition("What the partner will read")[2]
    assert f"Your claim {claim.number} is now “Rejected”." in shown
    assert "Consent missing The customer's consent is missing." in shown
    assert "Nobody signed." in shown
    assert fresh(claim).version == claim.version


# --- What survives -----------------------------------------------------------


def test_what_is_missing_is_said_and_what_is_there_is_kept():
    claim = factories.claim("in_review")
    response = press(claim.assignee, claim, "reject", reasons=["poe_unavailable"])
    assert response.status_code == 422
    assert "Write a comment that says why." in words(response)
    assert re.search(r'value="poe_unavailable"[^>]* checked', response.content.decode())
    response = press(claim.assignee, claim, "reject", comment="Too vague.")
    assert response.status_code == 422
    assert "Choose at least one reason." in words(response)
    assert typed_in(response, "comment") == "Too vague."


def test_a_claim_that_changed_meanwhile_costs_no_words():
    claim = factories.claim("action_required")
    seen = claim.version
    factories.file(claim)
    typed = {"comment": "Here it is."}
    response = press(claim.created_by, claim, "resubmit", version=seen, **typed)
    assert response.status_code == 409
    assert "The claim has changed since you opened the page" in words(response)
    assert typed_in(response, "comment") == "Here it is."
    # The page that came back knows the claim as it is now.
    version = re.search(r'name="version" value="(\d+)"', response.content.decode())[1]
    response = press(claim.created_by, claim, "resubmit", version=version, **typed)
    assert response.status_code == 302
    assert claim.events.last().comment == "Here it is."


def test_a_step_that_closed_meanwhile_hands_the_words_back():
    claim = factories.claim("in_review")
    factories.take(claim, "withdraw")
    response = press(
        claim.assignee,
        claim,
        "reject",
        reasons=["poe_insufficient"],
        comment="A long and careful <b>argument</b>.",
        version=claim.version,
    )
    assert response.status_code == 409
    page = words(response)
    assert "This step is closed" in page
    assert "What you wrote A long and careful <b>argument</b>." in page
    assert "What you chose PoE insufficient" in page
    assert fresh(claim).events.last().step == "withdraw"


def test_a_second_press_finds_the_step_taken():
    claim = factories.claim("submitted")
    rita = factories.staff()
    for status in (302, 409):
        response = press(rita, claim, "start_review", version=claim.version)
        assert response.status_code == status
    assert claim.events.filter(step="start_review").count() == 1


@pytest.mark.parametrize(
    "comment",
    ["x" * (COMMENT_LENGTH + 1), "nul\x00", " \n "],
    ids=["long", "nul", "blank"],
)
def test_words_that_cannot_be_stored_are_refused_at_the_field(comment):
    claim = factories.claim("in_review")
    response = press(
        claim.assignee, claim, "reject", reasons=["poe_insufficient"], comment=comment
    )
    assert response.status_code == 422
    assert fresh(claim).version == claim.version


# --- The dispute -------------------------------------------------------------


def test_a_dispute_stands_beside_the_decision():
    claim = factories.claim("rejected")
    response = ask(claim.created_by, claim, "dispute")
    page = words(response)
    assert "Why the claim was rejected" in page
    assert "The proof of execution does not prove the work." in page
    assert "Business justification" in page
    assert "Another reviewer answers within 5 business days." in page
    upload = reverse("evidence-upload", args=[claim.number])
    assert f'action="{upload}"' in response.content.decode()


def test_a_dispute_needs_grounds():
    claim = factories.claim("rejected")
    response = press(claim.created_by, claim, "dispute")
    assert response.status_code == 422
    sentence = "Write a business justification or attach an updated PoE."
    assert sentence in words(response)
    factories.file(claim)
    assert press(claim.created_by, claim, "dispute").status_code == 302


def test_a_file_added_on_the_page_does_not_stop_its_dispute():
    claim = factories.claim("rejected")
    page = ask(claim.created_by, claim, "dispute").content.decode()
    fields = dict(
        re.findall(r'<input type="hidden" name="(version)" value="(\d+)"', page)
    )
    factories.file(claim)  # raises the version while the page is open
    response = press(
        claim.created_by, claim, "dispute", comment="See page 4.", **fields
    )
    assert response.status_code == 302


def test_a_customers_no_is_disputed_with_their_fresh_consent_only():
    claim = factories.claim("approved")
    factories.take(claim, "decline")
    page = words(ask(claim.created_by, fresh(claim), "dispute"))
    assert "Attach the customer's fresh written consent as PoE." in page
    response = press(claim.created_by, claim, "dispute", comment="But we did it.")
    assert response.status_code == 422
    factories.file(fresh(claim))
    response = press(claim.created_by, claim, "dispute", comment="But we did it.")
    assert response.status_code == 302


def test_only_an_admin_of_the_company_disputes():
    claim = factories.claim("rejected")
    user = factories.person(claim.partner, Title.PARTNER_USER)
    response = press(user, claim, "dispute", comment="Why?")
    assert response.status_code == 409
    assert "Only an admin of your company can do this." in words(response)
    assert "What you wrote Why?" in words(response)


def test_whoever_rejected_does_not_decide_the_dispute():
    claim = factories.claim("disputed")
    response = press(claim.rejected_by, claim, "overturn", comment="I was wrong.")
    assert response.status_code == 409
    assert "so another reviewer decides the dispute." in words(response)
    response = press(factories.staff(), claim, "overturn", comment="It is proved.")
    assert response.status_code == 302
