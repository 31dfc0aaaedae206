"""The conversation about a claim, as JSON."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.strict import Strict
from claims import evidence
from claims.access import may_read_notes, signed_in
from claims.api import lists_and_takes_files, receive
from claims.models import Claim
from claims.serializers import EvidenceOut
from claims.views.current import current_claim
from reviews import actions, queries
from reviews.forms import LONGEST
from reviews.models import Comment, Note


class CommentOut(serializers.ModelSerializer[Comment]):
    id = serializers.CharField(source="alias")
    author = serializers.CharField()
    files = EvidenceOut(source="attachments", many=True)

    class Meta:
        model = Comment
        fields = ("id", "author", "text", "files", "at")


class NoteOut(serializers.ModelSerializer[Note]):
    id = serializers.CharField(source="alias")
    author = serializers.CharField()

    class Meta:
        model = Note
        fields = ("id", "author", "text", "at")


class WordsIn(Strict):
    text = serializers.CharField(max_length=LONGEST)


@extend_schema(methods=["GET"], responses=CommentOut(many=True))
@extend_schema(methods=["POST"], request=WordsIn, responses={201: CommentOut})
@api_view(["GET", "POST"])
def comments(request: Request, number: str) -> Response:
    """Read what both sides have said, or say something.

    The files that you have attached to your next comment go with it.
    """
    claim, context = _claim(request, number), {"request": request}
    if request.method == "GET":
        heard = queries.conversation(claim)
        return Response(CommentOut(heard, many=True, context=context).data)
    said = actions.comment_with_files(
        claim=claim,
        by=signed_in(request),
        text=_words(request),
        uploads=[],
        now=timezone.now(),
    )
    shown = CommentOut(queries.conversation(claim).get(pk=said.pk), context=context)
    return Response(shown.data, status=status.HTTP_201_CREATED)


@lists_and_takes_files
def comment_files(request: Request, number: str) -> Response:
    """List the files that wait for your next comment, or attach one (field `file`).

    Until the comment is sent nobody else sees them, and you may delete them.
    """
    claim, by = _claim(request, number), signed_in(request)
    if request.method == "POST":
        return receive(
            request,
            claim,
            lambda upload: actions.attach(
                claim=claim, by=by, upload=upload, now=timezone.now()
            ),
        )
    waiting = evidence.waiting(claim=claim, by=by).select_related("claim")
    shown = EvidenceOut(waiting, many=True, context={"request": request})
    return Response(shown.data)


@extend_schema(methods=["GET"], responses=NoteOut(many=True))
@extend_schema(methods=["POST"], request=WordsIn, responses={201: NoteOut})
@api_view(["GET", "POST"])
def notes(request: Request, number: str) -> Response:
    """Read internal notes, or write one. For partners this address does not exist."""
    claim, reader = _claim(request, number), signed_in(request)
    if not may_read_notes(reader):
        raise NotFound
    if request.method == "GET":
        return Response(NoteOut(queries.notes(claim), many=True).data)
    note = actions.add_note(
        claim=claim, by=reader, text=_words(request), now=timezone.now()
    )
    return Response(NoteOut(note).data, status=status.HTTP_201_CREATED)


def _claim(request: Request, number: str) -> Claim:
    return current_claim(signed_in(request), number, timezone.now())


def _words(request: Request) -> str:
    words = WordsIn(data=request.data)
    words.is_valid(raise_exception=True)
    return str(words.validated_data["text"])
