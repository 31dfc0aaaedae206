"""HTML bodies of mails that reach out or run something, and everyday ones."""

from claims.inspection import Code
from tests.inspection.mails import html_mail, mail, msg
from tests.inspection.samples import Sample, honest, hostile

ACTIVE, OUTSIDE = Code.ACTIVE_CONTENT, Code.EXTERNAL_REFERENCE


def _field(code: str) -> str:
    """A field as Word writes it into a page."""
    return (
        "<!--[if supportFields]><span style='mso-element:field-begin'></span>"
        f"<span>{code}</span><span style='mso-element:field-separator'></span>"
        "<![endif]-->"
    )


# What is fetched from a share once the mail is shown, or sent elsewhere.
_OUTSIDE = (
    r'<img src="\\host\s\a.png">',
    "<img src=file://host/s/a.png>",
    '<img src="file:///\\\\host@SSL\\DavWWWRoot\\a.png">',
    '<img src="file:\\\\\\host\\s\\a.png">',
    '<img src="file:/\\\\host\\s\\a.png">',
    '<img src="//host@80/DavWWWRoot/a.png">',
    '<img src="//host.example/DavWWWRoot/a.png">',
    '<img src="\\/host/s/a.png">',
    '<img src="&#92;&bsol;host\\s\\a.png">',
    '<img srcset="https://e.test/a.png 1x, file://host/a.png 2x">',
    '<img lowsrc="davs://host/a.png">',
    '<img alt="a > b" src="smb://host/a.png">',
    "<p title='<img src=\"file://host/s\">'>x</p>",
    r'<body background="\\host\s\a.png">',
    r'<td background="file:\\host\s\a.png">',
    r'<v:imagedata src="\\host\s\a.png" o:href="x"/>',
    '<v:imagedata o:href="file://host/s/a.png"/>',
    '<!--[if mso]><v:fill src="file://host/a.png"/><![endif]-->',
    '<svg><image xlink:href="file://host/a.png"/></svg>',
    '<video poster="file://host/a.png"></video>',
    r'<bgsound src="\\host\s\a.wav">',
    '<base href="file://host/s/">',
    '<link rel="stylesheet" href="file://host/a.css">',
    r'<link rel="icon" href="\\host\s\a.ico">',
    '<link rel="dns-prefetch" href="nfs://host/">',
    r'<p style="background:url(\\host\s\a.png)">x</p>',
    "<p style=\"background:url('file://host/s/a.png')\">x</p>",
    '<p style="background:\\75 rl(file://host/a.png)">x</p>',
    '<p style="background:u\\rl(file://host/a.png)">x</p>',
    '<p style="background:url(/**/\\5c\\5chost\\a.png)">x</p>',
    "<p style=\"background:image-set('file://host/a.png' 1x)\">x</p>",
    r"<style>@import '\\host\s\a.css';</style>",
    "<style><!-- @import url(file://host/s/a.css); --></style>",
    "<style>@im/**/port url(x); @font-face{src:url(file://host/a.ttf)}</style>",
    "<style>a{content:'/*'}b{background:url(file://h/a)}c{content:'*/'}</style>",
    "<style>a{}<!--</style><img src='file://host/a.png'><style>--></style>",
    "<!--><img src='file://host/a.png'>-->",
    "<!--x--!><img src='file://host/a.png'>-->",
    '<form action="https://e.test/login"><input name="password"></form>',
    '<form><button formaction="https://e.test/login">x</button></form>',
    '<form action="mailto:a@e.test"><input type="submit"></form>',
    '<form action="//e.test/login"></form>',
    '<meta http-equiv="refresh" content="0; url=https://e.test/">',
    _field('INCLUDEPICTURE "\\\\\\\\host\\\\a.png" \\* MERGEFORMATINET'),
    _field('INCLUDETEXT "https://e.test/a"'),
    _field("<b>LI</b>NK Excel.Sheet.8 a b"),
    "<meta content='3;https://e.test' HTTP-EQUIV=Refresh>",
)
_RUNS = (
    '<a onmouseover="x()" href="https://e.test">x</a>',
    "<p onclick=x()>x</p>",
    "<img/src='x'/onerror=x()>",
    "<img alt='a > b' onfocus=x()>",
    "<div onpointerrawupdate = 'x()'>x</div>",
    "<script title='type=application/json'>x()</script>",
    "<script type=application/jsonx>x()</script>",
    "<script type=text/javascript type=application/ld+json>x()</script>",
    "<object data='a.swf' title='38481807-CA0E-42D2-BF39-B33AF135CC4D'></object>",
    "<object classid='clsid:38481807-CA0E-42D2-BF39-B33AF135CC4D' data='a.swf'>",
    "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>x()</h:script>",
    "<scr\0ipt>x()</scr\0ipt>",
    "<style><!--</style><img src=x onerror=x()><style>--></style>",
    "<!-->\n<script>x()</script>-->",
    "<frame src='https://e.test'>",
    '<a href="vbscript:x">x</a>',
    '<a href="jav&Tab;ascript:x">x</a>',
    '<a href="data:text/html,<p>x">x</a>',
    '<a href="data:image/svg+xml,<svg/>">x</a>',
    '<a href="data:;text/html,x">x</a>'.replace(";text", "application/xhtml+xml;text"),
    '<a href="ldap://host/x">x</a>',
    '<a href="search-ms:query=a&crumb=location:\\\\host\\s">x</a>',
    '<a href="ms-officecmd:x">x</a>',
    '<a href="ms-appinstaller:?source=https://e.test/a">x</a>',
    '<a href="hcp://x">x</a>',
    '<area href="mhtml:https://e.test/a!x">',
    '<a href="file:///\\\\host\\s\\a.rtf!x">x</a>',
    '<a href="file://host/s/a.rtf%21x">x</a>',
    '<a href="\\\\host\\s\\setup.exe">x</a>',
    '<a href="file:///C:/Windows/System32/calc.exe">x</a>',
    '<img src="ldap://host/a">',
    '<img src="search-ms:a">',
    '<base href="javascript:x">',
    '<link rel="stylesheet" href="javascript:x">',
    '<form action="javascript:x"></form>',
    '<meta http-equiv="refresh" content="0;url=javascript:x">',
    '<svg><a><animate attributeName="href" values="javascript:x"/></a></svg>',
    '<p style="behavior:url(https://e.test/a.htc)">x</p>',
    "<style>p{-moz-binding:url(https://e.test/a.xml#x)}</style>",
    '<p style="width:expression(x())">x</p>',
    '<p style="width:exp/**/ression(x())">x</p>',
    "<p style=\"background:url('javascript:x')\">x</p>",
    _field(" D<b>D</b>E&#65;UTO a b"),
    _field('HYPERLINK "ms-officecmd:x"'),
    _field(" " * 5_000 + "DDE a b"),
    _field(_field("QUOTE 68") + "<b style='mso-element:field-end'></b>DE a b"),
    "<i style='mso-element: field-begin'></i>DDE a b",
)
_EVERYDAY = (
    '<base href="https://example.com/"><base target="_blank">',
    '<img src="https://t.example.com/open.gif?id=1" width=1 height=1>',
    '<img src="//cdn.example.com/logo.png" srcset="https://e.test/a.png 2x">',
    '<img src="data:image/png;base64,iVBORw0KGgo=">',
    '<img src="cid:image001.png@01D9" alt="Data: on click = 3, search: x">',
    '<img src="file:///C:/Users/jane/AppData/Local/Temp/image001.png">',
    '<img src="/logo.png"><img src="">',
    '<a href="https://www.example.com">x</a><a href="//www.example.com">x</a>',
    '<a href="mailto:a@example.com?subject=onclick=1">x</a><a href="tel:+49">x</a>',
    '<a href="file://server/share/Wichtig!/Angebot.docx">x</a>',
    '<a href="\\\\server\\share\\">x</a><a href="\\\\fs.example.com">x</a>',
    '<a href="smb://server/share">x</a><a href="#top">x</a><a name="x">x</a>',
    '<a href="https://example.com/setup.exe">x</a>',
    "<p once='1' on='2' title='onload = x; url(//a)'>x</p>",
    '<link href="https://fonts.googleapis.com/css?family=Lato" rel="stylesheet">',
    "<link rel=File-List href='cid:filelist.xml@01D9'>",
    "<link rel=Edit-Time-Data href='cid:editdata.mso'>",
    "<style>@import url(https://fonts.example.com/a.css);</style>",
    "<style><!-- @font-face{src:url(https://e.test/a.woff)} --></style>",
    "<style>v\\:* {behavior:url(#default#VML);} p{behavior: url(#default#x)}</style>",
    "<style>p{background:url('data:image/svg+xml;utf8,<svg/>')}</style>",
    "<style>@font-face{src:url(data:font/woff2;base64,d09GMg)}</style>",
    '<td background="https://example.com/a.png" bgcolor="#fff">x</td>',
    "<p style=\"font-family:'Segoe UI';background:url(https://e.test/a.png)\">x</p>",
    '<v:rect><v:fill type="frame" src="https://example.com/a.png"/></v:rect>',
    '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">',
    '<meta http-equiv="x-ua-compatible" content="IE=edge">',
    '<meta name="format-detection" content="telephone=no,date=no">',
    _field('INCLUDEPICTURE \\d "https://e.test/a.png" \\* MERGEFORMATINET'),
    _field('HYPERLINK "file://server/share"'),
    _field(" PAGE ") + "<i style='mso-element:field-end'></i>DDE and LINK, we said",
    _field(" SEQ Figure \\* ARABIC "),
    "<p>The mso-element: field-begin and DDE are words.</p>",
    "<form><input type='checkbox' checked> done</form>",
    "<!-- <script>x()</script> --><p>x</p>",
    "<p>a < b, x > y, url(\\\\host\\s) and \"quotes'</p>",
    '<o:SmartTagType namespaceuri="urn:x" downloadurl="http://www.e.test/"/>',
    '<script type="application/ld+json">{"@type":"Order"}</script>',
)

HOSTILE: list[Sample] = [
    *(
        hostile(f"html body: {body}", "a.eml", html_mail(body.encode()), code)
        for bodies, code in ((_OUTSIDE, OUTSIDE), (_RUNS, ACTIVE))
        for body in bodies
    ),
    hostile(
        "html body in another coding than it says",
        "a.eml",
        mail(
            b"Content-Type: text/html; charset=utf-8\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n"
            b"//48AHMAYwByAGkAcAB0AD4AeAA8AC8AcwBjAHIAaQBwAHQAPgA=\r\n"
        ),
        ACTIVE,
    ),
    hostile(
        "html body in a coding that it cannot be in",
        "a.eml",
        mail(b"Content-Type: text/html; charset=utf-16\r\n\r\n<script>x</script>"),
        ACTIVE,
    ),
    hostile(
        "html body in a coding of many names",
        "a.eml",
        mail(
            b"Content-Type: text/html; charset=x-unicode-2-0-utf-7\r\n\r\n"
            b"+ADw-script+AD4-x"
        ),
        ACTIVE,
    ),
    hostile(
        "html body of Outlook with a picture on a share",
        "a.msg",
        msg(p10130102=rb'<p><img src="\\host\s\a.png">'),
        OUTSIDE,
    ),
]

HONEST: list[Sample] = [
    *(
        honest(f"html body: {body}", "a.eml", html_mail(body.encode()))
        for body in _EVERYDAY
    ),
    honest(
        "html body of Outlook",
        "a.msg",
        msg(p10130102="".join(_EVERYDAY).encode()),
    ),
]
