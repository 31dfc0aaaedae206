"""Addresses of log-in, of one's own account and of a company's people.

Only the doors that are meant to be open are named: allauth's pages for signing up and
for changing one's address do not exist here.
"""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path

from accounts import forms, views

entrance = [
    path(
        "login/",
        allauth_views.LoginView.as_view(form_class=forms.LogInForm),
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
        "password/change/",
        allauth_views.PasswordChangeView.as_view(form_class=forms.ChangePasswordForm),
        name="account_change_password",
    ),
    path(
        "password/set/",
        allauth_views.PasswordSetView.as_view(form_class=forms.SetPasswordForm),
        name="account_set_password",
    ),
    path(
        "password/reset/",
        allauth_views.PasswordResetView.as_view(form_class=forms.ResetPasswordForm),
        name="account_reset_password",
    ),
    path(
        "password/reset/done/",
        allauth_views.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.PasswordResetFromKeyView.as_view(
            form_class=forms.ResetPasswordKeyForm
        ),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]

people = [
    path("", views.people, name="people"),
    path("invite/", views.invite, name="invite"),
    path(
        "invitations/<int:invitation_id>/revoke/",
        views.revoke_invitation,
        name="invitation-revoke",
    ),
    path("<int:person_id>/", views.person, name="person"),
    path("<int:person_id>/remove/", views.remove_person, name="person-remove"),
    path("<int:person_id>/bring-back/", views.bring_back, name="person-bring-back"),
]

urlpatterns = [
    path("accounts/", include(entrance)),
    path("account/", views.profile, name="profile"),
    path("account/language/", views.set_language, name="set-language"),
    path("company/people/", include(people)),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
]
