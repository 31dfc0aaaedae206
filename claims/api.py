"""The same claims and the same steps, as JSON."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import api_view, parser_classes
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.strict import refuse_unknown
from claims import actions, engine, evidence, queries, refusals, vault
from claims.access import actor_for, signed_in, visible_to
from claims.filters import ClaimFilter
from claims.forms.step import StepForm
from claims.inspection.finding import Code
from claims.machine import GONE, Refused
from claims.models import Claim, Evidence
from claims.serializers import (
    ClaimIn,
    ClaimOut,
    ClaimRow,
    DetailsIn,
    EvidenceOut,
    LinkOut,
    OfferOut,
    ProductOut,
    RefusalOut,
    StepIn,
    UploadIn,
)
from claims.serving import LINK_SECONDS, link_token
from claims.uploads import too_large, too_large_sentence
from claims.views.current import current_claim
from claims.views.evidence import no_storage
from claims.views.files import download, file_of

REFUSED = OpenApiResponse(RefusalOut, "Not possible now; nothing was changed.")


class Pages(CursorPagination):
    """Pages that seek instead of counting; the newest change comes first."""

    page_size = 50
    ordering = ("-updated_at", "-id")

    def decode_cursor(self, request: Request) -> Any:
        """Read where the page begins; what is none of ours is refused in words."""
        try:
            cursor = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                _require_moment(str(cursor.position))
        except (NotFound, ValueError):
            sentence = _("This is no page. Begin with the address without cursor.")
            raise ValidationError({self.cursor_query_param: [sentence]}) from None
        return cursor


def _require_moment(text: str) -> None:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError(text)


@extend_schema(methods=["GET"], responses=ClaimRow(many=True))
@extend_schema(methods=["POST"], request=ClaimIn, responses={201: ClaimOut})
@api_view(["GET", "POST"])
def claims(request: Request) -> Response:
    """List the claims you may see (the filters of the page apply), or begin one."""
    if request.method == "POST":
        return _created(request)
    seen = queries.listed(visible_to(signed_in(request)))
    narrowed = ClaimFilter(request.query_params, seen, request=request)
    # Filters and order never reach a field that this reader is not to search by.
    refuse_unknown(request.query_params, {*narrowed.filters, Pages.cursor_query_param})
    if not narrowed.is_valid():
        raise ValidationError(narrowed.errors)
    pages = Pages()
    rows: Any = pages.paginate_queryset(narrowed.qs, request)
    shown = ClaimRow(rows, many=True, context={"request": request})
    return pages.get_paginated_response(shown.data)


@extend_schema(methods=["GET"], responses=ClaimOut)
@extend_schema(
    methods=["PATCH"], request=ClaimIn, responses={200: ClaimOut, 409: REFUSED}
)
@api_view(["GET", "PATCH"])
def claim(request: Request, number: str) -> Response:
    """Read a claim with its history and the steps on offer, or change its fields."""
    found = _claim(request, number)
    if request.method == "PATCH":
        found = _changed(request, found)
    return _shown(request, found)


@extend_schema(responses=OfferOut(many=True))
@api_view(["GET"])
def steps(request: Request, number: str) -> Response:
    """List the steps you are offered, the closed ones with their reason."""
    found = _claim(request, number)
    return Response(ClaimOut(context={"request": request}).get_steps(found))


@extend_schema(request=StepIn, responses={200: ClaimOut, 204: None, 409: REFUSED})
@api_view(["POST"])
def step(request: Request, number: str, step: str) -> Response:
    """Take a step. 409 says why it is not possible now."""
    found, now = _claim(request, number), timezone.now()
    actor = actor_for(signed_in(request))
    action = found.stage.action(step)
    form = (
        StepForm(_typed(request), action=action, claim=found, actor=actor)
        if (action)
        else None
    )
    if form is not None and _is_open(request, found, step):
        refuse_unknown(_typed(request), form.fields)
        if not form.is_valid():
            said = form.errors.items()
            raise ValidationError(
                {name: [str(one) for one in those] for name, those in said}
            )
    given = form.given() if form is not None and form.is_valid() else None
    engine.take(
        claim=found,
        step=step,
        actor=actor,
        now=now,
        **({"given": given} if given else {}),
    )
    if action is not None and action.to == GONE:
        return Response(status=status.HTTP_204_NO_CONTENT)
    return _shown(request, _claim(request, number))


def lists_and_takes_files(view: Callable[..., Response]) -> Any:
    """Make an address that lists files and takes one more in each request."""
    view = api_view(["GET", "POST"])(parser_classes([MultiPartParser])(view))
    view = extend_schema(
        methods=["POST"],
        request={"multipart/form-data": UploadIn},
        responses={201: EvidenceOut, 409: REFUSED},
    )(view)
    return extend_schema(methods=["GET"], responses=EvidenceOut(many=True))(view)


@lists_and_takes_files
def files(request: Request, number: str) -> Response:
    """List the files of a claim, or attach one (multipart, field `file`)."""
    found = _claim(request, number)
    if request.method == "GET":
        return Response(_files(request, found.evidence_all, many=True))
    by = signed_in(request)

    def attach(upload: "File[bytes]") -> Evidence:
        evidence.refuse_twin(upload, found.evidence_now)  # sent again, most likely
        return evidence.attach(claim=found, by=by, upload=upload, now=timezone.now())

    return receive(request, found, attach)


def receive(
    request: Request, claim: Claim, attach: "Callable[[File[bytes]], Evidence]"
) -> Response:
    """Take in the one file of a request, or tell why it is not taken."""
    upload = request.FILES.get("file")  # reads the request, unless that has been done
    if names := too_large(request._request):  # noqa: SLF001
        return _too_large(request, claim, names)
    refuse_unknown(request.data, ["file"])
    if len(request.FILES.getlist("file")) > 1:
        raise ValidationError({"file": [_("Send one file in each request.")]})
    if upload is None:
        raise ValidationError({"file": [_("Attach a file in the field “file”.")]})
    try:
        attached = attach(upload)
    except vault.Unavailable:
        return Response({"detail": no_storage()}, status.HTTP_503_SERVICE_UNAVAILABLE)
    return Response(_files(request, attached), status=status.HTTP_201_CREATED)


def _too_large(request: Request, claim: Claim, names: list[str]) -> Response:
    for name in names:
        refusals.note_on_arrival(
            claim=claim,
            by=signed_in(request),
            name=name,
            code=Code.TOO_LARGE,
            now=timezone.now(),
        )
    said = f"{names[0]}: {too_large_sentence()}"
    return Response({"file": [said]}, status.HTTP_413_REQUEST_ENTITY_TOO_LARGE)


@extend_schema(
    methods=["GET"], responses={(200, "application/octet-stream"): bytes, 409: REFUSED}
)
@extend_schema(
    methods=["PATCH"], request=DetailsIn, responses={200: EvidenceOut, 409: REFUSED}
)
@extend_schema(methods=["DELETE"], responses={204: None, 409: REFUSED})
@api_view(["GET", "PATCH", "DELETE"])
def file(request: Request, number: str, public_id: UUID) -> HttpResponseBase:
    """Download a clean file, describe it, or remove it while it is not submitted."""
    reader = signed_in(request)
    one = file_of(reader, number, public_id)
    if request.method == "GET":
        return download(request._request, number, public_id)  # noqa: SLF001
    if request.method == "DELETE":
        evidence.remove(evidence=one, by=reader, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
    details = DetailsIn(data=request.data)
    details.is_valid(raise_exception=True)
    one = evidence.describe(
        evidence=one, by=reader, details=details.validated_data, now=timezone.now()
    )
    return Response(_files(request, one))


@extend_schema(request=None, responses={201: LinkOut, 409: REFUSED})
@api_view(["POST"])
def file_link(request: Request, number: str, public_id: UUID) -> Response:
    """Make a link to a clean file: once, within a minute, for whoever holds it.

    It answers with what you may see then, and to nobody who is logged in as another.
    """
    reader = signed_in(request)
    one, now = file_of(reader, number, public_id), timezone.now()
    if not one.is_clean:
        raise Refused(one.sentence or _("This file is still being checked."))
    address = reverse(
        "file-link", args=[link_token(file=one, reader=reader)], request=request
    )
    made = {"url": address, "expires_at": now + timedelta(seconds=LINK_SECONDS)}
    return Response(LinkOut(made).data, status=status.HTTP_201_CREATED)


@extend_schema(responses=ProductOut(many=True))
@api_view(["GET"])
def products(request: Request) -> Response:
    """List what can be claimed."""
    return Response(ProductOut(queries.products(), many=True).data)


def _created(request: Request) -> Response:
    by = signed_in(request)
    if by.partner_id is None:
        raise NotFound
    wish = ClaimIn(data=request.data, context={"request": request})
    wish.is_valid(raise_exception=True)
    with transaction.atomic():
        made = actions.create_claim(by=by, now=timezone.now(), **wish.claim_fields)
        if wish.wanted is not None:
            actions.replace_lines(
                claim=made, by=by, wanted=wish.wanted, now=timezone.now()
            )
    return _shown(request, _claim(request, made.number), status.HTTP_201_CREATED)


def _changed(request: Request, found: Claim) -> Claim:
    by, now = signed_in(request), timezone.now()
    if by.partner_id is None:
        raise NotFound
    wish = ClaimIn(data=request.data, context={"request": request, "claim": found})
    wish.is_valid(raise_exception=True)
    with transaction.atomic():
        if wish.claim_fields:
            actions.edit_claim(claim=found, by=by, fields=wish.claim_fields, now=now)
        if wish.wanted is not None:
            actions.replace_lines(claim=found, by=by, wanted=wish.wanted, now=now)
    return _claim(request, found.number)


def _claim(request: Request, number: str) -> Claim:
    return current_claim(signed_in(request), number, timezone.now())


def _is_open(request: Request, found: Claim, step: str) -> bool:
    """Whether the person could take the step, had they given all it asks for."""
    offers = ClaimOut(context={"request": request}).get_steps(found)
    return any(offer["name"] == step and offer["open"] for offer in offers)


def _typed(request: Request) -> dict[str, Any]:
    return request.data if isinstance(request.data, dict) else {}


def _shown(request: Request, found: Claim, code: int = status.HTTP_200_OK) -> Response:
    return Response(ClaimOut(found, context={"request": request}).data, status=code)


def _files(
    request: Request, files: Evidence | list[Evidence], *, many: bool = False
) -> Any:
    return EvidenceOut(files, many=many, context={"request": request}).data
