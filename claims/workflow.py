"""The life of a claim: its states, who may move it on, and by when.

This is the only place where the workflow is written down (DOMAIN.md §1-§5). The
buttons, the API actions, the database's triggers and constraints, the deadlines, the
test journeys and the diagram in docs/workflow.md are all read from here.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from claims import consequences, reasons, rules
from claims.machine import GONE, Action, Clock, Need, Stage, Timeout, Workflow
from claims.parts import Part, Standing


class State(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    ACTION_REQUIRED = "action_required", _("Partner action required")
    APPROVED = "approved", pgettext_lazy("claim status", "Approved")
    REJECTED = "rejected", pgettext_lazy("claim status", "Rejected")
    DISPUTED = "disputed", _("Disputed")
    REJECTED_FINAL = "rejected_final", _("Rejected (final)")


class Role(TextChoices):
    """Who acts on a claim. What else they must be is a rule of the step."""

    PARTNER = "partner", _("Partner")
    REVIEWER = "reviewer", _("Reviewer")
    LEAD = "lead", _("Lead reviewer")
    CUSTOMER = "customer", _("Customer")
    SYSTEM = "system", _("System")


PROGRAMME, COMPANY = "programme", "partner"
# What files are there for (claims.models.Purpose).
PROOF, DISPUTE_PROOF = "proof", "dispute"
BUSINESS_DAYS, CALENDAR_DAYS = "business days", "calendar days"

REVIEW_START = Clock(
    "review_start",
    BUSINESS_DAYS,
    PROGRAMME,
    label=_("Start of the review"),
    day_numbers=[4],
)
REVIEW = Clock(
    "review", BUSINESS_DAYS, PROGRAMME, label=_("Decision"), day_numbers=[10, 13]
)
PARTNER_RESPONSE = Clock(
    "partner_response",
    BUSINESS_DAYS,
    COMPANY,
    label=_("Partner's answer"),
    days_left=[7, 3, 1],
    needs_warning=True,
)
DISPUTE_WINDOW = Clock(
    "dispute_window",
    CALENDAR_DAYS,
    COMPANY,
    label=_("Time to dispute"),
    days_left=[7, 1],
    is_right=True,
)
DISPUTE_ANSWER = Clock(
    "dispute_answer",
    BUSINESS_DAYS,
    PROGRAMME,
    label=_("Answer to the dispute"),
    day_numbers=[3],
)

# What a claim needs before it goes to the reviewers, the first time and again.
READY = (
    rules.is_described,
    rules.has_products,
    rules.has_subscriptions,
    rules.has_contacts,
    rules.has_evidence,
    rules.has_no_refused_evidence,
    rules.has_no_twin,
)
WITHDRAW = Action(
    "withdraw",
    State.REJECTED,
    Role.PARTNER,
    label=_("Withdraw the claim"),
    rules=[rules.is_company_admin],
    reasons=reasons.WITHDRAWAL_REASONS,
    comment=Need.MAY,
    stamps=["decided_at"],
    consequence=consequences.ENDS_FOR_GOOD,
    tone="danger",
)

CLAIM = Workflow(
    {
        State.DRAFT: Stage(
            [
                Action(
                    "submit",
                    State.SUBMITTED,
                    Role.PARTNER,
                    label=_("Submit the claim"),
                    rules=READY,
                    stamps=["first_submitted_at", "last_submitted_at"],
                    is_submission=True,
                    takes_files=[PROOF],
                    consequence=consequences.REVIEW_STARTS,
                    tone="primary",
                ),
                Action(
                    "delete",
                    GONE,
                    Role.PARTNER,
                    label=_("Delete the draft"),
                    consequence=_("The draft and its files are gone for good."),
                    tone="danger",
                ),
            ],
            label=State.DRAFT.label,
            meaning=_("The PoE is missing or the claim is not submitted yet."),
            colour="gray",
            icon="pencil",
            waits_on=Role.PARTNER,
            editable=frozenset(Part.values) - {Part.DISPUTE_EVIDENCE},
        ),
        State.SUBMITTED: Stage(
            [
                Action(
                    "start_review",
                    State.IN_REVIEW,
                    Role.REVIEWER,
                    label=_("Start the review"),
                    rules=[rules.is_free_or_mine, rules.evidence_is_clean],
                    stamps=["review_started_at"],
                    consequence=consequences.REVIEW_RUNS,
                    tone="primary",
                ),
                Action(
                    "return",
                    State.ACTION_REQUIRED,
                    Role.SYSTEM,
                    label=_("Return for a refused file"),
                    rules=[rules.some_evidence_was_refused],
                ),
                Timeout(
                    "start_review",
                    State.IN_REVIEW,
                    label=_("Start the review"),
                    rules=[rules.evidence_is_clean, rules.somebody_can_review],
                    stamps=["review_started_at"],
                ),
                WITHDRAW,
            ],
            label=State.SUBMITTED.label,
            meaning=_("Received; the review has not started yet."),
            colour="azure",
            icon="send",
            waits_on=Role.REVIEWER,
            clock=REVIEW_START,
            editable=frozenset({Part.COMMENTS}),
            standing=Standing.OPEN,
        ),
        State.IN_REVIEW: Stage(
            [
                Action(
                    "approve",
                    State.APPROVED,
                    Role.REVIEWER,
                    label=_("Approve"),
                    rules=[
                        rules.is_mine,
                        rules.has_lines_left,
                        rules.no_rival_holds_a_key,
                    ],
                    checks=[rules.every_line_is_accepted],
                    accepts_lines=True,
                    comment=Need.MAY,
                    stamps=["decided_at", "approved_at"],
                    consequence=_(
                        "The partner is associated with the customer. The customer's "
                        "contact gets a mail that says so and how to decline."
                    ),
                    tone="primary",
                ),
                Action(
                    "request_info",
                    State.ACTION_REQUIRED,
                    Role.REVIEWER,
                    label=_("Ask for more"),
                    rules=[rules.is_mine, rules.has_lines_left],
                    reasons=reasons.INFORMATION_REASONS,
                    comment=Need.MUST,
                    consequence=consequences.PARTNER_ANSWERS,
                ),
                Action(
                    "reject",
                    State.REJECTED,
                    Role.REVIEWER,
                    label=_("Reject"),
                    rules=[rules.is_mine],
                    reasons=reasons.REJECTION_REASONS,
                    comment=Need.MUST,
                    stamps=["decided_at"],
                    consequence=consequences.MAY_DISPUTE,
                    tone="danger",
                ),
                WITHDRAW,
            ],
            label=State.IN_REVIEW.label,
            meaning=_("A reviewer is checking the PoE."),
            colour="blue",
            icon="eye-search",
            waits_on=Role.REVIEWER,
            clock=REVIEW,
            editable=frozenset({Part.COMMENTS}),
            standing=Standing.OPEN,
        ),
        State.ACTION_REQUIRED: Stage(
            [
                Action(
                    "resubmit",
                    State.SUBMITTED,
                    Role.PARTNER,
                    label=_("Resubmit"),
                    rules=READY,
                    checks=[rules.something_is_new],
                    comment=Need.MAY,
                    comment_label=_("Comment for the reviewer"),
                    adds_round=True,
                    stamps=["last_submitted_at"],
                    is_submission=True,
                    takes_files=[PROOF],
                    consequence=_("The same reviewer goes on with your claim."),
                    tone="primary",
                ),
                Timeout(
                    "lapse",
                    State.REJECTED,
                    label=_("Lapse without an answer"),
                    stamps=["decided_at"],
                ),
                WITHDRAW,
            ],
            label=State.ACTION_REQUIRED.label,
            meaning=_("The reviewers need more from the partner."),
            colour="amber",
            icon="message-question",
            waits_on=Role.PARTNER,
            clock=PARTNER_RESPONSE,
            editable=frozenset(
                {
                    Part.PARTNER_ID,
                    Part.PRODUCTS,
                    Part.CONTACTS,
                    Part.EVIDENCE,
                    Part.COVERING_NOTE,
                    Part.COMMENTS,
                }
            ),
            standing=Standing.OPEN,
        ),
        State.APPROVED: Stage(
            [
                Action(
                    "disassociate",
                    State.REJECTED_FINAL,
                    Role.PARTNER,
                    label=_("End the association"),
                    rules=[rules.is_company_admin],
                    comment=Need.MUST,
                    comment_label=_("Written reason"),
                    stamps=["association_ended_at"],
                    consequence=_(
                        "Your company is no longer associated with the customer. This "
                        "cannot be undone."
                    ),
                    tone="danger",
                ),
                Action(
                    "decline",
                    State.REJECTED,
                    Role.CUSTOMER,
                    label=_("Decline this association"),
                    comment=Need.MAY,
                    comment_label=_("Reason (optional)"),
                    stamps=["association_ended_at", "decided_at"],
                ),
                Action(
                    "supersede",
                    State.REJECTED_FINAL,
                    Role.LEAD,
                    label=_("End as superseded"),
                    rules=[rules.every_line_was_lost],
                    stamps=["association_ended_at"],
                    consequence=_("The association ends: every line was lost."),
                    tone="danger",
                ),
            ],
            label=State.APPROVED.label,
            meaning=_("The partner is associated with the customer."),
            colour="green",
            icon="circle-check",
            editable=frozenset({Part.EVIDENCE, Part.COMMENTS}),
            standing=Standing.HELD,
        ),
        State.REJECTED: Stage(
            [
                Action(
                    "dispute",
                    State.DISPUTED,
                    Role.PARTNER,
                    label=_("Dispute the rejection"),
                    rules=[
                        rules.is_company_admin,
                        rules.has_dispute_left,
                        rules.was_not_withdrawn,
                        rules.has_no_twin,
                    ],
                    checks=[rules.has_grounds],
                    comment=Need.MAY,
                    comment_label=_("Business justification"),
                    stamps=["disputed_at"],
                    takes_files=[DISPUTE_PROOF],
                    consequence=consequences.DISPUTE_IS_ANSWERED,
                    tone="primary",
                ),
                Timeout("expire", State.REJECTED_FINAL, label=_("Expire undisputed")),
            ],
            label=State.REJECTED.label,
            meaning=_("The claim was not accepted; a dispute may still be possible."),
            colour="red",
            icon="circle-x",
            waits_on=Role.PARTNER,
            clock=DISPUTE_WINDOW,
            editable=frozenset({Part.DISPUTE_EVIDENCE, Part.COMMENTS}),
        ),
        State.DISPUTED: Stage(
            [
                Action(
                    "overturn",
                    State.APPROVED,
                    Role.REVIEWER,
                    label=_("Overturn the rejection"),
                    rules=[
                        rules.is_judged_afresh,
                        rules.evidence_is_checked,
                        rules.has_lines_left,
                        rules.no_rival_holds_a_key,
                    ],
                    comment=Need.MUST,
                    stamps=["decided_at", "approved_at"],
                    consequence=_(
                        "The claim becomes Approved, and the customer's contact gets "
                        "the notice."
                    ),
                    tone="primary",
                ),
                Action(
                    "uphold",
                    State.REJECTED_FINAL,
                    Role.REVIEWER,
                    label=_("Uphold the rejection"),
                    rules=[rules.is_judged_afresh],
                    reasons=reasons.REJECTION_REASONS,
                    comment=Need.MUST,
                    stamps=["decided_at"],
                    consequence=_("The rejection is final."),
                    tone="danger",
                ),
            ],
            label=State.DISPUTED.label,
            meaning=_("The one dispute of this claim is being answered."),
            colour="purple",
            icon="scale",
            waits_on=Role.REVIEWER,
            clock=DISPUTE_ANSWER,
            editable=frozenset({Part.COMMENTS}),
            standing=Standing.OPEN,
        ),
        State.REJECTED_FINAL: Stage(
            [],
            label=State.REJECTED_FINAL.label,
            meaning=_("The claim has ended for good."),
            colour="dark",
            icon="lock",
        ),
    }
)
