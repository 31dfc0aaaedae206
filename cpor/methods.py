"""A method that an address does not take, where the address names a row."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from cpor.routes import methods_of


class MethodsMiddleware:
    """Answer it as if there were no such row, whatever the name: ours, foreign or none.

    A name that no row can have never reaches a view; had the view refused the method
    (405), whoever tries names would learn by it which are well made. Stands first, so
    that nobody else answers before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        _args: tuple[object, ...],
        names: Mapping[str, object],
    ) -> None:
        if names and request.method not in _taken_by(view):
            raise Http404


@cache
def _taken_by(view: Callable[..., Any]) -> frozenset[str]:
    taken = frozenset(methods_of(view))
    return taken | {"HEAD"} if "GET" in taken else taken
