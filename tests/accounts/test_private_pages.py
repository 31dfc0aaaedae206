"""Nothing a signed-in person sees stays in a cache."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client

from accounts.middleware import PrivatePagesMiddleware
from tests.accounts.conftest import logged_in

PRIVATE = "no-store, private"


@pytest.mark.parametrize("path", ["/account/", "/company/people/", "/no/such/page/"])
def test_every_page_of_a_signed_in_person_is_private(nordwind, path):
    assert logged_in(nordwind.admin).get(path)["Cache-Control"] == PRIVATE
    assert logged_in(nordwind.user).get(path)["Cache-Control"] == PRIVATE


def test_the_answer_to_a_log_out_is_private(nordwind):
    response = logged_in(nordwind.user).post("/accounts/logout/")
    assert response["Cache-Control"] == PRIVATE


def test_with_a_log_out_the_browser_forgets_what_was_typed(nordwind):
    client = logged_in(nordwind.user)
    assert "Clear-Site-Data" not in client.get("/claims/").headers
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"cache", "storage"'


def test_a_page_that_says_otherwise_is_overruled(nordwind, rf):
    def page(request):
        return HttpResponse(headers={"Cache-Control": "max-age=60"})

    request = rf.get("/")
    request.user = nordwind.user
    assert PrivatePagesMiddleware(page)(request)["Cache-Control"] == PRIVATE


def test_whoever_signs_in_within_the_page_is_covered(nordwind, rf):
    """As an API token does: the person is known only once the page runs."""

    def page(request):
        request.user = nordwind.user
        return HttpResponse()

    request = rf.get("/")
    request.user = AnonymousUser()
    assert PrivatePagesMiddleware(page)(request)["Cache-Control"] == PRIVATE


def test_secret_links_are_not_kept_by_caches(db):
    for path in ("/invitation/x/", "/accounts/login/"):
        assert "no-store" in Client().get(path)["Cache-Control"]
