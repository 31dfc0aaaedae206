"""Every address of the application with the methods it answers."""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

READING = ("GET", "HEAD", "OPTIONS")
ALL = ("GET", "POST", "PUT", "PATCH", "DELETE")


def routes() -> list[dict[str, Any]]:
    """Return path, name and methods of every address, sorted by path."""
    found = [
        {"path": path, "name": name, "methods": methods_of(view)}
        for path, name, view in _walk(get_resolver().url_patterns, "/", "")
    ]
    return sorted(found, key=lambda route: (route["path"], route["name"]))


def methods_of(view: Callable[..., Any]) -> list[str]:
    """Return the methods a view answers, as far as it declares them."""
    declared = _declared(view)
    return sorted(declared) if declared else list(ALL)


def _declared(view: Any) -> set[str]:
    """Read the methods off a class, an API view's actions or a method decorator."""
    if actions := getattr(view, "actions", None):
        return {method.upper() for method in actions}
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if cls is not None:
        return {m.upper() for m in cls.http_method_names if hasattr(cls, m)} - {
            "OPTIONS",
            "HEAD",
        }
    return _decorated(view)


def _decorated(view: Any) -> set[str]:
    """Find the list that django.views.decorators.http keeps in its closure."""
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            value = cell.cell_contents
            if (
                isinstance(value, (list, tuple))
                and value
                and set(value)
                <= {
                    *ALL,
                    *READING,
                }
            ):
                return set(value) - {"HEAD", "OPTIONS"}
        view = getattr(view, "__wrapped__", None)
    return set()


def _walk(
    patterns: list[URLPattern | URLResolver], before: str, space: str
) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, path, inner)
        else:
            yield path, space + (pattern.name or ""), pattern.callback
