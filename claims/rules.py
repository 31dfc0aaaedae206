"""Named conditions the workflow refers to: a sentence that says why not, or None."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims.machine import Given

if TYPE_CHECKING:
    from claims.access import Actor
    from claims.models import Claim

type No = str | None

# --- Before a claim may be submitted (DOMAIN.md §2, §4) ----------------------


def is_described(claim: "Claim", _person: "Actor") -> No:
    """The wizard's single answers are there."""
    missing = claim.missing_answers()
    if missing:
        return _("Still missing: %(answers)s.") % {
            "answers": ", ".join(str(answer) for answer in missing)
        }
    return None


def has_products(claim: "Claim", _person: "Actor") -> No:
    return None if claim.lines_now else _("Add at least one product.")


def has_subscriptions(claim: "Claim", _person: "Actor") -> No:
    """A product that is keyed by its subscription names the subscription."""
    missing = [line.product.name for line in claim.lines_now if line.lacks_subscription]
    if missing:
        return _("Add the subscription ID of %(products)s.") % {
            "products": ", ".join(missing)
        }
    return None


def has_contacts(claim: "Claim", _person: "Actor") -> No:
    if claim.has_both_contacts:
        return None
    return _("Name both contacts: the customer's and your own.")


def has_evidence(claim: "Claim", _person: "Actor") -> No:
    if claim.evidence_now:
        return None
    return _("Attach at least one proof of execution (PoE).")


def has_no_refused_evidence(claim: "Claim", _person: "Actor") -> No:
    refused = [file.name for file in claim.evidence_now if file.is_refused]
    if refused:
        return _("Replace or remove the refused file: %(files)s.") % {
            "files": ", ".join(refused)
        }
    return None


def has_no_twin(claim: "Claim", _person: "Actor") -> No:
    """The same partner holds no other open claim on a key (DOMAIN.md §7)."""
    twin = claim.twin()
    if twin is None:
        return None
    return _(
        "Your company already has an open claim on this customer and product: "
        "%(number)s."
    ) % {"number": twin.number}


# --- While a claim is reviewed -----------------------------------------------


def evidence_is_clean(claim: "Claim", _person: "Actor") -> No:
    return _still_checking(sum(not file.is_clean for file in claim.evidence_now))


def _still_checking(waiting: int) -> No:
    if not waiting:
        return None
    return ngettext(
        "%(count)s file is still being checked.",
        "%(count)s files are still being checked.",
        waiting,
    ) % {"count": waiting}


def evidence_is_checked(claim: "Claim", _person: "Actor") -> No:
    """No file waits any more; one that was refused proves nothing, and stops nobody."""
    return _still_checking(sum(file.is_pending for file in claim.evidence_now))


def some_evidence_was_refused(claim: "Claim", _person: "Actor") -> No:
    if any(file.is_refused for file in claim.evidence_now):
        return None
    return _("No file of this claim was refused.")


def is_free_or_mine(claim: "Claim", person: "Actor") -> No:
    """A claim that somebody has taken is started by them, or by a lead."""
    if claim.assignee_id in {None, person.pk} or person.is_lead:
        return None
    return _("%(reviewer)s has taken this claim.") % {"reviewer": claim.assignee}


def is_mine(claim: "Claim", person: "Actor") -> No:
    if claim.assignee_id == person.pk:
        return None
    return _("Only the assigned reviewer decides: %(reviewer)s.") % {
        "reviewer": claim.assignee or _("nobody yet")
    }


def somebody_can_review(claim: "Claim", _person: "Actor") -> No:
    return None if claim.has_reviewer() else _("No reviewer is available.")


def has_lines_left(claim: "Claim", _person: "Actor") -> No:
    """After a lost arbitration nothing is left that could be approved."""
    if claim.lines_now:
        return None
    return _("Every product line was lost in arbitration: reject the claim.")


def no_rival_holds_a_key(claim: "Claim", _person: "Actor") -> No:
    if not claim.held_by_rivals():
        return None
    return _(
        "Another partner is associated with this customer and product. "
        "A lead reviewer has to arbitrate first."
    )


def every_line_is_accepted(claim: "Claim", _person: "Actor", given: Given) -> No:
    open_lines = {line.pk for line in claim.lines_now} - given.accepted_lines
    if not open_lines:
        return None
    return _("Accept every product line, or ask the partner about it.")


def every_line_was_lost(claim: "Claim", _person: "Actor") -> No:
    if claim.lines_now:
        return _("The partner keeps at least one product line.")
    return None


# --- What the partner's side may do ------------------------------------------


def is_company_admin(claim: "Claim", person: "Actor") -> No:
    if person.is_partner_admin:
        return None
    return _("Only an admin of your company can do this.")


def something_is_new(claim: "Claim", _person: "Actor", given: Given) -> No:
    if given.comment or claim.covering_note or claim.changed_in_this_round():
        return None
    return _("Change something, add a PoE file or write a comment.")


def has_dispute_left(claim: "Claim", _person: "Actor") -> No:
    if claim.disputed_at is None:
        return None
    return _("The one dispute of this claim is used up.")


def was_not_withdrawn(claim: "Claim", _person: "Actor") -> No:
    if not claim.was_withdrawn:
        return None
    return _("Your company withdrew this claim, so it cannot be disputed.")


def has_grounds(claim: "Claim", _person: "Actor", given: Given) -> No:
    """Justification or updated PoE; after a customer's no, their fresh consent."""
    files = claim.dispute_evidence()
    if claim.was_declined and not files:
        return _(
            "The customer declined. Attach the customer's fresh written consent as PoE."
        )
    if given.comment or files:
        return None
    return _("Write a business justification or attach an updated PoE.")


def is_judged_afresh(claim: "Claim", person: "Actor") -> No:
    if claim.rejected_by_id is None or claim.rejected_by_id != person.pk:
        return None
    return _("You rejected this claim, so another reviewer decides the dispute.")
