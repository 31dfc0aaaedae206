"""The addresses of the API, and how it answers when something is not possible."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.views import SpectacularAPIView
from rest_framework import status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import exception_handler

from accounts import api as people
from accounts.rules import Refused as PeopleRefused
from claims import api as claims
from claims.machine import Refused
from reviews import api as reviews

# The same for what is missing, foreign or no address at all.
NOTHING_HERE = _("There is nothing at this address.")


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer a refusal with 409 and its sentence; everything else as usual."""
    if isinstance(exc, (Refused, PeopleRefused)):
        body = {"code": "refused", "detail": str(exc)}
        return Response(body, status=status.HTTP_409_CONFLICT)
    if isinstance(exc, (Http404, NotFound)):
        exc = NotFound(NOTHING_HERE)
    if isinstance(exc, DjangoValidationError):
        exc = ValidationError(list(exc.messages))
    return exception_handler(exc, context)


urlpatterns = [
    path(
        "schema/",
        SpectacularAPIView.as_view(
            permission_classes=[AllowAny], authentication_classes=[]
        ),
        name="api-schema",
    ),
    path("token/", people.token, name="api-token"),
    path("token/end/", people.log_out, name="api-token-end"),
    path("me/", people.me, name="api-me"),
    path("products/", claims.products, name="api-products"),
    path("claims/", claims.claims, name="api-claims"),
    path("claims/<number:number>/", claims.claim, name="api-claim"),
    path("claims/<number:number>/steps/", claims.steps, name="api-steps"),
    path("claims/<number:number>/steps/<slug:step>/", claims.step, name="api-step"),
    path("claims/<number:number>/evidence/", claims.files, name="api-files"),
    path(
        "claims/<number:number>/evidence/<uuid:public_id>/",
        claims.file,
        name="api-evidence",
    ),
    path(
        "claims/<number:number>/evidence/<uuid:public_id>/link/",
        claims.file_link,
        name="api-evidence-link",
    ),
    path("claims/<number:number>/comments/", reviews.comments, name="api-comments"),
    path(
        "claims/<number:number>/comments/files/",
        reviews.comment_files,
        name="api-comment-files",
    ),
    path("claims/<number:number>/notes/", reviews.notes, name="api-notes"),
]
