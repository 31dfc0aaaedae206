"""What a step of a claim's life asks its person for, on the page and in the API."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.strict import StrictForm
from claims.access import Actor
from claims.machine import Action, Given, GivenReason, Need
from claims.models import Claim, Line, line_behind
from claims.reasons import LINE_REASONS, REASON_SENTENCES, Reason

COMMENT_LENGTH = 5000
SEPARATOR = ":"  # between a reason's code and the product line it is about


@dataclass(frozen=True, slots=True)
class Choice:
    """One box to tick."""

    value: str
    auto_id: str
    label: Any
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ReasonCard:
    """A reason with the sentence its reader gets, and the lines it may be about."""

    choice: Choice
    sentence: Any
    lines: tuple[Choice, ...]


class ReasonsField(forms.MultipleChoiceField):
    """Coded reasons: "code", "code:line" or {"code": …, "line": …}."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[str]:
        if isinstance(value, (list, tuple)):
            value = [_spelled(each) for each in value]
        return super().to_python(value)

    def clean(self, value: Any) -> list[GivenReason]:
        chosen = [_reason(each) for each in super().clean(value)]
        # A reason about some lines is not about the claim as a whole.
        of_lines = {reason.code for reason in chosen if reason.line is not None}
        kept = [r for r in chosen if r.line is not None or r.code not in of_lines]
        return list(dict.fromkeys(kept))


class LinesField(forms.TypedMultipleChoiceField):
    """Product lines by their names outside; what comes out are their keys."""

    def __init__(self, lines: Iterable[Line], **options: Any) -> None:
        choices = [(line.alias, str(line)) for line in lines]
        widget = forms.CheckboxSelectMultiple(attrs={"class": "choice-cards"})
        super().__init__(choices=choices, coerce=line_behind, widget=widget, **options)


class StepForm(StrictForm, forms.Form):
    """The form of one action on one claim; takes a POST or the API's JSON alike."""

    beside = ("preview",)
    version = forms.IntegerField(
        required=False,
        min_value=0,
        widget=forms.HiddenInput,
        label=_("version"),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        action: Action,
        claim: Claim,
        actor: Actor,
        **options: Any,
    ) -> None:
        self.action, self.claim, self.actor = action, claim, actor
        options.setdefault("initial", {}).setdefault("version", claim.version)
        super().__init__(data, **options)
        if action.reasons:
            self.fields["reasons"] = _reasons_field(action, claim)
        if action.accepts_lines:
            self.fields["accepted_lines"] = _lines_field(claim)
        if action.comment is not Need.NO:
            self.fields["comment"] = _comment_field(action)

    def given(self) -> Given:
        """Return what was typed, as the engine takes it. Only after is_valid()."""
        typed = self.cleaned_data
        return Given(
            comment=typed.get("comment", ""),
            reasons=tuple(typed.get("reasons", ())),
            accepted_lines=frozenset(typed.get("accepted_lines", ())),
            version=typed.get("version"),
        )

    def clean(self) -> dict[str, Any]:
        """Say at the field what the action's checks miss; the engine asks again."""
        if not self.errors:
            no = self.action.objection(self.claim, self.actor, self.given())
            if no:
                self.add_error(self._field_in_question(), no)
        return self.cleaned_data

    def reason_cards(self) -> list[ReasonCard]:
        """Return the reasons to choose from, each with its lines."""
        chosen = {_spelled(value) for value in self["reasons"].value() or ()}
        return [
            ReasonCard(
                self._choice(code, Reason(code).label, chosen),
                REASON_SENTENCES[Reason(code)],
                tuple(
                    self._choice(f"{code}{SEPARATOR}{line.alias}", str(line), chosen)
                    for line in self._lines_to_tell_apart(code)
                ),
            )
            for code in self.action.reasons
        ]

    def _lines_to_tell_apart(self, code: str) -> list[Line]:
        lines = self.claim.lines_now
        return lines if code in LINE_REASONS and len(lines) > 1 else []

    def _choice(self, value: str, label: Any, chosen: set[str]) -> Choice:
        auto_id = f"{self['reasons'].auto_id}_{value.replace(SEPARATOR, '_')}"
        return Choice(value, auto_id, label, value in chosen)

    def _field_in_question(self) -> str | None:
        return next(
            (f for f in ("accepted_lines", "comment") if f in self.fields), None
        )


def _reasons_field(action: Action, claim: Claim) -> ReasonsField:
    choices: list[tuple[str, Any]] = [
        (code, Reason(code).label) for code in action.reasons
    ]
    choices += [
        (f"{code}{SEPARATOR}{line.alias}", str(line))
        for code in action.reasons
        for line in claim.lines_now
        if code in LINE_REASONS
    ]
    return ReasonsField(
        label=_("Reasons"),
        choices=choices,
        error_messages={
            "required": _("Choose at least one reason."),
            "invalid_choice": _("Choose from the reasons listed for this step."),
        },
    )


def _lines_field(claim: Claim) -> LinesField:
    # Not required here: the action's check says more than "this field is required".
    return LinesField(
        claim.lines_now,
        label=_("Accepted product lines"),
        required=False,
        error_messages={
            "invalid_choice": _("Choose from the product lines of this claim.")
        },
    )


def _comment_field(action: Action) -> forms.CharField:
    return forms.CharField(
        label=action.comment_label or _("Comment"),
        required=action.comment is Need.MUST,
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write a comment that says why.")},
    )


def _spelled(value: Any) -> str:
    if isinstance(value, Mapping):
        line = value.get("line")
        code = value.get("code", "")
        return f"{code}{SEPARATOR}{line}" if line is not None else str(code)
    return str(value)


def _reason(value: str) -> GivenReason:
    code, _separator, line = value.partition(SEPARATOR)
    return GivenReason(code, line_behind(line) if line else None)
