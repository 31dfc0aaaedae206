"""The words a workflow is written in, and what can be read back out of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

# A rule answers one question about a subject and a person: why not, or None.
type Rule = Callable[[Any, Any], str | None]
# A check judges what a person gave with the step: what is missing, or None.
type Check = Callable[[Any, Any, "Given"], str | None]

GONE = ""  # where a deleted subject goes


class Refused(Exception):
    """The step is not open to this person now. The message is fit to show them."""


class Need(Enum):
    """How much a step asks for something."""

    NO = "no"
    MAY = "may"
    MUST = "must"


@dataclass(frozen=True, slots=True)
class GivenReason:
    """A coded reason, about one product line or about the claim as a whole."""

    code: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What a person hands over together with a step."""

    comment: str = ""
    reasons: Sequence[GivenReason] = ()
    accepted_lines: AbstractSet[int] = frozenset()
    # The version of the claim the person was looking at; None skips the comparison.
    version: int | None = None


NOTHING = Given()


@dataclass(frozen=True, slots=True)
class Action:
    """A step that a person, or the system on an occurrence, may take."""

    name: str
    to: str
    by: str
    label: Any = field(kw_only=True)
    rules: Sequence[Rule] = field(default=(), kw_only=True)
    checks: Sequence[Check] = field(default=(), kw_only=True)
    comment: Need = field(default=Need.NO, kw_only=True)
    comment_label: Any = field(default="", kw_only=True)
    reasons: Sequence[str] = field(default=(), kw_only=True)
    accepts_lines: bool = field(default=False, kw_only=True)
    adds_round: bool = field(default=False, kw_only=True)
    # Whether the step hands the subject in, with the note that was written for it.
    is_submission: bool = field(default=False, kw_only=True)
    # The purposes of the files that become part of the record with this step.
    takes_files: Sequence[str] = field(default=(), kw_only=True)
    stamps: Sequence[str] = field(default=(), kw_only=True)
    consequence: Any = field(default="", kw_only=True)
    tone: str = field(default="secondary", kw_only=True)

    @property
    def needs_form(self) -> bool:
        """Whether the person has to be asked for more than a press of a button."""
        return bool(self.comment is not Need.NO or self.reasons or self.accepts_lines)

    def refusal(self, subject: object, person: object) -> str | None:
        return next((no for rule in self.rules if (no := rule(subject, person))), None)

    def objection(self, subject: object, person: object, given: Given) -> str | None:
        """Return what is wrong with that which was given, or None."""
        return next(
            (no for check in self.checks if (no := check(subject, person, given))),
            None,
        )


@dataclass(frozen=True, slots=True)
class Timeout:
    """A step that time takes when nobody else does."""

    name: str
    to: str
    label: Any = field(kw_only=True)
    rules: Sequence[Rule] = field(default=(), kw_only=True)
    reasons: Sequence[str] = field(default=(), kw_only=True)
    stamps: Sequence[str] = field(default=(), kw_only=True)

    adds_round = False

    def refusal(self, subject: object, person: object) -> str | None:
        return next((no for rule in self.rules if (no := rule(subject, person))), None)


type Step = Action | Timeout


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a state may last, on whose calendar, and whom it warns when."""

    name: str
    unit: str  # "business days" or "calendar days"
    calendar: str  # whose calendar: the programme's or the partner company's
    label: Any = field(kw_only=True)
    # Reminders by days left, or by the day's number since the start.
    days_left: Sequence[int] = field(default=(), kw_only=True)
    day_numbers: Sequence[int] = field(default=(), kw_only=True)
    # A clock that takes something from somebody acts only after a delivered warning.
    needs_warning: bool = field(default=False, kw_only=True)
    # A right that may pass unused; nobody is late with it.
    is_right: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Stage:
    """All that holds while a subject is in one state."""

    steps: Sequence[Step]
    label: Any = field(kw_only=True)
    meaning: Any = field(kw_only=True)
    colour: str = field(kw_only=True)
    icon: str = field(kw_only=True)
    waits_on: str = field(default="", kw_only=True)
    clock: Clock | None = field(default=None, kw_only=True)
    editable: AbstractSet[str] = field(default=frozenset(), kw_only=True)
    standing: str = field(default="none", kw_only=True)

    @property
    def is_final(self) -> bool:
        return not self.steps

    @property
    def timeout(self) -> Timeout | None:
        return next((s for s in self.steps if isinstance(s, Timeout)), None)

    def hands_in(self, purpose: str) -> bool:
        """Whether a file of this purpose waits here for a step that hands it in."""
        return any(
            isinstance(step, Action) and purpose in step.takes_files
            for step in self.steps
        )

    def action(self, name: str) -> Action | None:
        return next(
            (s for s in self.steps if isinstance(s, Action) and s.name == name), None
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as one person sees it now: open, or closed for a stated reason."""

    action: Action
    refusal: str | None

    @property
    def is_open(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class Workflow:
    """A state machine: for every state, its stage and the steps that lead out of it."""

    stages: Mapping[str, Stage]

    def __iter__(self) -> Iterator[tuple[str, Step]]:
        return (
            (state, step)
            for state, stage in self.stages.items()
            for step in stage.steps
        )

    def __getitem__(self, state: str) -> Stage:
        return self.stages[state]

    @property
    def initial(self) -> str:
        return next(iter(self.stages))

    @property
    def edges(self) -> list[tuple[str, str]]:
        return sorted({(str(a), str(s.to)) for a, s in self if s.to != GONE})

    @property
    def step_names(self) -> set[str]:
        return {step.name for _, step in self}

    @property
    def clocks(self) -> dict[str, Clock]:
        return {c.name: c for s in self.stages.values() if (c := s.clock)}

    def states(self, ask: Callable[[Stage], object]) -> list[str]:
        """Return the states whose stage answers yes, in the order of declaration."""
        return [str(state) for state, stage in self.stages.items() if ask(stage)]

    def offers(
        self, state: str, roles: AbstractSet[str], subject: object, person: object
    ) -> list[Offer]:
        """Return the actions that are this person's to take, each with its refusal."""
        return [
            Offer(step, step.refusal(subject, person))
            for step in self.stages[state].steps
            if isinstance(step, Action) and step.by in roles
        ]
