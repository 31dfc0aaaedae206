"""allauth's pages where they behave differently here."""

from collections.abc import Callable, Iterable
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.account.views import (
    LoginView,
    PasswordResetFromKeyView,
    PasswordResetView,
)
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
)
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from requests import RequestException

from accounts import actions, company_proof, scopes
from accounts.access import other_sessions_of, signed_in
from accounts.browsers import device_of
from accounts.company_log_in import no_answer_from
from accounts.devices import remember_device
from accounts.middleware import take_even_time


class AskForResetView(PasswordResetView):  # type: ignore[misc]
    """Answer always after the same time: writing a mail takes some, or none."""

    def form_valid(self, form: Form) -> HttpResponse:
        take_even_time(self.request)
        response: HttpResponse = super().form_valid(form)
        return response


class ResetView(PasswordResetFromKeyView):  # type: ignore[misc]
    """Know the browser that came by the link: no stranger's guesses close it."""

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        remember_device(self.request, response, self.reset_user.email)
        return response


class SessionsView(ListUserSessionsView):  # type: ignore[misc]
    """List where somebody is logged in; the button below ends all but this session."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        with scopes.entered(scopes.AT_ENTRANCE):  # whether each still opens anything
            context: dict[str, Any] = super().get_context_data(**kwargs)
        for session in context["sessions"]:
            session.device = device_of(session.user_agent)
        context["sessions"].sort(key=lambda each: each.last_seen_at, reverse=True)
        return context

    def form_valid(self, form: Form) -> HttpResponse:
        """End also what the list does not know of, and what the API lets in."""
        response: HttpResponse = super().form_valid(form)
        person = signed_in(self.request)
        actions.log_out_everywhere(person=person, now=timezone.now())
        person.refresh_from_db(fields=["session_round"])
        update_session_auth_hash(self.request, person)
        return response


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one session of the reader's, never the one they press the button with."""
    person = signed_in(request)
    others = other_sessions_of(person, current=request.session.session_key)
    session = get_object_or_404(others, pk=pk)
    actions.end_session(session=session, person=person, now=timezone.now())
    note = _("%(device)s is logged out.")
    messages.success(request, note % {"device": device_of(session.user_agent)})
    return redirect("usersessions_list")


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


class LogInView(LoginView):  # type: ignore[misc]
    """Log-in by password or passkey, or through one's company."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["company_log_ins"] = public_log_ins(self.request)
        context["has_others"] = bool(settings.OIDC_PROVIDERS)
        return context

    def render_to_response(
        self, context: dict[str, Any], **kwargs: Any
    ) -> TemplateResponse:
        page = leading_to(context["company_log_ins"], super().render_to_response)
        answer: TemplateResponse = page(context, **kwargs)
        return answer


def leading_to[**P, R](
    providers: Iterable[OpenIDConnectProvider], page: Callable[P, R]
) -> Callable[P, R]:
    """Let the forms of a page lead to these providers, and nowhere else."""
    servers = sorted({each.app.settings["origin"] for each in providers})
    policy: dict[str, Any] = {
        **settings.SECURE_CSP,
        "form-action": [CSP.SELF, *servers],
    }
    led: Callable[P, R] = csp_override(policy)(page)
    return led


def public_log_ins(request: HttpRequest) -> list[OpenIDConnectProvider]:
    """Return the providers whose name anybody may read, by name."""
    found = company_log_ins(request)
    return [each for each in found if each.app.settings["is_public"]]


def company_log_ins(request: HttpRequest) -> list[OpenIDConnectProvider]:
    """Return the identity providers that were set up, by name."""
    if not settings.OIDC_PROVIDERS:
        return []
    found = get_social_adapter(request).list_providers(request)
    return sorted(found, key=lambda each: each.name)


def address_of(provider: OpenIDConnectProvider) -> str:
    """Return the path at which a company's people log in."""
    return reverse("openid_connect_login", args=[provider.app.provider_id])


def providers_for(request: HttpRequest, email: str) -> list[OpenIDConnectProvider]:
    """Return the providers that may speak for this address."""
    domain = email.rpartition("@")[2]
    return [
        each
        for each in company_log_ins(request)
        if domain in each.app.settings["domains"]
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def company_log_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Offer a company's own log-in at its secret address; only the button begins it."""
    if request.method == "POST":
        return begin_company_log_in(request, provider_id)
    provider = _provider(request, provider_id)
    context = {"provider": provider, "next": get_next_redirect_url(request) or ""}
    page = leading_to([provider], render)
    return page(request, "account/company_log_in.html", context)


@require_safe
def company_log_in_cancelled(request: HttpRequest) -> HttpResponse:
    """Whoever turned back at the provider may log in otherwise."""
    return redirect("account_login")


def begin_company_log_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Answer with the way to the provider, or say that it does not answer."""
    provider = _provider(request, provider_id)
    next_url = get_next_redirect_url(request)
    try:
        response: HttpResponse = provider.redirect(request, "login", next_url)
    except RequestException as silent:
        response = render_authentication_error(request, provider, exception=silent)
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_at_company(request: HttpRequest) -> HttpResponse:
    """Let whoever came through their company's log-in prove there who they are."""
    provider = company_proof.provider_of(request)
    if provider is None:
        raise Http404
    next_url = get_next_redirect_url(request) or "/"
    if request.method == "POST":
        try:
            return company_proof.ask_provider(request, provider, next_url)
        except RequestException:
            messages.error(request, no_answer_from(provider))
    page = leading_to([provider], render)
    context = {"provider": provider, "next": next_url}
    return page(request, "account/confirm_at_company.html", context)


@never_cache
@login_required
@require_safe
def confirmed(request: HttpRequest) -> HttpResponse:
    """Hand out the file that was asked for: a download leaves the page before open."""
    context = {"next": get_next_redirect_url(request) or "/"}
    return render(request, "account/confirmed.html", context)


def _provider(request: HttpRequest, provider_id: str) -> OpenIDConnectProvider:
    try:
        return get_social_adapter(request).get_provider(request, provider_id)
    except SocialApp.DoesNotExist as unknown:
        raise Http404 from unknown
