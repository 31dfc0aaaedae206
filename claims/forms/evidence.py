"""The wizard's part about proof: what each file is, when it was signed and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from accounts.rulebook import saying, value_of
from claims import evidence
from claims.forms.fields import ONE_OF_THESE, LineField
from claims.forms.part import Fact, PartForm
from claims.models import Evidence, Kind
from claims.parts import Part
from claims.rulebook import (
    EVIDENCE_MAX_BYTES,
    EVIDENCE_MAX_FILES,
    EVIDENCE_SIGNATURE_MONTHS,
)

EARLIEST = date(1990, 1, 1)
NOT_A_DATE = _("A date looks like 2026-11-23.")


class PastDateField(forms.DateField):
    """A day that lies behind us."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"],
            widget=forms.DateInput(format="%Y-%m-%d"),
            error_messages={"invalid": NOT_A_DATE},
        )

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and day < EARLIEST:
            raise ValidationError(_t("This day is too long ago: check the year."))
        if day is not None and day > timezone.localdate():
            raise ValidationError(_t("This day has not come yet: check the date."))
        return day


def detail_fields() -> dict[str, forms.Field]:
    """Return the questions about one file, by the name of its field."""
    return {
        "kind": forms.ChoiceField(
            label=_("What it is"),
            choices=[("", _("Choose …")), *Kind.choices],
            required=False,
            error_messages={"invalid_choice": ONE_OF_THESE},
        ),
        "document_on": PastDateField(_("Document date")),
        "signed_on": PastDateField(_("Signature date")),
        "signer": LineField(label=_("Signed by"), max_length=200, required=False),
    }


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file with the fields to describe it; without them when it stays as it is."""

    file: Evidence
    fields: Sequence[BoundField]
    is_old: bool

    # Shown when it is old.
    warning = saying(
        EVIDENCE_SIGNATURE_MONTHS,
        ngettext_lazy(
            "Signed more than %(count)d month ago: you can submit it, but reviewers "
            "may ask for a newer signature.",
            "Signed more than %(count)d months ago: you can submit it, but reviewers "
            "may ask for a newer signature.",
            "count",
        ),
    )

    @property
    def is_removable(self) -> bool:
        return bool(self.fields) and not self.file.is_kept

    @property
    def is_undescribed(self) -> bool:
        """Whether the questions about it should be open; a refused file must go."""
        file = self.file
        has_errors = any(field.errors for field in self.fields)
        is_described = file.kind and file.signed_on
        return has_errors or not (is_described or file.is_refused)


class EvidenceForm(PartForm):
    slug, part, title = "evidence", Part.EVIDENCE, _("Proof of execution (PoE)")
    lead = _("What proves your work for the customer?")
    helps = (
        (
            _("A PoE names"),
            _(
                "your company and the customer, domain and tenant, the work done, the "
                "products, and carries the customer's dated signature."
            ),
        ),
        (
            saying(
                EVIDENCE_SIGNATURE_MONTHS,
                ngettext_lazy(
                    "Not older than %(count)d month",
                    "Not older than %(count)d months",
                    "count",
                ),
            ),
            saying(
                EVIDENCE_SIGNATURE_MONTHS,
                ngettext_lazy(
                    "The signature should be from the last month. An older one can be "
                    "submitted, but reviewers may ask for a newer.",
                    "The signature should be from the last %(count)d months. An older "
                    "one can be submitted, but reviewers may ask for a newer.",
                    "count",
                ),
            ),
        ),
    )
    page = "claims/wizard/evidence.html"
    beside = (*PartForm.beside, "remove")
    # As people know them; the content decides (claims.inspection).
    types = ".pdf,.docx,.xlsx,.pptx,.png,.jpg,.jpeg,.eml,.msg"

    def settle(self) -> None:
        for file in self.changeable:
            for name, field in detail_fields().items():
                # The files stand outside the form, since each has forms of its own.
                field.widget.attrs["form"] = "part-form"
                self.fields[_key(file, name)] = field
        self.max_bytes = value_of(EVIDENCE_MAX_BYTES)
        self.max_files = value_of(EVIDENCE_MAX_FILES)

    @cached_property
    def changeable(self) -> list[Evidence]:
        """The files of which this person may still say what they are."""
        files = self.claim.evidence_now
        return [file for file in files if evidence.may_describe(file, self.by)]

    def rows(self) -> list[FileRow]:
        """Return the files that count, newest version each, with their fields."""
        oldest = evidence.oldest_acceptable(timezone.now())
        return [
            FileRow(
                file,
                [self[_key(file, name)] for name in detail_fields()]
                if file in self.changeable
                else [],
                is_old=file.signed_on is not None and file.signed_on < oldest,
            )
            for file in self.claim.evidence_now
        ]

    def row(self, file: Evidence) -> FileRow | None:
        return next((row for row in self.rows() if row.file == file), None)

    def stored(self) -> dict[str, Any]:
        return {
            _key(file, name): getattr(file, name)
            for file in self.changeable
            for name in detail_fields()
        }

    def was_overtaken(self, seen: str) -> bool:
        """Files come and go while the page is open; each keeps its own details."""
        return False

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data

    def save(self, *, now: datetime) -> None:
        """Describe the files that the page showed; one added since then stays."""
        for file in self.changeable:
            if _key(file, "kind") not in self.data:
                continue
            details = {
                name: self.cleaned_data.get(_key(file, name))
                for name in detail_fields()
            }
            evidence.describe(evidence=file, by=self.by, details=details, now=now)

    def facts(self) -> list[Fact]:
        files = self.claim.evidence_now
        if not files:
            return [Fact(_t("Files"), "")]
        return [Fact(file.kind_label or _t("File"), file.name) for file in files]

    def is_complete(self) -> bool:
        return bool(self.claim.evidence_now) and not self.has_problem()

    def has_problem(self) -> bool:
        return any(file.is_refused for file in self.claim.evidence_now)

    def summary(self) -> str:
        count = len(self.claim.evidence_now)
        text = ngettext("%(count)d file", "%(count)d files", count)
        return text % {"count": count} if count else ""


def _key(file: Evidence, name: str) -> str:
    return f"{file.public_id.hex}-{name}"
