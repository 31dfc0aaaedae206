"""Logging in to the API, and who one is there."""

from typing import Any, cast

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError as TooMany
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    permission_classes,
    throttle_classes,
)
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    PermissionDenied,
    Throttled,
)
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle

from accounts.actions import issue_token
from accounts.models import User
from accounts.second_factor import (
    SECOND_FACTOR_MISSING,
    SECOND_FACTOR_NEEDED,
    accept_code,
    has_second_factor,
    must_have_second_factor,
)
from accounts.strict import Strict


class Tries(AnonRateThrottle):
    """A guesser gets few tries; a person needs one."""

    rate = "20/minute"


class CredentialsIn(Strict):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(trim_whitespace=False, max_length=500)
    code = serializers.CharField(
        default="",
        max_length=20,
        help_text="Of the authenticator app, or a recovery code, if you have them.",
    )


class TokenOut(serializers.Serializer[Any]):
    token = serializers.CharField()


class PersonOut(serializers.ModelSerializer[User]):
    partner = serializers.CharField(default=None, allow_null=True)

    class Meta:
        model = User
        fields = ("email", "name", "language", "partner", "title", "staff_role")


@cache_control(no_store=True, private=True)
@extend_schema(request=CredentialsIn, responses=TokenOut)
@api_view(["POST"])
@authentication_classes([])
@permission_classes([AllowAny])
@throttle_classes([Tries])
def token(request: Request) -> Response:
    """Exchange e-mail, password and second factor for a token that expires.

    The token goes into the header `Authorization: Token …`. It ends with log-out
    everywhere, a new password, removal, and a change of role.
    """
    typed = CredentialsIn(data=request.data)
    typed.is_valid(raise_exception=True)
    given = typed.validated_data
    try:
        person = _person_with(request, given["email"], given["password"])
        _ask_for_second_factor(request, person, given["code"])
    except TooMany as too_many:
        return _refusal(Throttled(detail=" ".join(too_many.messages)))
    except APIException as refused:
        return _refusal(refused)
    return Response({"token": issue_token(person=person)})


def _refusal(refused: APIException) -> Response:
    """Answer a failed try instead of raising it: it stays counted and recorded.

    An exception that leaves the view would roll its transaction back.
    """
    said = refused.detail
    body = said if isinstance(said, dict) else {"detail": said}
    return Response(body, status=refused.status_code)


def _person_with(request: Request, email: str, password: str) -> User:
    adapter = get_adapter()
    person = adapter.authenticate(request._request, email=email, password=password)  # noqa: SLF001
    if not isinstance(person, User) or not person.is_active:
        raise AuthenticationFailed(_("E-mail or password is wrong."))
    return person


def _ask_for_second_factor(request: Request, person: User, code: str) -> None:
    if not has_second_factor(person):
        if must_have_second_factor(person):
            raise PermissionDenied(
                {"code": "second_factor_missing", "detail": SECOND_FACTOR_MISSING}
            )
        return
    if not code:
        raise PermissionDenied(
            {"code": "second_factor_needed", "detail": SECOND_FACTOR_NEEDED}
        )
    right = accept_code(
        person=person,
        code=code,
        request=request._request,  # noqa: SLF001
        again=False,
        now=timezone.now(),
    )
    if right is None:
        raise AuthenticationFailed(_("This code is not right, or was used before."))


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
