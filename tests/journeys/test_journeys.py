"""Five stories from the life of a claim, told in a browser."""

import re
from datetime import timedelta

from django.utils import timezone

ADMIN, USER = "admin@nordwind.example", "user@nordwind.example"
RIVAL = "admin@rheinwerk.example"
FIRST, SECOND = "reviewer1@cpor.example", "reviewer2@cpor.example"


def later(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).isoformat()


def customer_of(stage, name: str) -> str:
    """Return a customer of its own for each width, since a key is claimed once."""
    return f"{name}{stage.width}"


def test_a_claim_is_filed_reviewed_and_approved(stage):
    nora, rosa = stage.person(USER), stage.person(FIRST)

    number = nora.files("Exchange", customer_of(stage, "Approval"))
    nora.sees("poe.pdf")
    rosa.starts(number)
    rosa.takes(number, "approve", "Approve", accepts=True)
    rosa.sees_status("Approved")

    nora.opens(f"/claims/{number}/")
    nora.sees_status("Approved")
    nora.finds_no_serious_barrier()
    rosa.finds_no_serious_barrier()
    rival = stage.person(RIVAL)
    rival.opens(f"/claims/{number}/")
    rival.sees_nothing_of(number)


def test_more_is_asked_answered_and_approved(stage):
    nora, rosa = stage.person(USER), stage.person(FIRST)
    number = nora.files("Exchange", customer_of(stage, "Answer"))
    rosa.starts(number)

    rosa.takes(
        number,
        "request_info",
        "Ask for more",
        reason="acknowledgement_missing",
        comment="The signature on page 2 is missing.",
    )
    rosa.sees_status("Partner action required")

    nora.opens(f"/claims/{number}/")
    nora.sees("The signature on page 2 is missing.")
    nora.opens(f"/claims/{number}/edit/evidence/")
    nora.attaches("signed.pdf", "Signed by the customer")
    nora.takes(number, "resubmit", "Resubmit", comment="Signed now.")
    rosa.starts(number)
    rosa.takes(number, "approve", "Approve", accepts=True)

    nora.opens(f"/claims/{number}/")
    nora.sees_status("Approved")
    nora.sees("Signed now.")
    nora.finds_no_serious_barrier()


def test_a_rejection_is_disputed_and_overturned_by_another(stage):
    admin, rosa, ruben = stage.person(ADMIN), stage.person(FIRST), stage.person(SECOND)
    number = admin.files("Exchange", customer_of(stage, "Dispute"))
    rosa.starts(number)
    rosa.takes(
        number,
        "reject",
        "Reject",
        reason="poe_insufficient",
        comment="The report names no work.",
    )

    admin.takes(
        number,
        "dispute",
        "Dispute the rejection",
        comment="Page 3 describes the work.",
        proof="report.pdf",
    )
    admin.sees_status("Disputed")
    rosa.opens(f"/claims/{number}/")
    rosa.sees("You rejected this claim, so another reviewer decides the dispute.")
    ruben.takes(
        number, "overturn", "Overturn the rejection", comment="Page 3 is clear."
    )
    ruben.sees_status("Approved")

    admin.opens(f"/claims/{number}/")
    admin.sees_status("Approved")
    admin.sees("Page 3 is clear.")
    admin.finds_no_serious_barrier()
    ruben.finds_no_serious_barrier()


def test_without_an_answer_the_clock_rejects_and_later_ends_the_claim(stage):
    admin, rosa = stage.person(ADMIN), stage.person(FIRST)
    number = admin.files("Exchange", customer_of(stage, "Clock"))
    rosa.starts(number)
    rosa.takes(
        number,
        "request_info",
        "Ask for more",
        reason="poe_missing",
        comment="The file is a price list.",
    )

    stage.product.let_time_pass_until(later(40))
    admin.opens(f"/claims/{number}/")
    admin.sees_status("Rejected")
    admin.sees("The partner did not answer in time.")
    stage.product.let_time_pass_until(later(90))
    admin.opens(f"/claims/{number}/")
    admin.sees_status("Rejected (final)")
    admin.finds_no_serious_barrier()
    admin.page.get_by_role("button", name="File a new claim from this one").click()
    admin.page.wait_for_url(re.compile("/edit/"))


def test_a_customer_declines_and_a_partner_ends_an_association(stage):
    admin, rosa, customer = (
        stage.person(ADMIN),
        stage.person(FIRST),
        stage.stranger(),
    )
    declined = admin.files("Exchange", customer_of(stage, "Decline"))
    rosa.starts(declined)
    rosa.takes(declined, "approve", "Approve", accepts=True)

    customer.opens(stage.product.link_to_decline(declined))
    customer.finds_no_serious_barrier()
    customer.page.locator("summary", has_text="Decline this association").click()
    customer.page.get_by_role("button", name="Yes, decline").click()
    customer.page.wait_for_load_state()
    admin.opens(f"/claims/{declined}/")
    admin.sees_status("Rejected")

    ended = admin.files("Exchange", customer_of(stage, "Ending"))
    rosa.starts(ended)
    rosa.takes(ended, "approve", "Approve", accepts=True)
    admin.takes(
        ended, "disassociate", "End the association", comment="Our contract ended."
    )
    admin.sees_status("Rejected (final)")
    admin.finds_no_serious_barrier()
