"""Rich text bodies of mails that reach out or run something, and everyday ones."""

from claims.inspection import Code
from tests.inspection.mails import mail, msg, packed_rich_text, rich_text
from tests.inspection.samples import Sample, honest, hostile

ACTIVE, OUTSIDE = Code.ACTIVE_CONTENT, Code.EXTERNAL_REFERENCE
EMBEDDED = Code.EMBEDDED_OBJECT


def _field(code: str) -> str:
    return f"{{\\field{{\\*\\fldinst {code}}}{{\\fldrslt x}}}}"


def _rtf(inner: str) -> bytes:
    return b"{\\rtf1\\ansi %s\\par}" % inner.encode()


def _from_html(inner: str) -> bytes:
    return _rtf("\\fromhtml1 \\deff0{\\*\\htmltag64 <p>}" + inner)


_RUNS = (
    _field("{DD}{EAUTO} a b"),
    _field("\\'44\\'44EAUTO a b"),
    _field("{\\b D}{\\i\r\nD}E\r\nAUTO a b"),
    _field("\\u68?\\u68?E a b"),
    _field("\\uc0\\u68\\u68 E a b"),
    _field("{\\*\\odd x}DDEAUTO a b"),
    _field("D{\\bin3 }}}DEAUTO a b}").replace("{\\bin3 }}}", "\\bin3 }}}"),
    _field("%s DDE a b" % ("\\b" * 500)),
    "{\\field{\\*\\fldinst {\\field{\\*\\fldinst QUOTE 68 68 69}{\\fldrslt }} a b}}",
    "{\\field{\\*\\fldinst {\\field{\\*\\fldinst QUOTE 68}{\\fldrslt }}DE a b}}",
    _field("{\\*\\b D}DE a b"),
    "{\\field\\flddirty{\\*\\fldinst{DDE a b}}",
    _field('HYPERLINK "file:///C:/Windows/System32/calc.exe"'),
    _field('HYPERLINK "\\\\\\\\\\\\\\\\host\\\\\\\\s\\\\\\\\a.hta"'),
    _field('HYPERLINK "search-ms:a"'),
    _field('HYPERLINK "file:///\\\\\\\\host\\\\s\\\\a.rtf!x"'),
    _field('HYPER{LINK} "java\\\'73cript:x"'),
)
_OUTSIDE = (
    _field("LINK Excel.Sheet.8 a b"),
    _field('INCLUDEPICTURE "http://e.test/a.png" \\\\d'),
    _field('INCLUDE{PICTURE} "\\\\\\\\host\\\\a.png"'),
    _field('INCLUDETEXT "http://e.test/a"'),
    _field('HYPERLINK "file://host/s"'),
    _field('HYPERLINK "\\\\\\\\\\\\\\\\host\\\\\\\\s"'),
    _field("HYPERLINK \\\\\\\\host\\\\s"),
    "{\\*\\template \\'68ttp://e.test/a}",
    "{\\*\\template{\\b file:}//host/a.dotx}",
    "{\\filetbl{\\file\\fid1 \\\\\\\\host\\\\a.rtf}}",
    "{\\*\\mmdatasource file://host/a.mdb}",
    "{\\fonttbl{\\f0{\\*\\fontfile //host/a.ttf}A;}}",
    "{\\pict{\\*\\picprop{\\sp{\\sn pibName}{\\sv file://host/a.png}}}00}",
)
_OBJECTS = (
    "{\\object\\rsltpict{\\*\\objdata0 0105}}",
    "{\\object{\\*\\objdata\r\n01}}",
    "{\\object{\\result x}}",
    "{\\*\\objclass Package}",
)
_TAGS = (
    (ACTIVE, "{\\*\\htmltag84 \\'3cscript>x}"),
    (ACTIVE, "{\\*\\htmltag84 <scr}\\htmlrtf odd\\htmlrtf0{\\*\\htmltag84 ipt>x}"),
    (ACTIVE, "{\\*\\htmltag84 <img src=x onerror\\u61?x>}"),
    (OUTSIDE, '{\\*\\htmltag84 <img src="\\\\\\\\host\\\\s\\\\a.png">}'),
    (OUTSIDE, "{\\*\\htmltag84 <img src=\\'66ile://host/a.png>}"),
    (ACTIVE, '{\\*\\htmltag84 <a href="ldap://host/a">}x'),
)
_EVERYDAY = (
    "{\\colortbl;\\red0\\green0\\blue255;}{\\*\\generator Msftedit;}\\uc1\\pard x",
    _field('HYPERLINK "https://example.com/a"'),
    _field('HYPERLINK "mailto:jane@example.com" \\\\o "Jane"'),
    _field('HYPERLINK "C:\\\\\\\\Users\\\\\\\\jane\\\\\\\\Scope.docx"'),
    _field("PAGE"),
    _field('INCLUDEPICTURE "https://e.test/a.png" \\\\* MERGEFORMATINET'),
    "We talk of DDE and LINK here, \\'e4nd of {\\b <b>} too.",
    "{\\*\\template C:\\\\Users\\\\jane\\\\Normal.dotm}",
    "Proof: {\\*\\objattph  }\\'20",
    "{\\pict\\pngblip 89504e470d0a1a0a}",
    "{\\pict\\bin4 {{{{}",
    "{\\pict{\\*\\picprop{\\sp{\\sn pibName}{\\sv image001}}}00}",
)
_EVERYDAY_TAGS = (
    (
        '{\\*\\htmltag84 <a href="file://server/share">}\\htmlrtf {\\field{\\*\\fldinst'
        '{HYPERLINK "file://server/share"}}{\\fldrslt\\htmlrtf0 x\\htmlrtf }\\htmlrtf0 '
        "{\\*\\htmltag92 </a>}"
    ),
    '{\\*\\htmltag84 <img src="https://example.com/a.png">}{\\*\\htmltag4 \\par }',
    "{\\*\\htmltag241 <style>v\\\\:* \\{behavior:url(#default#VML);\\}}",
)


def _mail_of_html(text: str) -> bytes:
    return msg(p10090102=packed_rich_text(_from_html(text)))


HOSTILE: list[Sample] = [
    *(
        hostile(f"rich text: {text}", "a.msg", msg(p10090102=rich_text(data)), code)
        for texts, code in ((_RUNS, ACTIVE), (_OUTSIDE, OUTSIDE), (_OBJECTS, EMBEDDED))
        for text in texts
        for data in [_rtf(text)]
    ),
    *(
        hostile(
            f"rich text of HTML: {text}",
            "a.msg",
            _mail_of_html(text),
            code,
        )
        for code, text in _TAGS
    ),
    *(
        hostile(
            f"text part in rich text: {text}",
            "a.eml",
            mail(b"Content-Type: text/rtf\r\n\r\n" + _rtf(text)),
            code,
        )
        for text, code in ((_RUNS[0], ACTIVE), (_OUTSIDE[2], OUTSIDE))
    ),
    hostile(
        "rich text that says it is shorter",
        "a.msg",
        msg(
            p10090102=bytes(4)
            + (9).to_bytes(4, "little")
            + rich_text(_rtf(_RUNS[0]))[8:]
        ),
        ACTIVE,
    ),
    hostile(
        "rich text of fields in fields",
        "a.msg",
        msg(
            p10090102=rich_text(b"{\\rtf1" + b"{\\field{\\*\\fldinst QUOTE 65" * 9_000)
        ),
        Code.TOO_MANY_PARTS,
    ),
    hostile(
        "rich text of braces",
        "a.msg",
        lambda: msg(p10090102=rich_text(b"{\\rtf1" + b"{}" * 1_000_000)),
        Code.TOO_MANY_PARTS,
    ),
]

HONEST: list[Sample] = [
    *(
        honest(f"rich text: {text}", "a.msg", msg(p10090102=packed_rich_text(data)))
        for text in _EVERYDAY
        for data in [_rtf(text)]
    ),
    *(
        honest(
            f"rich text of HTML: {text}",
            "a.msg",
            _mail_of_html(text),
        )
        for text in _EVERYDAY_TAGS
    ),
    honest(
        "text part in rich text",
        "a.eml",
        mail(b"Content-Type: text/rtf\r\n\r\n" + _rtf(_EVERYDAY[1])),
    ),
]
