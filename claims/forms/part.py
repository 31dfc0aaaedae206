"""What every part of the wizard has in common: reading, judging and saving it."""

import copy
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms

from accounts.models import User
from accounts.strict import StrictForm
from claims import actions, validation
from claims.actions import PART_OF
from claims.forms.fields import DomainField, GuidField
from claims.models import Claim
from claims.notices import Notice
from claims.parts import Part


@dataclass(frozen=True, slots=True)
class Fact:
    """One answer, as the last page shows it for reading."""

    label: Any
    value: Any
    is_code: bool = False
    is_optional: bool = False


class PartForm(StrictForm, forms.Form):
    """One part: its questions, what is stored, what was typed, and how it is saved."""

    slug: ClassVar[str]
    part: ClassVar[Part]
    title: ClassVar[Any]
    lead: ClassVar[Any] = ""
    # Help in plain words beside the questions: headline and sentence.
    helps: ClassVar[Sequence[tuple[Any, Any]]] = ()
    page: ClassVar[str] = "claims/wizard/part.html"
    template: ClassVar[str] = "claims/wizard/_fields.html"
    is_optional: ClassVar[bool] = False
    has_notices: ClassVar[bool] = False
    beside: ClassVar[Collection[str]] = ("close", "key", "seen")

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        claim: Claim,
        by: User,
        may_be_empty: bool = False,
    ) -> None:
        self.claim, self.by, self.may_be_empty = claim, by, may_be_empty
        # What was typed and can be read, whether or not it contradicts the rest.
        self.typed: dict[str, Any] = {}
        super().__init__(data)
        self.settle()
        self.initial = {**self.stored(), **self.suggested()}
        if may_be_empty:
            for field in self.fields.values():
                field.required = False

    def settle(self) -> None:
        """Fit the fields to the claim."""

    def stored(self) -> dict[str, Any]:
        """Return what the claim says now, by field."""
        return {name: getattr(self.claim, name) for name in self.fields}

    def suggested(self) -> dict[str, Any]:
        """Return answers to begin with where none is stored."""
        return {}

    # --- Two people, or two tabs, on one part --------------------------------------

    @property
    def seen(self) -> str:
        """Return a mark of what is stored; the page hands it back when saving."""
        values = sorted((name, str(value)) for name, value in self.stored().items())
        return hashlib.sha256(repr(values).encode()).hexdigest()[:20]

    def was_overtaken(self, seen: str) -> bool:
        """Whether somebody else has saved something different since the page came."""
        if not seen or seen == self.seen:
            return False
        stored = self.stored()
        return any(
            str(stored[name]) != str(value)
            for name, value in self.cleaned_data.items()
            if name in stored
        )

    # --- Judging and saving -----------------------------------------------------------

    def wish(self) -> Claim:
        """Return the claim as it would be with what was typed; not saved."""
        claim = copy.copy(self.claim)
        for name, value in self.typed.items():
            if name in PART_OF:
                setattr(claim, name, value)
        return claim

    def clean(self) -> dict[str, Any]:
        """Say at the field what contradicts the rest; the action asks again."""
        # An error takes its field out of cleaned_data, but it was typed all the same.
        self.typed = dict(self.cleaned_data)
        typed = PART_OF.keys() & self.typed.keys()
        for name, sentence in validation.contradictions(self.wish(), typed).items():
            self.add_error(name if name in self.fields else None, sentence)
        return self.cleaned_data

    def save(self, *, now: datetime) -> None:
        """Store what was typed.

        :raises claims.machine.Refused: if this part is closed to the person by now
        """
        fields = {k: v for k, v in self.cleaned_data.items() if k in PART_OF}
        actions.edit_claim(claim=self.claim, by=self.by, fields=fields, now=now)

    # --- Reading -----------------------------------------------------------------

    def notices(self) -> list[Notice]:
        """Return what to know about what is typed, or else about what is stored."""
        return []

    def facts(self) -> list[Fact]:
        """Return the stored answers for reading."""
        return [self._fact(name) for name in self.fields]

    def is_complete(self) -> bool:
        return all(fact.value or fact.is_optional for fact in self.facts())

    def has_problem(self) -> bool:
        """Whether what is stored stands in the way of submitting."""
        return False

    def summary(self) -> str:
        """Return the answer in a few words, for the list of parts."""
        facts = self.facts()
        return str(facts[0].value or "") if facts else ""

    def _fact(self, name: str) -> Fact:
        display = getattr(self.claim, f"get_{name}_display", None)
        value = display() if display else getattr(self.claim, name)
        field = self.fields[name]
        is_code = isinstance(field, (GuidField, DomainField))
        return Fact(field.label, value, is_code=is_code, is_optional=self.is_optional)
