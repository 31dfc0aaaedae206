"""Contents and people go when they may; hash, size, history and trail stay."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse

from accounts.models import Deed, StaffRole, TrailEntry
from claims import actions, erasure, evidence
from claims.machine import Refused
from claims.models import Claim, Evidence
from claims.workflow import CLAIM, State
from notifications.models import Message
from tests import doors, factories
from tests.claims.pages import browser, words

pytestmark = pytest.mark.django_db

NOW = factories.NOW
LATER = NOW + timedelta(days=31)


@pytest.fixture
def admin():
    return factories.staff(StaffRole.PROGRAMME_ADMIN)


def ended():
    claim = factories.draft()
    evidence.describe(
        evidence=claim.evidence_now[0],
        by=claim.created_by,
        details={"kind": "screenshot", "signer": "Clara Customer"},
        now=NOW,
    )
    for step in factories.ROUTES["rejected_final"]:
        factories.take(fresh(claim), step)
    return fresh(claim)


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def erased(claim, by, now=LATER, reason="Asked to."):
    return erasure.erase_claim(claim=claim, by=by, reason=reason, now=now)


def test_contents_and_people_go_and_the_record_stays(
    admin, django_capture_on_commit_callbacks
):
    claim = ended()
    before = claim.evidence_now[0]
    storage, name = before.content.storage, before.content.name
    steps = list(claim.events.values_list("version", "step"))

    with django_capture_on_commit_callbacks(execute=True):
        erased(claim, admin)

    file = Evidence.objects.get(pk=before.pk)
    assert (file.sha256, file.size) == (before.sha256, before.size)
    assert (file.name, file.original_name, file.signer) == ("", "", "")
    assert (file.content.name, file.erased_at, file.is_clean) == ("", LATER, False)
    assert not storage.exists(name)
    claim = fresh(claim)
    assert [getattr(claim, field) for field in erasure.CUSTOMER] == ["", "", ""]
    assert [getattr(claim, field) for field in erasure.PARTNER] == ["", ""]
    assert list(claim.events.values_list("version", "step"))[:-1] == steps
    event = claim.events.last()
    assert (event.step, event.actor) == ("erase", admin)
    assert event.changes["reason"] == ["", "Asked to."]
    deed = TrailEntry.objects.get(deed=Deed.ERASURE)
    assert (deed.about, deed.partner_id) == (claim.number, claim.partner_id)


def test_what_is_erased_cannot_be_downloaded_and_says_so(admin):
    claim = ended()
    file = claim.evidence_now[0]
    erased(claim, admin)
    where = reverse("evidence", args=[claim.number, file.public_id])
    answer = browser(claim.created_by).get(where)
    assert answer.status_code == 410
    assert "The content was erased. Its fingerprint stays." in words(answer)
    page = words(browser(claim.created_by).get(claim.get_absolute_url()))
    assert "Erased file" in page
    assert "Contents and personal data erased" in page
    assert browser(claim.created_by).get(
        reverse("claim-receipt", args=[claim.number])
    ).status_code in {200, 404}


@pytest.mark.parametrize("state", [s for s in State if not CLAIM[s].is_final])
def test_an_open_claim_is_not_erased(admin, state):
    claim = factories.claim(state)
    with pytest.raises(Refused, match="Only a claim that has ended for good"):
        erased(claim, admin)
    assert fresh(claim).customer_contact_name == "Clara Customer"


def test_an_ended_claim_stays_whole_for_a_time(admin):
    claim = ended()
    early = NOW + timedelta(days=30) - timedelta(seconds=1)
    with pytest.raises(
        Refused, match="30 days after its end: this one from Wed 23 Dec 2026"
    ):
        erased(claim, admin, now=early)
    assert erased(claim, admin, now=NOW + timedelta(days=30))


@pytest.mark.parametrize("role", [r for r in StaffRole if r != "programme_admin"])
def test_nobody_else_erases(role):
    claim, person = ended(), factories.staff(role)
    with pytest.raises(Refused, match="Only a programme admin"):
        erased(claim, person)
    where = reverse("claim-erase", args=[claim.number])
    assert browser(person).post(where, {"reason": "x"}).status_code == 403


def test_an_erasure_says_why(admin):
    with pytest.raises(Refused, match="Write a reason"):
        erased(ended(), admin, reason=" ")


def test_letters_to_the_customer_are_forgotten(admin):
    claim = factories.claim("approved")
    letters = Message.objects.filter(group=claim.number, recipient=None)
    assert [letter.address for letter in letters] == ["clara@contoso.example"]
    factories.take(claim, "disassociate")
    erased(claim, admin)
    assert {letter.address for letter in letters.all()} == {"erased@erased.invalid"}
    assert {str(letter.context) for letter in letters.all()} == {"{}"}


def test_a_contact_leaves_every_ended_claim_and_no_open_one(admin):
    over, running = ended(), factories.claim("submitted")
    told = erasure.erase_contact(
        address="Clara@Contoso.example", by=admin, reason="Asked to.", now=LATER
    )
    assert told.numbers == [over.number]
    assert list(told.refused) == [running.number]
    over = fresh(over)
    assert (over.customer_contact_email, over.customer_contact_name) == ("", "")
    assert over.partner_contact_email
    assert over.evidence_now[0].signer == ""
    assert over.evidence_now[0].is_clean
    assert fresh(running).customer_contact_email == "clara@contoso.example"


def test_what_is_kept_long_enough_goes_by_itself(settings):
    claim, young = ended(), factories.claim("rejected")
    assert erasure.erase_due(now=LATER).numbers == []
    settings.RETENTION_DAYS = 31
    assert erasure.erase_due(now=LATER - timedelta(seconds=1)).numbers == []
    assert erasure.erase_due(now=LATER).numbers == [claim.number]
    assert erasure.erase_due(now=LATER).numbers == []
    assert fresh(claim).events.last().actor_role == "system"
    assert fresh(young).evidence_now[0].is_clean


def test_the_database_brings_nothing_back(admin):
    claim = ended()
    erased(claim, admin)
    for change in ({"erased_at": None}, {"name": "x"}, {"content": "evidence/x"}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Evidence.objects.filter(claim=claim).update(**change)


def test_the_page_asks_twice_and_erases_once(admin, time_machine):
    claim = ended()
    time_machine.move_to(LATER)
    where = reverse("claim-erase", args=[claim.number])
    assert "Erase for good" in words(browser(admin).get(where))
    answer = browser(admin).post(where, {"reason": "Asked to."})
    assert (answer.status_code, "Confirm that the files may go" in words(answer)) == (
        422,
        True,
    )
    assert "Asked to." in answer.content.decode()
    answer = browser(admin).post(where, {"reason": "Asked to.", "is_meant": "on"})
    assert answer.status_code == 302
    assert fresh(claim).customer_contact_email == ""


def test_the_command_erases_and_refuses(admin):
    running = factories.claim("submitted")
    with pytest.raises(CommandError, match="Only a claim that has ended"):
        call_command("erase", claim=running.number, reason="x", by=admin.email)
    with pytest.raises(CommandError, match="is no programme admin"):
        call_command("erase", claim=running.number, reason="x", by="nobody@x.example")
    out = StringIO()
    call_command("erase", due=True, stdout=out)
    assert out.getvalue() == "Nothing to erase.\n"


# --- What the history told of people --------------------------------------------


def edited():
    """An ended claim whose contact changed, and that got a named file meanwhile."""
    claim = factories.claim("action_required")
    actions.edit_claim(
        claim=claim,
        by=claim.created_by,
        fields={
            "customer_contact_name": "Dora Dorn",
            "customer_contact_email": "dora@contoso.example",
            "partner_contact_name": "Paul Partner",
            "customer_language": "de",
        },
        now=NOW,
    )
    claim = fresh(claim)
    file = evidence.attach(
        claim=claim,
        by=claim.created_by,
        upload=ContentFile(factories.PDF + b"%2\n", name="Dora Dorn signed.pdf"),
        now=NOW,
    )
    Evidence.objects.filter(pk=file.pk).update(check_state="clean")
    for step in ("resubmit", "start_review", "approve", "disassociate"):
        factories.take(fresh(claim), step)
    return fresh(claim)


def told(claim):
    return json.dumps([event.changes for event in claim.events.all()])


def test_an_erasure_strikes_people_and_file_names_out_of_the_history(admin):
    claim = edited()
    before = list(claim.events.values("version", "step", "actor", "at", "comment"))
    assert "Dora Dorn signed.pdf" in told(claim)

    erased(claim, admin, now=claim.state_since + timedelta(days=31))

    kept = claim.events.values("version", "step", "actor", "at", "comment")
    assert list(kept)[:-1] == before
    assert "Dora" not in told(claim)
    assert "dora@" not in told(claim)
    edit = claim.events.get(step="edit").changes
    assert edit["customer_contact_email"][1] == "⌫"
    assert edit["customer_language"][1] == "de"
    assert claim.events.get(step="attach").changes == {"evidence": [None, "⌫"]}
    page = words(browser(admin).get(claim.get_absolute_url()))
    assert "Dora" not in page
    assert "⌫" not in page


def test_an_erased_contact_leaves_the_others_in_the_history(admin):
    claim = edited()
    now = claim.state_since + timedelta(days=31)
    address = claim.customer_contact_email
    done = erasure.erase_contact(address=address, by=admin, reason="Asked.", now=now)
    assert done.numbers == [claim.number]
    edit = claim.events.get(step="edit").changes
    assert edit["customer_contact_name"][1] == "⌫"
    assert edit["partner_contact_name"][1] == "Paul Partner"


@pytest.mark.parametrize(
    "change",
    [
        """changes = '{}'""",
        """changes = jsonb_set(changes, '{customer_contact_name,1}', '"Eve"')""",
        """changes = jsonb_set(changes, '{customer_language,1}', '"⌫"')""",
        """changes = jsonb_set(changes, '{signer}', '["⌫", "⌫"]')""",
        """changes = changes - 'customer_contact_name'""",
        """comment = '⌫'""",
        """actor_id = NULL""",
        """at = now()""",
    ],
)
def test_the_history_can_be_changed_in_no_other_way(change):
    claim = edited()
    edit = claim.events.get(step="edit")
    with (
        doors.as_owner(),
        pytest.raises(ProgrammingError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE claims_event SET {change} WHERE id = %s",  # noqa: S608
            [edit.pk],
        )
    assert claim.events.get(pk=edit.pk).changes == edit.changes
