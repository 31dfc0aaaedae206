"""Every event of DOMAIN.md §11: who is told, in which words, and who never is."""

from datetime import timedelta

import pytest

from accounts.models import StaffRole, Title
from claims import actions, engine
from claims.access import SYSTEM
from claims.models import Claim, Evidence
from claims.sweep import Swept, act, remind
from cpor import messages
from notifications import rendering
from notifications.models import Delivery, DeliveryState, Message
from reviews.actions import assign, comment_with_files
from tests import factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW
LATER = NOW + timedelta(hours=3)
SECOND = timedelta(seconds=1)
CUSTOMER = "clara@contoso.example"


class Cast:
    """A claim and everybody who might hear of it; names say what they are to it."""

    def __init__(self, state):
        company = factories.partner("Nordwind")
        title = Title.GLOBAL_ADMIN if state == "disputed" else Title.PARTNER_USER
        self.people = {
            "author": factories.person(company, title),
            "admin": factories.person(company, Title.BILLING_ADMIN),
            "colleague": factories.person(company, Title.PARTNER_USER),
            "removed admin": factories.person(company, is_active=False),
            "rival": factories.person(
                factories.partner("Rheinwerk"), name="Rita Rival"
            ),
            "lead": factories.staff(StaffRole.LEAD),
            "removed lead": factories.staff(StaffRole.LEAD, is_active=False),
            "auditor": factories.staff(StaffRole.AUDITOR),
            "bystander": factories.staff(),
        }
        self.claim = factories.claim(state, by=self.people["author"])
        self.people["reviewer"] = self.claim.assignee or factories.staff()
        Message.objects.all().delete()

    def take(self, step, by=None):
        actor = None if by is None else factories.actor_for(self.people[by])
        factories.take(self.fresh(), step, by=actor, now=LATER)

    def fresh(self):
        return Claim.objects.get(pk=self.claim.pk)

    def told(self):
        """Return who was told, by topic."""
        names = {person.pk: name for name, person in self.people.items()}
        readers = {}
        for message in Message.objects.all():
            name = names.get(message.recipient_id, message.address or "somebody")
            readers.setdefault(message.topic, []).append(name)
        return {topic: sorted(people) for topic, people in readers.items()}


PARTNER = ["admin", "author"]
PARTNER_AND_REVIEWER = ["admin", "author", "reviewer"]
PARTNER_AND_LEADS = ["admin", "author", "lead"]
EVERYBODY_CONCERNED = ["admin", "author", "lead", "reviewer"]


@pytest.mark.parametrize(
    ("state", "step", "by", "told"),
    [
        ("draft", "submit", "author", {"submitted": PARTNER}),
        ("submitted", "start_review", "reviewer", {"review_started": PARTNER}),
        ("in_review", "request_info", None, {"action_required": PARTNER}),
        (
            "in_review",
            "approve",
            None,
            {"approved": PARTNER, "customer_notice": [CUSTOMER]},
        ),
        ("in_review", "reject", None, {"rejected": PARTNER}),
        ("in_review", "withdraw", "admin", {"withdrawn": PARTNER_AND_REVIEWER}),
        (
            "action_required",
            "resubmit",
            "author",
            {"resubmitted": PARTNER_AND_REVIEWER},
        ),
        (
            "approved",
            "decline",
            None,
            {
                "customer_declined": EVERYBODY_CONCERNED,
                "customer_declined_confirmation": [CUSTOMER],
            },
        ),
        (
            "approved",
            "disassociate",
            "admin",
            {
                "disassociated": EVERYBODY_CONCERNED,
                "disassociated_confirmation": [CUSTOMER],
            },
        ),
        ("rejected", "dispute", "admin", {"dispute_filed": PARTNER_AND_LEADS}),
        ("disputed", "uphold", "bystander", {"dispute_upheld": PARTNER_AND_LEADS}),
        (
            "disputed",
            "overturn",
            "bystander",
            {"dispute_overturned": PARTNER_AND_LEADS, "customer_notice": [CUSTOMER]},
        ),
    ],
)
def test_each_step_is_told_to_exactly_its_readers(state, step, by, told):
    cast = Cast(state)
    cast.take(step, by)
    assert cast.told() == told
    assert_every_mail_can_be_written()


def assert_every_mail_can_be_written():
    for message in Message.objects.select_related("recipient"):
        mail = rendering.mail(message)
        assert mail.subject
        assert "Rheinwerk" not in mail.text + mail.html


def test_a_superseded_claim_is_told_like_every_ended_association():
    cast = Cast("approved")
    cast.claim.lines.update(standing="superseded")
    cast.take("supersede", "lead")
    assert cast.told() == {
        "superseded": EVERYBODY_CONCERNED,
        "superseded_confirmation": [CUSTOMER],
    }


def test_a_return_names_the_refused_file_to_the_partner():
    cast = Cast("submitted")
    Evidence.objects.filter(claim=cast.claim).update(
        check_state="refused", refusal_code="damaged"
    )
    engine.take(claim=cast.claim, step="return", actor=SYSTEM, now=LATER)
    assert cast.told() == {"returned": PARTNER}
    name = cast.fresh().evidence_now[0].name
    assert name in rendering.mail(Message.objects.first()).text


def test_a_review_the_clock_started_is_escalated():
    cast = Cast("submitted")
    type(cast.people["reviewer"]).objects.exclude(pk=cast.people["reviewer"].pk).update(
        is_available=False
    )
    act(now=cast.claim.due_at + SECOND, swept=Swept())
    assert cast.told() == {
        "review_started": PARTNER,
        "escalation": ["lead", "reviewer"],
    }


def test_a_lapse_and_an_expiry_are_told():
    cast = Cast("action_required")
    remind(now=cast.claim.due_at - timedelta(hours=12), swept=Swept())
    assert cast.told() == {"reminder": PARTNER}
    request = dict.fromkeys(("topic", "message_id"), "action_required")
    warning = Message.objects.create(
        **request, key="r", recipient=cast.claim.created_by, group=cast.claim.number
    )
    Delivery.objects.create(message=warning)
    Delivery.objects.update(state=DeliveryState.ACCEPTED)
    Message.objects.update(created_at=NOW)

    act(now=cast.claim.due_at + SECOND, swept=Swept())
    assert cast.told()["lapsed"] == PARTNER_AND_REVIEWER

    Message.objects.all().delete()
    act(now=cast.fresh().due_at + SECOND, swept=Swept())
    assert cast.told() == {"expired": PARTNER_AND_LEADS}


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("in_review", {"reminder": ["lead", "reviewer"]}),
        ("action_required", {"reminder": PARTNER}),
        ("rejected", {"dispute_window_closing": PARTNER}),
    ],
)
def test_a_clock_near_its_end_reminds_whoever_can_act(state, told):
    cast = Cast(state)
    remind(now=cast.claim.due_at - timedelta(hours=12), swept=Swept())
    assert cast.told() == told
    assert_every_mail_can_be_written()


@pytest.mark.parametrize("assigned", [True, False])
def test_a_clock_past_its_end_is_escalated_to_reviewer_and_leads(assigned):
    cast = Cast("submitted")
    if assigned:
        reviewer = cast.people["reviewer"]
        assign(claim=cast.claim, reviewer=reviewer, by=reviewer, now=NOW)
    remind(now=cast.claim.due_at + timedelta(hours=12), swept=Swept())
    assert cast.told() == (
        {"escalation": ["lead", "reviewer"]}
        if assigned
        else {"unassigned_overdue": ["lead"]}
    )
    assert_every_mail_can_be_written()


def test_a_comment_is_told_to_the_other_side():
    for author, told in (("author", ["reviewer"]), ("reviewer", PARTNER)):
        cast = Cast("in_review")
        comment_with_files(
            claim=cast.claim,
            by=cast.people[author],
            text="Which sites?",
            uploads=[],
            now=LATER,
        )
        assert cast.told() == {"comment_added": told}
        assert "Which sites?" in rendering.mail(Message.objects.first()).text


def test_an_extension_is_told_to_both_sides():
    cast = Cast("action_required")
    actions.extend_deadline(
        claim=cast.claim,
        by=cast.people["lead"],
        until=cast.claim.due_at.date() + timedelta(days=3),
        reason="Illness.",
        now=LATER,
    )
    assert cast.told() == {"extended": PARTNER_AND_REVIEWER}


def test_a_rival_on_a_held_key_is_told_to_both_and_names_nobody():
    cast = Cast("approved")
    rival = factories.draft(
        by=cast.people["rival"], tenant_id=cast.claim.tenant_id, now=NOW
    )
    factories.take(rival, "submit", now=LATER)

    told = cast.told()
    assert told["rival_flagged"] == ["lead"]
    assert told["rival_on_key"] == sorted(["admin", "author", "rival"])
    for message in Message.objects.filter(topic="rival_on_key"):
        text = rendering.mail(message).text
        own = message.recipient.partner.name
        other = {"Nordwind": "Rheinwerk", "Rheinwerk": "Nordwind"}[own]
        assert other not in text + str(message.context)
        assert own == "Rheinwerk" or "Rita Rival" not in str(message.context)
        assert message.group == (
            cast.claim.number if own == "Nordwind" else rival.number
        )


def test_the_customers_mail_has_the_link_to_decline_in_the_customers_language():
    cast = Cast("in_review")
    Claim.objects.filter(pk=cast.claim.pk).update(customer_language="de")
    cast.take("approve")
    notice = Message.objects.get(topic="customer_notice")
    assert (notice.address, notice.language) == (CUSTOMER, "de")
    link = notice.context["decline_url"]
    assert link.startswith("http://testserver/c/")
    mail = rendering.mail(notice)
    assert link in mail.text
    assert link in mail.html


def test_the_rejection_says_where_the_reason_is_and_how_and_until_when_to_dispute():
    cast = Cast("in_review")
    cast.take("reject")
    text = rendering.mail(Message.objects.first()).text
    number = cast.claim.number
    assert f"http://testserver/claims/{number}/" in text
    assert f"http://testserver/claims/{number}/steps/dispute/" in text
    assert "23 Dec" in text


def test_each_event_is_composed_once_for_each_reader():
    cast = Cast("draft")
    cast.take("submit", "author")
    event = cast.fresh().events.get()
    before = list(Message.objects.order_by("pk").values_list("key", flat=True))

    messages.submitted(event, None)

    keys = list(Message.objects.order_by("pk").values_list("key", flat=True))
    assert keys == before
    assert len(set(keys)) == len(keys) == 2
    assert Delivery.objects.count() == 2


def test_the_receipt_shows_each_file_with_its_hash():
    cast = Cast("draft")
    cast.take("submit", "author")
    file = Evidence.objects.get(claim=cast.claim)
    text = rendering.mail(Message.objects.first()).text
    assert file.name in text
    assert file.sha256 in text
