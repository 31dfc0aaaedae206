"""How mails write dates, quotations and words in several languages."""

import pytest
from django.utils import translation

from notifications.blocks import parse
from notifications.templatetags.mail_moments import moment, quoted, short_day
from notifications.wording import in_language, one_line

NIGHT = "2027-01-12T22:59:59+00:00"


@pytest.mark.parametrize(
    ("language", "value", "zone", "written"),
    [
        ("en", NIGHT, "Europe/Berlin", "Tue 12 Jan 2027, 23:59 Europe/Berlin"),
        ("de", NIGHT, "Europe/Berlin", "Di., 12. Jan. 2027, 23:59 Uhr (Europe/Berlin)"),
        ("en", NIGHT, "Asia/Tokyo", "Wed 13 Jan 2027, 07:59 Asia/Tokyo"),
        (
            "en",
            "2027-07-01T21:59:59Z",
            "Europe/Berlin",
            "Thu 1 Jul 2027, 23:59 Europe/Berlin",
        ),
        ("de", "2027-03-01T09:00:00Z", "UTC", "Mo., 1. März 2027, 09:00 Uhr (UTC)"),
        ("en", NIGHT, "No/Where", "Tue 12 Jan 2027, 22:59 UTC"),
        ("en", NIGHT, "", "Tue 12 Jan 2027, 22:59 UTC"),
        (
            "en",
            "2027-01-12T22:59:59",
            "Asia/Tokyo",
            "Wed 13 Jan 2027, 07:59 Asia/Tokyo",
        ),
        ("en", "", "Europe/Berlin", ""),
        ("en", None, "Europe/Berlin", ""),
        ("en", "some day", "Europe/Berlin", ""),
    ],
)
def test_a_moment_names_its_place(language, value, zone, written):
    with translation.override(language):
        assert moment(value, zone) == written


@pytest.mark.parametrize(
    ("language", "written"), [("en", "Tue 12 Jan"), ("de", "Di., 12. Jan.")]
)
def test_a_subject_names_the_day_alone(language, written):
    with translation.override(language):
        assert short_day(NIGHT, "Europe/Berlin") == written


def test_every_line_of_a_quotation_is_marked():
    assert quoted("One\n\nTwo") == "> One\n> \n> Two"
    assert quoted(None) == ""
    assert quoted({"en": "Ours"}) == "> Ours"


@pytest.mark.parametrize(
    ("words", "language", "said"),
    [
        ({"en": "Approved", "de": "Genehmigt"}, "de", "Genehmigt"),
        ({"en": "Approved", "de": ""}, "de", "Approved"),
        ({"fr": "Approuvé"}, "de", "Approuvé"),
        ({}, "de", ""),
        ("Exchange Online", "de", "Exchange Online"),
        (None, "de", ""),
    ],
)
def test_words_come_in_the_reader_s_language_if_there_are_any(words, language, said):
    assert in_language(words, language) == said


@pytest.mark.parametrize(
    "nasty", ["A\rB", "A\nB", "A\u2028B", "A\u2029B", "A\x85B", "A\x0bB", "A\x00 B"]
)
def test_one_line_stays_one_line(nasty):
    assert one_line(nasty) == "A B"


def test_names_keep_their_letters():
    assert one_line("Jürgen Müller-Łódź 株式会社") == "Jürgen Müller-Łódź 株式会社"
    assert one_line("\u202eexe.fdp\u2066") == "exe.fdp"


def test_blocks_are_told_apart_by_their_marks():
    source = """
    ## Why
    - One

    - Two
    > Said
    >
    > so
    A paragraph over
    two lines

    Another @ one
    @ https://example.com/
    """

    assert [(block.kind, block.lines) for block in parse(source)] == [
        ("heading", ("Why",)),
        ("items", ("One", "Two")),
        ("quote", ("Said", "", "so")),
        ("paragraph", ("A paragraph over two lines",)),
        ("paragraph", ("Another @ one",)),
        ("link", ("https://example.com/",)),
    ]
