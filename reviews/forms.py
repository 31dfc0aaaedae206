"""What is typed while a claim is talked about, given to somebody or contested."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import StaffRole, User
from accounts.rulebook import value_of
from accounts.strict import StrictForm
from claims.forms.evidence import EvidenceForm
from claims.forms.fields import TextField
from claims.models import Evidence, Line
from claims.rulebook import EVIDENCE_MAX_BYTES, EVIDENCE_MAX_FILES

LONGEST = 4000


class CommentForm(StrictForm, forms.Form):
    """A comment that both sides read."""

    def __init__(
        self, *args: Any, waiting: Iterable[Evidence] = (), **options: Any
    ) -> None:
        # A note's form stands on the same page: its label must not lead here.
        super().__init__(*args, **{"auto_id": "comment_%s", **options})
        self.waiting = waiting
        self.max_bytes = value_of(EVIDENCE_MAX_BYTES)
        self.max_files = value_of(EVIDENCE_MAX_FILES)

    text = TextField(
        label=_("Your comment"),
        max_length=LONGEST,
        missing=_("Write what you want to say."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    beside = ("attach", "remove")
    # Files are requests of their own: what arrived waits here for the words.
    types = EvidenceForm.types


class NoteForm(StrictForm, forms.Form):
    """An internal note."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "note_%s", **options})

    text = TextField(
        label=_("Your note"),
        max_length=LONGEST,
        missing=_("Write what you want to note."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AssignForm(StrictForm, forms.Form):
    """Whom a claim is given to; nobody puts it back into the queue."""

    reviewer = forms.ModelChoiceField(
        label=_("Reviewer"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody: back to the queue"),
        error_messages={"invalid_choice": _("Choose a reviewer from the list.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["reviewer"]
        field.queryset = User.objects.filter(
            staff_role__in=[StaffRole.REVIEWER, StaffRole.LEAD], is_active=True
        ).order_by("name", "pk")


class VerdictForm(StrictForm, forms.Form):
    """Which of two rivals' lines loses, and why."""

    loser = forms.ModelChoiceField(
        label=_("Who loses the line"),
        queryset=Line.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the claim that loses this product line."),
            "invalid_choice": _("Choose one of the claims shown."),
        },
    )
    reason = TextField(
        label=_("Reason"),
        max_length=LONGEST,
        missing=_("Write why: the most recent complete PoE is the guidance."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, contested: list[Line], **options: Any) -> None:
        super().__init__(*args, **options)
        keys = [line.pk for line in contested]
        field: Any = self.fields["loser"]
        field.queryset = Line.objects.filter(pk__in=keys)
