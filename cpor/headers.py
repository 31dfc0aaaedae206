"""Headers that every response carries, whoever made it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

NOT_FOUND = 404
HEADERS = {
    # Nothing of the browser's is needed but passkeys.
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), "
        "encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "
        "publickey-credentials-create=(self), publickey-credentials-get=(self), "
        "screen-wake-lock=(), usb=(), xr-spatial-tracking=()"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    # For what never reaches the middleware that sets it otherwise.
    "X-Frame-Options": "DENY",
}


class HeadersMiddleware:
    """Complete what Django's own middleware sets; outermost, so that errors have it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if response.status_code == NOT_FOUND:
            # What is not there has no methods, whoever says that it is not there.
            response.headers.pop("Allow", None)
        return response


class ApiByHttpsMiddleware:
    """Refuse a program that calls without encryption; pages are led to it.

    A program that is led on notices nothing, and sends its token in the clear each
    time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_plain = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if is_plain and request.path.startswith(settings.API_PATH):
            words = _("Call this address with https. The token was not accepted.")
            return JsonResponse({"detail": words}, status=403)
        return self.get_response(request)
