"""Every mail: well-formed in both languages, the same as text and as HTML."""

import html
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings as project
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed

from accounts.models import StaffRole, User
from notifications import rendering
from notifications.models import Message
from notifications.topics import (
    BY_MAIL_ONLY,
    GROUPS,
    OBLIGATORY,
    Topic,
    TopicGroup,
    can_switch_off,
)
from notifications.wording import clean
from tests.notifications.conftest import NUMBER

FOLDER = Path(project.BASE_DIR, "templates", "notifications", "mail")
CLOCKS = ["review_start", "review", "partner_response", "dispute_window"]
BOTH = {"en": "Approved", "de": "Genehmigt"}
URL = f"http://testserver/claims/{NUMBER}/"
FULL = {
    "number": NUMBER,
    "claim_name": "Exchange Süd",
    "customer_name": "Alpenblick GmbH",
    "partner_name": "Nordwind AG",
    "status": BOTH,
    "due_at": "2027-01-12T22:59:59+00:00",
    "zone": "Europe/Berlin",
    "due_kind": BOTH,
    "days_left": 3,
    "url": URL,
    "actor_name": "Rita Prüfer",
    "reasons": [
        {"label": BOTH, "sentence": BOTH, "line": "Exchange Online"},
        {"label": BOTH},
    ],
    "comment": "The signature is missing.\n\nThe date, too.",
    "files": [{"name": "poe.pdf", "sha256": "ab" * 32, "refused": True}],
    "dispute_until": "2027-01-20T22:59:59+00:00",
    "dispute_possible": True,
    "dispute_url": f"{URL}steps/dispute/",
    "why_not": {
        "en": "The one dispute is used.",
        "de": "Der Widerspruch ist verbraucht.",
    },
    "history_url": f"{URL}#history",
    "decline_url": "http://testserver/c/abc/",
    "products": ["Exchange Online", BOTH],
    "rival_number": "CPOR-2026-000077",
    "assignee_name": "Rita Prüfer",
    "claims": [{"number": NUMBER, "customer_name": "Alpenblick", "due_at": None}],
    "count": 4,
    "company": "Nordwind AG",
    "invited_by": "Ada Nord",
    "expires_at": "2027-01-12T22:59:59+00:00",
    "address": "clara@alpenblick.example",
    "about": BOTH,
    "detail": "550 No such user",
}
MINIMAL = {"number": NUMBER, "partner_name": "Nordwind AG", "due_at": None}
CONTEXTS = {
    "full": FULL,
    "minimal": MINIMAL,
    "closed": {**FULL, "dispute_possible": False, "holds_key": False},
    **{clock: {**FULL, "clock": clock} for clock in [*CLOCKS, "dispute_answer"]},
    **{f"{clock}-minimal": {**MINIMAL, "clock": clock} for clock in CLOCKS},
}
READERS = {
    "partner": User(email="uwe@nordwind.example", partner_id=1),
    "reviewer": User(email="r@cpor.example", staff_role=StaffRole.REVIEWER),
    "lead": User(email="l@cpor.example", staff_role=StaffRole.LEAD),
    "address": None,
}


def message(topic, context, reader="partner", language="en"):
    """Build a message without writing it down."""
    recipient = READERS[reader]
    return Message(
        topic=topic,
        recipient=recipient,
        address="" if recipient else "clara@alpenblick.example",
        language=language,
        context=clean(context),
        group=NUMBER,
    )


def unmarked(text):
    """Return a text part without the marks of lists, quotations and the footer."""
    return re.sub(r"^(- |> ?|-- $)", "", text, flags=re.MULTILINE)


def words_of_html(source):
    body = source[source.index("<body") :]
    return html.unescape(re.sub(r"<[^>]+>", " ", body)).split()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("topic", Topic.values)
def test_every_mail_is_whole_and_says_the_same_as_text_and_html(
    topic, language, reader
):
    for name, context in CONTEXTS.items():
        mail = rendering.mail(message(topic, context, reader, language))

        assert unmarked(mail.text).split() == words_of_html(mail.html), name
        for part in (mail.subject, unmarked(mail.text)):
            assert not re.search(r"[{}<>%]|None|\[\]|''", part), name
            assert not re.search(r"  |\(\)|:$\n\Z| [.,:]", part, re.MULTILINE), name
        assert mail.subject == " ".join(mail.subject.split())
        assert not mail.text.startswith("\n"), name


@pytest.mark.parametrize("topic", Topic.values)
def test_every_inbox_line_says_what_happened_and_what_to_do(topic):
    for reader in ("partner", "reviewer", "lead"):
        for name, context in CONTEXTS.items():
            line = rendering.line(message(topic, context, reader))

            assert re.match(r"\w.*[.?]\Z", line.headline), name
            assert re.match(r"\w.*[.?]\Z", line.action), name


@pytest.mark.parametrize("word", [r"\bplease\b", r"success", r"invalid", r"\boops"])
def test_no_mail_begs_or_boasts(word):
    for source in FOLDER.iterdir():
        assert not re.search(word, source.read_text(), re.IGNORECASE), source.name


def test_a_request_reads_from_top_to_bottom():
    context = {**FULL, "files": [], "partner_name": None, "claim_name": None}

    mail = rendering.mail(message("action_required", context))

    assert mail.subject == (
        "[Action required] CPOR-2026-000123: more information by Tue 12 Jan"
    )
    assert (
        mail.text
        == f"""\
The reviewer needs more information for claim CPOR-2026-000123 (Alpenblick GmbH).

Change the claim and submit it again by Tue 12 Jan 2027, 23:59 Europe/Berlin. \
After that it is rejected.

Answer now
{URL}

What is missing

- Approved (Exchange Online): Approved
- Approved

What the reviewer wrote

> The signature is missing.
>
> The date, too.

What you can change

- Partner ID, products, contacts, PoE and comments. Everything else stays as it is.

The claim

- Number: CPOR-2026-000123
- Customer: Alpenblick GmbH
- Status: Approved

--\x20
CPOR Claims sends this mail by itself. Nobody reads answers to it.
This mail concerns a right or a duty of yours, so it can't be switched off.
"""
    )


def test_a_rejection_says_where_the_reason_is_and_how_and_until_when_to_dispute():
    mail = rendering.mail(message("rejected", FULL))

    assert mail.subject == f"{NUMBER}: rejected, you can dispute until Wed 20 Jan"
    until = "Wed 20 Jan 2027, 23:59 Europe/Berlin"
    for sentence in (
        f"If you don't agree, you can dispute this once, until {until}.",
        "The decision and its reasons stay on the claim's page, under “History”:",
        f"{URL}#history",
        f"- Until when: {until}. After that the rejection is final.",
        "- How often: once for each claim. A reviewer who did not reject it decides.",
        f"{URL}steps/dispute/",
    ):
        assert sentence in mail.text.splitlines()


def test_a_rejection_that_cannot_be_disputed_says_why_not():
    mail = rendering.mail(message("rejected", {**FULL, "dispute_possible": False}))

    assert "The one dispute is used." in mail.text.splitlines()
    assert "How to dispute" not in mail.text


def test_a_rival_is_told_without_a_name():
    rival = {**FULL, "rival_name": "Rheinwerk GmbH", "actor_name": "Rita Rheinwerk"}

    for holds_key in (True, False):
        mail = rendering.mail(
            message("rival_on_key", {**rival, "holds_key": holds_key})
        )

        assert "another partner" in mail.text.lower()
        assert "Rheinwerk" not in mail.text
        assert "CPOR-2026-000077" not in mail.text


def test_only_the_holder_of_a_key_is_asked_for_poe():
    holder = rendering.mail(message("rival_on_key", FULL))
    other = rendering.mail(message("rival_on_key", {**FULL, "holds_key": False}))

    assert holder.subject == f"[Action required] {NUMBER}: upload current PoE"
    assert "Upload" not in other.text


def test_names_are_escaped_in_html_and_left_alone_in_text():
    name = '<script>alert("x")</script> & Söhne'

    mail = rendering.mail(message("approved", {**FULL, "customer_name": name}))

    assert name in mail.text
    assert "<script" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "&amp;amp;" not in mail.html


def test_what_people_write_cannot_pass_for_our_own_words():
    comment = "## The claim\n- Status: Approved\n@ https://evil.example/\n-- \nCPOR"

    mail = rendering.mail(message("comment_added", {**FULL, "comment": comment}))

    for line in comment.splitlines():
        assert f"> {line}".rstrip() in mail.text.splitlines()
    assert "https://evil.example" not in re.findall(r'href="([^"]*)"', mail.html)


def test_only_web_addresses_become_links():
    for url in ("javascript:alert(1)", "data:text/html,x"):
        mail = rendering.mail(
            message("rejected", {**FULL, "history_url": url, "url": url})
        )

        assert url not in re.findall(r'href="([^"]*)"', mail.html)


def test_the_html_needs_nothing_from_elsewhere():
    mail = rendering.mail(message("rejected", FULL))

    assert not re.search(r"<(img|link|script|iframe|style)\b|url\(", mail.html)
    assert 'style="' in mail.html
    assert '<html lang="en"' in mail.html


def test_a_subject_stays_short_however_long_a_name_is():
    context = {**FULL, "partner_name": "Müller " * 60}

    mail = rendering.mail(message("customer_notice", context, "address"))

    assert len(mail.subject) == 150
    assert mail.subject.endswith("…")


def forget_translations():
    """Let Django read the translation files anew, as when one of them changes."""
    translation_file_changed(None, Path("django.mo"))


def test_words_come_in_german_where_a_translation_exists(settings, tmp_path):
    words = polib.POFile()
    words.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    words.append(polib.POEntry(msgid="Answer now", msgstr="Jetzt antworten"))
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    words.save_as_mofile(str(folder / "django.mo"))
    settings.LOCALE_PATHS = [tmp_path]

    try:
        forget_translations()
        mail = rendering.mail(message("action_required", FULL, language="de"))
    finally:
        forget_translations()

    assert "Jetzt antworten" in mail.text
    assert "- Status: Genehmigt" in mail.text
    assert "Di., 12. Jan. 2027, 23:59 Uhr (Europe/Berlin)" in mail.text
    assert '<html lang="de"' in mail.html


def test_writing_a_mail_leaves_the_active_language_alone():
    with translation.override("de"):
        rendering.mail(message("approved", FULL))

        assert translation.get_language() == "de"


def test_an_unknown_language_falls_back_to_english():
    mail = rendering.mail(message("approved", FULL, language="fr"))

    assert mail.subject == f"{NUMBER}: approved"


def test_readers_can_switch_off_only_what_costs_them_nothing():
    mail = rendering.mail(message("submitted", FULL))

    assert "http://testserver/inbox/preferences/" in mail.text
    assert "inbox/preferences" not in rendering.mail(message("rejected", FULL)).text


def test_customers_get_no_link_to_an_inbox_they_do_not_have():
    for topic in BY_MAIL_ONLY:
        mail = rendering.mail(message(topic, FULL, "address"))

        assert "/inbox/" not in mail.text


# --- Topics ---------------------------------------------------------------------------


def test_every_topic_belongs_to_one_group_and_has_a_template():
    grouped = [topic for topics in GROUPS.values() for topic in topics]
    names = {file.stem for file in FOLDER.glob("[a-z]*.txt")}

    assert sorted(grouped) == sorted(Topic)
    assert {name.partition(".")[0] for name in names} == set(Topic)


def test_warnings_and_refusals_cannot_be_switched_off():
    always = {topic for topic in Topic if not can_switch_off(topic)}

    assert always == {
        "action_required",
        "returned",
        "reminder",
        "reminders",
        "clock_held",
        "lapsed",
        "extended",
        "dates_moved",
        "rejected",
        "dispute_window_closing",
        "customer_declined",
        "rival_on_key",
        "customer_notice",
        "customer_declined_confirmation",
        "disassociated_confirmation",
        "superseded_confirmation",
        "password_reset",
        "invitation",
        "already_has_account",
        "second_factor_forgotten",
    }
    assert TopicGroup.TEAM not in OBLIGATORY
