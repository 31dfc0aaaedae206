"""What messages are about, which of them nobody can switch off, and who sees them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """What happened, from the reader's side (DOMAIN.md §11)."""

    SUBMITTED = "submitted", _("Claim received")
    RESUBMITTED = "resubmitted", _("Answer received")
    REVIEW_STARTED = "review_started", _("Review started")
    ACTION_REQUIRED = "action_required", _("More information needed")
    RETURNED = "returned", _("File refused after submission")
    REMINDER = "reminder", _("Reminder of a deadline")
    REMINDERS = "reminders", _("Several reminders of deadlines")
    CLOCK_HELD = "clock_held", _("Clock stands still")
    LAPSED = "lapsed", _("Rejected: no answer in time")
    EXTENDED = "extended", _("Deadline extended")
    DATES_MOVED = "dates_moved", _("Dates moved to a later day")
    APPROVED = "approved", _("Claim approved")
    REJECTED = "rejected", _("Claim rejected")
    WITHDRAWN = "withdrawn", _("Claim withdrawn")
    DISPUTE_FILED = "dispute_filed", _("Dispute filed")
    DISPUTE_UPHELD = "dispute_upheld", _("Dispute decided: rejection stands")
    DISPUTE_OVERTURNED = "dispute_overturned", _("Dispute decided: claim approved")
    DISPUTE_WINDOW_CLOSING = "dispute_window_closing", _("Time to dispute ends soon")
    EXPIRED = "expired", _("Time to dispute is over")
    CUSTOMER_NOTICE = "customer_notice", _("Notice to the customer")
    CUSTOMER_DECLINED = "customer_declined", _("Customer declined")
    CUSTOMER_DECLINED_CONFIRMATION = (
        "customer_declined_confirmation",
        _("Confirmation to the customer who declined"),
    )
    DISASSOCIATED = "disassociated", _("Association ended by the partner")
    DISASSOCIATED_CONFIRMATION = (
        "disassociated_confirmation",
        _("Notice to the customer: association ended"),
    )
    SUPERSEDED = "superseded", _("Association passed to another partner")
    SUPERSEDED_CONFIRMATION = (
        "superseded_confirmation",
        _("Notice to the customer: association passed on"),
    )
    COMMENT_ADDED = "comment_added", _("New comment")
    RIVAL_ON_KEY = "rival_on_key", _("Another partner on the same product")
    RIVAL_FLAGGED = "rival_flagged", _("Two claims on one product")
    REVIEW_OVERDUE = "review_overdue", _("Decision overdue")
    ESCALATION = "escalation", _("Claim past its date")
    CLOCK_STOPPED = "clock_stopped", _("Clock stopped at its daily limit")
    QUEUE_DIGEST = "queue_digest", _("Summary of the queue")
    UNASSIGNED_OVERDUE = "unassigned_overdue", _("Overdue without a reviewer")
    FILES_AT_RISK = "files_at_risk", _("Stored files or the scanner need attention")
    SET_ASIDE = "set_aside", _("Deadlines that could not act")
    UNDELIVERABLE = "undeliverable", _("Mail could not be delivered")
    PASSWORD_RESET = "password_reset", _("New password")
    INVITATION = "invitation", _("Invitation")
    ALREADY_HAS_ACCOUNT = "already_has_account", _("Address has an account already")
    SECOND_FACTOR_FORGOTTEN = "second_factor_forgotten", _("Second factor forgotten")


class TopicGroup(models.TextChoices):
    """What a reader can switch on and off as one."""

    DUTIES = "duties", _("What you must do, and what costs you a right")
    PROGRESS = "progress", _("Receipts and progress")
    DECISIONS = "decisions", _("Decisions and ended associations")
    TALK = "talk", _("Comments")
    TEAM = "team", _("The team's queue and deadlines")
    CUSTOMER = "customer", _("Notices to customers")
    ACCOUNT = "account", _("Your account")


GROUPS: dict[TopicGroup, frozenset[Topic]] = {
    TopicGroup.DUTIES: frozenset(
        {
            Topic.ACTION_REQUIRED,
            Topic.RETURNED,
            Topic.REMINDER,
            Topic.REMINDERS,
            Topic.CLOCK_HELD,
            Topic.LAPSED,
            Topic.EXTENDED,
            Topic.DATES_MOVED,
            Topic.REJECTED,
            Topic.DISPUTE_WINDOW_CLOSING,
            Topic.CUSTOMER_DECLINED,
            Topic.RIVAL_ON_KEY,
        }
    ),
    TopicGroup.PROGRESS: frozenset(
        {
            Topic.SUBMITTED,
            Topic.RESUBMITTED,
            Topic.REVIEW_STARTED,
            Topic.WITHDRAWN,
            Topic.DISPUTE_FILED,
        }
    ),
    TopicGroup.DECISIONS: frozenset(
        {
            Topic.APPROVED,
            Topic.DISPUTE_UPHELD,
            Topic.DISPUTE_OVERTURNED,
            Topic.EXPIRED,
            Topic.DISASSOCIATED,
            Topic.SUPERSEDED,
        }
    ),
    TopicGroup.TALK: frozenset({Topic.COMMENT_ADDED}),
    TopicGroup.TEAM: frozenset(
        {
            Topic.RIVAL_FLAGGED,
            Topic.REVIEW_OVERDUE,
            Topic.ESCALATION,
            Topic.CLOCK_STOPPED,
            Topic.QUEUE_DIGEST,
            Topic.UNASSIGNED_OVERDUE,
            Topic.SET_ASIDE,
            Topic.FILES_AT_RISK,
            Topic.UNDELIVERABLE,
        }
    ),
    TopicGroup.CUSTOMER: frozenset(
        {
            Topic.CUSTOMER_NOTICE,
            Topic.CUSTOMER_DECLINED_CONFIRMATION,
            Topic.DISASSOCIATED_CONFIRMATION,
            Topic.SUPERSEDED_CONFIRMATION,
        }
    ),
    TopicGroup.ACCOUNT: frozenset(
        {
            Topic.PASSWORD_RESET,
            Topic.INVITATION,
            Topic.ALREADY_HAS_ACCOUNT,
            Topic.SECOND_FACTOR_FORGOTTEN,
        }
    ),
}
GROUP_OF: dict[str, TopicGroup] = {
    topic: group for group, topics in GROUPS.items() for topic in topics
}

# A deadline that costs a right acts only after a delivered warning (DOMAIN.md §3),
# and customers and strangers have nowhere to switch anything off.
OBLIGATORY = frozenset({TopicGroup.DUTIES, TopicGroup.CUSTOMER, TopicGroup.ACCOUNT})

# Mails alone: their readers have no inbox, or must not need one.
# A summary's messages stand in the inbox one by one.
BY_MAIL_ONLY = (
    GROUPS[TopicGroup.CUSTOMER] | GROUPS[TopicGroup.ACCOUNT] | {Topic.REMINDERS}
)

# Links that give their holder a right. They leave the database once they are sent.
SECRETS: dict[str, str] = {
    Topic.PASSWORD_RESET: "url",
    Topic.INVITATION: "url",
    Topic.CUSTOMER_NOTICE: "decline_url",
}


def can_switch_off(topic: str) -> bool:
    """Return whether a reader may do without mails on this topic."""
    return GROUP_OF.get(topic) not in OBLIGATORY
