"""Single rules, where the whole files of the other tests would not show the fault."""

import re
import zlib

import pytest

from claims.inspection import Code, pdf
from claims.inspection.archive import _inflated
from claims.inspection.case import Budget
from claims.inspection.finding import Refusal
from claims.inspection.formulas import judge_formula
from claims.inspection.hypertext import inspect_html
from claims.inspection.links import is_active_link, is_remote
from claims.inspection.pdf_objects import LOUD
from claims.inspection.pdf_streams import unpacked
from claims.inspection.pdf_syntax import Dictionary, Name, Ref, parse
from claims.inspection.rich_text import unpacked_rtf
from claims.inspection.word_fields import judge_field
from claims.inspection.zip_headers import Part


def test_no_rule_of_pdf_looks_at_a_word_that_is_not_loud() -> None:
    by_value = {"S", "Subtype", "FS", "F", "UF"}
    words = {*pdf.RULES, *pdf.ACTIONS, *pdf.ACTIONS_WITH_KEY, *pdf.ANNOTATIONS}
    words |= {"URL", "EF", "EmbeddedFile", "Encrypt", *pdf.NOT_BY_ITSELF}

    silent = {word for word in words if not LOUD.search(b"/%s " % word.encode())}

    assert silent == by_value
    assert all(LOUD.search(b"/%s 7 0 R" % word.encode()) for word in by_value)
    assert LOUD.search(b"/F(a)")
    assert not LOUD.search(b"/F 4/Rect")
    assert LOUD.search(b"/L#61unch ")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b" 12 ", 12),
        (b"-.5 ", -0.5),
        (b"/A#42c ", Name("ABc")),
        (b"(a(b)\\)\\101)", b"a(b))A"),
        (b"<4 1 4>", b"A@"),
        (b"7 0 R", Ref(7, 0)),
        (b"[1 0 R 2]", [Ref(1, 0), 2]),
        (b"[1%x\n0%y\nR]", [Ref(1, 0)]),
        (b"<</A<</B[null]>>>>", Dictionary([("A", Dictionary([("B", [None])]))])),
        (b"<</A 1/A 2>>", Dictionary([("A", 1), ("A", 2)])),
        (b"<</A/B/C>>", Dictionary([("A", Name("B")), ("B", Name("C"))])),
        (b"<</A 1 endobj", Dictionary([("A", 1)])),
        (b"", None),
    ],
)
def test_an_object_of_a_pdf_is_read_as_viewers_read_it(
    text: bytes, value: object
) -> None:
    assert parse(text, 0).value == value


@pytest.mark.parametrize(
    ("filters", "packed", "content"),
    [
        (["ASCIIHexDecode"], b"48 65 6C>", b"Hel"),
        (["A85"], b'<~87cURD]i,"Ebo80~>', b"Hello World!"),
        (["RunLengthDecode"], b"\x02abc\xfex\x80", b"abcxxx"),
        (["LZWDecode"], bytes.fromhex("800B6050220C0C8501"), b"-----A---B"),
    ],
)
def test_a_stream_is_unpacked(
    filters: list[str], packed: bytes, content: bytes
) -> None:
    assert b"".join(unpacked(packed, filters)) == content


def test_a_rich_text_body_is_unpacked_as_in_the_specification() -> None:
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af3"
        "2068656c090020627705b06c647d0a800fa0"
    )
    text = b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"

    assert unpacked_rtf(packed, Budget()) == text


@pytest.mark.parametrize(
    ("target", "remote"),
    [
        ("http://e.test/a", True),
        ("HTTPS:\\\\e.test", True),
        ("\\\\host\\share\\a", True),
        ("//host/a", True),
        ("file://host/a", True),
        ("file:////host/a", True),
        ("file:///\\\\host\\a", True),
        ("file:\\\\host\\a", True),
        ("ftp://e.test/a", True),
        ("%68ttp://e.test", True),
        ("C:\\a.dotx", False),
        ("file:///C:\\a.dotx", False),
        ("file:///C:/a%20b.dotx", False),
        ("file://localhost/Users/a", False),
        ("file:///Users/a/b.dotx", False),
        ("/Users/a/b.dotx", False),
        ("Book2.xlsx", False),
        ("../media/image1.png", False),
        ("cid:image001.png@01D9", False),
        ("", False),
    ],
)
def test_a_target_is_remote_or_not(target: str, *, remote: bool) -> None:
    assert is_remote(target) is remote


@pytest.mark.parametrize(
    ("target", "active"),
    [
        ("javascript:x", True),
        (" Java\tScript:x", True),
        ("ms-msdt:/id", True),
        ("data:text/html,x", True),
        ("https://example.com/javascript:x", False),
        ("mailto:a@example.com", False),
        ("about:blank", False),
        ("C:\\a.txt", False),
    ],
)
def test_a_link_acts_or_not(target: str, *, active: bool) -> None:
    assert is_active_link(target) is active


@pytest.mark.parametrize(
    "code",
    [
        "DDE a b",
        ' "DDEAUTO" a',
        "dde a",
        "\u201cDDE a",
        "LINK a b",
        "INCLUDETEXT //h/a",
    ],
)
def test_a_field_that_reaches_out_is_refused(code: str) -> None:
    with pytest.raises(Refusal):
        judge_field(code, "part")


@pytest.mark.parametrize(
    "code",
    ["PAGE", "DDESHEET a", "INCLUDEPICTURE C:\\a.png", "MERGEFIELD DDE", "= 2 + 3", ""],
)
def test_an_everyday_field_passes(code: str) -> None:
    judge_field(code, "part")


@pytest.mark.parametrize(
    "formula",
    [
        "SUM(A1:A3)",
        '"a|b"&A1',
        "'a|b'!A1",
        "T[a|b]",
        "RTDATA(1)",
        "CALLS!A1",
        "MYCALL(1)",
    ],
)
def test_an_everyday_formula_passes(formula: str) -> None:
    judge_formula(formula, "sheet")


def test_the_object_word_writes_for_its_smart_tags_passes() -> None:
    word = b"<object classid='clsid:38481807-CA0E-42D2-BF39-B33AF135CC4D' id=ieooui>"

    inspect_html(word, None)

    with pytest.raises(Refusal) as refused:
        inspect_html(re.sub(rb"38481807", b"00000000", word), None)
    assert refused.value.code == Code.ACTIVE_CONTENT


@pytest.mark.parametrize(
    "body",
    [
        "<svg/onload=alert(1)>",
        "<img src=x onerror=alert(1)>",
        '<body class="a"onload="alert(1)">',
        '<a href="java&#115;cript:alert(1)">x</a>',
        '<a href="java\tscript:alert(1)">x</a>',
        "<a href='&#x6A;avascript&colon;alert(1)'>x</a>",
    ],
)
def test_what_would_run_in_a_body_is_refused_however_it_is_written(body: str) -> None:
    with pytest.raises(Refusal) as refused:
        inspect_html(body.encode(), None)
    assert refused.value.code == Code.ACTIVE_CONTENT


@pytest.mark.parametrize(
    "body",
    [
        "<p>Write &lt;a href=&quot;javascript:x&quot;&gt; or onload=x there.</p>",
        '<a href="https://x.example/?onload=1&amp;java=script:">x</a>',
        "<p>Once on load = full, the lorry leaves.</p>",
    ],
)
def test_words_about_scripts_pass(body: str) -> None:
    inspect_html(body.encode(), None)


def test_a_part_that_one_damaged_byte_made_longer_is_corrupt_not_a_bomb() -> None:
    content = bytes(range(256)) * 40
    pack = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    raw = pack.compress(content) + pack.flush()
    for stated, code in ((9_000, Code.CORRUPT), (90, Code.ARCHIVE_BOMB)):
        part = Part("a.xml", 0, 8, 0, len(raw), stated, 0)
        with pytest.raises(Refusal) as refused:
            _inflated(raw, part)
        assert refused.value.code == code
