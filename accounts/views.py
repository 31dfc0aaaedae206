"""Pages about people. Every view reads or acts once, then renders."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, queries
from accounts.access import (
    company_managed_by,
    invitations_visible_to,
    people_visible_to,
    signed_in,
)
from accounts.company_log_in import INVITED
from accounts.confirm import ask_who
from accounts.entrance import (
    address_of,
    begin_company_log_in,
    leading_to,
    providers_for,
)
from accounts.forms import AcceptInvitationForm, InviteForm, ProfileForm, TitleForm
from accounts.models import Partner, User
from accounts.rulebook import INVITATION_DAYS, value_of
from accounts.rules import Refused, why_not_remove, why_not_retitle

YEAR = 365 * 24 * 3600

type Page[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]
type CompanyPage[**P] = Callable[Concatenate[HttpRequest, Partner, P], HttpResponse]


def for_company_admins[**P](page: CompanyPage[P]) -> Page[P]:
    """Hand a page the company its reader manages; tell everybody else why not."""

    @login_required
    @wraps(page)
    def guarded(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        company = company_managed_by(signed_in(request))
        if company is None and kwargs:
            # No word on whether there is such a person or invitation.
            raise Http404
        if company is None:
            return render(request, "accounts/admins_only.html", status=403)
        try:
            return page(request, company, *args, **kwargs)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("people")

    return guarded


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    reader = signed_in(request)
    form = ProfileForm(
        request.POST or None,
        initial={
            "name": reader.name,
            "language": reader.language,
            "time_zone": reader.time_zone,
        },
    )
    if request.method == "POST" and form.is_valid():
        actions.update_profile(person=reader, **form.cleaned_data)
        translation.activate(form.cleaned_data["language"])
        messages.success(request, _("Your account is saved."))
        return _speaking(form.cleaned_data["language"], redirect("profile"))
    status = 422 if form.errors else 200
    return render(request, "accounts/profile.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Say what somebody's role demands before anything else, and how to go about it."""
    if not request.lacks_second_factor:  # type: ignore[attr-defined]
        return redirect("mfa_index")
    return render(request, "mfa/needed.html")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language, with the account or in a cookie, and go back."""
    response = HttpResponseRedirect(_safe_next(request))
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        actions.set_language(person=signed_in(request), language=language)
    return _speaking(language, response)


@require_http_methods(["GET", "HEAD"])
@for_company_admins
def people(request: HttpRequest, company: Partner) -> HttpResponse:
    reader = signed_in(request)
    everybody = list(people_visible_to(reader))
    context = {
        "company": company,
        "active": [each for each in everybody if each.is_active],
        "removed": [each for each in everybody if not each.is_active],
        "invitations": list(invitations_visible_to(reader)),
        "now": timezone.now(),
        "log_ins": [
            (each.name, settings.PUBLIC_URL + address_of(each))
            for each in providers_for(request, reader.email)
        ],
    }
    return render(request, "accounts/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_company_admins
def invite(request: HttpRequest, company: Partner) -> HttpResponse:
    reader = signed_in(request)
    form = InviteForm(request.POST or None, initial={"language": reader.language})
    if request.method == "POST" and form.is_valid():
        try:
            sent = actions.invite_person(
                partner=company,
                actor=reader,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except Refused as refused:
            form.add_error("email", str(refused))
        else:
            note = _("An invitation is on its way to %(email)s.")
            messages.success(request, note % {"email": sent.email})
            return redirect("people")
    status = 422 if form.errors else 200
    context = {"form": form, "company": company, "days": value_of(INVITATION_DAYS)}
    return render(request, "accounts/invite.html", context, status=status)


@require_POST
@for_company_admins
def revoke_invitation(
    request: HttpRequest, company: Partner, invitation_id: int
) -> HttpResponse:
    reader = signed_in(request)
    waiting = get_object_or_404(invitations_visible_to(reader), pk=invitation_id)
    actions.revoke_invitation(invitation=waiting, actor=reader, now=timezone.now())
    note = _("The invitation to %(email)s no longer works.")
    messages.success(request, note % {"email": waiting.email})
    return redirect("people")


@require_http_methods(["GET", "HEAD", "POST"])
@for_company_admins
@ask_who(only_writing=True, keeps=True)
def person(request: HttpRequest, company: Partner, person_id: int) -> HttpResponse:
    """Show one of the company's people; POST gives them another title."""
    reader = signed_in(request)
    shown = get_object_or_404(people_visible_to(reader), pk=person_id)
    form = TitleForm(request.POST or None, initial={"title": shown.title})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_title(
                person=shown, actor=reader, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            shown.refresh_from_db()
            note = _("%(name)s now has the role “%(role)s”.")
            names = {"name": shown, "role": shown.role_label}
            messages.success(request, note % names)
            return redirect("people")
    return _person_page(request, reader, shown, form)


@require_POST
@for_company_admins
@ask_who(button_on="person")
def remove_person(
    request: HttpRequest, company: Partner, person_id: int
) -> HttpResponse:
    reader = signed_in(request)
    leaving = get_object_or_404(people_visible_to(reader), pk=person_id)
    actions.remove_person(person=leaving, actor=reader, now=timezone.now())
    note = _("%(name)s can no longer log in.")
    messages.success(request, note % {"name": leaving})
    return redirect("people")


@require_POST
@for_company_admins
@ask_who(button_on="person")
def bring_back(request: HttpRequest, company: Partner, person_id: int) -> HttpResponse:
    reader = signed_in(request)
    returning = get_object_or_404(people_visible_to(reader), pk=person_id)
    actions.bring_back(person=returning, actor=reader, now=timezone.now())
    note = _("%(name)s can log in again.")
    messages.success(request, note % {"name": returning})
    return redirect("people")


@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Offer an account behind a secret link; only the button creates it."""
    offer = queries.open_invitation(token=token, now=timezone.now())
    if offer is None:
        return render(request, "accounts/invitation_closed.html", status=404)
    is_taken = queries.has_account(offer.email)
    form = AcceptInvitationForm(request.POST or None, email=offer.email)
    if request.user.is_anonymous and not is_taken and form.is_valid():
        return _accept(request, token, form)
    providers = providers_for(request, offer.email)
    context = {
        "form": form,
        "invitation": offer,
        "is_taken": is_taken,
        "token": token,
        "company_log_ins": providers,
    }
    status = 422 if form.errors else 200
    page = leading_to(providers, render)
    return page(request, "accounts/invitation.html", context, status=status)


@require_POST
def invitation_by_company(
    request: HttpRequest, token: str, provider_id: str
) -> HttpResponse:
    """Take up an invitation with the log-in of one's company, without a password."""
    offer = queries.open_invitation(token=token, now=timezone.now())
    if offer is None or request.user.is_authenticated:
        return redirect("invitation", token=token)
    request.session[INVITED] = queries.token_hash(token)
    return begin_company_log_in(request, provider_id)


def _accept(
    request: HttpRequest, token: str, form: AcceptInvitationForm
) -> HttpResponse:
    try:
        joined = actions.accept_invitation(
            token=token,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password1"],
            language=translation.get_language(),
            now=timezone.now(),
        )
    except Refused:
        return render(request, "accounts/invitation_closed.html", status=404)
    welcome: HttpResponse = perform_login(request, joined)
    return welcome


def _person_page(
    request: HttpRequest, reader: User, shown: User, form: TitleForm
) -> HttpResponse:
    others = queries.other_admins(shown)
    context = {
        "person": shown,
        "form": form,
        "why_not_remove": why_not_remove(reader, shown, other_admins=others),
        "why_not_retitle": why_not_retitle(
            reader, shown, title="", other_admins=others
        ),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/person.html", context, status=status)


def _speaking(language: str, response: HttpResponse) -> HttpResponse:
    """Let the log-in page of this browser speak the same language later."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _safe_next(request: HttpRequest) -> str:
    """Return where the reader came from, if that is a page of this site."""
    wanted = request.POST.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)
