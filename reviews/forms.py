"""What is typed while a claim is talked about, given to somebody or contested."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import StaffRole, User
from accounts.rulebook import saying
from claims.forms.fields import TextField
from claims.models import Line
from claims.rulebook import EVIDENCE_MAX_BYTES

LONGEST = 4000


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, (list, tuple)) else [data]
        return [super(FilesField, self).clean(file) for file in files if file]


class CommentForm(forms.Form):
    """A comment that both sides read."""

    def __init__(self, *args: Any, **options: Any) -> None:
        # A note's form stands on the same page: its label must not lead here.
        super().__init__(*args, **{"auto_id": "comment_%s", **options})

    text = TextField(
        label=_("Your comment"),
        max_length=LONGEST,
        missing=_("Write what you want to say."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    files: Any = FilesField(
        label=_("Attach files"),
        required=False,
        help_text=saying(
            EVIDENCE_MAX_BYTES,
            ngettext_lazy(
                "PDF, Office, images or mails, %(count)d MB each.",
                "PDF, Office, images or mails, %(count)d MB each.",
                "count",
            ),
        ),
    )


class NoteForm(forms.Form):
    """An internal note."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "note_%s", **options})

    text = TextField(
        label=_("Your note"),
        max_length=LONGEST,
        missing=_("Write what you want to note."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AssignForm(forms.Form):
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


class VerdictForm(forms.Form):
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
