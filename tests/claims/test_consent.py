"""The customer's page: opening it changes nothing, one button declines."""

import re

import pytest
import time_machine
from django.core.signing import Signer

from claims import consent, engine
from claims.access import CUSTOMER, actor_for
from claims.consent import consent_url
from claims.machine import Given
from claims.models import Claim
from tests import factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

NOW = factories.NOW


@pytest.fixture(autouse=True)
def _at_one_moment():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def claim():
    return factories.claim("approved", products=("EXO", "TEAMS-PHN"))


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def link(claim):
    address = consent_url(claim)
    assert address.startswith("http://testserver/c/")
    return address.removeprefix("http://testserver")


def test_the_page_says_who_claims_what_and_that_nothing_needs_doing(claim):
    page = words(browser(None).get(link(claim)))
    assert f"{claim.partner} says it works for you: is that right?" in page
    assert "If that is right, you don't need to do anything." in page
    assert "For whom Contoso contoso.example" in page
    assert "For which products Exchange Online Teams Phone" in page
    assert "What the partner will see" in page
    assert "Decline this association" in page


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_changes_nothing(claim, method):
    for _time in range(3):
        assert getattr(browser(None), method)(link(claim)).status_code == 200
    assert fresh(claim).version == claim.version


def test_one_button_declines(claim):
    address = link(claim)
    response = browser(None).post(address, {"reason": "We left them."}, follow=True)
    page = words(response)
    assert "You declined this association" in page
    assert f"Since Mon 23 Nov 2026, {claim.partner} is no longer associated" in page
    event = claim.events.last()
    assert (event.step, event.actor_role, event.comment) == (
        "decline",
        "customer",
        "We left them.",
    )


def test_a_reason_is_not_asked_for(claim):
    browser(None).post(link(claim))
    assert fresh(claim).was_declined


def test_declining_needs_no_cookies(claim):
    """Mail programs open pages without them; the link itself is the proof."""
    client = browser(None, enforce_csrf_checks=True)
    assert client.post(link(claim)).status_code == 302
    assert fresh(claim).was_declined


def test_a_second_press_finds_the_wish_done(claim):
    address = link(claim)
    for _press in range(2):
        response = browser(None).post(address, follow=True)
        assert response.status_code == 200
        assert "You declined this association" in words(response)
    assert claim.events.filter(step="decline").count() == 1


def test_what_is_too_long_is_kept_and_nothing_declined(claim):
    response = browser(None).post(link(claim), {"reason": "x" * 2001})
    assert response.status_code == 422
    assert "x" * 2001 in response.content.decode()
    assert fresh(claim).version == claim.version


def test_the_page_needs_no_script(claim):
    page = browser(None).get(link(claim)).content.decode()
    form = re.search(r"<form method=\"post\" data-once>.*?</form>", page, re.DOTALL)[0]
    assert "<button" in form
    assert "hx-" not in form


# --- When it no longer applies -----------------------------------------------


def test_an_association_that_has_ended_leaves_nothing_to_decline(claim):
    address = link(claim)
    factories.take(claim, "disassociate")
    page = words(browser(None).get(address))
    assert "This link no longer applies" in page
    assert "has already ended" in page
    response = browser(None).post(address)
    assert response.status_code == 409
    assert claim.events.last().step == "disassociate"


def test_a_link_belongs_to_one_approval(claim):
    old = link(claim)
    engine.take(claim=claim, step="decline", actor=CUSTOMER, now=NOW)
    factories.file(fresh(claim))
    engine.take(
        claim=claim,
        step="dispute",
        actor=actor_for(claim.created_by),
        given=Given(comment="Signed anew."),
        now=NOW,
    )
    with time_machine.travel(NOW.replace(hour=15), tick=False):
        engine.take(
            claim=claim,
            step="overturn",
            actor=actor_for(factories.staff()),
            given=Given(comment="They agree now."),
            now=NOW.replace(hour=15),
        )
    page = words(browser(None).get(old))
    assert "A newer mail has replaced it" in page
    assert browser(None).post(old).status_code == 409
    assert claim.events.last().step == "overturn"
    browser(None).post(link(fresh(claim)))
    assert claim.events.last().step == "decline"


def test_a_link_of_the_past_that_carried_the_key_itself_still_works(claim):
    signer = Signer(salt=consent.PURPOSE, sep=".")
    token = signer.sign_object([claim.pk, consent.approval_of(claim)])
    assert browser(None).post(f"/c/{token}/").status_code < 400
    assert claim.events.last().step == "decline"


# --- What no link of ours opens ----------------------------------------------


def test_a_link_we_never_signed_is_missing(claim):
    token = link(claim).removeprefix("/c/").removesuffix("/")
    body, _dot, signature = token.rpartition(".")
    forged = [
        "x",
        body,
        f"{body}.{signature[:-1]}",
        f"{body[:-1]}A.{signature}",
        token.swapcase(),
        Signer(salt="another purpose", sep=".").sign_object([claim.pk, 1]),
    ]
    for each in forged:
        for method in ("get", "post"):
            response = getattr(browser(None), method)(f"/c/{each}/")
            assert response.status_code == 404
    assert fresh(claim).version == claim.version


# --- In whose language -------------------------------------------------------


def test_the_page_speaks_the_language_of_the_mail():
    claim = factories.claim("approved", customer_language="de")
    response = browser(None).get(link(claim), headers={"Accept-Language": "en"})
    assert response.headers["Content-Language"] == "de"
    assert '<html lang="de">' in response.content.decode()


def test_the_reader_can_switch_it():
    claim = factories.claim("approved", customer_language="de")
    client, address = browser(None), link(claim)
    response = client.post(
        "/account/language/", {"language": "en", "next": address}, follow=True
    )
    assert response.redirect_chain[-1][0] == address
    assert '<html lang="en">' in response.content.decode()


def test_no_cache_and_no_search_engine_keeps_the_page(claim):
    headers = browser(None).get(link(claim)).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Robots-Tag"] == "noindex"
