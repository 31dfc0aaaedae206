"""What every response owes the person who reads it: their language, and privacy."""

from collections.abc import Callable
from contextlib import suppress
from time import monotonic, sleep

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    JsonResponse,
    UnreadablePostError,
)
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from accounts import rulebook, scopes
from accounts.models import User
from accounts.second_factor import (
    SECOND_FACTOR_MISSING,
    has_second_factor,
    must_have_second_factor,
)

TOO_MUCH = _("This request is too long. Send less at once.")

type Handler = Callable[[HttpRequest], HttpResponse]


class RulebookMiddleware:
    """Read the programme's numbers at most once within a request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with rulebook.asked_once():
            return self.get_response(request)


class EvenTimeMiddleware:
    """Answer no sooner than after a fixed time where the time would tell who is here.

    Stands outside the transaction: nobody else waits for a row meanwhile.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = monotonic()
        response = self.get_response(request)
        if getattr(request, "takes_even_time", False):
            sleep(max(0.0, begun + settings.EVEN_ANSWER_SECONDS - monotonic()))
        return response


def take_even_time(request: HttpRequest) -> None:
    """Have this request answered no sooner than others of its kind."""
    request.takes_even_time = True  # type: ignore[attr-defined]


class ReaderLanguageMiddleware:
    """Speak the signed-in person's language and time; else the browser's, and UTC.

    Nothing is switched back afterwards: a streamed answer is written later, and the
    next request sets its own.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self._tune_to(request)
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        if not request.user.is_authenticated:
            patch_vary_headers(response, ("Accept-Language",))
        return response

    @staticmethod
    def _tune_to(request: HttpRequest) -> None:
        reader = request.user
        if isinstance(reader, User):
            translation.activate(reader.language)
            timezone.activate(reader.time_zone)
        else:
            translation.activate(translation.get_language_from_request(request))
            timezone.deactivate()
        request.LANGUAGE_CODE = translation.get_language()


class LongestSessionMiddleware:
    """End a session that has lasted its longest, however busy it was.

    What was typed stays in the browser for whoever logs in again as the same person.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            if (
                now - request.session.setdefault("began", now)
                >= settings.SESSION_LONGEST_HOURS * 3600
            ):
                logout(request)
        return self.get_response(request)


class PrivatePagesMiddleware:
    """Keep what a signed-in person sees out of every cache, also after log-out.

    With the log-out the browser forgets what was typed and not sent, too.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        response = self.get_response(request)
        # A token signs in within the view, a log-out signs out within it.
        if was_signed_in or request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store, private"
        if was_signed_in and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class LastUseMiddleware:
    """Note now and then when and where a session was last used, for its owner."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            last = request.session.get("last_use", 0)
            if now - last >= settings.LAST_USE_MINUTES * 60:
                request.session["last_use"] = now
                UserSession.objects.create_from_request(request)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Lead whoever must have a second factor to set one up, before anything else."""

    OPEN = (
        "second-factor",
        "set-language",
        "account_logout",
        "healthz",
        "openid_connect_callback",  # a proof at the provider comes before the set-up
    )

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.lacks_second_factor = _lacks_second_factor(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, *_view: object
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        name = (match.view_name if match else "") or ""
        is_open = name in self.OPEN or name.startswith(("mfa_", "account_reauth"))
        if is_open or not request.lacks_second_factor:  # type: ignore[attr-defined]
            return None
        if name.startswith("api-"):
            body = {"code": "second_factor_missing", "detail": SECOND_FACTOR_MISSING}
            return JsonResponse(body, status=403)
        return redirect("second-factor")


def _lacks_second_factor(request: HttpRequest) -> bool:
    """Look it up once per session: what ends a factor ends the session too."""
    person = request.user
    if not isinstance(person, User) or not must_have_second_factor(person):
        return False
    if request.session.get("second_factor"):
        return False
    if has_second_factor(person):
        request.session["second_factor"] = True
        return False
    return True


class Afterwards(HttpResponse):
    """An answer to be made once the transaction of the request has ended.

    For what takes seconds and needs no database; what needs it enters a scope anew.
    """

    def __init__(self, make: Callable[[], HttpResponse]) -> None:
        super().__init__()
        self.made = make


class ScopeMiddleware:
    """Let the view ask the database as the person behind the request, and no further.

    Stands last, so that session and sign-in are read at the entrance. An error page is
    written within the scope too: what the view had written is rolled back by then.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            _receive(request)
        except UnreadablePostError:
            return HttpResponseBadRequest()  # the line broke: nobody reads an answer
        except RequestDataTooBig:
            if request.path.startswith(settings.API_PATH):
                return JsonResponse({"detail": TOO_MUCH}, status=413)
        person = request.user
        if isinstance(person, User):
            with scopes.entered(scopes.standing_of(person)):
                answer = self.get_response(request)
        else:
            with scopes.kept():  # a token signs in within the view
                answer = self.get_response(request)
        return answer.made() if isinstance(answer, Afterwards) else answer


def _receive(request: HttpRequest) -> None:
    """Read what is sent before the transaction begins: a slow line holds none open.

    Of a stranger's files nothing is read. While files arrive, not even a connection to
    the database is held.
    """
    if request.method != "POST" or request.content_type != "multipart/form-data":
        request.body  # noqa: B018 - read now
        return
    request.sender = _sender(request)  # type: ignore[attr-defined]
    if request.sender:  # type: ignore[attr-defined]
        if not connection.in_atomic_block:
            connection.close()
        request.POST  # noqa: B018 - read now


def _sender(request: HttpRequest) -> User | None:
    """Return who sends: by the session or, to the API, by a token.

    The view asks for the token again: it may have ended while the files came.
    """
    if isinstance(request.user, User):
        return request.user
    if not request.path.startswith(settings.API_PATH):
        return None
    with scopes.entered(scopes.AT_ENTRANCE), suppress(AuthenticationFailed):
        found = TokenAuthentication().authenticate(request)
        return found[0] if found else None
    return None
