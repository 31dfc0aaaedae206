"""What people type about themselves and each other."""

import re
import struct
from typing import Any
from zoneinfo import available_timezones

from allauth.account import forms as allauth_forms
from allauth.account.forms import UserTokenForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
)
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.http import int_to_base36
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_decode, websafe_encode

from accounts.models import ADMIN_TITLES, Title, User
from accounts.opaque import PERSON, key_behind
from accounts.second_factor import accept_code
from accounts.strict import StrictForm

PASSWORD_HELP = _("At least 12 characters. Some words in a row are easy to remember.")
USER_HELP = _("Creates, edits, submits and comments on claims.")
ADMIN_HELP = _("The same, and disputes, withdraws, ends associations, manages people.")
# Control characters and those that turn the direction of writing have no place in a
# name: it is printed in mails to others.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Old spellings and zones without a place would only hide the names people look for.
OLD_REGIONS = ("Etc/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/", "SystemV/")


# What mail programs make a link of: web and mail addresses.
ADDRESS = re.compile(r"://|@|\bwww\.|\b[\w-]+\.[a-z]{2,}/", re.IGNORECASE)


class NameField(forms.CharField):
    """A person's name: one line, no hidden characters."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Name"),
            max_length=200,
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
        )

    def to_python(self, value: Any) -> str:
        return " ".join(UNPRINTABLE.sub(" ", str(value or "")).split())

    def validate(self, value: Any) -> None:
        """Refuse what would carry a message into the mails that name this person."""
        super().validate(value)
        if not is_plain_name(value):
            raise ValidationError(_("Write only a name, without an address."))


def is_plain_name(name: str) -> bool:
    """Return whether a name holds nothing that a reader could follow or write to."""
    return not ADDRESS.search(name)


class EmailField(forms.EmailField):
    """An address, as log-in looks for it: in lower case."""

    def __init__(self, autocomplete: str) -> None:
        super().__init__(
            label=_("E-mail"),
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": autocomplete}),
        )

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).lower()


class PasswordField(forms.CharField):
    """A password as typed, blanks included, never shown again."""

    def __init__(self, label: Any, *, is_new: bool, help_text: Any = "") -> None:
        autocomplete = "new-password" if is_new else "current-password"
        super().__init__(
            label=label,
            help_text=help_text,
            strip=False,
            max_length=500,
            widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        )


class TwoPasswords(StrictForm, forms.Form):
    """A new password, typed twice; a form says whose it will be."""

    password1 = PasswordField(_("New password"), is_new=True, help_text=PASSWORD_HELP)
    password2 = PasswordField(_("New password, once more"), is_new=True)

    def owner(self) -> User | None:
        """Return the person the password must not resemble."""
        return getattr(self, "user", None)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        password = given.get("password1")
        if password:
            try:
                validate_password(password, self.owner())
            except forms.ValidationError as weak:
                self.add_error("password1", weak)
        if password and given.get("password2") and password != given["password2"]:
            self.add_error("password2", _("The two passwords differ."))
        return given


class LogInForm(StrictForm, allauth_forms.LoginForm):  # type: ignore[misc]
    password = PasswordField(_("Password"), is_new=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = EmailField(autocomplete="username")


class ReauthenticateForm(StrictForm, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    password = PasswordField(_("Password"), is_new=False)


class ResetPasswordForm(StrictForm, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    email = EmailField(autocomplete="username")


class ResetPasswordKeyForm(TwoPasswords, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """For somebody who came by the link in a mail."""


class ChangePasswordForm(TwoPasswords, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    field_order = ("oldpassword", "password1", "password2")
    oldpassword = PasswordField(_("Current password"), is_new=False)


class SetPasswordForm(TwoPasswords, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    """For somebody who so far logged in without a password."""


class CodeField(forms.CharField):
    """A code of an app, or one of the recovery codes."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            max_length=20,
            widget=forms.TextInput(
                attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
            ),
        )

    def to_python(self, value: Any) -> str:
        """Take the blanks that apps show for reading as nothing."""
        return re.sub(r"[\s-]", "", str(value or ""))


class CodeForm(StrictForm, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The second step of log-in."""

    code = CodeField(_("Code"))
    again = False

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        self.authenticator = accept_code(
            person=self.user,
            code=code,
            request=context.request,
            again=self.again,
            now=timezone.now(),
        )
        if self.authenticator is None:
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeAgainForm(CodeForm, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """A code from somebody who is logged in."""

    again = True

    def save(self) -> None:
        mfa_forms.ReauthenticateForm.save(self)


class ActivateAppForm(StrictForm, ActivateTOTPForm):  # type: ignore[misc]
    code = CodeField(_("Code of the app"))


# What fido2 raises over an answer that no device gave.
NONSENSE = (KeyError, TypeError, ValueError, AttributeError, IndexError, struct.error)


class ResetLinkForm(UserTokenForm):  # type: ignore[misc]
    """The link of a reset mail: whose it is, and that it is of ours."""

    def _get_user(self, uidb36: str) -> User | None:
        return User.objects.filter(pk=key_behind(PERSON, uidb36) or 0).first()


class PasskeyForm(StrictForm, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second step of log-in, with a passkey."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except NONSENSE as nonsense:
            raise get_adapter().validation_error("incorrect_passkey") from nonsense


class PasskeyAgainForm(PasskeyForm):
    reauthenticated = True


class PasskeyLogInForm(PasskeyForm, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of a password; it says whose it is."""

    def clean_credential(self) -> Authenticator:
        try:
            self.cleaned_data["credential"] = for_allauth(
                self.cleaned_data["credential"]
            )
        except NONSENSE as nonsense:
            raise get_adapter().validation_error("incorrect_passkey") from nonsense
        return super().clean_credential()


def for_allauth(credential: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of a passkey with the person's key, as allauth looks for it.

    Keys set up before persons had a name outside still hand in the key itself.
    """
    response = credential["response"]
    handle = websafe_decode(response["userHandle"]).decode()
    person = key_behind(PERSON, handle)
    if person is None:
        return credential
    key = websafe_encode(int_to_base36(person).encode())
    return {**credential, "response": {**response, "userHandle": key}}


class AddPasskeyForm(StrictForm, AddWebAuthnForm):  # type: ignore[misc]
    """A passkey that also logs in by itself, unless its owner wants less."""

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean() or {})
        except NONSENSE as nonsense:
            raise get_adapter().validation_error("incorrect_passkey") from nonsense

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        required=False,
        help_text=_("By which you know it again, such as “laptop”."),
    )
    passwordless = forms.BooleanField(
        label=_("Log in with it alone, without a password"),
        required=False,
        initial=True,
        help_text=_("Untick this for a security key without fingerprint or PIN."),
    )


class RenamePasskeyForm(StrictForm, EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=_("Name"), max_length=100)


class AcceptInvitationForm(TwoPasswords):
    field_order = ("name", "password1", "password2")
    name = NameField()
    password1 = PasswordField(_("Password"), is_new=True, help_text=PASSWORD_HELP)
    password2 = PasswordField(_("Password, once more"), is_new=True)

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def owner(self) -> User:
        return User(email=self.email, name=self.cleaned_data.get("name", ""))


class TitleChoice(forms.RadioSelect):
    """The roles of a partner company, each with what it may do (DOMAIN.md §9)."""

    def create_option(
        self, name: str, value: Any, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        is_admin = value in ADMIN_TITLES
        return {**option, "help": ADMIN_HELP if is_admin else USER_HELP}


class TitleForm(StrictForm, forms.Form):
    title = forms.ChoiceField(
        label=_("Role"),
        choices=Title.choices,
        initial=Title.PARTNER_USER,
        widget=TitleChoice(attrs={"class": "choice-cards is-single"}),
    )


class InviteForm(TitleForm):
    field_order = ("email", "title", "language")
    email = EmailField(autocomplete="off")
    language = forms.ChoiceField(
        label=_("Language of the mail"), choices=settings.LANGUAGES
    )


def time_zones() -> list[tuple[str, str]]:
    """Return the zones that are named after a place, by region, and UTC."""
    places = (name for name in available_timezones() if "/" in name)
    kept = sorted(name for name in places if not name.startswith(OLD_REGIONS))
    return [(name, name.replace("_", " ")) for name in ["UTC", *kept]]


class ProfileForm(StrictForm, forms.Form):
    name = NameField()
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Of these pages and of the mails you get."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones,
        help_text=_("Times are shown as your clock shows them."),
    )
