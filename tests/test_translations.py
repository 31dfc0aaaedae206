"""German is complete, and one text that is missing or broken turns the check red."""

import re

import polib
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from claims.workflow import CLAIM, State
from cpor.catalogues import catalogue_of, faults, merge
from cpor.management.commands import translations as command
from cpor.texts import texts

# DOMAIN.md §1, copied by hand.
STATUSES = {
    "draft": "Entwurf",
    "submitted": "Gesendet",
    "in_review": "Wird überprüft",
    "action_required": "Partneraktion erforderlich",
    "approved": "Genehmigt",
    "rejected": "Abgelehnt",
    "disputed": "Angefochten",
    "rejected_final": "Endgültig abgelehnt",
}
PAGE = """{% load i18n %}
  <p>{% translate "Plain" %} {% translate "Same" context "noun" %}</p>
    {% blocktranslate trimmed with name=a.name %}
      Two lines
      for {{ name }}
    {% endblocktranslate %}
{# Translators: seen by customers #}
{% blocktrans count n=n %}{{ n }} file{% plural %}{{ n }} files{% endblocktrans %}
{% blocktranslate context "mail" %}100 % of {{ it }}{% endblocktranslate %}
{% include "x.html" with title=_("As an argument") %}{{ _("As a variable") }}
{{ value|default:_("As a default") }}{% firstof a _("isn't \\"it\\"") %}
"""
MODULE = """
from django.utils.translation import gettext as _t, ngettext_lazy, npgettext
from django.utils.translation import gettext_lazy as _, pgettext_lazy
A = _("Lazy")
B = _t("Two parts, "
       "one text")
C = ngettext_lazy("%(n)d day", "%(n)d days", "n")
D = pgettext_lazy("verb", "Open")
E = npgettext("list", "one", "many", 2)
F = _(A)
def _(sentence): return sentence
"""


@pytest.fixture
def project(tmp_path):
    """A project with one page, one mail and one app, translated into German."""
    (tmp_path / "templates" / "mail").mkdir(parents=True)
    (tmp_path / "templates" / "page.html").write_text(PAGE)
    (tmp_path / "templates" / "mail" / "hello.txt").write_text(
        '{% load i18n %}\n  {% translate "Hello" %}'
    )
    for folder in ("app", "app/migrations"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text("")
    (tmp_path / "app" / "views.py").write_text(MODULE)
    (tmp_path / "app" / "migrations" / "first.py").write_text('_("Never shown")')
    complete(tmp_path)
    return tmp_path


def complete(root):
    """Translate everything by keeping the English words."""
    catalogue = merge("de", root=root)
    for entry in catalogue:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
        else:
            entry.msgstr = entry.msgid
    catalogue.save(str(catalogue_of("de", root / "locale")))


def change(root, msgid, **changes):
    """Change one entry of the catalogue."""
    path = catalogue_of("de", root / "locale")
    catalogue = polib.pofile(str(path))
    entry = catalogue.find(msgid)
    for name, value in changes.items():
        setattr(entry, name, value)
    catalogue.save(str(path))


def test_every_text_of_pages_mails_and_modules_is_found(project):
    assert set(texts(project)) == {
        (None, "Plain"),
        ("noun", "Same"),
        (None, "Two lines for %(name)s"),
        (None, "%(n)s file"),
        ("mail", "100 %% of %(it)s"),
        (None, "As an argument"),
        (None, "As a variable"),
        (None, "As a default"),
        (None, 'isn\'t "it"'),
        (None, "Hello"),
        (None, "Lazy"),
        (None, "Two parts, one text"),
        (None, "%(n)d day"),
        ("verb", "Open"),
        ("list", "one"),
    }


def test_a_text_knows_its_plural_and_its_files(project):
    found = texts(project)

    assert found[None, "%(n)s file"].msgid_plural == "%(n)s files"
    assert found["list", "one"].msgid_plural == "many"
    assert found[None, "Hello"].occurrences == [("templates/mail/hello.txt", "")]


def test_a_complete_catalogue_has_no_faults(project):
    assert faults("de", root=project) == []


def test_writing_twice_changes_nothing(project):
    path = catalogue_of("de", project / "locale")
    before = path.read_text()

    merge("de", root=project)

    assert path.read_text() == before


def test_writing_adds_what_is_new_and_drops_what_is_gone(project):
    (project / "templates" / "page.html").write_text(
        '{% load i18n %}{% translate "Plain" %}{% translate "New" %}'
    )

    merged = merge("de", root=project)

    assert merged.find("Plain").msgstr == "Plain"
    assert merged.find("New").msgstr == ""
    assert merged.find("As a default") is None


def test_a_better_word_for_a_librarys_text_is_kept(project):
    path = catalogue_of("de", project / "locale")
    catalogue = polib.pofile(str(path))
    catalogue.append(
        polib.POEntry(msgid="Enter a number.", msgstr="Geben Sie eine Zahl ein.")
    )
    catalogue.save(str(path))

    assert faults("de", root=project) == []
    assert merge("de", root=project).find("Enter a number.") is not None


def test_a_missing_text_is_a_fault(project):
    (project / "templates" / "mail" / "new.txt").write_text(
        '{% load i18n %}{% translate "New" %}'
    )

    assert faults("de", root=project) == ["“New” is missing (templates/mail/new.txt)"]


def test_a_language_without_a_catalogue_misses_everything(project):
    assert len(faults("fr", root=project)) == len(texts(project))


def test_a_text_that_is_gone_is_a_fault(project):
    (project / "templates" / "mail" / "hello.txt").unlink()

    assert faults("de", root=project) == [
        "“Hello” is in no source any more (templates/mail/hello.txt)"
    ]


@pytest.mark.parametrize(
    ("msgid", "changes", "fault"),
    [
        ("Plain", {"msgstr": ""}, "has no translation"),
        ("%(n)s file", {"msgstr_plural": {0: "%(n)s", 1: ""}}, "has no translation"),
        ("Plain", {"flags": ["fuzzy"]}, "is only guessed (fuzzy)"),
        (
            "Two lines for %(name)s",
            {"msgstr": "Zwei Zeilen für %(nam)s"},
            "has other placeholders in “Zwei Zeilen für %(nam)s”",
        ),
        ("Plain", {"msgstr": "{x}"}, "has other placeholders in “{x}”"),
        ("Plain", {"msgstr": "%s"}, "has other %-signs in “%s”"),
        ("Plain", {"msgstr": "<b>Schlicht"}, "has other HTML tags in “<b>Schlicht”"),
        (
            "Plain",
            {"msgstr": " Schlicht"},
            "begins or ends with other spaces in “ Schlicht”",
        ),
        (
            "%(n)s file",
            {"msgid_plural": "%(n)s rows", "msgstr_plural": {0: "%(n)s", 1: "%(n)s"}},
            "has another plural in the sources: “%(n)s files”",
        ),
    ],
)
def test_one_bad_entry_is_one_fault(project, msgid, changes, fault):
    change(project, msgid, **changes)

    assert faults("de", root=project) == [f"“{msgid}” {fault} (templates/page.html)"]


def test_an_obsolete_entry_counts_as_missing(project):
    change(project, "Plain", obsolete=True)

    assert faults("de", root=project) == [
        "“Plain” is missing (templates/page.html)",
        "“Plain” is left over (obsolete)",
    ]


def test_an_entry_that_stands_twice_is_a_fault(project):
    path = catalogue_of("de", project / "locale")
    path.write_text(path.read_text() + '\nmsgid "Hello"\nmsgstr "Hallo"\n')

    assert faults("de", root=project) == ["“Hello” stands there twice"]


def test_the_command_fails_and_names_the_fault(project, monkeypatch):
    monkeypatch.setattr(command, "faults", lambda _code: faults("de", root=project))
    call_command("translations", "--check")
    change(project, "Plain", msgstr="")

    with pytest.raises(CommandError, match=r"de:\n“Plain” has no translation"):
        call_command("translations", "--check")


def test_the_command_writes_a_catalogue_for_every_language_but_english(
    project, monkeypatch, capsys
):
    change(project, "Plain", msgstr="")
    written = []
    monkeypatch.setattr(
        command,
        "merge",
        lambda code: written.append(code) or merge(code, root=project),
    )

    call_command("translations", "--write")

    assert written == ["de"]
    assert capsys.readouterr().out.endswith("15 texts, 1 to translate\n")


def test_every_status_has_the_german_name_of_the_seed():
    with translation.override("de"):
        names = {state.value: str(CLAIM[state].label) for state in State}

    assert names == STATUSES


def test_our_german_never_says_what_we_never_say():
    german = polib.pofile(str(catalogue_of("de")))
    banned = re.compile(r"\b(bitte|erfolgreich|ungültig|du|dein|dir)\b", re.IGNORECASE)

    said = [
        form
        for entry in german
        for form in (entry.msgstr, *entry.msgstr_plural.values())
        if banned.search(form)
    ]

    assert said == []
