"""allauth's pages where they behave differently here."""

from time import monotonic, sleep
from typing import Any

from allauth.account.views import PasswordResetFromKeyView, PasswordResetView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import actions
from accounts.access import signed_in
from accounts.browsers import device_of
from accounts.devices import remember_device


class AskForResetView(PasswordResetView):  # type: ignore[misc]
    """Answer always after the same time: writing a mail takes some, or none."""

    def form_valid(self, form: Form) -> HttpResponse:
        begun = monotonic()
        response: HttpResponse = super().form_valid(form)
        sleep(max(0.0, begun + settings.RESET_ANSWER_SECONDS - monotonic()))
        return response


class ResetView(PasswordResetFromKeyView):  # type: ignore[misc]
    """Know the browser that came by the link: no stranger's guesses close it."""

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        remember_device(self.request, response, self.reset_user.email)
        return response


class SessionsView(ListUserSessionsView):  # type: ignore[misc]
    """List where somebody is logged in; the button ends all but this session."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        for session in context["sessions"]:
            session.device = device_of(session.user_agent)
        context["sessions"].sort(key=lambda each: each.last_seen_at, reverse=True)
        return context

    def form_valid(self, form: Form) -> HttpResponse:
        """End also what the list does not know of, and what the API lets in."""
        response: HttpResponse = super().form_valid(form)
        person = signed_in(self.request)
        actions.end_sessions(person=person)
        person.refresh_from_db(fields=["session_round"])
        update_session_auth_hash(self.request, person)
        return response


class RemovePasskeyView(RemoveWebAuthnView):  # type: ignore[misc]
    """Refuse to remove what the person's role demands."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        adapter = get_adapter()
        if request.user.is_authenticated and not adapter.can_delete_authenticator(
            self.get_object()
        ):
            sentence = adapter.error_messages["cannot_delete_authenticator"]
            messages.error(request, sentence)
            return redirect("mfa_index")
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response
