"""Forms: every route that takes a POST refuses, by name, what its page does not show.

The routes come from the permission table. Whoever adds a form that drops what it does
not know, or a button that stands in no list, sees red here.
"""

from dataclasses import replace

import pytest
from allauth.account.forms import default_token_generator
from django import forms

from accounts.opaque import PERSON, opaque
from accounts.strict import StrictForm
from cpor.buttons import BUTTONS
from cpor.routes import routes
from tests import factories
from tests.claims.pages import browser, words
from tests.permissions.ask import ask, given
from tests.permissions.table import TABLE, a_file
from tests.permissions.test_matrix import OWN, ROUTES

pytestmark = pytest.mark.django_db

# What somebody would like to set, and no form asks for.
HIDDEN = {"partner": "1", "status": "approved", "decided_by": "1"}
SENTENCE = "not part of this form, so nothing was saved"
# Routes at which the world of the matrix cannot reach the form, or that save nothing.
ELSEWHERE = {
    "openid_connect_callback": "what the company's provider sends, no form of ours",
    "claim-notices": "tells of duplicates while somebody types; saves nothing",
    "mfa_login_webauthn": "leads back to log-in, whatever is wrong",
    "mfa_activate_totp": "everybody has an app here: led away before the form",
    "mfa_edit_webauthn": "nobody has a passkey here",
    "mfa_reauthenticate_webauthn": "nobody has a passkey here",
    "account_set_password": "everybody has a password here",
    "account_reset_password_from_key": "here the link is wrong: no form is shown",
}
# Forms that read an address (GET) and keep nothing, and those of the design page.
READING = {"MomentForm", "ResetLinkForm", "SampleForm", "TrailFilter"}
SENT = {line.route: line for line in TABLE if line.method == "POST" and not line.is_api}
APPS = {"accounts", "claims", "cpor", "disputes", "notifications", "reviews"}
# Pages that show nobody here a form, only why not; the form is strict all the same.
CLOSED = {"arbitration", "calendar-recalculate", "claim-erase", "claim-held"}
CLOSED |= {"claims-view-save"}  # the list as it is has a name already
MORE = {"clock": {"deed": "off"}}


def with_hidden(line):
    def give(world, actor, path, **_about):
        before = given(world, actor, line, path)
        return {**before, **MORE.get(line.route, {}), **HIDDEN}

    return replace(line, give=give)


@pytest.mark.parametrize("route", sorted(SENT.keys() - ELSEWHERE.keys()))
def test_a_field_that_the_page_does_not_show_is_refused_by_name(world, route):
    """In the name of whoever may send it; nothing is written, not even beside."""
    line = with_hidden(SENT[route])
    found = []
    for actor in (each for each in world.asking(line) if each.role in line.may):
        addresses = world.addresses(ROUTES[route]["path"], actor, line)
        own = next(address for which, address in addresses.items() if which in OWN)
        answer = ask(world, actor, line, own)
        assert answer.written == ()
        if SENTENCE in answer.body:
            assert all(f"“{name}”" in answer.body for name in HIDDEN)
            assert answer.status in {200, 409, 422}
            return
        found.append((actor.name, answer.status))
    assert route in CLOSED, f"{route} does not refuse: {found}"
    assert {status for _name, status in found} == {422}


def test_what_was_typed_is_kept_and_nothing_saved_in_the_readers_language():
    person = factories.person(factories.partner())
    person.language = "de"
    person.save(update_fields=["language"])
    typed = {"name": "Neuer Name", "language": "en", "time_zone": "Europe/Paris"}
    client = browser(person)

    refused = client.post("/account/", typed | {"staff_role": "lead", "title": "x"})

    before = person.name
    person.refresh_from_db()
    assert (refused.status_code, person.name) == (422, before)
    assert 'value="Neuer Name"' in refused.content.decode()
    assert (
        "Die Felder „staff_role“, „title“ gehören nicht zu diesem Formular, deshalb"
        " wurde nichts gespeichert." in words(refused)
    )
    assert client.post("/account/", typed).status_code == 302


def test_a_file_in_a_field_that_the_page_does_not_show_is_refused():
    person = factories.person(factories.partner())
    typed = {"name": "New", "language": "en", "time_zone": "Europe/Paris"}

    refused = browser(person).post("/account/", typed | {"contract": a_file()["file"]})

    assert "The field “contract” is not part of this form" in words(refused)


def test_a_button_says_which_field_is_not_its_own_and_does_nothing():
    claim = factories.claim("submitted")
    client = browser(factories.staff())

    refused = client.post(f"/claims/{claim.number}/take/", {"assignee": "7"})

    assert refused.status_code == 422
    assert "The field “assignee” is not part of this form" in words(refused)
    assert client.post(f"/claims/{claim.number}/take/").status_code == 302


def test_a_new_password_by_the_link_comes_with_nothing_else():
    person = factories.person(factories.partner())
    key = default_token_generator.make_token(person)
    link = f"/accounts/password/reset/key/{opaque(PERSON, person.pk)}-{key}/"
    client = browser(None)
    page = client.get(link, follow=True).redirect_chain[-1][0]
    typed = {
        "password1": "several words in a row",
        "password2": "several words in a row",
    }

    refused = client.post(page, typed | {"is_active": "1"})

    assert "The field “is_active” is not part of this form" in words(refused)
    person.refresh_from_db()
    assert person.check_password(factories.PASSWORD)
    assert client.post(page, typed).status_code == 302


def test_what_is_left_out_here_is_a_route_that_takes_a_post():
    assert ELSEWHERE.keys() - SENT.keys() == set()


def test_every_button_is_a_route():
    names = {route["name"] for route in routes()}

    assert BUTTONS.keys() - names == set()


def kinds(kind):
    for below in kind.__subclasses__():
        yield below
        yield from kinds(below)


def test_every_form_of_the_product_is_strict():
    """Also those whose page the matrix cannot reach."""
    loose = {
        form.__name__
        for form in kinds(forms.BaseForm)
        if form.__module__.split(".")[0] in APPS and not issubclass(form, StrictForm)
    }

    assert loose - READING == set()
    assert READING - loose == set()
