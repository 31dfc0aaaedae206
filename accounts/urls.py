"""Addresses of log-in, of one's own account and of a company's people.

Only the doors that are meant to be open are named: allauth's pages for signing up and
for changing one's address do not exist here, nor is there a file of recovery codes:
they are shown once.
"""

from allauth.account import views as allauth_views
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.urls import include, path, re_path, register_converter

from accounts import entrance as entrance_views
from accounts import forms, views
from accounts.confirm import ask_who
from accounts.opaque import converter
from accounts.scopes import at_entrance

for kind in ("person", "invitation", "passkey", "session"):
    register_converter(converter(kind), kind)

passkeys = [
    path("", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("add/", ask_who()(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("login/", at_entrance(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path(
        "reauthenticate/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("keys/<passkey:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path(
        "keys/<passkey:pk>/remove/",
        entrance_views.RemovePasskeyView.as_view(),
        name="mfa_remove_webauthn",
    ),
]

second_factor = [
    path("", mfa.index, name="mfa_index"),
    path("needed/", views.second_factor, name="second-factor"),
    path("authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    # allauth asks nobody who has nothing to confirm with: a company's log-in alone.
    path("totp/activate/", ask_who()(totp.activate_totp), name="mfa_activate_totp"),
    path("totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/generate/",
        codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("webauthn/", include(passkeys)),
]

entrance = [
    path(
        "login/",
        entrance_views.LogInView.as_view(form_class=forms.LogInForm),
        name="account_login",
    ),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path(
        "reauthenticate/",
        allauth_views.ReauthenticateView.as_view(form_class=forms.ReauthenticateForm),
        name="account_reauthenticate",
    ),
    path(
        "reauthenticate/company/",
        entrance_views.confirm_at_company,
        name="account_reauthenticate_company",
    ),
    path(
        "reauthenticate/done/",
        entrance_views.confirmed,
        name="account_reauthenticate_done",
    ),
    path(
        "password/change/",
        allauth_views.PasswordChangeView.as_view(form_class=forms.ChangePasswordForm),
        name="account_change_password",
    ),
    path(
        "password/set/",
        ask_who()(
            allauth_views.PasswordSetView.as_view(form_class=forms.SetPasswordForm)
        ),
        name="account_set_password",
    ),
    path(
        "password/reset/",
        at_entrance(
            entrance_views.AskForResetView.as_view(form_class=forms.ResetPasswordForm)
        ),
        name="account_reset_password",
    ),
    path(
        "password/reset/done/",
        allauth_views.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        at_entrance(
            entrance_views.ResetView.as_view(form_class=forms.ResetPasswordKeyForm)
        ),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", include(second_factor)),
    path(
        "company/cancelled/",
        entrance_views.company_log_in_cancelled,
        name="socialaccount_login_cancelled",
    ),
    path(
        "company/<slug:provider_id>/",
        entrance_views.company_log_in,
        name="openid_connect_login",
    ),
    path(
        "company/<slug:provider_id>/callback/",
        at_entrance(openid_connect.callback),
        name="openid_connect_callback",
    ),
    path("sessions/", entrance_views.SessionsView.as_view(), name="usersessions_list"),
    path("sessions/<session:pk>/end/", entrance_views.end_session, name="session-end"),
]

people = [
    path("", views.people, name="people"),
    path("invite/", views.invite, name="invite"),
    path(
        "invitations/<invitation:invitation_id>/revoke/",
        views.revoke_invitation,
        name="invitation-revoke",
    ),
    path("<person:person_id>/", views.person, name="person"),
    path("<person:person_id>/remove/", views.remove_person, name="person-remove"),
    path("<person:person_id>/bring-back/", views.bring_back, name="person-bring-back"),
]

urlpatterns = [
    path("accounts/", include(entrance)),
    path("account/", views.profile, name="profile"),
    path("account/language/", views.set_language, name="set-language"),
    path("company/people/", include(people)),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path(
        "invitation/<str:token>/company/<slug:provider_id>/",
        views.invitation_by_company,
        name="invitation-company",
    ),
]
