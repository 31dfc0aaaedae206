"""Whose move it is on a claim, and which moves a page offers this reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from claims.access import Actor, actor_for
from claims.machine import Action, Offer, Step
from claims.models import Claim
from claims.parts import Part
from claims.rules import is_company_admin
from claims.workflow import Role

SYMBOLS = {
    "submit": "send",
    "delete": "trash",
    "start_review": "player-play",
    "approve": "circle-check",
    "request_info": "message-question",
    "reject": "circle-x",
    "resubmit": "send",
    "withdraw": "arrow-back-up",
    "disassociate": "circle-minus",
    "supersede": "circle-minus",
    "dispute": "scale",
    "overturn": "circle-check",
    "uphold": "gavel",
}


# What a clock waits for, as a reader is told whose move it is.
ASKED = {
    "review_start": gettext_lazy("Start the review"),
    "review": gettext_lazy("Decide about the claim"),
    "partner_response": gettext_lazy("Answer the reviewers and submit again"),
    "dispute_window": gettext_lazy("Dispute the rejection if you don't agree"),
    "dispute_answer": gettext_lazy("Decide the dispute"),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """Who must act now, for templates/parts/_next.html."""

    mine: bool
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Move:
    """A step on offer, as templates/claims/_primary.html and _moves.html show it."""

    action: Action
    label: Any
    url: str
    refusal: str | None
    symbol: str

    @property
    def is_direct(self) -> bool:
        """Whether one press takes it; what a partner hands in is read once more."""
        return not self.action.needs_form and self.action.by == Role.REVIEWER


@dataclass(frozen=True, slots=True)
class Moves:
    """The steps on offer, parted as a page shows them."""

    primary: Move | None  # the one next step
    others: Sequence[Move]  # open, quieter
    closed: Sequence[Move]
    grave: Sequence[Move]  # open, and not to be undone

    def __bool__(self) -> bool:
        return bool(self.primary or self.others or self.closed or self.grave)


def moves_of(claim: Claim, offers: Sequence[Offer]) -> Moves:
    """Part offers into the next step, the other open ones and the closed ones."""
    moves = [_move(claim, offer) for offer in offers]
    primary = next((move for move in moves if _comes_next(move)), None)
    rest = [move for move in moves if move is not primary]
    is_open = [move for move in rest if move.refusal is None]
    return Moves(
        primary,
        others=[move for move in is_open if not _is_grave(move.action)],
        closed=[move for move in rest if move.refusal is not None],
        grave=[move for move in is_open if _is_grave(move.action)],
    )


def turn_of(claim: Claim, reader: User, offers: Sequence[Offer]) -> Turn:
    """Return who must act on the claim, in words for this reader."""
    match claim.stage.waits_on:
        case Role.PARTNER:
            return _partners_turn(claim, reader, offers)
        case Role.REVIEWER:
            return _reviewers_turn(claim, reader, offers)
    return _nobodys_turn(claim.stage.meaning)


def _move(claim: Claim, offer: Offer) -> Move:
    action, number = offer.action, claim.number
    symbol = SYMBOLS.get(action.name, "arrow-right")
    if not action.is_submission:
        url = reverse("claim-step", args=[number, action.name])
        return Move(action, action.label, url, offer.refusal, symbol)
    # The wizard leads to what is still missing, and at its end to the step itself.
    url = reverse("claim-continue", args=[number])
    label = action.label if offer.is_open else _("Go on filling it in")
    return Move(
        action, label, url, offer.refusal, symbol if offer.is_open else "pencil"
    )


def _comes_next(move: Move) -> bool:
    """The step that leads on, even while it waits for answers still missing."""
    is_open = move.refusal is None or move.action.is_submission
    return is_open and _leads_on(move.action)


def _is_grave(action: Action) -> bool:
    return action.tone == "danger"


def _asked(claim: Claim, move: Action) -> str:
    clock = claim.stage.clock
    return str(ASKED.get(clock.name, move.label) if clock else move.label)


def _leads_on(action: Action) -> bool:
    return action.tone == "primary"


def _nobodys_turn(why: Any) -> Turn:
    return Turn(mine=False, who=_("Nobody has to act"), what=str(why))


def _partners_turn(claim: Claim, reader: User, offers: Sequence[Offer]) -> Turn:
    move = next((step for step in claim.stage.steps if _is_the_partners(step)), None)
    if not isinstance(move, Action):
        return _nobodys_turn(claim.stage.meaning)
    no = _refusal_to_an_admin(move, claim, actor_for(reader))
    if no and Part.EVIDENCE not in claim.stage.editable:
        # What cannot be mended is nobody's move; the clock will end it.
        return _nobodys_turn(no)
    if reader.partner_id != claim.partner_id:
        return Turn(mine=False, who=str(claim.partner), what=str(claim.stage.meaning))
    if any(o.action is move and o.refusal and not no for o in offers):
        who = _("An admin of your company")
        return Turn(mine=False, who=who, what=_asked(claim, move))
    return Turn(mine=True, who=_("Your turn"), what=no or _asked(claim, move))


def _reviewers_turn(claim: Claim, reader: User, offers: Sequence[Offer]) -> Turn:
    judge = _judge_of(claim)
    mine = any(_leads_on(offer.action) for offer in offers) and (
        judge == reader if judge else _some_are_open(offers)
    )
    if not mine:
        who = str(judge) if judge else _("The reviewers")
        return Turn(mine=False, who=who, what=str(claim.stage.meaning))
    move = next(offer for offer in offers if _leads_on(offer.action))
    what = _asked(claim, move.action) if _some_are_open(offers) else move.refusal
    return Turn(mine=True, who=_("Your turn"), what=what or "")


def _judge_of(claim: Claim) -> User | None:
    """Return the one reviewer whose move it is; a dispute is open to all but one."""
    if claim.disputed_at is not None:
        return None
    return claim.assignee


def _some_are_open(offers: Sequence[Offer]) -> bool:
    return any(offer.is_open for offer in offers)


def _is_the_partners(step: Step) -> bool:
    return isinstance(step, Action) and step.by == Role.PARTNER and _leads_on(step)


def _refusal_to_an_admin(move: Action, claim: Claim, person: Actor) -> str | None:
    """Return why not even an admin of the company could take the step."""
    rules = (rule for rule in move.rules if rule is not is_company_admin)
    return next((no for rule in rules if (no := rule(claim, person))), None)
