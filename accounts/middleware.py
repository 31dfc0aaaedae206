"""What every response owes the person who reads it: their language, and privacy."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from accounts import rulebook
from accounts.models import User

type Handler = Callable[[HttpRequest], HttpResponse]


class RulebookMiddleware:
    """Read the programme's numbers at most once within a request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with rulebook.asked_once():
            return self.get_response(request)


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


class PrivatePagesMiddleware:
    """Keep what a signed-in person sees out of every cache, also after log-out."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        response = self.get_response(request)
        # A token signs in within the view, a log-out signs out within it.
        if was_signed_in or request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store, private"
        return response
