"""Asking once more who somebody is, before what would hurt most in wrong hands."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.logout import logout
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

type View = Callable[..., Any]
SAFE = ("GET", "HEAD")


def ask_who(
    *,
    only_writing: bool = False,
    of: Callable[[Any], bool] = lambda _person: True,
) -> Callable[[View], View]:
    """Let a page be used only by somebody who logged in or confirmed lately.

    allauth asks for password, code or passkey and then goes on with what was wanted,
    a form's contents included. How long is lately: ACCOUNT_REAUTHENTICATION_TIMEOUT.

    :param only_writing: whether looking at the page is free
    :param of: whom to ask
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            is_free = only_writing and request.method in SAFE
            if is_free or not of(request.user) or _is_sure(request):
                return view(request, *args, **kwargs)
            return _ask(request)

        return guarded

    return decorate


def _is_sure(request: HttpRequest) -> bool:
    return not get_adapter(request).is_reauthentication_required(app="")


def _ask(request: HttpRequest) -> HttpResponseBase:
    if get_adapter(request).get_reauthentication_methods(request.user):
        raise ReauthenticationRequired
    # Nothing of theirs can be asked here: they come through their company's log-in.
    path = request.get_full_path() if request.method in SAFE else "/"
    logout(request, show_message=False)
    messages.info(request, _("Log in once more to go on."))
    return redirect_to_login(path)
