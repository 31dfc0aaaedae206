"""Logging in to the API, and who one is there."""

from typing import Any, cast

from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    permission_classes,
    throttle_classes,
)
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle

from accounts.actions import issue_token
from accounts.models import User


class Tries(AnonRateThrottle):
    """A guesser gets few tries; a person needs one."""

    rate = "20/minute"


class CredentialsIn(serializers.Serializer[Any]):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False)


class TokenOut(serializers.Serializer[Any]):
    token = serializers.CharField()


class PersonOut(serializers.ModelSerializer[User]):
    partner = serializers.CharField(default=None, allow_null=True)

    class Meta:
        model = User
        fields = ("email", "name", "language", "partner", "title", "staff_role")


@extend_schema(request=CredentialsIn, responses=TokenOut)
@api_view(["POST"])
@authentication_classes([])
@permission_classes([AllowAny])
@throttle_classes([Tries])
def token(request: Request) -> Response:
    """Exchange e-mail and password for a token: `Authorization: Token …`."""
    typed = CredentialsIn(data=request.data)
    typed.is_valid(raise_exception=True)
    person = authenticate(request._request, **typed.validated_data)  # noqa: SLF001
    if not isinstance(person, User):
        raise AuthenticationFailed(_("E-mail or password is wrong."))
    return Response({"token": issue_token(person=person)})


@extend_schema(request=None, responses={204: None})
@api_view(["POST"])
def log_out(request: Request) -> Response:
    """End the token that this request carries."""
    carried = getattr(request.auth, "delete", None)
    if carried is not None:
        carried()
    return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(responses=PersonOut)
@api_view(["GET"])
def me(request: Request) -> Response:
    """Say who you are here."""
    return Response(PersonOut(cast("User", request.user)).data)
