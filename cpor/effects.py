"""What else happens when a claim takes a step, beyond the step itself.

One table; every function runs inside the step's transaction, in this order.
"""

from claims.journal import Effect
from cpor import messages
from disputes.actions import open_dispute, overturn_dispute, uphold_dispute
from reviews.actions import (
    accept_lines,
    assign_by_load,
    assign_to_actor,
    keep_evidence,
    remember_rejecter,
)

EFFECTS: dict[str, list[Effect]] = {
    "submit": [keep_evidence, messages.submitted, messages.rivals],
    "start_review": [assign_to_actor, assign_by_load, messages.review_started],
    "return": [messages.returned],
    "request_info": [messages.action_required],
    "approve": [accept_lines, messages.approved],
    "reject": [remember_rejecter, messages.rejected],
    "resubmit": [keep_evidence, messages.resubmitted, messages.rivals],
    "lapse": [messages.lapsed],
    "withdraw": [messages.withdrawn],
    "decline": [messages.declined],
    "disassociate": [messages.disassociated],
    "supersede": [messages.superseded],
    "dispute": [keep_evidence, open_dispute, messages.dispute_filed],
    "uphold": [uphold_dispute, messages.dispute_upheld],
    "overturn": [overturn_dispute, accept_lines, messages.dispute_overturned],
    "expire": [messages.expired],
    "extend": [messages.deadline_extended],
    "hold": [messages.clock_held],
    "resend": [messages.request_again, messages.deadline_extended],
    "run_out": [messages.deadline_extended],
}
