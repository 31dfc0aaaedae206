"""What nobody asked for is refused by name, not dropped: in the API and in forms."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework import serializers

# What a browser sends along with any form: Django's token, and the way back.
ALONG = frozenset({"csrfmiddlewaretoken", "next"})


def refuse_unknown(given: Iterable[str], known: Collection[str]) -> None:
    """Compare the names somebody sent with those that may be sent here.

    :raises ValidationError: naming each of the others
    """
    unknown = sorted(set(given) - set(known))
    if unknown:
        refusal = _("This field does not exist here or is not yours to set.")
        raise serializers.ValidationError({name: [refusal] for name in unknown})


class Strict(serializers.Serializer[Any]):
    """Refuses fields it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            refuse_unknown(data, self.fields)
        return super().to_internal_value(data)


class StrictForm(forms.BaseForm):
    """A form that a browser sends: what it does not show to this person is refused.

    It stands before Django's form among the bases. Nothing is saved then, since the
    form is not valid; the page comes back with what was typed (ADR 0014).
    """

    # What else the same page sends: names of its buttons and of hidden marks.
    beside: ClassVar[Collection[str]] = ()

    def full_clean(self) -> None:
        super().full_clean()
        if unknown := self.unknown():
            self.add_error(None, sentence_about(unknown))

    def unknown(self) -> set[str]:
        """Return the names that were sent and are not shown."""
        sent = {*self.data, *self.files} if self.is_bound else set()
        return sent - ALONG - set(self.beside) - self.names_shown()

    def names_shown(self) -> set[str]:
        """Return the names under which the fields come back; a disabled one cannot."""
        shown = [name for name, field in self.fields.items() if not field.disabled]
        return {self.add_prefix(name) for name in shown}


def sentence_about(names: Collection[str]) -> str:
    """Tell which fields were sent that are not shown here, and what to do."""
    quoted = _("“%(name)s”")
    listed = ", ".join(quoted % {"name": name[:60]} for name in sorted(names)[:10])
    return ngettext(
        "The field %(names)s is not part of this form, so nothing was saved. "
        "Open the page anew and send only what it asks for.",
        "The fields %(names)s are not part of this form, so nothing was saved. "
        "Open the page anew and send only what it asks for.",
        len(names),
    ) % {"names": listed}


class ButtonsMiddleware:
    """Refuse what no form judges: fields beside a mere button, and files.

    The composition root says which routes are buttons, and what each takes; and which
    take files. The API refuses for itself.
    """

    buttons: ClassVar[Mapping[str, Collection[str]]] = {}
    files: ClassVar[Mapping[str, Collection[str]]] = {}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, *_view: object
    ) -> HttpResponseBase | None:
        route = str(request.resolver_match and request.resolver_match.view_name)
        if request.method != "POST" or route.startswith("api-"):
            return None
        unknown = {*request.FILES} - {*self.files.get(route, ())}
        if route in self.buttons:
            unknown |= {*request.POST} - ALONG - {*self.buttons[route]}
        if not unknown:
            return None
        context = {"sentence": sentence_about(unknown)}
        return render(request, "422.html", context, status=422)
