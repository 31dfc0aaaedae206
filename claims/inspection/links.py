"""Judges where a link or a reference points: harmless, a program, another place."""

import re
from urllib.parse import unquote

from claims.inspection.finding import Code, Refusal
from claims.inspection.programs import has_program_name

# Schemes that hand something to a program or a script instead of showing a page.
_SCHEMES = """
    javascript vbscript livescript mocha data jar view-source mk its mhtml search-ms
    search shell ldap ldaps hcp res jnlp jnlps onenote onenote-cmd
"""
# What Windows hands to parts of itself: ms-msdt, ms-officecmd, ms-appinstaller …
_OF_WINDOWS = "ms-"
_ACTIVE_SCHEMES = frozenset(_SCHEMES.split())
# What mounts a folder of another computer, and so logs on there.
_SHARE_SCHEMES = frozenset(
    {"nfs", "dav", "davs", "webdav", "webdavs", "afp", "cifs", "smb"}
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]{1,30}):", re.IGNORECASE)
_IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\ufeff]+")
# A program beside the document; other endings stand in addresses without "https:" too.
_RUN_NEXT_TO = {"bat", "cmd", "dll", "exe", "hta", "jse", "lnk", "msi", "pif", "ps1"}
_RUN_NEXT_TO |= {"scr", "vbe", "vbs", "wsf"}
_DRIVE = re.compile(r"[a-z]:", re.IGNORECASE)
_FILE = re.compile(r"file:", re.IGNORECASE)
# file://host/a.rtf!x has Windows open the file to reach what is named x in it.
_MONIKER = re.compile(r"\.\w{1,8}!")
# The name of a host alone: \\fs.example.com is no program for all its ".com".
_HOST = re.compile(r"(?:file:)?/{2,}[^/]*", re.IGNORECASE)
# //cdn.example.com/a is a page's address, for its host has a name of the Internet.
_PAGE = re.compile(
    r"//(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#](?!davwwwroot)|$)", re.IGNORECASE
)
# What lies in the document itself and shows, but runs nothing.
_INERT_DATA = re.compile(
    r"data:(?:[;,]|text/(?:css|plain)\b|(?:image|font|audio|video)/"
    r"|application/(?:x-|vnd\.ms-)?font)",
    re.IGNORECASE,
)


def _plain(target: str) -> str:
    return _IGNORED.sub("", unquote(target))


def is_active_link(target: str) -> bool:
    """Would following the link run something, rather than show a page or a file?"""
    name = _scheme(target)
    is_handler = name in _ACTIVE_SCHEMES or name.startswith(_OF_WINDOWS)
    return is_handler or _is_program(target)


def _scheme(target: str) -> str:
    scheme = _SCHEME.match(_plain(target))
    return scheme[1].lower() if scheme else ""


def _is_program(target: str) -> bool:
    """Is it a program on a disk? ".com" in the address of a page is none."""
    path = _plain(target).replace("\\", "/")
    is_file = path.startswith("//") or _FILE.match(path) or _DRIVE.match(path)
    if not is_file and not _SCHEME.match(path):
        return path.rpartition(".")[2].lower() in _RUN_NEXT_TO
    if not is_file or _HOST.fullmatch(path):
        return False
    return bool(_MONIKER.search(path)) or has_program_name(re.split(r"[?#]", path)[0])


def leads_to_share(target: str) -> bool:
    """Would following it make the computer log on to a network share?

    Windows sends the reader's name and a hash of his password along, without asking.
    """
    path = _plain(target).replace("\\", "/")
    if _FILE.match(path) or path.startswith("//"):
        return is_remote(target)
    return _scheme(target) in _SHARE_SCHEMES


def judge_link(target: str, where: str) -> None:
    """Refuse a link that does more, once it is clicked, than show a page or a file."""
    if is_active_link(target):
        raise Refusal(Code.ACTIVE_CONTENT, f"link to {target} in {where}")
    if leads_to_share(target):
        raise Refusal(Code.EXTERNAL_REFERENCE, f"link to {target} in {where}")


def judge_mail_link(target: str, where: str) -> None:
    """Refuse a link of a mail that runs something; offices mail links to shares."""
    address = _as_in_page(target)
    is_picture = _INERT_DATA.match(address) and "svg" not in address[:30].lower()
    if not is_picture and is_active_link(address):
        raise Refusal(Code.ACTIVE_CONTENT, f"link to {target} in {where}")


def judge_mail_source(target: str, where: str) -> None:
    """Refuse what a mail would run or fetch from a share; from pages it may fetch."""
    address = _as_in_page(target)
    if not _INERT_DATA.match(address):
        judge_link(address, where)


def _as_in_page(target: str) -> str:
    """An address of a web page; there "//host.example/a" has the page's scheme."""
    plain = _IGNORED.sub("", target)
    return f"https:{plain}" if _PAGE.match(plain) else plain


def is_remote(target: str) -> bool:
    """Does the target lie on another computer?

    Programs write local paths into documents everywhere: C:\\..., file:///C:/...,
    /Users/..., the name of a neighbouring file. Shares and addresses are remote.
    """
    plain = _plain(target)
    if found := _FILE.match(plain):
        return _is_remote_file(plain[found.end() :])
    path = plain.replace("\\", "/")
    if _DRIVE.match(path) or path.lower().startswith("cid:"):
        return False
    return path.startswith("//") or bool(_SCHEME.match(path))


def _is_remote_file(path: str) -> bool:
    """What stands behind "file:": ///C:/x and //localhost/x are local, //host/x not."""
    rest = path.lstrip("/\\")
    if rest[:1] in {"", "#", "?"}:  # names no host and no file
        return False
    slashes = path[: len(path) - len(rest)]
    here = rest.lower().replace("\\", "/")
    if _DRIVE.match(rest) or here.startswith(("localhost/", "127.0.0.1/")):
        return False
    # Two backslashes name a host, however many others stand before them.
    return len(slashes) not in {0, 1, 3} or "\\\\" in slashes
