"""Development's mailbox: every mail of the folder, and nothing that could run."""

from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from notifications import mailbox
from notifications.delivery import sweep
from tests.notifications.conftest import soon, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    """A folder that mails land in, as in development."""
    settings.MAIL_FOLDER = tmp_path / "mail"
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(settings.MAIL_FOLDER)},
        }
    }
    return settings.MAIL_FOLDER


def send(subject="Hello", to="clara@alpenblick.example", html="<p>Hello</p>", day=1):
    headers = {"Date": f"Mon, {day:02} Feb 2027 10:00:00 +0000"}
    mail = EmailMultiAlternatives(subject, "Text", to=[to], headers=headers)
    mail.attach_alternative(html, "text/html")
    mail.send(using="default")


def subjects(response):
    return [letter.subject for letter in response.context["page"]]


def test_a_mail_of_the_outbox_lands_in_the_folder_and_can_be_read(folder, reader):
    tell(reader, "rejected", context={"number": "CPOR-2026-000123"})
    sweep(now=soon())
    client = Client()

    page = client.get("/dev/mail/")
    (letter,) = page.context["page"]
    opened = client.get(f"/dev/mail/{letter.name}/")

    assert subjects(page) == ["CPOR-2026-000123: rejected"]
    assert "uwe@nordwind.example" in page.content.decode()
    assert (
        'href="http://testserver/claims/CPOR-2026-000123/"' in opened.content.decode()
    )
    assert "Where the reason is" in opened.content.decode()


def test_the_newest_stand_first_even_within_one_file(folder):
    for day in (1, 3, 2):
        send(f"Day {day}", day=day)
    together = folder / "together.log"
    pieces = [file.read_bytes() for file in folder.iterdir()]
    for file in folder.iterdir():
        file.unlink()
    together.write_bytes(b"".join(pieces))

    page = Client().get("/dev/mail/")

    assert subjects(page) == ["Day 3", "Day 2", "Day 1"]
    names = [letter.name for letter in page.context["page"]]
    assert sorted(names) == ["together-0", "together-1", "together-2"]


def test_a_mail_that_is_still_being_written_waits(folder):
    send()
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-20])

    assert subjects(Client().get("/dev/mail/")) == []


def test_mails_are_found_by_address_and_subject(folder):
    send("Claim approved", to="uwe@nordwind.example")
    send("Claim rejected", to="rita@rheinwerk.example")

    def found(words):
        return subjects(Client().get("/dev/mail/", {"q": words}))

    assert found("NORDWIND") == ["Claim approved"]
    assert found("rita rejected") == ["Claim rejected"]
    assert found("uwe rejected") == []


def test_the_html_part_can_run_nothing(folder):
    html = "<html><head></head><body><script>alert(1)</script>Hello</body></html>"
    send(html=html)
    (letter,) = mailbox.letters(folder)

    answer = Client().get(f"/dev/mail/{letter.name}/html/")

    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert (
        "sandbox allow-popups allow-popups-to-escape-sandbox "
        "allow-top-navigation-by-user-activation"
    ) in policy
    assert "frame-ancestors 'self'" in policy
    assert not any("script-src" in rule for rule in policy)
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in answer.content.decode()


def test_only_the_page_of_a_mail_may_hold_a_frame(folder):
    send()
    (letter,) = mailbox.letters(folder)
    policy = "Content-Security-Policy"
    opened = Client().get(f"/dev/mail/{letter.name}/")
    listed = Client().get("/dev/mail/")
    assert "frame-src 'self'" in opened.headers[policy]
    assert "frame-src" not in listed.headers[policy]


def test_a_subject_cannot_add_markup_to_the_list(folder):
    send("<script>alert(1)</script>")

    page = Client().get("/dev/mail/").content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "name", ["..%2F..%2Fetc%2Fpasswd-0", "..", "secret-0", "x-0", "-0", "x", "mail-99"]
)
def test_only_names_of_mails_open_anything(folder, name):
    send()
    (folder.parent / "secret.log").write_text("secret\n" + "-" * 79 + "\n")
    (folder / "notes.txt").write_text("secret")

    assert Client().get(f"/dev/mail/{name}/").status_code == 404
    assert Client().get(f"/dev/mail/{name}/html/").status_code == 404


def test_other_files_are_no_mails(folder):
    folder.mkdir()
    (folder / "notes.txt").write_text("secret")

    assert subjects(Client().get("/dev/mail/")) == []


def test_an_empty_folder_and_a_missing_one_say_so(folder):
    assert "No mail here" in Client().get("/dev/mail/").content.decode()


@pytest.mark.parametrize(
    "path", ["/dev/mail/", "/dev/mail/x-0/", "/dev/mail/x-0/html/"]
)
@pytest.mark.parametrize("where", ["production", "smtp"])
def test_there_is_no_mailbox_where_mails_leave(folder, settings, path, where):
    send()
    if where == "production":
        settings.CPOR_ENV = "production"
    else:
        settings.MAIL_FOLDER = None

    assert Client().get(path).status_code == 404


def test_looking_at_the_list_again_reads_only_what_is_new(folder, monkeypatch):
    send("Old")
    mailbox.letters(folder)
    reads = []
    original = Path.read_bytes

    def counted(path):
        reads.append(path)
        return original(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    mailbox.letters(folder)

    assert reads == []
