"""The addresses of the claims' pages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from claims.views.claim import claim_page
from claims.views.consent import consent_page
from claims.views.extend import extend
from claims.views.steps import step_page


class ClaimNumber(StringConverter):
    """A number such as CPOR-2026-000123; all else is no claim's address."""

    regex = r"CPOR-[0-9]{4}-[0-9]{6,9}"


register_converter(ClaimNumber, "number")

urlpatterns = [
    path("claims/<number:number>/", claim_page, name="claim"),
    path("claims/<number:number>/steps/<slug:step>/", step_page, name="claim-step"),
    path("claims/<number:number>/extend/", extend, name="claim-extend"),
    path("c/<str:token>/", consent_page, name="consent"),
]
