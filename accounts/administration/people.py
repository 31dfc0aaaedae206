"""All people: those of the programme and those of the companies."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, queries
from accounts.administration.forms import InvitationForm, ReasonForm, RoleForm
from accounts.administration.page import Sheet, answer, for_programme_admins, searched
from accounts.changes import history_of
from accounts.confirm import ask_who
from accounts.models import Partner, Title, User
from accounts.paging import NUMBER, page_by_name
from accounts.registry import people as registry
from accounts.rulebook import INVITATION_DAYS, value_of


@require_safe
@for_programme_admins
def people(request: HttpRequest, reader: User) -> HttpResponse:
    """List people by name; on the first page also the invitations that wait."""
    text, only = searched(request), request.GET.get("only", "")
    company = _wanted_company(reader, request.GET.get("company", ""))
    found = queries.people(text, only=only, company=company)
    page = page_by_name(found, request.GET.get("after", ""))
    asked_all = page.is_first and not (text or only or company)
    context = {
        "page": page,
        "text": text,
        "only": only,
        "pills": [
            ("", _("All")),
            ("staff", _("Programme")),
            ("partners", _("Partners")),
            ("ended", _("Ended")),
        ],
        "company": company,
        "invitations": list(queries.waiting_invitations(None)) if asked_all else [],
        "now": timezone.now(),
    }
    return render(request, "administration/people.html", context)


@require_safe
@for_programme_admins
def person(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    """Show one person: role, access, what was changed."""
    shown = _person(reader, pk)
    role = Title.PARTNER_USER if shown.is_partner else ""
    context = {
        "person": shown,
        "why_not_role": registry.why_not_give_role(reader, shown, role),
        "why_not_end": registry.why_not_end_access(reader, shown),
        "why_not_forget": registry.why_not_forget_second_factor(reader, shown),
        "history": history_of(registry.about_person(shown)),
    }
    return render(request, "administration/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
@ask_who(keeps=True)
def change_role(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    shown = _person(reader, pk)
    form = RoleForm(
        request.POST or None,
        current=registry.role_values(shown),
        for_partner=shown.is_partner,
    )

    def act() -> None:
        registry.change_role(
            person=shown,
            **form.values(),
            **form.reason(),
            actor=reader,
            now=timezone.now(),
        )

    sheet = Sheet(
        form,
        heading=_("Role of %(name)s") % {"name": shown},
        button=_("Change the role"),
        back=_back(shown),
        helps=[
            _("A new role logs them out; they log in again to work with it."),
            _("What they did stays under their name and the role they had then."),
        ],
    )
    return answer(request, sheet, act, said=_("The role is changed."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
@ask_who(keeps=True)
def change_access(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    """End somebody's access, or give it back."""
    shown = _person(reader, pk)
    form = ReasonForm(request.POST or None)
    do = registry.end_access if shown.is_active else registry.give_access_back

    def act() -> None:
        do(
            person=shown,
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    ends = shown.is_active
    name = {"name": shown}
    sheet = Sheet(
        form,
        heading=(
            _("End the access of %(name)s") if ends else _("Let %(name)s in again")
        )
        % name,
        button=_("End the access") if ends else _("Give the access back"),
        back=_back(shown),
        tone="danger" if ends else "primary",
        symbol="lock" if ends else "lock-open",
        helps=_access_helps(ends=ends),
    )
    said = (
        _("%(name)s can no longer log in.") if ends else _("%(name)s can log in again.")
    )
    return answer(request, sheet, act, said=said % name)


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
@ask_who(keeps=True)
def forget_second_factor(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    """Let somebody who lost phone, passkeys and codes set them up anew."""
    shown = _person(reader, pk)
    form = ReasonForm(request.POST or None)

    def act() -> None:
        registry.forget_second_factor(
            person=shown,
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    name = {"name": shown}
    sheet = Sheet(
        form,
        heading=_("Forget the second factor of %(name)s") % name,
        button=_("Forget the second factor"),
        back=_back(shown),
        tone="danger",
        symbol="lock-open",
        helps=[
            _("Make sure who asks: afterwards the password alone opens the account."),
            _("App, passkeys and recovery codes no longer work."),
            _("They are logged out everywhere and told by mail."),
        ],
    )
    said = _("The second factor of %(name)s is forgotten.") % name
    return answer(request, sheet, act, said=said)


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
@ask_who(keeps=True)
def invite_staff(request: HttpRequest, reader: User) -> HttpResponse:
    form = InvitationForm(
        request.POST or None,
        initial={"language": reader.language},
        for_partner=False,
    )

    def act() -> None:
        registry.invite_staff(
            **form.values(),
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    back = (_("People"), reverse("administration-people"))
    return answer(
        request,
        _invitation_sheet(form, _("Invite somebody to the programme"), back),
        act,
        said=_("The invitation is on its way."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
@ask_who(keeps=True)
def invite_to_company(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    company = get_object_or_404(access.companies_administered_by(reader), pk=pk)
    form = InvitationForm(
        request.POST or None,
        initial={"language": reader.language, "role": Title.GLOBAL_ADMIN},
        for_partner=True,
    )

    def act() -> None:
        registry.invite_to_company(
            partner=company,
            **form.values(),
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    back = (str(company), reverse("administration-company", args=[company.pk]))
    heading = _("Invite somebody to %(name)s") % {"name": company}
    return answer(
        request,
        _invitation_sheet(form, heading, back),
        act,
        said=_("The invitation is on its way."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_programme_admins
def revoke_invitation(request: HttpRequest, reader: User, pk: int) -> HttpResponse:
    shown = get_object_or_404(access.invitations_administered_by(reader), pk=pk)
    form = ReasonForm(request.POST or None)

    def act() -> None:
        registry.revoke(
            invitation=shown,
            why=form.cleaned_data["why"],
            actor=reader,
            now=timezone.now(),
        )

    back = (_("People"), reverse("administration-people"))
    if shown.partner is not None:
        url = reverse("administration-company", args=[shown.partner.pk])
        back = (str(shown.partner), url)
    sheet = Sheet(
        form,
        heading=_("Revoke the invitation to %(email)s") % {"email": shown.email},
        button=_("Revoke the invitation"),
        back=back,
        tone="danger",
        symbol="x",
        helps=[_("The link in the mail stops working. You can invite them again.")],
    )
    return answer(request, sheet, act, said=_("The link no longer works."))


def _person(reader: User, pk: int) -> User:
    return get_object_or_404(access.people_administered_by(reader), pk=pk)


def _wanted_company(reader: User, pk: str) -> Partner | None:
    if not NUMBER.fullmatch(pk):
        return None
    return access.companies_administered_by(reader).filter(pk=int(pk)).first()


def _back(shown: User) -> tuple[str, str]:
    return str(shown), reverse("administration-person", args=[shown.pk])


def _access_helps(*, ends: bool) -> list[str]:
    if ends:
        return [
            _("They are logged out at once and can no longer log in."),
            _("Their claims, comments and decisions stay, under their name."),
            _("You can give the access back."),
        ]
    return [_("They log in with the password they had.")]


def _invitation_sheet(
    form: InvitationForm, heading: str, back: tuple[str, str]
) -> Sheet:
    days = _(
        "The link in the mail works for %(count)d days; they set a password there."
    )
    return Sheet(
        form,
        heading=heading,
        button=_("Send the invitation"),
        symbol="send",
        back=back,
        helps=[
            days % {"count": value_of(INVITATION_DAYS)},
            _(
                "Somebody you invite again gets a new link; the earlier one stops "
                "working."
            ),
        ],
    )
