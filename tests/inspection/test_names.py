"""Names are cleaned until they are safe on every file system and every screen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.inspection import clean_name
from claims.inspection.names import CHARACTERS, extension_of
from claims.inspection.sniff import Kind

NAMES = [
    # What people call their files stays.
    ("Nachweis.pdf", "Nachweis.pdf"),
    ("Übersicht Größe (final).docx", "Übersicht Größe (final).docx"),
    ("契約書.pdf", "契約書.pdf"),
    ("отчёт 2026.xlsx", "отчёт 2026.xlsx"),
    ("a'b & c, d; e=f+g@h!.pdf", "a'b & c, d; e=f+g@h!.pdf"),
    ("v1.2.3-final_copy.pdf", "v1.2.3-final_copy.pdf"),
    ("😀.png", "😀.png"),
    ("archive.tar.pdf", "archive.tar.pdf"),
    # The extension is written small, and stays the last one.
    ("SCAN.PDF", "SCAN.pdf"),
    ("photo.JPeG", "photo.jpeg"),
    ("invoice.pdf.exe", "invoice.pdf.exe"),
    ("README", "README"),
    # Paths.
    ("/etc/passwd", "passwd"),
    ("../../etc/passwd.pdf", "passwd.pdf"),
    ("..\\..\\windows\\win.pdf", "win.pdf"),
    ("C:\\fakepath\\proof.pdf", "proof.pdf"),
    ("\\\\host\\share\\proof.pdf", "proof.pdf"),
    ("a/b\\c.pdf", "c.pdf"),
    ("folder/", "folder"),
    ("proof.pdf:stream.exe", "proof.pdf_stream.exe"),
    ("a\u2215b.pdf", "a_b.pdf"),
    ("a\u2044b\uff0fc.pdf", "a_b_c.pdf"),
    ("a..b....c.pdf", "a.b.c.pdf"),
    # Control characters, line ends, NUL.
    ("a\x00b.pdf", "ab.pdf"),
    ("a.pdf\x00.exe", "a.pdf.exe"),
    ("a\r\nSet-Cookie.pdf", "a Set-Cookie.pdf"),
    ("a\tb.pdf", "a b.pdf"),
    ("\x1b[31ma.pdf", "[31ma.pdf"),
    ("a\x7f\x85b.pdf", "a b.pdf"),
    # Characters that turn the reading direction or cannot be seen.
    ("photo\u202egnp.exe", "photognp.exe"),
    ("a\u2066b\u2069.pdf", "ab.pdf"),
    ("\u200ea\u200f.pdf", "a.pdf"),
    ("a\u200bb\u200cc\u200dd.pdf", "abcd.pdf"),
    ("\ufeffa.pdf", "a.pdf"),
    ("a\u00adb.pdf", "ab.pdf"),
    ("a\u2060b.pdf", "ab.pdf"),
    ("a\u180eb.pdf", "ab.pdf"),
    ("a\u3164b.pdf", "ab.pdf"),
    ("a\ufe0fb.pdf", "ab.pdf"),
    ("a\U000e0041b.pdf", "ab.pdf"),
    ("a\ud800b.pdf", "ab.pdf"),
    ("a\u2028b.pdf", "a b.pdf"),
    # Composed form; composing also across what is removed.
    ("u\u0308ber.pdf", "über.pdf"),
    ("u\u200d\u0308ber.pdf", "über.pdf"),
    ("\u212bngström.pdf", "Ångström.pdf"),
    # Blanks and dots at the ends; names Windows keeps for itself.
    ("  proof  .pdf  ", "proof.pdf"),
    ("proof.pdf...", "proof.pdf"),
    (".htaccess", "document.htaccess"),
    ("...hidden.pdf", "hidden.pdf"),
    ("a\u00a0\u3000b.pdf", "a b.pdf"),
    ("CON", "_CON"),
    ("nul.pdf", "_nul.pdf"),
    ("Com1.tar.pdf", "_Com1.tar.pdf"),
    ("LPT².docx", "_LPT².docx"),
    ("console.pdf", "console.pdf"),
    ('a<b>c"d|e?f*g.pdf', "a_b_c_d_e_f_g.pdf"),
    # Where nothing is left.
    ("", "document"),
    (".pdf", "document.pdf"),
    ("....", "document"),
    ("\u202e\u200b.pdf", "document.pdf"),
    ("///", "document"),
]


@pytest.mark.parametrize(("name", "cleaned"), NAMES)
def test_a_name_is_cleaned(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@pytest.mark.parametrize(
    ("name", "kind", "cleaned"),
    [
        ("a.pdf", Kind.PDF, "a.pdf"),
        ("a.jpeg", Kind.JPEG, "a.jpeg"),
        ("a.JFIF", Kind.JPEG, "a.jfif"),
        ("a.png", Kind.JPEG, "a.png.jpg"),
        ("a.exe", Kind.PDF, "a.exe.pdf"),
        ("a", Kind.MSG, "a.msg"),
        ("", Kind.DOCX, "document.docx"),
        ("a.", Kind.XLSX, "a.xlsx"),
    ],
)
def test_the_extension_becomes_that_of_the_detected_type(
    name: str, kind: Kind, cleaned: str
) -> None:
    assert clean_name(name, kind) == cleaned


@pytest.mark.parametrize("letter", ["a", "ä", "語", "😀"])
def test_a_long_name_keeps_its_extension(letter: str) -> None:
    name = clean_name(letter * 1000 + ".docx")

    assert name.endswith(letter + ".docx")
    assert len(name) <= CHARACTERS
    assert len(name.encode()) <= 255


@given(st.text(max_size=300))
def test_whatever_the_name_the_result_is_safe(name: str) -> None:
    cleaned = clean_name(name)

    assert 0 < len(cleaned) <= CHARACTERS
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(c)[0] == "C" for c in cleaned)
    assert not set(cleaned) & set('/\\<>:"|?*')
    assert cleaned == cleaned.strip(". ")
    assert ".." not in cleaned


@given(st.text(max_size=300))
def test_cleaning_a_clean_name_changes_nothing(name: str) -> None:
    cleaned = clean_name(name)

    assert clean_name(cleaned) == cleaned
    assert extension_of(cleaned) == extension_of(name)
