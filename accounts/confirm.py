"""Asking once more who somebody is, before what would hurt most in wrong hands."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.logout import logout
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import company_proof

type View = Callable[..., Any]
SAFE = ("GET", "HEAD")
KEPT = "kept_step"  # in the session: what was sent before the person was asked


def ask_who(
    *,
    only_writing: bool = False,
    of: Callable[[Any], bool] = lambda _person: True,
    keeps: bool = False,
    button_on: str = "",
    gives_file: bool = False,
) -> Callable[[View], View]:
    """Let a page be used only by somebody who logged in or confirmed lately.

    allauth asks for password, code or passkey and then goes on with what was wanted,
    a form's contents included. Whoever has none of them is led to their company's
    log-in; they come back to the page, and nothing is done before they press its
    button anew. How long is lately: ACCOUNT_REAUTHENTICATION_TIMEOUT.

    :param only_writing: whether looking at the page is free
    :param of: whom to ask
    :param keeps: whether what was typed is offered again; never where it is secret
    :param button_on: the route of the page whose button sends this, if it is another
    :param gives_file: whether a browser that comes here stays on the page before
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            is_sure = not of(request.user) or _is_sure(request)
            if is_sure or (only_writing and request.method in SAFE):
                if is_sure:
                    _offer_what_was_sent(request)
                return view(request, *args, **kwargs)
            back = _way_back(request, button_on, kwargs, gives_file=gives_file)
            return _ask(request, back, keeps=keeps)

        return guarded

    return decorate


def _is_sure(request: HttpRequest) -> bool:
    return not get_adapter(request).is_reauthentication_required(app="")


def _way_back(
    request: HttpRequest, button_on: str, names: dict[str, Any], *, gives_file: bool
) -> str:
    """Return where somebody comes back to who proved who they are elsewhere."""
    path = reverse(button_on, kwargs=names) if button_on else request.get_full_path()
    return _with_next("account_reauthenticate_done", path) if gives_file else path


def _ask(request: HttpRequest, back: str, *, keeps: bool) -> HttpResponseBase:
    if get_adapter(request).get_reauthentication_methods(request.user):
        raise ReauthenticationRequired
    if company_proof.provider_of(request):
        request.session.pop(KEPT, None)
        if request.method not in SAFE:
            sent = request.POST.urlencode() if keeps else ""
            request.session[KEPT] = {"path": back, "sent": sent}
        return redirect(_with_next("account_reauthenticate_company", back))
    # Nothing of theirs can be asked anywhere: they come in anew.
    path = request.get_full_path() if request.method in SAFE else "/"
    logout(request, show_message=False)
    messages.info(request, _("Log in once more to go on."))
    return redirect_to_login(path)


def _offer_what_was_sent(request: HttpRequest) -> None:
    """Fill the page's form with what was typed before the proof; only a click sends it.

    The view takes the values from `request.POST` and does nothing, since this is a GET.
    """
    kept = request.session.get(KEPT)
    if not kept or (request.method, request.get_full_path()) != ("GET", kept["path"]):
        return
    del request.session[KEPT]
    request.POST = QueryDict(kept["sent"])
    messages.info(
        request,
        _("You have confirmed that it is you. Nothing is done yet: send it once more."),
    )


def _with_next(route: str, path: str) -> str:
    return f"{reverse(route)}?{urlencode({REDIRECT_FIELD_NAME: path})}"
