"""What a lead decides about a partner's clock that stands still (DOMAIN.md §3)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from claims import deadlines, journal
from claims.access import actor_for
from claims.machine import Refused
from claims.models import Claim


class Decision(TextChoices):
    """How the clock goes on. Each names a new last day."""

    RESEND = "resend", gettext_lazy("Send the request again")
    EXTEND = "extend", gettext_lazy("Give more time only")
    RUN_OUT = "run_out", gettext_lazy("Let the deadline run out without a mail")


# What stands in the history beside the new day.
STEPS = {
    Decision.RESEND: "resend",
    Decision.EXTEND: "extend",
    Decision.RUN_OUT: "run_out",
}


def _require_lead(by: User, reason: str) -> None:
    if not by.is_lead:
        raise Refused(
            _("Only a lead reviewer decides about a clock that stands still.")
        )
    if not reason.strip():
        raise Refused(_("Write a reason for the decision."))


@transaction.atomic
def decide(
    *,
    claim: Claim,
    by: User,
    how: str,
    until: date,
    reason: str,
    now: datetime,
) -> Claim:
    """Set a held clock going again until the end of another day.

    :param how: a `Decision`; only `RUN_OUT` lets the clock act without a new warning
    :raises Refused: if the person is no lead, the clock runs, or the day is over
    """
    _require_lead(by, reason)
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    old = deadlines.running(claim)
    if old is None or not old.is_held:
        raise Refused(_("The clock is not standing still any more."))
    new = deadlines.extend(
        claim=claim, until=until, by_id=by.pk, reason=reason, now=now
    )
    if how == Decision.RUN_OUT:
        new.warned_otherwise = True
        new.save(update_fields=["warned_otherwise"])
    claim.save(update_fields=["due_at"])
    journal.note_change(
        claim=claim,
        step=STEPS[Decision(how)],
        actor=actor_for(by),
        now=now,
        changes={
            "due_at": [old.due_at.isoformat(), new.due_at.isoformat()],
            "reason": ["", reason],
        },
    )
    return claim
