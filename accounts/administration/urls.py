"""Addresses of the administration of companies, people and numbers."""

from django.urls import path

from accounts.administration import companies, numbers, people

urlpatterns = [
    path("settings/", numbers.numbers, name="administration-numbers"),
    path("settings/<slug:name>/", numbers.number, name="administration-number"),
    path(
        "settings/<slug:name>/reset/",
        numbers.reset_number,
        name="administration-number-reset",
    ),
    path("partners/", companies.companies, name="administration-companies"),
    path("partners/new/", companies.add_company, name="administration-company-new"),
    path("partners/<int:pk>/", companies.company, name="administration-company"),
    path(
        "partners/<int:pk>/name/",
        companies.rename_company,
        name="administration-company-rename",
    ),
    path(
        "partners/<int:pk>/standing/",
        companies.change_standing,
        name="administration-company-standing",
    ),
    path(
        "partners/<int:pk>/locations/new/",
        companies.add_location,
        name="administration-location-new",
    ),
    path(
        "partners/<int:pk>/invite/",
        people.invite_to_company,
        name="administration-company-invite",
    ),
    path("locations/<int:pk>/", companies.location, name="administration-location"),
    path("people/", people.people, name="administration-people"),
    path("people/invite/", people.invite_staff, name="administration-invite"),
    path("people/<int:pk>/", people.person, name="administration-person"),
    path("people/<int:pk>/role/", people.change_role, name="administration-role"),
    path("people/<int:pk>/access/", people.change_access, name="administration-access"),
    path(
        "people/<int:pk>/second-factor/",
        people.forget_second_factor,
        name="administration-factor",
    ),
    path(
        "invitations/<int:pk>/revoke/",
        people.revoke_invitation,
        name="administration-revoke",
    ),
]
