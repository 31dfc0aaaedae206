"""What the administration's pages have in common: who may, and how a change goes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import signed_in
from accounts.administration.forms import ChangeForm
from accounts.changes import Overtaken
from accounts.models import User
from accounts.rules import Refused

LONGEST_SEARCH = 200
type Page[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]
type AdminPage[**P] = Callable[Concatenate[HttpRequest, User, P], HttpResponse]


def searched(request: HttpRequest) -> str:
    """Return the words a list is searched for, without what nobody can type."""
    typed = request.GET.get("q", "")[:LONGEST_SEARCH]
    return "".join(each for each in typed if each.isprintable())


def for_programme_admins[**P](page: AdminPage[P]) -> Page[P]:
    """Hand a page its reader, a programme admin; it is closed to everybody else.

    Before anything is looked up, so that the answer tells nothing.
    """

    @login_required
    @wraps(page)
    def guarded(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        reader = signed_in(request)
        if not (reader.is_active and reader.is_programme_admin):
            raise PermissionDenied
        return page(request, reader, *args, **kwargs)

    return guarded


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page with one form that changes something."""

    form: ChangeForm
    heading: Any
    button: Any
    back: tuple[Any, str]  # what the page before is called, and its address
    # Sentences beside the form: what follows from the change.
    helps: list[Any] = field(default_factory=list)
    # For a button that takes something from somebody.
    tone: str = "primary"
    symbol: str = "check"
    history: list[Any] | None = None
    template: str = "administration/change.html"
    more: dict[str, Any] = field(default_factory=dict)


def answer(
    request: HttpRequest, sheet: Sheet, act: Callable[[], object], *, said: Any
) -> HttpResponse:
    """Make the change that a valid form asks for and go back; else show the form.

    :param act: makes the change; may raise Refused or Overtaken
    :param said: what the next page tells
    """
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if sheet.form.is_valid():
            try:
                act()
            except Overtaken as by:
                sheet.form.was_overtaken(by)
                status = HTTPStatus.CONFLICT
            except Refused as refused:
                sheet.form.refuse(refused)
            else:
                messages.success(request, str(said))
                return redirect(sheet.back[1])
    context = {"sheet": sheet, "form": sheet.form, **sheet.more}
    return render(request, sheet.template, context, status=status)
